from .people import Officer, Post, ServiceRecord
from .units import CompetitionGroup, GroupMembership, Unit, UnitAlias
from .users import RoleGrant, User

__all__ = [
    "CompetitionGroup",
    "GroupMembership",
    "Officer",
    "Post",
    "RoleGrant",
    "ServiceRecord",
    "Unit",
    "UnitAlias",
    "User",
]

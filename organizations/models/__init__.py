from .people import Officer, Post, ServiceRecord
from .reminders import Reminder
from .tokens import ApiToken
from .units import CompetitionGroup, GroupMembership, Unit, UnitAlias
from .users import RoleGrant, User

__all__ = [
    "ApiToken",
    "CompetitionGroup",
    "GroupMembership",
    "Officer",
    "Post",
    "Reminder",
    "RoleGrant",
    "ServiceRecord",
    "Unit",
    "UnitAlias",
    "User",
]

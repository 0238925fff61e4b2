"""Imports of the directory from Excel: units, the members of groups, officers. `common/imports` is the course."""

from common import imports

from .memberships import MembershipImporter
from .officers import OfficerImporter
from .units import UnitImporter


def register() -> None:
    """Called once, when the app is ready."""
    for importer in (UnitImporter(), MembershipImporter(), OfficerImporter()):
        imports.register(importer)


__all__ = ["MembershipImporter", "OfficerImporter", "UnitImporter", "register"]

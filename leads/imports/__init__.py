"""Import of leads from Excel. `common/imports` is the course, `organizations/imports` the base of it."""

from common import imports

from .leads import LeadImporter


def register() -> None:
    """Called once, when the app is ready."""
    imports.register(LeadImporter())


__all__ = ["LeadImporter", "register"]

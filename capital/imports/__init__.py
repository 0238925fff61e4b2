"""Import of entries from Excel. `common/imports` is the course, `organizations/imports` the base of it."""

from common import imports

from .entries import EntryImporter


def register() -> None:
    """Called once, when the app is ready."""
    imports.register(EntryImporter())


__all__ = ["EntryImporter", "register"]

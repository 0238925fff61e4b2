"""Import of running projects from Excel. `common/imports` is the course, `organizations/imports` the base of it."""

from common import imports

from .projects import ProjectImporter


def register() -> None:
    """Called once, when the app is ready."""
    imports.register(ProjectImporter())


__all__ = ["ProjectImporter", "register"]

"""Projects for tests of pages: one on its first stage, past the services, with what lists and forms show."""

from itertools import count

from common.changelog import acting
from leads import stages
from leads.text import derived
from projects.models import Project
from tests.support.factories import TESTS
from tests.support.factories_projects import industry
from tests.support.pipeline import a_project

_numbers = count(1)


def ProjectFactory(*, unit, name="", **values):
    """A project of the unit with its lead. Needs the shipped stages."""
    name = name or f"示例第{next(_numbers)}项目"
    given = {"industry": industry(), **derived(Project, name), **values}
    project = a_project(unit, name=name, **given)
    steps = stages.ladder("project")
    project.due_on = stages.due_on(stages.track_of(project), project, project.stage, steps)
    with acting(TESTS):
        project.save(update_fields=["due_on"])
    return project

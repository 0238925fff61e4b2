"""Everything that is wrong with a document, in words: what the rules say, then what the measures have against it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.measures import catalogue
from assessments.measures.words import problem_text as measure_text
from assessments.schemes.words import problem_text
from rules import scheme as rules

from .places import Document

BLANK = "needed"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem at its place in the document; `code` BLANK is something not filled in yet."""

    path: str
    code: str
    text: str


def troubles(document: Document) -> tuple[Trouble, ...]:
    """At most one query."""
    scheme, problems = rules.read(document)
    found = [
        Trouble(one.path, one.code, _text(one))
        for one in problems
        if (one.path, one.code) != ("inputs", BLANK)
    ]  # figures come with the first indicator
    if scheme is not None and not problems:
        found += [Trouble(one.path, one.code, measure_text(one)) for one in catalogue.problems(scheme)]
    return tuple(found)


def _text(problem: rules.Problem) -> str:
    if problem.code == BLANK and problem.path.endswith(".indicators"):
        return _("Add the first indicator.")
    return problem_text(problem)

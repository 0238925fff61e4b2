"""Scheme versions as rows: which one holds on a day, what it says to the kernel (docs/schemes.md)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from assessments.choices import VersionState
from assessments.models import Scheme, SchemeVersion
from assessments.schemes.words import unfit_text
from common.errors import Refused
from rules import scheme as rules

SHARED = "a run reads the version in force; pages go through their own scope"


class NoVersion(Refused):
    """No published version of a scheme holds on that day."""

    def __init__(self, scheme: Scheme, day: date) -> None:
        said = _("No published version of “%(name)s” holds on %(date)s. Publish one under Schemes.")
        super().__init__(said % {"name": scheme.name, "date": day.isoformat()}, code="no_version")


def version_on(scheme: Scheme, day: date) -> SchemeVersion | None:
    """The published version in force on a day."""
    rows = SchemeVersion.objects.unscoped(reason=SHARED).filter(
        Q(until=None) | Q(until__gte=day),
        scheme=scheme,
        state=VersionState.PUBLISHED,
        since__lte=day,
        archived_at=None,
    )
    return rows.select_related("scheme").first()


def needed_on(scheme: Scheme, day: date) -> SchemeVersion:
    """As `version_on`. Raises NoVersion."""
    found = version_on(scheme, day)
    if found is None:
        raise NoVersion(scheme, day)
    return found


def read_version(version: SchemeVersion) -> rules.Scheme:
    """What a checked or published version says. ValueError for one with problems: it can't get there."""
    found, problems = rules.read(version.document)
    if found is None or problems:
        raise ValueError(f"{version.key}: {problems[0].path} {problems[0].code}")
    return found


def normal(document: Any) -> tuple[Any, str]:
    """The normal form of a document that reads and its hash; an unfinished one as JSON can keep it, without hash. Raises
    ValidationError (document) for one beyond the limits of docs/schemes.md."""
    kept = storable(document)
    found, _problems = rules.read(kept)
    return (kept, "") if found is None else (rules.write(found), rules.sha256(found))


def storable(document: Any) -> Any:
    """A document within the limits, exact numbers as text. Raises ValidationError (document)."""
    try:
        return rules.plain(document)
    except rules.Unfit as problem:
        raise ValidationError({"document": unfit_text(problem)}) from None

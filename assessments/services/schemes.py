"""Schemes and their versions: drawn up, changed, checked, published, superseded (DOMAIN §4: rules are data)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from assessments.choices import VersionState
from assessments.measures import catalogue
from assessments.models import Scheme, SchemeGroup, SchemeRun, SchemeTrial, SchemeVersion
from assessments.schemes.rulebook import SHARED, normal, version_on
from assessments.schemes.words import problem_text
from common import changelog, clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Refused, Stale
from common.scope import may_on
from organizations.models import CompetitionGroup, Unit
from rules import scheme as rules

DAY = timedelta(days=1)


def scheme_create(*, actor: Actor, owner: Unit, code: str, name: str) -> Scheme:
    """A method, yet without versions. Raises Denied, ValidationError."""
    return services.create(Scheme, actor=actor, values={"owner": owner, "code": code, "name": name})


def scheme_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> Scheme:
    """Change name or owner. The code stands in documents and runs and stays. Raises as `common.services.update`."""
    if strange := set(values) - {"name", "owner"}:
        raise TypeError(f"scheme_update changes no {', '.join(sorted(strange))}")
    return services.update(Scheme, actor=actor, pk=pk, version=version, values=values)


def scheme_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> Scheme:
    """Close a scheme: no more versions and runs. Raises as `common.services.archive`."""
    return services.archive(Scheme, actor=actor, pk=pk, version=version, reason=reason)


@transaction.atomic
def scheme_bind(*, actor: Actor, scheme: Scheme, code: str, group: CompetitionGroup | None) -> None:
    """Say which competition group a group of the document is; None: take the binding back. A group's figures are read
    by whoever computes, so who binds it must be allowed to change it. Raises NotVisible, Denied, Archived,
    ValidationError."""
    services.authorize_change(actor, scheme)
    Scheme.objects.unscoped(reason=SHARED).select_for_update().get(pk=scheme.pk)
    with changelog.acting(actor):
        old = SchemeGroup.objects.filter(scheme=scheme, code=code, archived_at=None).first()
        if old is not None and group is not None and old.group_id == group.pk:
            return
        if group is not None:
            services.authorize(actor, Action.CHANGE, group)
        if old is not None:
            old.archived_at = clock.now()
            old.save(update_fields=["archived_at", "updated_at"])
        if group is not None:
            row = SchemeGroup(scheme=scheme, code=code, group=group)
            row.full_clean()
            row.save(force_insert=True)


def must_hold_groups(actor: Actor, scheme: Scheme) -> None:
    """Who computes reads the figures of every bound group. Raises Refused (strange_group) for a group that neither the
    actor may change nor a unit at or below the scheme's owner runs."""
    rows = SchemeGroup.objects.filter(scheme=scheme, archived_at=None).select_related("group__owner")
    for one in rows:
        below = one.group.owner.path.startswith(scheme.owner.path)
        if not below and not may_on(actor, Action.CHANGE, one.group):
            said = _("“%(group)s” is run by others. Bind another group, or have its bureau compute this.")
            raise Refused(said % {"group": one.group.name}, code="strange_group")


@transaction.atomic
def schemeversion_draft(
    *,
    actor: Actor,
    scheme: Scheme,
    since: date,
    until: date | None = None,
    source: str = "",
    document: Any = None,
    copy_of: SchemeVersion | None = None,
) -> SchemeVersion:
    """The draft of the next version: empty, from a document, or a copy of another version (last year's). It may have
    problems; they are shown and keep it from being checked.

    Raises NotVisible, Denied, Archived, ValidationError, Refused (draft_there: one draft of a scheme at a time).
    """
    services.authorize_change(actor, scheme)
    Scheme.objects.unscoped(reason=SHARED).select_for_update().get(pk=scheme.pk)
    every = SchemeVersion.objects.unscoped(reason=SHARED).filter(scheme=scheme)
    if every.exclude(state=VersionState.PUBLISHED).filter(archived_at=None).exists():
        raise Refused(
            _("There is a draft of this scheme already. Change that one, or close it first."),
            code="draft_there",
        )
    if copy_of is not None:
        services.authorize(actor, Action.VIEW, copy_of)
        document = copy_of.document
    content, sha = normal({} if document is None else document)
    return services.create(
        SchemeVersion,
        actor=actor,
        values={
            "scheme": scheme,
            "number": (every.aggregate(last=Max("number"))["last"] or 0) + 1,
            "since": since,
            "until": until,
            "source": source or (copy_of.source if copy_of else ""),
            "document": content,
            "sha256": sha,
        },
    )


@transaction.atomic
def schemeversion_change(*, actor: Actor, pk: int, version: int | None, **values: Any) -> SchemeVersion:
    """Change a draft: source, days, document. It has to be checked again. Raises NotVisible, Denied, Stale, Archived,
    ValidationError, Refused (published: draw up the next version)."""
    if strange := set(values) - {"source", "since", "until", "document"}:
        raise TypeError(f"schemeversion_change changes no {', '.join(sorted(strange))}")
    _must_be_draft(services.get_visible(SchemeVersion, pk, actor, lock=True))
    if "document" in values:
        values["document"], values["sha256"] = normal(values["document"])
        values["state"] = VersionState.DRAFT
    return services.update(SchemeVersion, actor=actor, pk=pk, version=version, values=values)


def problems_of(row: SchemeVersion) -> tuple[rules.Problem, ...]:
    """What keeps a version from being checked, each with its place in the document: in what it says, then in the measures
    that it names."""
    scheme, problems = rules.read(row.document)
    if scheme is None:
        return problems
    more = (rules.Problem(one.path, one.code, one.value) for one in catalogue.problems(scheme))
    return (*problems, *more)


@transaction.atomic
def schemeversion_validate(*, actor: Actor, pk: int, version: int | None) -> SchemeVersion:
    """The draft has no problem: it may be tried out. Raises NotVisible, Denied, Stale, Archived, Refused (published,
    problems: the first of them is named)."""
    row = services.locked(SchemeVersion, pk, actor, Action.CHANGE)
    _must_be_draft(row)
    if version is not None and row.version != version:
        raise Stale(row)
    if problems := problems_of(row):
        said = _("%(n)s things have to be mended first: %(first)s")
        raise Refused(said % {"n": len(problems), "first": problem_text(problems[0])}, code="problems")
    with changelog.acting(actor, reason="validated"):
        row.state = VersionState.VALIDATED
        row.version += 1
        row.full_clean()
        row.save()
    return row


@transaction.atomic
def schemeversion_publish(*, actor: Actor, pk: int, version: int | None) -> SchemeVersion:
    """A checked version that was tried out holds from its day on and can't be changed any more. The version that held
    until then ends on the day before.

    Raises NotVisible, Denied, Stale, Archived, and Refused: published, not_checked, problems, not_tried (a version was
    in force: see first who would move), told (a result of a month from that day on is published), overlaps.
    """
    row = services.locked(SchemeVersion, pk, actor, Action.PUBLISH)
    _must_be_draft(row)  # before its version, which publishing changed
    if version is not None and row.version != version:
        raise Stale(row)
    Scheme.objects.unscoped(reason=SHARED).select_for_update().get(pk=row.scheme_id)
    if problems := problems_of(row):
        said = _("%(n)s things have to be mended first: %(first)s")
        raise Refused(said % {"n": len(problems), "first": problem_text(problems[0])}, code="problems")
    if row.state != VersionState.VALIDATED:
        raise Refused(_("Have the draft checked before it is published."), code="not_checked")
    if version_on(row.scheme, row.since) and not tried(row):
        raise Refused(
            _("A version is in force. Make a dry run first, to see who would move and why."), code="not_tried"
        )
    with changelog.acting(actor, reason="published"):
        _supersede(row)
        row.state = VersionState.PUBLISHED
        row.published_at, row.published_name = clock.now(), actor.actor_name
        row.version += 1
        row.full_clean()
        row.save()
    return row


@transaction.atomic
def schemeversion_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> SchemeVersion:
    """Close a draft that nobody wants. Raises as `common.services.archive`, Refused (published)."""
    _must_be_draft(services.get_visible(SchemeVersion, pk, actor, lock=True))
    return services.archive(SchemeVersion, actor=actor, pk=pk, version=version, reason=reason)


def tried(row: SchemeVersion) -> bool:
    """Whether a dry run was made of the document as it stands."""
    return SchemeTrial.objects.filter(version=row, sha256=row.sha256).exists()


def _supersede(row: SchemeVersion) -> None:
    """The version in force on the day on which the new one begins ends on the day before."""
    rows = SchemeVersion.objects.unscoped(reason=SHARED).select_for_update().filter(scheme=row.scheme_id)
    others = list(rows.filter(state=VersionState.PUBLISHED, archived_at=None).order_by("since"))
    if others and (told := _told(row)):
        said = _("%(month)s is published by an earlier version. Let this one begin later.")
        raise Refused(said % {"month": told}, code="told", fields={"since": [""]})
    for other in others:
        if other.since < row.since and (other.until is None or other.until >= row.since):
            other.until = row.since - DAY
            other.version += 1
            other.save(update_fields=["until", "version", "updated_at"])
        elif other.since >= row.since and (row.until is None or row.until >= other.since):
            said = _("Version %(n)s holds from %(day)s on. Let this one begin later, or end before that day.")
            raise Refused(
                said % {"n": other.number, "day": other.since.isoformat()},
                code="overlaps",
                fields={"since": [""]},
            )


def _told(row: SchemeVersion) -> str:
    """The latest published result that lies in the days of this version, as "2026-09"; "" when there is none."""
    runs = SchemeRun.objects.unscoped(reason=SHARED).filter(
        version__scheme=row.scheme_id, publications__isnull=False
    )
    for run in runs.order_by("-year", "-month"):
        last = date(run.year + min(run.month, 12) // 12, min(run.month, 12) % 12 + 1, 1) - DAY
        if row.since <= last and (row.until is None or last <= row.until):
            return f"{run.year}-{run.month:02d}"
    return ""


def _must_be_draft(row: SchemeVersion) -> None:
    if row.state == VersionState.PUBLISHED:
        raise Refused(
            _("A published version is never changed: results were reckoned by it. Draw up the next version."),
            code="published",
        )

"""Reads of evaluation rounds: which projects they look at, whose own unit one is, what was reported and found
(DOMAIN §3; docs/algorithms/rounds.md). The callers have authorised."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from capital.choices import EntryState, Level, RoundKind, RoundState
from capital.models import CapitalEntry, EvaluationRound, Inspection, Recognition, Team, TeamMember
from capital.selectors import in_yuan
from common.actors import Actor
from leads.choices import StageKind
from ledger.asked import Clock
from ledger.choices import Kind
from ledger.choices import Role as Dimension
from ledger.models import FINAL_ACCOUNT, Period, Posting
from ledger.services import base
from organizations.models import Officer, Unit, User
from projects.models import AttributionShare, Project
from projects.selectors import TYPE, reached_on
from rules import money
from rules.inspection import allot

NOT_REPORTED = (EntryState.DRAFT, EntryState.WITHDRAWN)
WAITING = (EntryState.REPORTED, EntryState.PRELIMINARY)  # one that was queried waits for its answer first
HALF_UP, DOWN = money.Rounding(2), money.Rounding(2, "truncate")


def months_of(kind: str, period: Period) -> tuple[date, date]:
    """The first and the last day of a round: its month, or the three months that end with it. The final account
    is December."""
    month = min(period.number, FINAL_ACCOUNT - 1)
    last = date(period.year, month, monthrange(period.year, month)[1])
    back = 0 if kind == RoundKind.COMPLETED else 2
    first = period.year * 12 + month - 1 - back
    return date(first // 12, first % 12 + 1, 1), last


# Which projects


def picked(round_: EvaluationRound) -> list[Project]:
    """The projects that a round looks at, of its unit and those below. A month's round: completed in it, as the
    books have it. A quarter's: signed by its last day, not ended, contract of `threshold` yuan at least; the
    amount is the books' own, at the rates of the signing. Four queries."""
    first, last = months_of(round_.kind, round_.period)
    rows = (
        Project.objects.unscoped(reason="the round looks at every project of its unit")
        .filter(unit__path__startswith=round_.unit.path, archived_at=None, signed_on__lte=last)
        .exclude(stage__kind=StageKind.ENDED)
        .order_by("pk")
    )
    found = list(rows)
    pks = [project.pk for project in found]
    if round_.kind == RoundKind.COMPLETED:
        days = reached_on(pks, Kind.COMPLETED)
        return [one for one in found if one.pk in days and first <= days[one.pk] <= last]
    amounts, least = contract_yuan(pks, last), round_.threshold or Decimal(0)
    return [one for one in found if amounts.get(one.pk, Decimal(0)) >= least]


def contract_yuan(pks: Collection[int], until: date) -> dict[int, Decimal]:
    """{project: contract amount in yuan by a day}, as the books know it now; one dimension, so nothing twice."""
    rows = Posting.objects.unscoped(reason="amounts of projects that the round has chosen").filter(
        subject_type=TYPE,
        subject_id__in=pks,
        kind=Kind.CONTRACT,
        role=Dimension.PLACE,
        occurred_on__lte=until,
    )
    sums = rows.order_by().values("subject_id").annotate(total=Sum("base_qty"))
    return dict(sums.values_list("subject_id", "total"))


# Nobody inspects his own unit (DOMAIN §1)


def is_own(own: str, project: str, held_by: str) -> bool:
    """Is a project at the unit path `project` one's own, for somebody of the unit path `own`? His unit itself and
    those below it; a unit that holds the round, or stands above it, has only itself."""
    return project == own or (project.startswith(own) and not held_by.startswith(own))


def homes(people: Iterable[TeamMember]) -> dict[int, tuple[str, ...]]:
    """{member: unit paths for which he works}: what his line says, his account's unit, his service record's."""
    found = {}
    for one in people:
        paths = {one.works_for.path} if one.works_for else set()
        if one.user is not None:
            paths.add(one.user.unit.path)
        found[one.pk] = paths
    by_user: dict[int | None, list[int]] = {}
    for one in people:
        by_user.setdefault(one.user_id, []).append(one.pk)
    rows = Officer.objects.unscoped(reason="who works where").filter(
        user_id__in=[pk for pk in by_user if pk], left_on=None, archived_at=None
    )
    for user, path in rows.values_list("user_id", "unit__path"):
        for pk in by_user[user]:
            found[pk].add(path)
    return {pk: tuple(sorted(paths)) for pk, paths in found.items()}


def places(projects: Iterable[Project]) -> dict[int, set[str]]:
    """{project: unit paths that it belongs to}: who brought it, who hosts it, who is credited for it. One query."""
    found = {one.pk: {one.unit.path, one.host.path} for one in projects}
    shares = AttributionShare.objects.filter(
        version__project__in=found, version__superseded_by=None, version__role=Dimension.ASSESSED
    )
    for project, path in shares.values_list("version__project", "unit__path"):
        found[project].add(path)
    return found


def bound(round_: EvaluationRound, rows: Iterable[Inspection]) -> list[tuple[TeamMember, Inspection]]:
    """Who would inspect his own unit, and where, when the round forbids it. Three queries for whatever number of
    inspections; their projects with unit and host are joined."""
    rows = [one for one in rows if one.team_id is not None]
    if round_.own_unit or not rows:
        return []
    people = list(
        TeamMember.objects.filter(team__in={one.team_id for one in rows}, archived_at=None).select_related(
            "works_for", "user__unit"
        )
    )
    theirs, here = homes(people), places(one.project for one in rows)
    return [
        (person, row)
        for row in rows
        for person in people
        if person.team_id == row.team_id
        and any(
            is_own(own, place, round_.unit.path)
            for own in theirs[person.pk]
            for place in here[row.project_id]
        )
    ]


def own_unit(actor: Actor, round_: EvaluationRound, project: Project) -> bool:
    """Would this person decide about his own unit, where the round forbids it?"""
    if round_.own_unit or actor.is_system:
        return False
    user = User.objects.unscoped(reason="where the actor works").select_related("unit").get(pk=actor.pk)
    paths = {user.unit.path}
    records = Officer.objects.unscoped(reason="where the actor works").filter(user=user, archived_at=None)
    paths |= set(records.filter(left_on=None).values_list("unit__path", flat=True))
    here = places([project])[project.pk]
    return any(is_own(own, place, round_.unit.path) for own in paths for place in here)


def member_of(actor: Actor, team: Team | None) -> bool:
    return team is not None and team.members.filter(user_id=actor.pk, archived_at=None).exists()


# What was reported, what was found


def reported(pks: Collection[int], basis: str, until: date) -> dict[int, Decimal]:
    """{project: yuan reported in one basis by a day, in all}; each entry at its own rate. Nothing: no entry."""
    rows = CapitalEntry.objects.unscoped(reason="sums of projects that the round has chosen").filter(
        project_id__in=pks, basis=basis, occurred_on__lte=until, archived_at=None
    )
    rows = rows.exclude(state__in=NOT_REPORTED).order_by().values("project_id")
    sums = rows.annotate(total=Sum(in_yuan("amount")))
    return dict(sums.values_list("project_id", "total"))


def taken(round_: EvaluationRound) -> str:
    """By which clock the round's own amounts were taken: it is a snapshot."""
    if round_.state == RoundState.PREPARED:
        return _("as known when the round was prepared; taken once more when it begins")
    return _("as known when the round began")


def in_books(pks: Collection[int], basis: str, until: date, by: Clock) -> dict[int, Decimal]:
    """{project: yuan reported in one basis of what happened by a day}, as the books say it by a clock. One query."""
    rows = Posting.objects.unscoped(reason="sums of projects that the round has chosen").filter(
        by.q,
        kind=Kind.CAPITAL_REPORTED,
        basis=basis,
        role=Dimension.ASSESSED,
        subject_type=TYPE,
        subject_id__in=pks,
        occurred_on__lte=until,
    )
    sums = rows.order_by().values("subject_id").annotate(total=Sum("base_qty"))
    return dict(sums.values_list("subject_id", "total"))


def recognised(project: int, basis: str, until: date) -> Decimal:
    """Yuan of a project finally recognised so far in one basis, of what occurred by a day."""
    rows = Recognition.objects.unscoped(reason="the sum of one project").filter(
        entry__project_id=project, entry__basis=basis, entry__occurred_on__lte=until, level=Level.FINAL
    )
    return rows.aggregate(total=Sum(in_yuan("delta", "entry__rate")))["total"] or Decimal(0)


@dataclass(frozen=True, slots=True)
class Offered:
    """An entry that waits for final recognition and what the round's result leaves for it: `amount` in the
    entry's currency, `yuan` the same at its rate."""

    entry: CapitalEntry
    amount: Decimal
    yuan: Decimal


def offered(row: Inspection) -> list[Offered]:
    """The project's waiting entries in the round's basis by its last day, the earliest first, with what the final
    result recognises of each. The caller has seen that there is a final result."""
    last = months_of(row.round.kind, row.round.period)[1]
    rows = (
        CapitalEntry.objects.unscoped(reason="entries of the inspected project")
        .filter(project=row.project_id, basis=row.round.basis, state__in=WAITING, occurred_on__lte=last)
        .filter(archived_at=None)
        .order_by("occurred_on", "pk")
    )
    entries = list(rows)
    worth = {one.pk: base(one.amount, str(one.currency_id), one.rate) for one in entries}
    assert row.final is not None
    before = recognised(row.project_id, row.round.basis, last)
    parts = allot(row.final, before, [(str(pk), amount) for pk, amount in worth.items()])
    found = []
    for one in entries:
        part = parts[str(one.pk)]
        whole = part == worth[one.pk]
        cut = DOWN.apply(money.ratio(part, one.rate or Decimal(1)))
        amount = one.amount if whole else cut
        found.append(Offered(one, amount, part))
    return found


@dataclass(frozen=True, slots=True)
class Gap:
    """Reported against found, of one unit's projects in a round. Yuan; `rate`: found of reported in per cent,
    None when nothing was reported. `found` is the committee's result, or the team's while there is none. `reported` is what
    the round began with, `books` what the books say of the same by the asked clock."""

    unit: Unit
    projects: int
    reported: Decimal
    found: Decimal
    rate: Decimal | None
    books: Decimal = Decimal(0)

    @property
    def gap(self) -> Decimal:
        return money.subtract(self.reported, self.found)


def gaps(rows: Iterable[Inspection], books: Mapping[int, Decimal]) -> list[Gap]:
    """By the units that brought the projects, the largest gap first. Inspections without a result stay out, on
    both sides. `books`: {project: yuan reported} by the asked clock."""
    by_unit: dict[int, list[Inspection]] = {}
    for row in rows:
        if result_of(row) is not None:
            by_unit.setdefault(row.project.unit_id, []).append(row)
    found = []
    for some in by_unit.values():
        said = money.add(row.reported or Decimal(0) for row in some)
        got = money.add(result_of(row) or Decimal(0) for row in some)
        rate = HALF_UP.apply(money.ratio(got, said, Decimal(100))) if said else None
        written = money.add(books.get(row.project_id, Decimal(0)) for row in some)
        found.append(Gap(some[0].project.unit, len(some), said, got, rate, written))
    return sorted(found, key=lambda one: (-one.gap, one.unit.path))


def result_of(row: Inspection) -> Decimal | None:
    return row.initial if row.final is None else row.final


def counts(rows: Any) -> dict[str, int]:
    """{state: inspections}, and `all`."""
    found = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return {**found, "all": sum(found.values())}


def mine(actor: Actor) -> Q:
    """Inspections of the teams that this person is in, as a filter."""
    teams = TeamMember.objects.filter(user_id=actor.pk, archived_at=None).values("team_id")
    return Q(team_id__in=teams)

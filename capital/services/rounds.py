"""Evaluation rounds: prepared, begun with the approval on file, published (DOMAIN §3; docs/algorithms/rounds.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from capital import rounds, rounds_telling
from capital.choices import Basis, InspectionState, Origin, RoundKind, RoundState
from capital.models import EvaluationRound, Inspection, ScoreSheet, Team, TeamMember
from common import changelog, clock, services
from common.access import Action
from common.actors import Actor
from common.errors import NotVisible, Refused
from common.files import clean_name
from common.models import StoredFile
from ledger import periods
from ledger.models import Period
from organizations.models import Unit, User

HEADS = (Origin.CONGRESS, Origin.CONFERENCE)
CHANGEABLE = ("name", "due_on", "sheet", "own_unit", "approval_number")


@dataclass(frozen=True, slots=True)
class Member:
    """A line of a team. `works_for`: his unit, which he doesn't inspect."""

    name: str
    origin: str
    user: User | None = None
    works_for: Unit | None = None
    is_head: bool = False


@transaction.atomic
def round_prepare(
    *,
    actor: Actor,
    unit: Unit,
    kind: str,
    period: int,
    name: str,
    sheet: ScoreSheet,
    due_on: date,
    basis: str = Basis.FORMED,
    threshold: Decimal | None = None,
    own_unit: bool = False,
) -> EvaluationRound:
    """Set up a round and pick its projects. `period`: the code of its last month; `threshold` in yuan, for a
    quarter's round. What was reported is written down beside each project, and again when the round begins.

    Raises Denied, ValidationError, Refused (no threshold, there is one already, no project to look at).
    """
    if kind == RoundKind.ON_SITE and not threshold:
        raise Refused(
            _("A round on site needs its size line: projects of at least so much."),
            code="threshold",
            fields={"threshold": []},
        )
    Period.objects.bulk_create([periods.row(period)], ignore_conflicts=True)
    values = {
        "unit": unit, "kind": kind, "period_id": period, "name": name, "sheet": sheet, "due_on": due_on, "basis": basis,
        "threshold": threshold if kind == RoundKind.ON_SITE else None, "own_unit": own_unit,
    }  # fmt: skip
    there = EvaluationRound.objects.unscoped(reason="one round of a kind for each month")
    if there.filter(unit=unit, kind=kind, period_id=period, archived_at=None).exists():
        raise Refused(_("There is a round of this kind for this month already."), code="there")
    made = services.create(EvaluationRound, actor=actor, values=values)
    chosen = rounds.picked(made)
    if not chosen:
        raise Refused(
            _("No project falls into this round: none was completed in the month, or reaches the size line."),
            code="empty",
        )
    with changelog.acting(actor):
        Inspection._base_manager.bulk_create(Inspection(round=made, project=one) for one in chosen)
    _write_reported(made)
    return made


def round_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> EvaluationRound:
    """Change name, due day, sheet, rule of the own unit, approval. Once begun, sheet, rule and approval stay.

    Raises as `common.services.update`, and Refused.
    """
    unknown = set(values) - {*CHANGEABLE, "approval_file", "approval_name"}
    if unknown:
        raise ValueError(f"a round doesn't change its {', '.join(sorted(unknown))}")
    if "approval_name" in values:
        values["approval_name"] = clean_name(values["approval_name"])
    with transaction.atomic():
        row = services.get_visible(EvaluationRound, pk, actor, lock=True)
        fixed = {"sheet", "own_unit", "approval_number", "approval_file", "approval_name"} & set(values)
        changed = any(getattr(row, name) != values[name] for name in fixed)
        if row.state != RoundState.PREPARED and changed:
            raise Refused(
                _("The round has begun: its sheet, its approval and the rule of the own unit stay."),
                code="begun",
            )
        return services.update(EvaluationRound, actor=actor, pk=pk, version=version, values=values)


@transaction.atomic
def round_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> EvaluationRound:
    """Close a round that has not begun; the month may have another one then. Raises as
    `common.services.archive`, and Refused."""
    row = services.get_visible(EvaluationRound, pk, actor, lock=True)
    services.authorize(actor, Action.ARCHIVE, row)
    if row.state != RoundState.PREPARED and row.archived_at is None:
        raise Refused(_("The round has begun. Bring it to its end; it can't be closed."), code="begun")
    return services.archive(EvaluationRound, actor=actor, pk=pk, version=version, reason=reason)


@transaction.atomic
def round_start(*, actor: Actor, pk: int, version: int | None) -> EvaluationRound:
    """Let the teams go: the approval is on file (DOMAIN §6), every team has its head, every project its team.

    Raises NotVisible, Denied, Archived, Stale, Refused.
    """
    row = services.locked(EvaluationRound, pk, actor, Action.CHANGE, version)
    if row.state != RoundState.PREPARED:
        raise Refused(_("The round has begun already."), code="begun")
    approved(row)
    teams = Team.objects.filter(round=row, archived_at=None)
    headless = teams.exclude(members__is_head=True, members__archived_at=None).first()
    if headless is not None:
        raise Refused(
            _("Team “%(team)s” has no head. The head comes from the congress or the conference.")
            % {"team": headless.name},
            code="head",
        )
    idle = Inspection._base_manager.filter(round=row, team=None, archived_at=None).count()
    if idle:
        raise Refused(
            _("%(n)s projects have no team yet. Give them to a team, or take them out of the round.")
            % {"n": idle},
            code="unassigned",
        )
    refuse_own(row, _inspections(row).select_related("project__unit", "project__host"))
    with changelog.acting(actor):
        _write_reported(row)
        row.state = RoundState.RUNNING
        row.version += 1
        row.save()
    for team in teams:
        rounds_telling.tell_team(row, team)
    return row


@transaction.atomic
def round_publish(*, actor: Actor, pk: int, version: int | None) -> EvaluationRound:
    """Publish what the committee decided: the units concerned may read it from now on.

    Raises NotVisible, Denied, Archived, Stale, Refused (not decided yet, published already).
    """
    row = services.locked(EvaluationRound, pk, actor, Action.PUBLISH, version)
    if row.state == RoundState.PUBLISHED:
        raise Refused(_("The round is published already."), code="published")
    if row.state != RoundState.FINAL:
        raise Refused(
            _("The committee has not decided on every project yet; only then it is published."),
            code="undecided",
        )
    with changelog.acting(actor):
        row.state, row.published_at = RoundState.PUBLISHED, clock.now()
        row.version += 1
        row.save()
    rounds_telling.tell_published(row)
    return row


@transaction.atomic
def team_set(
    *, actor: Actor, round_pk: int, name: str, members: Sequence[Member], pk: int | None = None
) -> Team:
    """Make a team, or write a team's members anew. Exactly one head, from the congress or the conference. Who
    would inspect his own unit can't be put into a team that has such a project.

    Raises NotVisible, Denied, Archived, Refused, ValidationError.
    """
    row = services.get_visible(EvaluationRound, round_pk, actor, lock=True)
    services.authorize_change(actor, row)
    if row.state not in (RoundState.PREPARED, RoundState.RUNNING):
        raise Refused(_("All results are in; the teams stay as they are."), code="done")
    heads = [one for one in members if one.is_head]
    if len(heads) != 1 or heads[0].origin not in HEADS:
        raise Refused(
            _(
                "A team has one head, who comes from the people's congress or the consultative conference;"
                " the members come from bureau, supervision and audit."
            ),
            code="head",
        )
    with changelog.acting(actor):
        if pk is None:
            team = Team(round=row, name=name)
        else:
            found = Team.objects.select_for_update().filter(pk=pk, round=row, archived_at=None).first()
            if found is None:
                raise NotVisible
            team = found
            team.name = name
            team.version += 1
        team.full_clean()
        team.save()
        now = clock.now()
        for gone in team.members.filter(archived_at=None):
            gone.archived_at = now
            gone.save(update_fields=["archived_at", "updated_at"])
        for one in members:
            member = TeamMember(
                team=team,
                user=one.user,
                name=one.name,
                origin=one.origin,
                works_for=one.works_for,
                is_head=one.is_head,
            )
            member.full_clean()
            member.save()
    refuse_own(row, _inspections(row).filter(team=team).select_related("project__unit", "project__host"))
    if row.state == RoundState.RUNNING:
        rounds_telling.tell_team(row, team)
    return team


def approved(row: EvaluationRound) -> None:
    """Raises Refused without number and file of the approval (DOMAIN §6: inspecting an enterprise needs one)."""
    if not row.approval_number or row.approval_file_id is None:
        raise Refused(
            _(
                "Inspecting an enterprise needs an approval on file: enter its number and attach it to the round first."
            ),
            code="approval",
        )


def refuse_own(row: EvaluationRound, inspections: Iterable[Inspection]) -> None:
    """Raises Refused when a member of a team would inspect his own unit."""
    if found := rounds.bound(row, inspections):
        person, inspection = found[0]
        raise Refused(
            _(
                "%(name)s works for the unit of project %(number)s; nobody inspects his own unit. Choose another team."
            )
            % {"name": person.name, "number": inspection.project.number},
            code="own_unit",
        )


def follow(actor: Actor, row: EvaluationRound) -> None:
    """Bring a round's state up to its inspections. The caller holds the round."""
    states = set(_inspections(row).values_list("state", flat=True))
    if states == {InspectionState.FINAL}:
        wanted = RoundState.FINAL
    elif states <= {InspectionState.INITIAL, InspectionState.FINAL}:
        wanted = RoundState.INITIAL
    else:
        wanted = RoundState.RUNNING
    if row.state == wanted:
        return
    row.state = wanted
    if wanted == RoundState.FINAL:
        row.decided_name, row.decided_at = actor.actor_name, clock.now()
    row.version += 1
    row.save()
    rounds_telling.tell_stage(row)


def _inspections(row: EvaluationRound) -> Any:
    return Inspection._base_manager.filter(round=row, archived_at=None)


def _write_reported(row: EvaluationRound) -> None:
    """What each project had reported in the round's basis by its last day, as known now."""
    last = rounds.months_of(row.kind, row.period)[1]
    rows = list(_inspections(row))
    sums = rounds.reported([one.project_id for one in rows], row.basis, last)
    for one in rows:
        one.reported = sums.get(one.project_id)
    Inspection._base_manager.bulk_update(rows, ["reported"])


def approval_set(
    *, actor: Actor, pk: int, version: int | None, number: str, stored: StoredFile, name: str
) -> EvaluationRound:
    """Put the approval of the inspections on file. Raises as `round_update`."""
    return round_update(
        actor=actor, pk=pk, version=version, approval_number=number, approval_file=stored, approval_name=name
    )

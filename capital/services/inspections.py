"""An inspection: given to a team, filled in on site, the team's result, the committee's (DOMAIN §3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from capital import rounds, rounds_telling
from capital.choices import InspectionState, RoundState
from capital.models import EvaluationRound, Inspection, InspectionPhoto, Team
from capital.services.rounds import approved, follow, refuse_own
from common import changelog, clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Archived, Denied, NotVisible, Refused, Stale
from common.files import clean_name
from common.models import StoredFile
from rules import inspection as rule
from rules.facts import Missing, MissingReason, Value

OPEN = (RoundState.PREPARED, RoundState.RUNNING)
Answers = Mapping[str, rule.Answer | None]


@transaction.atomic
def inspection_assign(*, actor: Actor, pk: int, version: int | None, team: int) -> Inspection:
    """Give a project to a team of its round. Raises NotVisible, Denied, Archived, Stale, Refused (own unit, the
    team's result is given)."""
    row = _locked(actor, pk, version, Action.ASSIGN)
    found = Team.objects.filter(pk=team, round=row.round, archived_at=None).first()
    if found is None:
        raise NotVisible
    if row.state not in (InspectionState.ASSIGNED, InspectionState.INSPECTED):
        raise Refused(_("The team's result is given; the project stays with it."), code="initial")
    row.team = found
    refuse_own(row.round, [row])
    with changelog.acting(actor):
        row.version += 1
        row.save()
    if row.round.state == RoundState.RUNNING:
        rounds_telling.tell_team(row.round, found)
    return row


@transaction.atomic
def inspection_drop(*, actor: Actor, pk: int, version: int | None, reason: str) -> Inspection:
    """Take a project out of a round, with the reason, before its team has given a result. Raises as
    `common.services.archive`, and Refused."""
    row = _locked(actor, pk, version, Action.ARCHIVE)
    if row.state not in (InspectionState.ASSIGNED, InspectionState.INSPECTED):
        raise Refused(_("The team's result is given; the project stays in the round."), code="initial")
    others = Inspection._base_manager.filter(round=row.round, archived_at=None).exclude(pk=row.pk)
    if not others.exists():
        raise Refused(
            _("It is the round's last project; without one there is nothing to decide."), code="last"
        )
    found = services.archive(Inspection, actor=actor, pk=pk, version=version, reason=reason)
    if row.round.state == RoundState.RUNNING:
        follow(actor, row.round)
    return found


@transaction.atomic
def inspection_save(
    *, actor: Actor, pk: int, version: int | None, answers: Answers, visited_on: date | None = None
) -> Inspection:
    """Keep what stands on the form, finished or not; an answer of None is none. Amounts in yuan. By a member of
    the team, once the round has begun with its approval.

    Raises NotVisible, Denied, Archived, Stale, Refused (not begun, no approval, own unit, result given, wrong
    answer, a day still to come).
    """
    row = _locked(actor, pk, version, Action.DECIDE)
    _on_site(actor, row)
    _not_given(row)
    if visited_on is not None and visited_on > clock.today():
        raise Refused(_("This day is still to come."), code="day", fields={"visited_on": []})
    items, given = sheet_of(row), {code: one for code, one in answers.items() if one not in (None, "")}
    if wrong := rule.check(items, given):
        labels = {item.code: item.label for item in items}
        raise Refused(
            _("“%(item)s” can't be answered like this.") % {"item": labels.get(wrong[0].item, wrong[0].item)},
            code="answer",
            fields={f"q_{wrong[0].item}": []},
        )
    with changelog.acting(actor):
        row.answers, row.visited_on = packed(given), visited_on
        row.state = InspectionState.INSPECTED
        row.version += 1
        row.save()
    return row


@transaction.atomic
def inspection_initial(
    *, actor: Actor, pk: int, version: int | None, initial: Decimal, reason: str = ""
) -> Inspection:
    """The team's result: yuan that it found, with the score of the form. A result that differs from what was
    reported says why.

    Raises NotVisible, Denied, Archived, Stale, Refused (form not finished, no reason, no day of the visit).
    """
    row = _locked(actor, pk, version, Action.DECIDE)
    _on_site(actor, row)
    if row.state != InspectionState.INSPECTED:
        raise Refused(_("Fill in the inspection form first."), code="form")
    if row.visited_on is None:
        raise Refused(_("Write on the form on which day you were there."), code="visited_on")
    scored = score_of(row)
    if scored.lacking:
        labels = {item.code: item.label for item in sheet_of(row)}
        raise Refused(
            _("The form lacks answers: %(items)s.")
            % {"items": "、".join(labels[code] for code in scored.lacking)},
            code="lacking",
        )
    if initial < 0:
        raise Refused(_("A result is zero or more."), code="negative", fields={"result": []})
    if initial != (row.reported or Decimal(0)) and not reason.strip():
        raise Refused(
            _("The result differs from what was reported. Write down why."),
            code="reason",
            fields={"reason": []},
        )
    with changelog.acting(actor):
        row.initial, row.initial_reason, row.initial_name = initial, reason.strip(), actor.actor_name
        row.initial_score = scored.score.amount if isinstance(scored.score, Value) else None
        row.state = InspectionState.INITIAL
        row.version += 1
        row.save()
        follow(actor, row.round)
    rounds_telling.settle_team(row.team)
    return row


@transaction.atomic
def inspection_return(*, actor: Actor, pk: int, version: int | None, reason: str) -> Inspection:
    """The committee sends a result back to its team, with the reason. Raises NotVisible, Denied, Archived, Stale,
    Refused."""
    row = _locked(actor, pk, version, Action.CONFIRM)
    if row.state != InspectionState.INITIAL:
        raise Refused(_("Only a team's result that is not decided yet can be sent back."), code="state")
    with changelog.acting(actor, reason=reason):
        row.state = InspectionState.INSPECTED
        row.version += 1
        row.save()
        follow(actor, row.round)
    if row.team is not None:
        rounds_telling.tell_team(row.round, row.team, again=row)
    return row


@transaction.atomic
def inspection_final(
    *, actor: Actor, pk: int, version: int | None, final: Decimal, reason: str = ""
) -> Inspection:
    """The committee's result in yuan, until the round is published. It says why it differs from the team's. Not
    by a member of the team, nor about one's own unit where the round forbids it.

    Raises NotVisible, Denied, Archived, Stale, Refused.
    """
    row = _locked(actor, pk, version, Action.CONFIRM)
    if row.round.state == RoundState.PUBLISHED:
        raise Refused(_("The round is published; its results stay."), code="published")
    if row.state not in (InspectionState.INITIAL, InspectionState.FINAL):
        raise Refused(_("The team has not given its result yet."), code="state")
    if rounds.member_of(actor, row.team):
        raise Refused(_("You inspected this project; somebody else decides."), code="same_person")
    if rounds.own_unit(actor, row.round, row.project):
        raise Refused(_("This is your own unit's project; somebody else decides."), code="own_unit")
    if final < 0:
        raise Refused(_("A result is zero or more."), code="negative", fields={"result": []})
    if final != row.initial and not reason.strip():
        raise Refused(
            _("The result differs from the team's. Write down why."), code="reason", fields={"reason": []}
        )
    with changelog.acting(actor):
        row.final, row.final_reason, row.final_name = final, reason.strip(), actor.actor_name
        row.state = InspectionState.FINAL
        row.version += 1
        row.save()
        follow(actor, row.round)
    return row


@transaction.atomic
def photo_add(*, actor: Actor, pk: int, stored: StoredFile, name: str) -> InspectionPhoto:
    """A file taken on site, by a member of the team. Nobody is asked for one. Raises as `inspection_save`."""
    row = _locked(actor, pk, None, Action.DECIDE)
    _on_site(actor, row)
    _not_given(row)
    return InspectionPhoto.objects.create(
        inspection=row,
        stored=stored,
        name=clean_name(name) or str(stored),
        at=clock.now(),
        actor_name=actor.actor_name,
    )


def sheet_of(row: Inspection) -> tuple[rule.Item, ...]:
    return rule.items_of(row.round.sheet.document)


def packed(answers: Mapping[str, rule.Answer | None]) -> dict[str, str | bool]:
    """Answers as JSON: numbers as text."""
    return {
        code: one if isinstance(one, bool) else str(one) for code, one in answers.items() if one is not None
    }


def unpacked(items: tuple[rule.Item, ...], kept: Mapping[str, object]) -> dict[str, rule.Answer]:
    """Kept answers as the rule takes them."""
    numbers = {item.code for item in items if item.kind in (rule.Kind.POINTS, rule.Kind.AMOUNT)}
    return {
        code: Decimal(str(one)) if code in numbers else one if isinstance(one, bool) else str(one)
        for code, one in kept.items()
    }


def score_of(row: Inspection) -> rule.Scored:
    """What the form of an inspection scores now."""
    items = sheet_of(row)
    return rule.score(items, unpacked(items, row.answers), version=str(row.round.sheet.number))


def unscored(scored: rule.Scored) -> bool:
    """Does this sheet score nothing at all?"""
    return isinstance(scored.score, Missing) and scored.score.reason is MissingReason.NOT_APPLICABLE


def _on_site(actor: Actor, row: Inspection) -> None:
    """Raises unless the round has begun, the approval is on file, the actor is in the team, and the unit is not
    his own nor a companion's."""
    if row.round.state not in (RoundState.RUNNING, RoundState.INITIAL):
        text = (
            _("The round has not begun yet.")
            if row.round.state == RoundState.PREPARED
            else _("The round is decided; its forms stay.")
        )
        raise Refused(text, code="not_running")
    approved(row.round)
    if not actor.is_system and not rounds.member_of(actor, row.team):
        raise Denied(_("Only a member of the project's team fills in its form."))
    refuse_own(row.round, [row])


def _not_given(row: Inspection) -> None:
    if row.state not in (InspectionState.ASSIGNED, InspectionState.INSPECTED):
        raise Refused(_("The team's result is given. Ask the committee to send it back."), code="initial")


def _locked(actor: Actor, pk: int, version: int | None, wanted: Action) -> Inspection:
    """The inspection under its round, both locked, the round first."""
    seen = services.get_visible(Inspection, pk, actor)
    round_ = EvaluationRound._base_manager.select_for_update(of=("self",)).get(pk=seen.round_id)
    row = services.get_visible(Inspection, pk, actor, lock=True)
    row.round = round_
    services.authorize(actor, wanted, row)
    if row.archived_at is not None or round_.archived_at is not None:
        raise Archived
    if version is not None and row.version != version:
        raise Stale(row)
    return row

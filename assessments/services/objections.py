"""Objections of units to their own result, and the answers to them (DOMAIN §4)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.choices import ObjectionState, Step
from assessments.models import Objection, SchemeRun, SchemeVersion
from assessments.schemes.rulebook import SHARED
from assessments.schemetelling import settle_objection, tell_answered, tell_objection
from common import changelog, clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Denied, Refused
from common.scope import may_on
from organizations.models import Unit

from .publications import open_until, step_of


@transaction.atomic
def objection_file(*, actor: Actor, run: SchemeRun, unit: Unit, text: str, indicator: str = "") -> Objection:
    """A unit's head says that its result, or one indicator of it, is wrong.

    Raises NotVisible (of the run), Denied, ValidationError, and Refused: text, not_open (nobody was told yet), final,
    over (the window is over), unknown (no such unit or indicator), twice (there is an open one).
    """
    run = services.get_visible(SchemeRun, run.pk, actor)
    SchemeVersion.objects.unscoped(reason=SHARED).select_for_update().get(pk=run.version_id)
    row = Objection(
        run=run,
        unit=unit,
        indicator=indicator,
        text=text.strip(),
        filed_at=clock.now(),
        filed_id=actor.pk,
        filed_name=actor.actor_name,
    )
    if not may_on(actor, Action.CREATE, row):
        raise Denied
    _must_be_open(run)
    line = run.lines.filter(unit=unit).first()
    if line is None or indicator and indicator not in line.document["marks"]:
        raise Refused(_("The run has no such value."), code="unknown", fields={"indicator": [""]})
    if not row.text:
        raise Refused(_("Say what is wrong, and what it should be."), code="text", fields={"text": [""]})
    every = Objection.objects.unscoped(reason="open objections to the same thing")
    if every.filter(
        run=run, unit=unit, indicator=indicator, state=ObjectionState.FILED, archived_at=None
    ).exists():
        said = _("There is an open objection to this already. Wait for its answer, or withdraw it.")
        raise Refused(said, code="twice")
    with changelog.acting(actor):
        row.full_clean()
        row.save(force_insert=True)
    tell_objection(row)
    return row


@transaction.atomic
def objection_answer(*, actor: Actor, pk: int, version: int | None, accept: bool, answer: str) -> Objection:
    """Accept or reject an objection, in words. An accepted one is followed by a corrected run or a value set by hand.

    Raises NotVisible, Denied (also where somebody else runs the scheme), Stale, Archived, and Refused: closed, own (who
    filed it doesn't answer it), answer.
    """
    row = services.locked(Objection, pk, actor, Action.DECIDE, version)
    run = row.run
    if not (may_on(actor, Action.PUBLISH, run) or may_on(actor, Action.DECIDE, run)):
        raise Denied
    _must_wait(row)
    if row.filed_id == actor.pk:
        said = _("You filed this objection. Somebody else answers it.")
        raise Refused(said, code="own")
    if not answer.strip():
        raise Refused(_("Give the answer in words."), code="answer", fields={"answer": [""]})
    return _close(
        actor,
        row,
        "answered",
        state=ObjectionState.ACCEPTED if accept else ObjectionState.REJECTED,
        answer=answer.strip(),
        answered_at=clock.now(),
        answered_id=actor.pk,
        answered_name=actor.actor_name,
    )


@transaction.atomic
def objection_withdraw(*, actor: Actor, pk: int, version: int | None) -> Objection:
    """The unit takes its objection back. Raises NotVisible, Denied, Stale, Archived, Refused (closed)."""
    row = services.locked(Objection, pk, actor, Action.CHANGE, version)
    _must_wait(row)
    return _close(actor, row, "withdrawn", state=ObjectionState.WITHDRAWN)


def _close(actor: Actor, row: Objection, reason: str, **values: Any) -> Objection:
    with changelog.acting(actor, reason=reason):
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        row.full_clean()
        row.save()
    settle_objection(row)
    if row.state != ObjectionState.WITHDRAWN:
        tell_answered(row)
    return row


def _must_be_open(run: SchemeRun) -> None:
    step = step_of(run)
    if not step:
        raise Refused(_("The result isn't published yet; there is nothing to object to."), code="not_open")
    if step == Step.FINAL:
        raise Refused(_("The result is final. Objections are no longer taken."), code="final")
    if open_until(run) is None:
        raise Refused(_("The days for objections are over."), code="over")


def _must_wait(row: Objection) -> None:
    if row.state != ObjectionState.FILED:
        said = _("This objection is closed: %(state)s.") % {"state": row.get_state_display()}
        raise Refused(said, code="closed")

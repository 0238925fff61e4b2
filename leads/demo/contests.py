"""Transfers and disputes in the life of a lead of the demo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from common import changelog, clock
from common.actors import System
from leads.models import Dispute, LeadTransfer
from leads.services import disputes, transfers

if TYPE_CHECKING:
    from .course import Course


def _dated(row: Any) -> None:
    """The pages show when it was entered, which the database takes from its own clock."""
    with changelog.acting(System("demo")):
        type(row)._base_manager.filter(pk=row.pk).update(created_at=clock.now())


def transfer(course: Course, how: Mapping[str, Any]) -> None:
    """Proposed by the unit's head (or the bureau), and answered when the row says so."""
    cast, days = course.cast, course.days
    to = cast.unit(how["to"])

    def propose() -> None:
        lead = course.lead
        made = transfers.transfer_propose(
            actor=cast.head(lead.unit),
            lead=lead.pk,
            version=lead.version,
            to_unit=to,
            reason=how["reason"],
            keeps_credit=how["keeps"],
        )
        _dated(made)

    def answer() -> None:
        row = LeadTransfer.objects.unscoped(reason="demo data").get(lead=course.pk)
        given: dict[str, Any] = {"actor": cast.head(to), "pk": row.pk, "version": row.version}
        if how["answer"] == "agreed":
            transfers.transfer_agree(**given, officer=cast.officers[how["officer"]], answer="同意承接。")
        else:
            transfers.transfer_refuse(**given, answer=how["said"])

    course.diary.on(days.at(days.day(how["day"]), 16), propose)
    if "answer" in how:
        course.diary.on(days.at(days.day(how["answer_day"]), 10), answer)


def dispute(course: Course, how: Mapping[str, Any]) -> None:
    """Opened by an officer over his own lead of the same investor; heard and decided when the row says so."""
    cast, days = course.cast, course.days
    actor = cast.user(how["by"])

    def found() -> Dispute:
        return Dispute.objects.unscoped(reason="demo data").get(claimant_lead=course.pk)

    def begin() -> None:
        made = disputes.dispute_open(
            actor=actor, claimant=actor.unit, claim=how["claim"], claimant_lead=course.pk
        )
        if "state" in how:
            disputes.dispute_state(actor=actor, pk=made.pk, text=how["state"])
        _dated(made)

    def decide() -> None:
        bureau, row = cast.user("bureau"), found()
        heard = disputes.dispute_hear(actor=bureau, pk=row.pk, version=row.version, minutes=how["minutes"])
        disputes.dispute_decide(
            actor=bureau,
            pk=row.pk,
            version=heard.version,
            ruling=how["ruling"],
            reasons=how["reasons"],
        )

    course.diary.on(days.at(days.day(how["day"]), 16), begin)
    if "ruling" in how:
        course.diary.on(days.at(days.day(how["decided"]), 15), decide)

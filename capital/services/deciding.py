"""What must hold before anybody decides about an entry, each rule with its name and the way out
(docs/algorithms/recognition.md, DOMAIN §3). Used by the services, the desk's marks and recognition in bulk alike."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    Subquery,
    Sum,
)
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from capital.choices import EntryKind, EntryState, Level, VoucherType
from capital.models import (
    Allocation,
    CapitalEntry,
    Override,
    Recognition,
    RecognitionTerms,
    RolledForward,
)
from capital.posting import LOOKED_AT
from capital.terms import terms_of
from common import clock, scope
from common.access import Action
from common.actors import Actor, may
from common.errors import Archived, Denied, NotVisible, Refused, ServiceError
from common.scope import visible_q
from organizations.models import Officer
from projects import confidential
from projects.models import Project

KIND = Recognition.Scope.kind
RIGHT = {Level.PRELIMINARY: Action.DECIDE, Level.FINAL: Action.CONFIRM}
# From where a level decides. The last word may overrule a refusal of the first check.
FROM = {
    Level.PRELIMINARY: (EntryState.REPORTED,),
    Level.FINAL: (EntryState.REPORTED, EntryState.PRELIMINARY, EntryState.REFUSED),
}
WAITING = {
    Level.PRELIMINARY: (EntryState.REPORTED, EntryState.QUERIED),
    Level.FINAL: (EntryState.REPORTED, EntryState.QUERIED, EntryState.PRELIMINARY),
}
DECIDED = (EntryState.PRELIMINARY, EntryState.FINAL, EntryState.REFUSED)
HOLD = """
    SELECT 1 FROM cap_entry e JOIN prj_project p ON p.id = e.project_id WHERE e.id = ANY(%s) ORDER BY e.id
    FOR UPDATE OF e FOR SHARE OF p
"""
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Case:
    """An entry and what is known about it: sums in its own currency, the last decision's number, the types of
    its vouchers, and how the actor stands to it."""

    entry: CapitalEntry
    terms: RecognitionTerms  # of the entry's day: which vouchers it needs
    preliminary: Decimal
    final: Decimal | None  # None: no last word yet, not even a refusal
    checked: bool  # is there a first check?
    ordinal: int
    month: int  # the period in which it waits: that of its return, or the one it was rolled forward to
    vouchers: frozenset[str]
    override: int | None  # the open one
    works_there: bool  # the actor, in the unit that reported, while today's terms forbid that
    kept_back: bool  # the project is confidential to the actor

    def so_far(self, level: str) -> Decimal:
        return self.preliminary if level == Level.PRELIMINARY else self.final or ZERO

    @property
    def counts(self) -> Decimal:
        """What of it counts by what is best known."""
        return self.preliminary if self.final is None else self.final


def read(actor: Actor, rows: Any) -> list[Case]:
    """The cases of a queryset of entries. Two queries."""
    entries = list(_with_facts(rows, actor))
    today = clock.today()
    terms = terms_of({today, *(one.occurred_on for one in entries)})
    return [
        Case(
            entry=one,
            terms=terms[one.occurred_on],
            preliminary=one.of_preliminary or ZERO,
            final=one.of_final,
            checked=one.of_preliminary is not None,
            ordinal=one.last_ordinal or 0,
            month=one.waits_in,
            vouchers=frozenset(one.voucher_types),
            override=one.open_override,
            works_there=not terms[today].own_unit and one.works_there,
            kept_back=one.kept_back,
        )
        for one in entries
    ]


def hold(actor: Actor, pks: Collection[int]) -> list[Case]:
    """The cases of entries in the actor's scope, locked until the transaction ends, in the order of their keys;
    their projects are held too (`capital.posting.hold_projects` says why). Months come after, when the lines are
    written: closing takes them in this order. Raises NotVisible."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [sorted(pks)])
    seen = CapitalEntry.objects.visible_to(actor).filter(pk__in=pks)
    cases = read(actor, seen.order_by("pk"))
    if len(cases) < len(set(pks)):
        raise NotVisible
    return cases


def hold_one(actor: Actor, pk: int) -> Case:
    """One entry. Raises NotVisible, Archived."""
    (case,) = hold(actor, [pk])
    if case.entry.archived_at is not None:
        raise Archived
    return case


def must(problem: ServiceError | None) -> None:
    if problem is not None:
        raise problem


def right(actor: Actor, level: str, case: Case) -> ServiceError | None:
    """Who may decide at a level about this entry at all: by role, not what he entered himself, not about his own
    unit, not about what is kept from him."""
    entry, about = case.entry, {"number": case.entry.number, "unit": case.entry.unit.label}
    if not may(actor, RIGHT[Level(level)], KIND, path=entry.unit.path):
        return Denied()
    if case.kept_back:
        return Denied(_("This project is confidential to you: somebody of its own unit or above it decides."))
    if actor.pk is not None and actor.pk in (entry.entered_by_id, entry.reported_by_id):
        return Refused(
            _("You entered or reported %(number)s. Nobody decides what he entered: leave it to a colleague.")
            % about,
            code="own_entry",
        )
    if case.works_there:
        return Refused(
            _(
                "You work for %(unit)s. By the terms of recognition nobody decides about his own unit: leave it "
                "to somebody of another one."
            )
            % about,
            code="own_unit",
        )
    return None


def open_matters(case: Case) -> ServiceError | None:
    """A question or a request that has to be settled first."""
    about = {"number": case.entry.number}
    if case.entry.state == EntryState.QUERIED:
        return Refused(
            _("A query about %(number)s is open. Wait for the answer, or take the query back.") % about,
            code="query_open",
        )
    if case.override is not None:
        return Refused(
            _(
                "A request to recognise more than was reported is open for %(number)s. Sign it or refuse it first."
            )
            % about,
            code="override_open",
        )
    return None


def stage(case: Case, level: str) -> ServiceError | None:
    """Is it this level's turn?"""
    state, about = case.entry.state, {"number": case.entry.number, "state": case.entry.get_state_display()}
    if state == EntryState.DRAFT:
        return Refused(
            _("%(number)s is a draft. The unit reports it first, alone or with its monthly return.") % about,
            code="draft",
        )
    if state == EntryState.WITHDRAWN:
        return Refused(_("%(number)s was withdrawn: there is nothing to decide.") % about, code="withdrawn")
    if level == Level.PRELIMINARY and case.final is not None:
        return Refused(
            _("The last word on %(number)s was spoken before: only who confirms goes on, at the final level.")
            % about,
            code="final_began",
        )
    if state not in FROM[Level(level)] or (state == EntryState.REFUSED and case.final is not None):
        return Refused(
            _("%(number)s is decided: %(state)s. Take the decision back before you decide again.") % about,
            code="decided",
        )
    return None


def evidence(case: Case) -> ServiceError | None:
    """Is there a voucher of a type that the terms ask for?"""
    if case.entry.is_opening:
        return None
    asked = case.terms.asked_for(case.entry.kind)
    if case.vouchers and (not asked or case.vouchers & set(asked)):
        return None
    about = {
        "number": case.entry.number,
        "kind": EntryKind(case.entry.kind).label,
        "types": "、".join(str(VoucherType(one).label) for one in asked),
    }
    if not asked:
        return Refused(
            _("%(number)s has no voucher. Ask the unit for one by a query.") % about, code="evidence_missing"
        )
    return Refused(
        _(
            "By the terms of recognition an entry of %(kind)s needs one of: %(types)s. %(number)s has none: ask "
            "the unit for it by a query."
        )
        % about,
        code="evidence_missing",
    )


def objection(actor: Actor, level: str, case: Case, *, seen: bool = False) -> ServiceError | None:
    """The first rule that forbids to recognise at this level; None when it may be done. `seen`: found on site,
    so no voucher is asked for."""
    return (
        right(actor, level, case)
        or open_matters(case)
        or stage(case, level)
        or (None if seen else evidence(case))
    )


def works_at(actor: Actor) -> Q:
    """Entries of the units for which the actor works: he holds a role at that very unit, his account belongs to
    it, or he is its officer."""
    own = {*(grant.unit_id for grant in actor.grants()), getattr(actor, "unit_id", None)} - {None}
    officer = Officer._base_manager.filter(user=actor.pk, user__isnull=False, left_on=None, archived_at=None)
    return Q(unit__in=own) | Q(unit__in=officer.values("unit"))


class _Decided:
    """Entries, as the gate sees decisions about them."""

    class Scope(scope.Scope):
        kind = KIND
        path = "unit__path"


def decided_by(actor: Actor, level: str) -> Q:
    """Entries about which the actor decides at a level by his role."""
    return visible_q(_Decided, actor, RIGHT[Level(level)])


def waits_in() -> Any:
    """The period in which an entry waits, for an annotation: the one into which it was rolled, but never one
    before the month of its return (a draft that was rolled may get a later day)."""
    rolls = RolledForward._base_manager.filter(entry=OuterRef("pk")).order_by("-to_period")
    return Greatest(Subquery(rolls.values("to_period")[:1]), F("period"), output_field=IntegerField())


def _with_facts(rows: Any, actor: Actor) -> Any:
    """Entries with what other tables know of them."""
    said = Recognition._base_manager.filter(entry=OuterRef("pk")).order_by().values("entry")

    def total(level: str) -> Any:
        return Subquery(said.filter(level=level).annotate(total=Sum("delta")).values("total"))

    used = Allocation._base_manager.filter(
        entry=OuterRef("pk"), archived_at=None, voucher__archived_at=None
    ).order_by()
    asked = Override._base_manager.filter(entry=OuterRef("pk"), answered_at=None, archived_at=None)
    secret = Project._base_manager.filter(confidential.hidden(actor), pk=OuterRef("project"))
    return rows.select_related(
        "unit", "period", "project", *(f"project__{name}" for name in LOOKED_AT)
    ).annotate(
        of_preliminary=total(Level.PRELIMINARY),
        of_final=total(Level.FINAL),
        waits_in=waits_in(),
        last_ordinal=Subquery(said.annotate(last=Max("ordinal")).values("last")),
        voucher_types=ArraySubquery(used.values("voucher__type")),
        open_override=Subquery(asked.values("pk")[:1]),
        works_there=ExpressionWrapper(works_at(actor), output_field=BooleanField()),
        kept_back=Exists(secret),
    )

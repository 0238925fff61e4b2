"""The catalogue of facts that a stage can ask for (DOMAIN §2: entry rules), and which of them a record has.

A fact is either a property of the record itself, or something that the database is asked for beside it. All
facts of any number of records are read in one query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leads.choices import CheckResult, ContactKind, Pipeline
from leads.models import FollowUp, Screening
from ledger.choices import Zone

PREFIX = "fact_"  # under this name the database's answer stands on the row


@dataclass(frozen=True, slots=True)
class Fact:
    """`present(row)` without a query; `reads` is asked of the database; with both, either is enough.

    `field` is the form's field that supplies it, several with commas, "" when it comes from elsewhere.
    """

    pipeline: str
    code: str
    label: Any
    present: Callable[[Any], bool] | None
    reads: Callable[[], Any] | None
    field: str
    joins: tuple[str, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The form's fields that supply it."""
        return tuple(filter(None, self.field.split(",")))

    def holds(self, row: Any) -> bool:
        """Whether a row read by `read` (or a new one, which nothing hangs on yet) has it."""
        if self.present is not None and self.present(row):
            return True
        return self.reads is not None and bool(getattr(row, PREFIX + self.code, False))


_catalogue: dict[str, dict[str, Fact]] = {value: {} for value in Pipeline.values}
_places: dict[tuple[str, str], Callable[[Any], str]] = {}


def register_fact(
    pipeline: str,
    code: str,
    label: Any,
    present: Callable[[Any], bool] | None = None,
    field: str = "",
    *,
    reads: Callable[[], Any] | None = None,
    joins: tuple[str, ...] = (),
) -> None:
    """Add a fact. `present` may follow the foreign keys named in `joins`; `reads` makes an expression over the
    row, mostly an `Exists`. ValueError for a code that is taken, or a fact that says neither."""
    if code in _catalogue[pipeline]:
        raise ValueError(f"The fact {code!r} of {pipeline} is registered twice.")
    if present is None and reads is None:
        raise ValueError(f"The fact {code!r} of {pipeline} needs to say how it is found.")
    _asking.cache_clear()
    _catalogue[pipeline][code] = Fact(pipeline, code, label, present, reads, field, joins)


def catalogue(pipeline: str) -> Mapping[str, Fact]:
    """All facts of a pipeline by code, in the order of registration."""
    return _catalogue[pipeline]


def supplied_at(pipeline: str, code: str, place: Callable[[Any], str]) -> None:
    """Say on which page a fact without a field is entered: `place(row)` gives the address. A later call for
    the same fact replaces the earlier one. KeyError for an unknown fact."""
    _places[pipeline, _catalogue[pipeline][code].code] = place


def place_of(pipeline: str, code: str, row: Any) -> str:
    """The address where a fact is entered, "" when nobody said."""
    place = _places.get((pipeline, code))
    return place(row) if place else ""


def read(pipeline: str, model: Any, pks: Iterable[int]) -> dict[int, frozenset[str]]:
    """The codes of the facts that each record has. One query for any number of records."""
    return {row.pk: held_by(pipeline, row) for row in _asking(pipeline, model).filter(pk__in=list(pks))}


@cache
def _asking(pipeline: str, model: Any) -> Any:
    """The query for all facts, without rows yet."""
    facts = _catalogue[pipeline].values()
    joins = sorted({join for fact in facts for join in fact.joins})
    answers = {PREFIX + fact.code: fact.reads() for fact in facts if fact.reads is not None}
    rows = model._base_manager.annotate(**answers)
    return rows.select_related(*joins) if joins else rows


def held_by(pipeline: str, row: Any) -> frozenset[str]:
    """The codes of the facts that this object has, as far as it says so itself. No query but for its joins."""
    return frozenset(fact.code for fact in _catalogue[pipeline].values() if fact.holds(row))


# Leads


def _parts(model: Any, **conditions: Any) -> Any:
    """Something that hangs on the lead and is not archived."""
    return Exists(model._base_manager.filter(archived_at=None, lead=OuterRef("pk"), **conditions))


def _given(name: str) -> Callable[[Any], bool]:
    return lambda row: getattr(row, name) not in (None, "")


def _lead(code: str, label: Any, present: Any = None, field: str = "", **options: Any) -> None:
    register_fact(Pipeline.LEAD, code, label, present, field, **options)


HERE = (ContactKind.VISIT, ContactKind.RECEPTION)  # somebody went to see the other one

_lead("source", _("source"), _given("source"), "source")
_lead("industry", _("industry"), _given("industry_id"), "industry")
_lead("amount", _("planned investment"), lambda lead: bool(lead.amount and lead.amount > 0), "amount")
_lead("land", _("land in mu (0 when none is needed)"), _given("land_mu"), "land_mu")
_lead("host", _("park or place intended"), _given("host_id"), "host")
_lead("officer", _("officer"), _given("officer_id"))
_lead("contact", _("contact"), _given("contact_id"), "contact")
_lead(
    "next_step",
    _("next step and its date"),
    lambda lead: bool(lead.next_step and lead.next_on),
    "next_step,next_on",
)
_lead("introducer", _("introducer"), _given("introducer_id"), "introducer")
_lead("offer", _("offered project"), _given("offer_id"), "offer")
_lead("signing_date", _("signing expected on"), _given("signing_on"), "signing_on")
_lead("valid", _("found valuable"), _given("valid_on"))
_lead(
    "credit_code",
    _("investor's credit code"),
    # China gives no code to an investor abroad.
    lambda lead: bool(lead.investor.credit_code) or lead.investor.zone == Zone.ABROAD,
    joins=("investor",),
)
_lead("follow_up", _("a follow-up"), reads=lambda: _parts(FollowUp))
_lead(
    "visited",
    _("a visit, here or there"),
    _given("visited_on"),
    "visited_on",
    reads=lambda: _parts(FollowUp, kind__in=HERE),
)
_lead("screened", _("outcome of the screening"), reads=lambda: Exists(_screenings().exclude(_still_open())))
_lead(
    "admitted",
    _("passed the screening, or admitted by the committee"),
    reads=lambda: Exists(
        _screenings().filter(Q(outcome=CheckResult.PASSED) | Q(overridden_at__isnull=False))
    ),
)


def _screenings() -> Any:
    return Screening._base_manager.filter(archived_at=None, lead=OuterRef("pk"))


def _still_open() -> Q:
    return Q(outcome=CheckResult.OPEN, overridden_at__isnull=True)


supplied_at(Pipeline.LEAD, "credit_code", lambda lead: reverse("investor_update", args=[lead.investor_id]))
supplied_at(Pipeline.LEAD, "follow_up", lambda lead: reverse("followup_add", args=[lead.pk]))
supplied_at(Pipeline.LEAD, "officer", lambda lead: reverse("lead_assign", args=[lead.pk]))
for _code in ("screened", "admitted"):
    supplied_at(Pipeline.LEAD, _code, lambda lead: reverse("lead_screening", args=[lead.pk]))

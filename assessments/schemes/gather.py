"""The facts file of a run (docs/schemes.md, "The facts"): who is assessed, each figure with where it comes from, each
target with its schedule. A fixed number of queries, however many units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max
from django.utils.translation import gettext as _

from assessments.booked import last_day
from assessments.models import Scheme as SchemeRow
from assessments.models import SchemeGroup
from assessments.schemes.periods import Period, through_of
from assessments.schemes.sources import SOURCE, Clock, Figured, Source, Targeted
from common.errors import Refused
from ledger import clocks
from ledger.models import Posting
from organizations.models import GroupMembership, Unit
from organizations.selectors import taken_over
from rules import scheme as rules
from rules.facts import Fact, MissingReason, Value
from rules.money import Rounding, add
from rules.scheme.checks import walk
from rules.scheme.facts import Absent, Facts, Known, Spell, UnitFacts
from rules.scheme.parts import OwnTarget

WHY = "a run reads the figures of its whole group; its page goes through its own scope"
ADDED = (
    "yuan",
    "usd",
    "count",
    "people",
    "trips",
)  # figures that a successor's and its predecessors' make together
DIGITS = 10  # after the point, in a facts file
ENTERED = ("figure:", "given:")  # where people's figures come from


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts of a period, and the last line of the books that they know of."""

    facts: Facts
    watermark: int


@dataclass(slots=True)
class _Member:
    """A unit as it is assessed. `parts`: the units that it is made of."""

    unit: Unit
    group: str
    ranked: bool
    type: str | None = None
    spells: tuple[Spell, ...] = ()
    parts: list[str] = field(default_factory=list)
    itself: bool = False  # a member of the group, not only what its parts make together


def gather(
    row: SchemeRow,
    scheme: rules.Scheme,
    period: Period,
    data_through: int | None = None,
    watermark: int | None = None,
    source: Source | None = None,
) -> Gathered:
    """The facts of a scheme's units for a period. `data_through`: the last month of the data, where it is earlier than the
    period's. `watermark`: the last line of the books that counts; the one of the period's closing if it is closed, else
    what is there now.

    Raises Refused: unbound (a group of the document is no competition group here), nobody, twice, too_late,
    too_early, own_figures (`_nothing_lost`).
    """
    through = through_of(scheme, period, data_through)
    mark = known_lines(period) if watermark is None else watermark
    clock, source = Clock(period, through, mark), source or SOURCE
    members = _members(row, scheme, period)
    before = _before([one.unit for one in members], period.day)
    units = {one.unit.pk: one.unit for one in members} | {
        unit.pk: unit for some in before.values() for unit in some
    }
    figures = source.figures(scheme.inputs, list(units.values()), clock)
    wanted = _wanted(scheme)
    _nothing_lost(scheme, members, figures)
    targets = source.targets(scheme.inputs, wanted, [one.unit for one in members], clock)
    facts = Facts(
        schema=1,
        month=str(period.last),
        data_through=str(through) if through != period.last else None,
        units=tuple(_unit(scheme, one, figures, targets, before.get(one.unit.pk, ())) for one in members),
    )
    return Gathered(facts, mark)


def known_lines(period: Period) -> int:
    """The last line that the period's closing knew of; of an open one, the last line there is."""
    closing = clocks.latest(period.code)
    if closing is not None:
        return closing.watermark
    return Posting.objects.unscoped(reason=WHY).aggregate(last=Max("seq"))["last"] or 0


def bindings(row: SchemeRow) -> dict[str, int]:
    """Group of the document → competition group (id)."""
    return dict(SchemeGroup.objects.filter(scheme=row, archived_at=None).values_list("code", "group_id"))


def _members(row: SchemeRow, scheme: rules.Scheme, period: Period) -> list[_Member]:
    """Who is assessed: members of the bound groups on the period's last day, in the order of the document's groups."""
    bound = bindings(row)
    if unbound := [group.title for group in scheme.groups if group.code not in bound]:
        said = _("Say under Groups which competition group this is: %(groups)s.")
        raise Refused(said % {"groups": ", ".join(unbound)}, code="unbound")
    codes = {bound[group.code]: group.code for group in scheme.groups}
    rows = GroupMembership.objects.filter(
        group__in=codes, valid__overlap=DateRange(last_day(period.first), period.day, "[]"), archived_at=None
    ).select_related("unit", "counts_in")
    stays: dict[int, list[GroupMembership]] = {}
    for one in rows.order_by("sort", "unit__sort", "unit__pinyin", "pk"):
        stays.setdefault(one.unit_id, []).append(one)
    found: dict[int, _Member] = {}
    whole: dict[int, _Member] = {}
    for some in stays.values():
        now = [one for one in some if _holds(one, period.day)]
        if len(now) > 1:
            said = _("“%(unit)s” stands in two groups of this method at once. Take it out of one of them.")
            raise Refused(said % {"unit": now[0].unit.label}, code="twice")
        for one in now:
            member = _Member(one.unit, codes[one.group_id], one.ranked and one.counts_in_id is None)
            member.type, member.spells = _types(scheme, some, period)
            found[one.unit_id] = member
            if one.counts_in is not None:
                made = whole.setdefault(
                    one.counts_in_id or 0, _Member(one.counts_in, codes[one.group_id], ranked=True)
                )
                made.parts.append(one.unit.code)
                made.type = made.type or member.type
    for pk, made in whole.items():
        if pk in found:
            found[pk].parts, found[pk].itself = made.parts, True
        else:
            found[pk] = made
    if not found:
        raise Refused(_("The groups of this method have no units in the period."), code="nobody")
    places = {code: number for number, code in enumerate(codes.values())}
    return sorted(found.values(), key=lambda one: places[one.group])


def _nothing_lost(scheme: rules.Scheme, members: Sequence[_Member], figures: Figured) -> None:
    """A member that others are scored as part of has what they make together: figures of its own would be lost, beyond
    those of parts below it, which it holds anyway. Raises Refused: own_figures."""
    by_code = {one.unit.code: one.unit for one in members}
    for one in members:
        if not one.itself:
            continue
        below = [by_code[code] for code in one.parts if by_code[code].path.startswith(one.unit.path)]
        for code, given in scheme.inputs.items():
            own = figures[one.unit.pk, code]
            if given.unit not in ADDED or not isinstance(own, Value) or (own.ref or "").startswith(ENTERED):
                continue
            of_parts = [fact for part in below if isinstance(fact := figures[part.pk, code], Value)]
            if own.amount != add(fact.amount for fact in of_parts):
                said = _(
                    "“%(unit)s” has figures of its own (%(input)s), which would be lost: other units are scored as part of "
                    "it. Make the units parts of a unit that isn't in the group, “%(unit)s” among them."
                )
                names = {"unit": one.unit.label, "input": given.title}
                raise Refused(said % names, code="own_figures")


def _holds(row: GroupMembership, day: date) -> bool:
    lower, upper = row.valid.lower, row.valid.upper
    return (lower is None or lower <= day) and (upper is None or day < upper)


def _types(
    scheme: rules.Scheme, stays: Sequence[GroupMembership], period: Period
) -> tuple[str | None, tuple[Spell, ...]]:
    """The unit's type, and its spells when it changed within the period: by what it was on each month's last day."""
    types: list[str] = []
    for month in period.months:
        now = next((one for one in stays if _holds(one, last_day(month))), None)
        name = (now.unit_type or now.unit.kind) if now else None
        if name and name in scheme.types:
            types.append(name)
    if not types:
        return None, ()
    spells = tuple(Spell(type=name, months=len(list(some))) for name, some in groupby(types))
    return types[-1], spells if len(spells) > 1 else ()


def _wanted(scheme: rules.Scheme) -> list[tuple[str, str]]:
    """The targets that the document names."""
    found = {
        (part.of, part.which)
        for _path, part in walk(scheme)
        if isinstance(part, OwnTarget) and part.of in scheme.inputs
    }
    return sorted(found)


def _before(units: Iterable[Unit], day: date) -> Mapping[int, list[Unit]]:
    """Units that are gone by a day, by the one that took over; those below the successor are counted with it already."""
    now = {unit.pk: unit for unit in units}
    gone = taken_over(day)
    after = {unit.pk: unit.successor_id for unit in gone.values()}
    found: dict[int, list[Unit]] = {}
    for unit in gone.values():
        last, seen = unit.pk, {unit.pk}
        while last in after and after[last] not in seen and last not in now:
            last = after[last] or 0
            seen.add(last)
        if last in now and last != unit.pk and not unit.path.startswith(now[last].path):
            found.setdefault(last, []).append(unit)
    return found


def _unit(
    scheme: rules.Scheme, member: _Member, figures: Figured, targets: Targeted, before: Sequence[Unit]
) -> UnitFacts:
    unit = member.unit
    facts: dict[str, Known | Absent] = {}
    for code, given in scheme.inputs.items():
        fact = _followed(figures[unit.pk, code], [figures[one.pk, code] for one in before], given.unit)
        if member.parts and not (isinstance(fact, Value) and (fact.ref or "").startswith(ENTERED)):
            continue  # a composite has what its parts have, unless somebody entered a figure for it
        if isinstance(fact, Value):
            facts[code] = Known(value=plain(fact.amount), ref=fact.ref)
        else:
            facts[code] = Absent(missing=str(fact.reason), ref=fact.ref)
    own: dict[str, dict[str, object]] = {}
    for (pk, code, which), target in targets.items():
        if pk == unit.pk:
            own.setdefault(code, {})[which] = target
    return UnitFacts.model_validate(
        {
            "code": unit.code,
            "group": member.group,
            "type": member.type,
            "ranked": member.ranked,
            "facts": facts,
            "targets": own,
            "made_of": tuple(member.parts),
            "spells": member.spells,
        }
    )


def _followed(own: Fact, others: Sequence[Fact], unit: str) -> Fact:
    """A unit's figure with those of the units it took over: sums are added up, other figures are taken where the unit
    has none itself (DOMAIN §1: bases follow the successor)."""
    known = [one for one in others if isinstance(one, Value) and one.amount]
    if isinstance(own, Value):
        if not known or unit not in ADDED:
            return own
        known = [own, *known]
    elif own.reason not in (MissingReason.NOT_REPORTED, MissingReason.NOT_IN_TABLE) or not known:
        return own
    if len(known) == 1:
        return known[0]
    if unit not in ADDED:
        return own
    refs = ",".join(one.ref for one in known if one.ref)
    return Value(add(one.amount for one in known), known[0].unit, refs or None)


def plain(amount: Decimal) -> Decimal:
    """As a facts file keeps it: without the zeros that a column of the database adds, so that the same figure always
    reads the same, and a rate to as many digits as fit."""
    if -int(amount.as_tuple().exponent) > DIGITS:
        amount = Rounding(DIGITS).apply(amount)
    text = f"{amount:f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)

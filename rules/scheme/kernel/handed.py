"""What was handed in of a competition group: its units, their facts and targets."""

from dataclasses import dataclass
from decimal import Decimal

from rules.facts import Fact, Missing, MissingReason, Value
from rules.money import add, multiply, ratio
from rules.periods import Linear, Month, Quarterly, progress
from rules.scheme.document import Group, Schedule, Scheme
from rules.scheme.facts import Absent, Facts, Known, TargetGiven, UnitFacts
from rules.scheme.parts import OwnTarget, PerType, setting
from rules.trace import decimal_text

_HUNDRED = Decimal(100)
NO_FACT = Missing(MissingReason.NOT_IN_TABLE)


@dataclass(frozen=True, slots=True)
class Holder:
    """A unit as of one type; settings that differ by type are read for that type."""

    unit: UnitFacts
    type: str

    @property
    def code(self) -> str:
        return self.unit.code


class Handed:
    """The units of a group and what is known of them."""

    def __init__(self, scheme: Scheme, group: Group, facts: Facts) -> None:
        self.scheme, self.group = scheme, group
        self.through = Month.parse(facts.data_through or facts.month)
        self.units = {unit.code: unit for unit in facts.units}
        mean = group.composites == "mean"
        self.own = [unit for unit in facts.units if unit.group == group.code]
        self.cohort = [holder(unit) for unit in self.own if unit.ranked and not (mean and unit.made_of)]

    def fact(self, unit: UnitFacts, code: str) -> Fact:
        """The fact of an input; of a unit made of several, theirs together."""
        given, kind = unit.facts.get(code), self.scheme.inputs[code]
        if given is None and unit.made_of:
            return _together(
                [self.fact(self.units[one], code) for one in unit.made_of], kind.unit, kind.combine
            )
        if given is None:
            return NO_FACT
        if isinstance(given, Absent):
            return Missing(MissingReason(given.missing), given.ref)
        amount, ref = (given.value, given.ref) if isinstance(given, Known) else (given, None)
        return Value(amount, kind.unit, ref)

    def target(self, who: Holder, target: OwnTarget | Decimal | PerType, unit: str) -> tuple[Fact, str]:
        """A target in force, the part due if it is phased, and how it falls due."""
        if not isinstance(target, OwnTarget):
            return Value(setting(target, who.type), unit), ""
        fact, schedule = self.own_target(who.unit, target.of, target.which)
        if isinstance(fact, Value) and target.phased:
            due = progress(as_schedule(schedule), self.through.number)
            fact = Value(ratio(multiply(fact.amount, due), _HUNDRED), fact.unit, fact.ref)
        return fact, said(schedule)

    def own_target(self, unit: UnitFacts, code: str, which: str) -> tuple[Fact, Schedule]:
        """A unit's target of the whole year, and how it falls due."""
        given = unit.targets.get(code, {}).get(which)
        if given is None and unit.made_of:
            parts = [self.own_target(self.units[one], code, which) for one in unit.made_of]
            together = _together([fact for fact, _schedule in parts], self.scheme.inputs[code].unit, "sum")
            return together, parts[0][1]
        if given is None:
            return Missing(MissingReason.NO_TARGET), self.scheme.schedule
        if isinstance(given, TargetGiven):
            amount, schedule, ref = given.value, given.schedule or self.scheme.schedule, given.ref
        else:
            amount, schedule, ref = given, self.scheme.schedule, None
        return Value(amount, self.scheme.inputs[code].unit, ref), schedule


def holder(unit: UnitFacts) -> Holder:
    """A unit with the type that it has at the end of the period."""
    return Holder(unit, unit.spells[-1].type if unit.spells else unit.type or "")


def amount_of(fact: Fact) -> Decimal:
    """The amount of a fact that is known to have one."""
    assert isinstance(fact, Value)
    return fact.amount


def _together(facts: list[Fact], unit: str, how: str) -> Fact:
    """The fact of a unit made of several: missing when one of theirs is."""
    for fact in facts:
        if isinstance(fact, Missing):
            return fact
    whole = add(amount_of(fact) for fact in facts)
    return Value(whole if how == "sum" else ratio(whole, Decimal(len(facts))), unit)


def as_schedule(schedule: Schedule) -> Linear | Quarterly:
    """A document's schedule as the rule of periods."""
    if schedule == "linear":
        return Linear()
    first, second, third, fourth = (ratio(Decimal(share), _HUNDRED) for share in schedule)
    return Quarterly((first, second, third, fourth))


def said(schedule: Schedule) -> str:
    """A schedule in a trace."""
    return "linear" if schedule == "linear" else ",".join(decimal_text(Decimal(share)) for share in schedule)

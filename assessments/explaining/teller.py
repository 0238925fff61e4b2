"""A total as a tree of sentences: total → indicators, bonuses, deductions → indicator → figure → what was handed in → rows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from rules import scheme as rules
from rules.money import WIDE, WORK
from rules.scheme.document import Group, Indicator
from rules.scheme.figures import Condition
from rules.scheme.parts import OwnTarget, setting
from rules.trace import Operand, Trace

from .figures import Links
from .nodes import Said
from .numbers import marks, plain
from .reasons import COMPARE, DONE, THEN, reason_words
from .rules import RuleWords, rounded_words

PARTS = ("", "bonus.", "deduction.")


class Teller(RuleWords):
    """Tells the lines of a result. `facts` name the units that a composite is made of."""

    def __init__(self, scheme: rules.Scheme, facts: rules.Facts, links: Links) -> None:
        super().__init__(scheme, links)
        self.units = {one.code: one for one in facts.units}

    def group(self, code: str) -> Group:
        """The document's group of that code."""
        return next(one for one in self.scheme.groups if one.code == code)

    def line(self, line: rules.Line) -> Said:
        """The whole calculation of a unit."""
        group, unit, trace = self.group(line.group), self.units[line.unit], line.trace
        if trace.operation == "sum":
            return self._row(group, trace, _type_of(unit))
        if trace.operation == "mean_of_members":
            names = [self.units[code].name or code for code in unit.made_of]
            types = [_type_of(self.units[code]) for code in unit.made_of]
            said = _("mean of the totals of %(names)s: %(total)s")
        else:
            names = [
                _("%(months)s months as %(type)s")
                % {"months": one.months, "type": self.scheme.types[one.type]}
                for one in unit.spells
            ]
            types = [one.type for one in unit.spells]
            said = _("mean by months of %(names)s: %(total)s")
        rows = tuple(
            self._row(group, child, unit_type, name)
            for child, unit_type, name in zip(trace.children, types, names, strict=True)
        )
        return Said(
            "total",
            _("Total score"),
            said % {"names": "、".join(names), "total": _total(trace)},
            _total(trace),
            bad=trace.rounded is None,
            notes=tuple(rounded_words(trace)),
            settings=tuple(self.setting(one) for one in trace.parameters),
            rows=rows,
        )

    # -- a row's total

    def _row(self, group: Group, trace: Trace, unit_type: str, label: str = "") -> Said:
        children = iter(trace.children)
        given = {one.name: one for one in trace.operands}
        sums: list[Said] = []
        amounts: list[Decimal | None] = []
        for prefix, title, part in zip(
            PARTS,
            (_("Indicators"), _("Bonuses"), _("Deductions")),
            (group.indicators, group.bonuses, group.deductions),
            strict=True,
        ):
            own = [row for row in part if not row.types or unit_type in row.types]
            if not own:
                amounts.append(Decimal(0))
                continue
            made = [self.indicator(row, next(children), unit_type) for row in own]
            operands = [given[f"{prefix}{row.code}"] for row in own]
            said, amount = self._part(title, own, made, operands, unit_type, bare=prefix != "")
            sums.append(said)
            amounts.append(amount)
        sums += [self._veto(group, child) for child in children]
        return Said(
            "total",
            label or _("Total score"),
            self._total_sentence(trace, amounts),
            _total(trace),
            bad=trace.rounded is None,
            notes=tuple(self._total_notes(trace, amounts)),
            settings=tuple(self.setting(one) for one in trace.parameters),
            rows=tuple(sums),
        )

    def _total_sentence(self, trace: Trace, amounts: list[Decimal | None]) -> str:
        if trace.reason is not None:
            return _("no total: %(reason)s") % {"reason": reason_words(trace.reason)}
        words = [marks(one or Decimal(0)) for one in amounts]
        said = _("indicators %(n)s") % {"n": words[0]}
        if amounts[1]:
            said += " + " + _("bonuses %(n)s") % {"n": words[1]}
        if amounts[2]:
            said += " − " + _("deductions %(n)s") % {"n": words[2]}
        return f"{said} = {_total(trace)}"

    def _total_notes(self, trace: Trace, amounts: list[Decimal | None]) -> Iterator[str]:
        read = {one.path.removeprefix("total."): one.value for one in trace.parameters}
        for at, name, said in (
            (1, "bonus_most", _("Bonuses count up to %(most)s.")),
            (2, "deduction_most", _("Deductions count up to %(most)s.")),
        ):
            amount = amounts[at]
            if name in read and amount is not None and amount > Decimal(read[name]):
                yield said % {"most": marks(Decimal(read[name]))}
        if trace.raw is not None and trace.limited is not None and trace.raw != trace.limited:
            said = _("Held by a limit or a veto: %(raw)s → %(limited)s.")
            yield said % {"raw": marks(trace.raw), "limited": marks(trace.limited)}
        yield from rounded_words(trace)

    def _part(
        self,
        title: str,
        rows: list[Indicator],
        made: list[Said],
        operands: list[Operand],
        unit_type: str,
        *,
        bare: bool,
    ) -> tuple[Said, Decimal | None]:
        """The sum of a part: what was left out scales the others up."""
        whole, left, full, missing = Decimal(0), Decimal(0), Decimal(0), ""
        for row, operand in zip(rows, operands, strict=True):
            worth = WIDE.multiply(setting(row.full, unit_type), setting(row.weight, unit_type))
            if operand.amount is not None:
                whole, full = WIDE.add(whole, operand.amount), WIDE.add(full, worth)
            elif self._left_out(row, operand):
                left = WIDE.add(left, worth)
            else:
                missing = missing or (operand.reason or "")
        notes: list[str] = []
        amount: Decimal | None = None if missing or (left and not full) else whole
        if amount is not None and left:
            amount = WORK.divide(WIDE.multiply(whole, WIDE.add(full, left)), full)
            said = _("%(marks)s of %(full)s marks, scaled up to %(all)s, for others are left out.")
            notes.append(said % {"marks": marks(whole), "full": marks(full), "all": marks(full + left)})
        pieces = " + ".join(marks(one.amount) for one in operands if one.amount is not None)
        text = f"{pieces} = {marks(amount)}" if amount is not None and len(operands) > 1 and not left else ""
        if missing:
            text = reason_words(missing)
        value = "—" if amount is None else marks(amount)
        of = "" if bare or not full else plain(full + left, 0)
        return Said("part", title, text, value, of, notes=tuple(notes), rows=tuple(made)), amount

    def _left_out(self, row: Indicator, operand: Operand) -> bool:
        how = row.missing.reasons.get(operand.reason or "") or row.missing.otherwise
        return how == "leave_out"

    # -- an indicator

    def indicator(self, row: Indicator, trace: Trace, unit_type: str) -> Said:
        """An indicator, with the figure that it is taken from."""
        children = iter(trace.children)
        rows = list(self._figures(row, trace, children, unit_type))
        figure = rows[0].text if len(rows) == 1 and rows[0].kind == "figure" else ""
        if not figure and len(rows) == 1:
            figure = _("%(name)s %(amount)s") % {"name": rows[0].label, "amount": rows[0].value}
        settings = [self.setting(one) for one in trace.parameters]
        if len(rows) == 1 and rows[0].kind == "figure":
            settings, rows = [*rows[0].settings, *settings], list(rows[0].rows)
        given = {one.name: one for one in trace.operands}
        if "coefficient" in given and row.coefficient is not None and row.coefficient.figure is not None:
            rows.append(self.said(row.coefficient.figure, given["coefficient"], children))
        rows += [self.condition(one, next(children)) for one in row.gates]
        gone = trace.rounded is None
        full = given["full"].amount or Decimal(0)
        weight = setting(row.weight, unit_type)
        notes = [*self._reasons(trace), *self.adjustments(row, trace)]
        if weight != 1:
            notes.append(_("It enters the sum times %(weight)s.") % {"weight": plain(weight, 0)})
        return Said(
            "indicator",
            row.title,
            _joined(figure, self.rule(row, trace), "" if trace.rounded is None else marks(trace.rounded)),
            "—" if trace.rounded is None else marks(trace.rounded),
            plain(full, 0) if full else "",
            row.code,
            bad=gone or trace.reason is not None,
            notes=tuple(notes),
            settings=tuple(settings),
            rows=tuple(rows),
        )

    def _reasons(self, trace: Trace) -> list[str]:
        """Why marks aren't simply the rule's."""
        if trace.reason is None:
            return []
        said = [_("%(reason)s.") % {"reason": reason_words(trace.reason)}]
        how = next((one.value for one in trace.parameters if one.path.endswith(".missing")), "")
        if how:
            said.append(str(DONE[how]))
        return said

    def _figures(
        self, row: Indicator, trace: Trace, children: Iterator[Trace], unit_type: str
    ) -> Iterator[Said]:
        rule: Any = row.rule
        given = {one.name: one for one in trace.operands}
        if rule.kind == "parts":
            for part in rule.parts:
                if not part.types or unit_type in part.types:
                    yield self.indicator(part, next(children), unit_type)
        elif rule.kind == "classes":
            for line in rule.classes:
                yield self.said(line.of, given[line.of], children)
        elif rule.kind == "counts":
            for at, line in enumerate(rule.lines):
                yield self.said(line.of, given[f"line.{at}"], children)
            for at, line in enumerate(rule.lines):
                yield self.goal(self.noun(line.of), line.needed, given[f"needed.{at}"])
        elif rule.kind == "by_position" and not rule.given:
            yield self._place(row, given["value"], next(children))
        else:
            yield self.said(row.value, given["value"], children)
            yield from self._further(rule, given)

    def _place(self, row: Indicator, operand: Operand, trace: Trace) -> Said:
        of = trace.operands[0]
        said = self.said(row.value, of, iter(trace.children))
        text = (
            _("%(of)s: place %(place)s in the group")
            % {"of": self.stated(row.value, of), "place": plain(operand.amount, 0)}
            if operand.amount is not None
            else self.stated(row.value, of)
        )
        place = "" if operand.amount is None else plain(operand.amount, 0)
        return Said("figure", _("place by %(of)s") % {"of": self.noun(row.value)}, text, place, rows=(said,))

    def _further(self, rule: Any, given: dict[str, Operand]) -> Iterator[Said]:
        """Targets that a rule looks at beside the figure."""
        if "size" in given and rule.size is not None:
            yield self.goal(self.noun(rule.size.of), rule.size, _in(given["size"], self.scheme, rule.size))
        if "free" in given and isinstance(rule.free, OwnTarget):
            yield self.goal(self.noun(rule.free.of), rule.free, given["free"])

    # -- conditions and vetoes

    def condition(self, condition: Condition, trace: Trace) -> Said:
        """A condition: what was compared with what, and whether it holds."""
        given = {one.name: one for one in trace.operands}
        holds = trace.parameters[0].value == "yes"
        text = _("%(figure)s: %(compare)s %(than)s") % {
            "figure": self.stated(condition.figure, given["figure"]),
            "compare": str(COMPARE[trace.operation]),
            "than": self.target(condition.than, given["than"]),
        }
        rows = (self.said(condition.figure, given["figure"], iter(trace.children)),)
        value = _("holds") if holds else _("doesn't hold")
        return Said("condition", _("Condition"), text, value, rows=rows)

    def _veto(self, group: Group, trace: Trace) -> Said:
        veto = next(one for one in group.vetoes if one.code == trace.key)
        holds = any(one.path == "holds" and one.value == "yes" for one in trace.parameters)
        rows = tuple(self.condition(one, child) for one, child in zip(veto.when, trace.children, strict=True))
        value = str(THEN[veto.then]) if holds else _("doesn't hold")
        text = _("It holds: %(then)s.") % {"then": value} if holds else _("It doesn't hold.")
        return Said("veto", _("Veto: %(title)s") % {"title": veto.title}, text, value, bad=holds, rows=rows)


def _joined(figure: str, rule: str, result: str) -> str:
    said = _("%(figure)s; %(rule)s") % {"figure": figure, "rule": rule} if figure and rule else figure or rule
    return f"{said} → {result}" if said and result else said


def _total(trace: Trace) -> str:
    if trace.rounded is None:
        return "—"
    exponent = trace.rounded.as_tuple().exponent
    return plain(trace.rounded, -exponent if isinstance(exponent, int) and exponent < 0 else 0)


def _type_of(unit: Any) -> str:
    return unit.spells[-1].type if unit.spells else unit.type or ""


def _in(operand: Operand, scheme: rules.Scheme, target: OwnTarget) -> Operand:
    """A target that the kernel handed on as a bare size, in its input's unit."""
    return Operand(operand.name, operand.amount, scheme.inputs[target.of].unit, operand.reason, operand.ref)

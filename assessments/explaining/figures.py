"""A figure in one sentence: what it was made of, with the numbers in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from rules import scheme as rules
from rules.scheme import figures as f
from rules.scheme.parts import OwnTarget
from rules.trace import Operand, Parameter, Trace

from .nodes import Link, Said, Setting
from .numbers import figure as number
from .numbers import month, plain
from .reasons import reason_words
from .settings import setting_words, which_target

Links = Callable[[str | None, str], tuple[Link, ...]]  # of a source and the code of its input


class Figures:
    """Figures of one scheme. `links` turns an operand's source into addresses."""

    def __init__(self, scheme: rules.Scheme, links: Links) -> None:
        self.scheme, self.links = scheme, links

    # -- what things are called

    def noun(self, figure: Any) -> str:
        """A figure's name: an input's title, otherwise what was made of it."""
        if isinstance(figure, str):
            return self.scheme.inputs[figure].title
        names = {
            "scaled": _("%(of)s, weighted"),
            "completion": _("completion of %(of)s"),
            "points_to_schedule": _("%(of)s against schedule"),
            "growth": _("growth of %(of)s"),
            "share_of_group": _("share of %(of)s in the group"),
            "gap_to_mean": _("%(of)s against the group's mean"),
            "position": _("place by %(of)s"),
            "within": _("%(of)s within limits"),
            "rounded": _("%(of)s, rounded"),
            "ratio": _("%(part)s ÷ %(whole)s"),
            "difference": _("%(of)s less %(less)s"),
            "total": _("sum of %(all)s"),
            "mean": _("mean of %(all)s"),
            "composed": _("composed target of %(all)s"),
        }
        parts = {
            name: self.noun(getattr(figure, name))
            for name in ("of", "part", "whole", "less")
            if isinstance(getattr(figure, name, None), (str, *f.KINDS))
        }
        if figure.kind == "growth":
            parts["of"] = self.noun(figure.now)
        if figure.kind in ("total", "mean"):
            parts["all"] = "、".join(self.noun(row.figure) for row in figure.of)
        if figure.kind == "composed":
            parts["all"] = "、".join(self.noun(line.of) for line in figure.lines)
        return names[figure.kind] % parts

    def amount(self, operand: Operand, figure: Any = "") -> str:
        """An operand's number with its unit, or the reason why there is none. `figure`: what it is, for sign and unit."""
        if operand.amount is None:
            return reason_words(operand.reason or "not_in_table")
        unit = "percentage_points" if _of_schedule(figure) else operand.unit or ""
        return number(operand.amount, unit, sign=getattr(figure, "kind", "") in SIGNED)

    def setting(self, parameter: Parameter) -> Setting:
        """A setting in words, with the figure's name where a rule has one for each of several."""
        said, steps = setting_words(parameter), parameter.path.split(".")
        name = next((one for one in steps[1:] if one in self.scheme.inputs), "")
        if not name:
            return said
        return replace(said, label=_("%(name)s: %(what)s") % {"name": self.noun(name), "what": said.label})

    def stated(self, figure: Any, operand: Operand) -> str:
        """ "到位资金 300.00 万元"."""
        return _("%(name)s %(amount)s") % {"name": self.noun(figure), "amount": self.amount(operand, figure)}

    def target(self, target: Any, operand: Operand, through: str = "") -> str:
        """ "37,500.00 万元 due by September"."""
        amount = self.amount(operand)
        if operand.amount is None or not isinstance(target, OwnTarget):
            return amount
        words = {"amount": amount, "which": which_target(target.which), "month": through}
        if target.phased and through:
            return _("%(amount)s due by %(month)s (%(which)s)") % words
        return _("%(amount)s of the year (%(which)s)") % words

    # -- the tree

    def said(self, figure: Any, operand: Operand, traces: Iterator[Trace]) -> Said:
        """A figure and what is below it; takes its traces off `traces`, in the order in which the kernel lays them down."""
        if isinstance(figure, str):
            return self.leaf(self.noun(figure), operand, code=figure)
        trace = next(traces)
        below = iter(trace.children)
        given = {one.name: one for one in trace.operands}
        through = next((month(one.value) for one in trace.parameters if one.path == "through"), "")
        rows = tuple(self.below(figure, given, below, through))
        return Said(
            "figure",
            self.noun(figure),
            self.sentence(figure, trace),
            self.amount(operand, figure),
            bad=operand.amount is None,
            settings=tuple(self.setting(one) for one in trace.parameters),
            rows=rows,
        )

    def leaf(self, label: str, operand: Operand, code: str = "") -> Said:
        """What was handed in, with the way to its rows."""
        return Said(
            "input",
            label,
            "",
            self.amount(operand),
            bad=operand.amount is None,
            links=self.links(operand.ref, code),
        )

    def goal(self, name: str, target: Any, operand: Operand, through: str = "") -> Said:
        """A target as a leaf."""
        words = {"name": name, "month": through}
        if not isinstance(target, OwnTarget):
            label = _("set by the scheme: %(name)s")
        elif target.phased:
            label = _("target due by %(month)s: %(name)s") if through else _("target due: %(name)s")
        else:
            label = _("target of the year: %(name)s")
        return self.leaf(label % words, operand)

    def below(
        self, figure: Any, given: dict[str, Operand], traces: Iterator[Trace], through: str
    ) -> Iterator[Said]:
        """The steps below a figure."""
        kind = figure.kind
        if kind == "completion":
            yield self.said(figure.of, given["done"], traces)
            yield self.goal(self.noun(figure.of), figure.target, given["target"], through)
        elif kind == "points_to_schedule":
            inner = f.Completion(kind="completion", of=figure.of, target=figure.target)
            yield self.said(inner, given["completion"], traces)
            yield self.leaf(_("due by schedule"), given["progress"])
        elif kind in ("total", "mean"):
            for number_, row in enumerate(figure.of, 1):
                name = row.figure if isinstance(row.figure, str) else f"{row.figure.kind}.{number_}"
                yield self.said(row.figure, given[name], traces)
        elif kind == "composed":
            for line in figure.lines:
                yield self.said(line.of, given[line.of], traces)
            for line in figure.lines:
                yield self.goal(self.noun(line.of), line.needed, given[f"needed.{line.of}"])
        else:
            for name in ("of", "now", "before", "part", "whole", "less"):
                if name in given:
                    yield self.said(getattr(figure, name), given[name], traces)

    # -- sentences

    def sentence(self, figure: Any, trace: Trace) -> str:
        """How a figure was made, with its numbers."""
        given = {one.name: one for one in trace.operands}
        read = {one.path.rpartition(".")[2]: one.value for one in trace.parameters}
        if trace.rounded is None:
            return self._missing(figure, trace)
        result = self.amount(Operand("", trace.rounded, trace.unit), figure)
        return getattr(self, f"_{figure.kind}")(figure, trace, given, read, result)

    def _missing(self, figure: Any, trace: Trace) -> str:
        return _("%(name)s: %(reason)s") % {
            "name": self.noun(figure),
            "reason": reason_words(trace.reason or "not_in_table"),
        }

    def _scaled(self, figure: Any, trace: Trace, given: Any, read: Any, result: str) -> str:
        said = _("%(of)s × %(factor)s = %(result)s")
        factor = plain(given["factor"].amount, 0)
        return said % {"of": self.stated(figure.of, given["of"]), "factor": factor, "result": result}

    def _completion(self, figure: Any, trace: Trace, given: Any, read: Any, result: str) -> str:
        through = month(read["through"]) if "through" in read else ""
        return _("%(done)s of %(target)s = %(result)s") % {
            "done": self.stated(figure.of, given["done"]),
            "target": self.target(figure.target, given["target"], through),
            "result": result,
        }

    def _points_to_schedule(self, figure: Any, trace: Trace, given: Any, read: Any, result: str) -> str:
        return _("%(name)s: %(done)s done − %(due)s due by %(month)s = %(result)s") % {
            "name": self.noun(figure.of),
            "done": self.amount(given["completion"]),
            "due": self.amount(given["progress"]),
            "month": month(read["through"]) if "through" in read else "",
            "result": result,
        }

    def _ratio(self, figure: Any, trace: Trace, given: Any, read: Any, result: str) -> str:
        said = {
            "part": self.stated(figure.part, given["part"]),
            "whole": self.stated(figure.whole, given["whole"]),
        }
        if given["whole"].amount == 0:
            text = _("%(part)s ÷ %(whole)s: by the scheme %(result)s")
        elif trace.unit != "percent" and figure.times != 1:
            text, said = (
                _("%(part)s ÷ %(whole)s × %(times)s = %(result)s"),
                {**said, "times": plain(figure.times, 0)},
            )
        else:
            text = _("%(part)s ÷ %(whole)s = %(result)s")
        return text % {**said, "result": result}

    def _growth(self, figure: Any, trace: Trace, given: Any, read: Any, result: str) -> str:
        return _("%(name)s from %(before)s to %(now)s: %(result)s") % {
            "name": self.noun(figure.now),
            "before": self.amount(given["before"]),
            "now": self.amount(given["now"]),
            "result": result,
        }

    def _difference(self, figure: Any, trace: Trace, given: Any, read: Any, result: str) -> str:
        return _("%(of)s − %(less)s = %(result)s") % {
            "of": self.stated(figure.of, given["of"]),
            "less": self.stated(figure.less, given["less"]),
            "result": result,
        }

    def _share_of_group(self, figure: Any, trace: Trace, given: Any, read: Any, result: str) -> str:
        return _("%(of)s of the group's %(group)s = %(result)s") % {
            "of": self.stated(figure.of, given["of"]),
            "group": self.amount(given["group"]),
            "result": result,
        }

    def _gap_to_mean(self, figure: Any, trace: Trace, given: Any, read: Any, result: str) -> str:
        return _("%(of)s − the group's mean of %(mean)s = %(result)s") % {
            "of": self.stated(figure.of, given["of"]),
            "mean": self.amount(given["mean"]),
            "result": result,
        }

    def _position(self, figure: Any, trace: Trace, given: Any, read: Any, result: str) -> str:
        said = _("%(of)s: place %(place)s in the group")
        return said % {
            "of": self.stated(figure.of, given["of"]),
            "place": plain(trace.rounded or Decimal(0), 0),
        }

    def _pieces(self, figure: Any, trace: Trace, given: Any) -> list[str]:
        found = []
        weights = {one.path.removeprefix("weight."): Decimal(one.value) for one in trace.parameters}
        for at, row in enumerate(figure.of, 1):
            name = row.figure if isinstance(row.figure, str) else f"{row.figure.kind}.{at}"
            text = self.stated(row.figure, given[name])
            found.append(text if weights[name] == 1 else f"{text} × {plain(weights[name], 0)}")
        return found

    def _total(self, figure: Any, trace: Trace, given: Any, read: Any, result: str) -> str:
        return f"{' + '.join(self._pieces(figure, trace, given))} = {result}"

    def _mean(self, figure: Any, trace: Trace, given: Any, read: Any, result: str) -> str:
        pieces = "、".join(self._pieces(figure, trace, given))
        return _("mean of %(all)s = %(result)s") % {"all": pieces, "result": result}

    def _within(self, figure: Any, trace: Trace, given: Any, read: Any, result: str) -> str:
        unit = given["of"].unit or ""
        limits = {name: number(Decimal(read[name]), unit) for name in ("least", "most") if name in read}
        if len(limits) == 2:
            said = _("%(of)s, held between %(least)s and %(most)s: %(result)s")
        elif "most" in limits:
            said = _("%(of)s, at most %(most)s: %(result)s")
        else:
            said = _("%(of)s, at least %(least)s: %(result)s")
        of = self.stated(figure.of, given["of"])
        return said % {"least": "", "most": "", **limits, "of": of, "result": result}

    def _rounded(self, figure: Any, trace: Trace, given: Any, read: Any, result: str) -> str:
        return _("%(of)s, %(how)s: %(result)s") % {
            "of": self.stated(figure.of, given["of"]),
            "how": setting_words(trace.parameters[0]).value,
            "result": result,
        }

    def _composed(self, figure: Any, trace: Trace, given: Any, read: Any, result: str) -> str:
        met = {
            one.path.removeprefix("met."): Decimal(one.value)
            for one in trace.parameters
            if "met." in one.path
        }
        lines = [
            _("%(name)s %(met)s of %(needed)s")
            % {
                "name": self.noun(line.of),
                "met": plain(met[line.of], 0),
                "needed": self.amount(given[f"needed.{line.of}"]),
            }
            for line in figure.lines
        ]
        return f"{'、'.join(lines)} = {result}"


def _of_schedule(figure: Any) -> bool:
    """Whether a figure in points is one of percentage points; as an input, points are marks."""
    kind = getattr(figure, "kind", "")
    return kind == "points_to_schedule" or (
        kind in ("scaled", "within", "rounded") and _of_schedule(figure.of)
    )


SIGNED = ("points_to_schedule", "growth", "gap_to_mean", "difference")

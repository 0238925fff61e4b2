"""Frequent indicators: a few questions, and the indicator is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from rules.trace import canonical_text

from .drawing import UNITS
from .measures import Offer, named
from .nodes import Group, Node
from .reading import NEW, number

Answers = Mapping[str, str]
LINES = (1, 2, 3, 4)


@dataclass(frozen=True)
class Ask:
    """A question. `kind`: text, amount, figure, yes, unit. `start` is what stands in the box."""

    name: str
    kind: str
    label: Any
    help: Any = ""
    start: str = ""


@dataclass(frozen=True)
class Pattern:
    code: str
    title: Any
    example: Any
    asks: tuple[Ask, ...]
    make: Callable[[Answers, Callable[[str], Any]], dict[str, Any]]
    lists: tuple[str, ...] = ("indicators",)


TITLE = Ask("title", "text", _("Title"))
FULL = Ask("full", "amount", _("Full marks"))
UNIT = Ask("unit", "unit", _("The figure counts in"))
DUE = Ask("due", "yes", _("Only the part of the year's target that is due by now"), start="on")


def figure(label: Any, name: str = "figure", help_text: Any = "") -> Ask:
    said = help_text or _("A figure that is read already, a measure, or a new name for one entered by hand.")
    return Ask(name, "figure", label, said)


def _own(answers: Answers) -> dict[str, Any]:
    return {"of": "", **({"phased": True} if answers.get("due") else {})}


def _with(**fields: str) -> dict[str, str]:
    """Fields that were answered."""
    return {name: text for name, text in fields.items() if text}


def _completion(a: Answers, fig: Callable[[str], Any]) -> dict[str, Any]:
    rule: dict[str, Any] = {"kind": "proportional"}
    if a.get("open"):
        rule["most"] = None
    return {"value": {"kind": "completion", "of": fig("figure"), "target": _own(a)}, "rule": rule}


def _steps(a: Answers, fig: Callable[[str], Any]) -> dict[str, Any]:
    over = {"kind": "at_target", "over": _with(step=a["step"], points=a["points"], most=a["over_most"])}
    return {"value": {"kind": "completion", "of": fig("figure"), "target": _own(a)}, "rule": over}


def _ratio(a: Answers, fig: Callable[[str], Any]) -> dict[str, Any]:
    value = {"kind": "ratio", "part": fig("part"), "whole": fig("whole")}
    if a.get("zero"):
        value["whole_zero"] = "zero"
    return {"value": value, "rule": {"kind": "proportional"}}


def _jury(a: Answers, fig: Callable[[str], Any]) -> dict[str, Any]:
    return {"value": fig("figure"), "rule": {"kind": "given", **_with(out_of=a["out_of"] or a["full"])}}


def _juries(a: Answers, fig: Callable[[str], Any]) -> dict[str, Any]:
    rows = [
        {"figure": fig(f"who{line}"), **_with(weight=_part(a[f"weight{line}"]))}
        for line in LINES
        if a[f"who{line}"]
    ]
    rule = {"kind": "given", **_with(out_of=a["out_of"] or a["full"])}
    return {"value": {"kind": "mean", "of": rows or [{}]}, "rule": rule}


def _part(text: str) -> str:
    """Per cent as a part of one: "70" is "0.7"."""
    try:
        return canonical_text(Decimal(text) / 100) if text else ""
    except InvalidOperation:
        return text


def _items(a: Answers, fig: Callable[[str], Any]) -> dict[str, Any]:
    return {"value": fig("figure"), "rule": {"kind": "per_item", **_with(each=a["each"], most=a["most"])}}


def _beyond(a: Answers, fig: Callable[[str], Any]) -> dict[str, Any]:
    made = _items(a, fig)
    return {**made, "rule": {**made["rule"], "free": _own(a)}}


def _classes(a: Answers, fig: Callable[[str], Any]) -> dict[str, Any]:
    rows = [
        {"of": fig(f"class{line}"), **_with(each=a[f"each{line}"])} for line in LINES if a[f"class{line}"]
    ]
    return {"rule": {"kind": "classes", "classes": rows or [{}], **_with(most=a["most"])}}


def _min_max(a: Answers, fig: Callable[[str], Any]) -> dict[str, Any]:
    return {"value": fig("figure"), "rule": {"kind": "min_max", **_with(low=a["low"])}}


def _growth(a: Answers, fig: Callable[[str], Any]) -> dict[str, Any]:
    value = {"kind": "growth", "now": fig("figure"), "before": fig("before")}
    return {"value": value, "rule": {"kind": "proportional", **_with(at=a["at"])}}


def _places(a: Answers, fig: Callable[[str], Any]) -> dict[str, Any]:
    points = [
        number(one) for one in a["points"].replace("，", ",").replace("、", ",").split(",") if one.strip()
    ]
    return {"value": fig("figure"), "rule": {"kind": "by_position", **({"points": points} if points else {})}}


EACH = Ask("each", "amount", _("Marks for each"))
MOST = Ask("most", "amount", _("At most, marks"), _("Empty: no limit."))
OUT_OF = Ask("out_of", "amount", _("Marks are given out of"), _("Empty: the full marks."))
MORE = ("bonuses", "deductions")
PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "completion",
        _("Completion of the target × full marks"),
        _("done ÷ target × 30, full marks when the target is met"),
        (TITLE, FULL, figure(_("What is counted")), UNIT, DUE, Ask("open", "yes", _("More than full marks above the target"))),
        _completion,
        ("indicators", "bonuses"),
    ),
    Pattern(
        "steps",
        _("Full marks at the target, more above it"),
        _("20 at the target, each 10 per cent above it +0.5, at most +3"),
        (
            TITLE, FULL, figure(_("What is counted")), UNIT, DUE,
            Ask("step", "amount", _("For each … per cent above"), start="10"), Ask("points", "amount", _("so many marks")),
            Ask("over_most", "amount", _("at most"), _("Empty: no limit.")),
        ),
        _steps,
    ),
    Pattern(
        "ratio",
        _("Share of one figure in another × full marks"),
        _("new projects of the own industry ÷ all new projects × 20"),
        (TITLE, FULL, figure(_("Part"), "part"), figure(_("Whole"), "whole"), UNIT,
         Ask("zero", "yes", _("If the whole is zero, so is the share"), start="on")),
        _ratio,
    ),
    Pattern(
        "jury",
        _("Marks given by people"),
        _("a jury, peers or a survey give up to 15 marks"),
        (TITLE, FULL, figure(_("Whose marks"), help_text=_("Empty: as the title.")), OUT_OF),
        _jury,
        ("indicators", *MORE),
    ),
    Pattern(
        "juries",
        _("Marks given by several, weighted"),
        _("parks 70 per cent, towns 30 per cent"),
        (TITLE, FULL, OUT_OF, *(
            ask for line in LINES
            for ask in (Ask(f"who{line}", "figure", _("Whose marks")), Ask(f"weight{line}", "amount", _("Weight, per cent")))
        )),
        _juries,
    ),
    Pattern(
        "min_max",
        _("Between the worst and the best of the group"),
        _("the best gets full marks, the worst 60 per cent of them"),
        (TITLE, FULL, figure(_("What is compared")), UNIT, Ask("low", "amount", _("The worst gets, per cent"), start="60")),
        _min_max,
    ),
    Pattern(
        "growth",
        _("Growth on last year × full marks"),
        _("full marks at a growth of 20 per cent"),
        (TITLE, FULL, figure(_("Now")), figure(_("Last year"), "before"), UNIT, Ask("at", "amount", _("Full marks at a growth of, per cent"), start="20")),
        _growth,
    ),
    Pattern(
        "places",
        _("Marks by place in the group"),
        _("the first gets 10, the second 9 …"),
        (TITLE, FULL, figure(_("What is compared")), UNIT, Ask("points", "text", _("Marks by place"), _("First place first: 10, 9, 8"))),
        _places,
    ),
    Pattern(
        "items",
        _("Marks for each item"),
        _("2 marks for each project, at most 6"),
        (TITLE, figure(_("What is counted"), help_text=_("Empty: as the title.")), EACH, MOST),
        _items,
        ("bonuses", "deductions", "indicators"),
    ),
    Pattern(
        "beyond",
        _("Marks for each item above the target"),
        _("each project beyond the target +2, at most +6"),
        (TITLE, figure(_("What is counted")), EACH, MOST, DUE),
        _beyond,
        ("bonuses",),
    ),
    Pattern(
        "classes",
        _("Marks for each item, by class"),
        _("8 marks for each project of 5 billion, 4 for each of 1 billion"),
        (TITLE, *(
            ask for line in LINES
            for ask in (Ask(f"class{line}", "figure", _("Items, the highest class first")), Ask(f"each{line}", "amount", _("Marks for each")))
        ), MOST),
        _classes,
        ("bonuses", "deductions"),
    ),
)  # fmt: skip


def patterns_for(name: str) -> list[Pattern]:
    """Those that a list takes, its own first."""
    found = [one for one in PATTERNS if name in one.lists]
    return sorted(found, key=lambda one: one.lists.index(name))


def pattern(name: str, code: str) -> Pattern | None:
    return next((one for one in patterns_for(name) if one.code == code), None)


def draw(one: Pattern, data: Mapping[str, Any] | None = None) -> list[Group]:
    """The questions as fields."""
    nodes = []
    for ask in one.asks:
        value = ask.start if data is None else str(data.get(ask.name, ""))
        node = Node(ask.kind, ask.name, ask.label, ask.help, value, on=bool(value), wide=ask.name == "title")
        if ask.kind == "unit":
            node.kind, node.options, node.value = "choice", UNITS, value or "count"
        nodes.append(node)
    return [Group("", nodes)]


def made(
    one: Pattern, data: Mapping[str, Any], inputs: Mapping[str, Any], offers: tuple[Offer, ...]
) -> dict[str, Any]:
    """The indicator that the answers make, with what wasn't answered left open."""
    answers = {
        ask.name: number(str(data.get(ask.name, "")))
        if ask.kind == "amount"
        else str(data.get(ask.name, "")).strip()
        for ask in one.asks
    }
    unit = answers.get("unit") or ("marks" if one.code in ("jury", "juries") else "count")

    def chosen(name: str) -> Any:
        text = answers[name] or (answers["title"] if name == "figure" else "")
        if not text:
            return ""
        for code, row in inputs.items():
            if text in (code, row.get("title") if isinstance(row, Mapping) else ""):
                return code
        offer = named(offers, text)
        return {"kind": NEW, "title": text, "unit": unit, **({"measure": offer.code} if offer else {})}

    part = one.make(answers, chosen)
    head = {"title": answers["title"], **({"full": answers["full"]} if answers.get("full") else {})}
    return {**head, **{name: value for name, value in part.items() if value not in ("", None)}}

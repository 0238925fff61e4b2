"""One line that shows how an indicator's marks came about: "300 ÷ 375 = 80 %; 80 % × 20 = 16"."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from rules.trace import Operand, Trace, canonical_text

WAN = Decimal(10_000)
EXACT = ("completion", "ratio", "growth", "difference", "total", "points_to_schedule")
SIGNS = {"percent": " %"}


def short(trace: Trace) -> str:
    """The figure's calculation, then the marks'."""
    figures = [child for child in trace.children if not _holds(child) and trace.operation != "parts"]
    steps = [one for child in figures if (one := _figure(child))]
    if done := _marks(trace):
        steps.append(done)
    if any(_holds(child) == "no" for child in trace.children):
        steps.append(_("a condition doesn't hold"))
    return "; ".join(steps)


def _holds(trace: Trace) -> str:
    """Whether a condition holds: yes or no; "" for what is none."""
    return settings_of(trace, "holds")


def _figure(trace: Trace) -> str:
    """A made figure in its numbers; the innermost first."""
    inner = [one for child in trace.children if (one := _figure(child))]
    by = {one.name: _number(one) for one in trace.operands}
    names = list(by.values())
    if len(names) == 0:
        return "; ".join(inner)
    if trace.operation in ("completion", "ratio") and len(names) >= 2:
        said = f"{names[0]} ÷ {names[1]}"
    elif trace.operation == "points_to_schedule" and len(names) >= 2:
        said = f"{names[0]} − {names[1]}"
    elif trace.operation in ("mean", "total"):
        weights = {
            one.path.rpartition(".")[2]: one.value
            for one in trace.parameters
            if one.path.startswith("weight.")
        }
        said = " + ".join(_times(text, weights.get(name, "1")) for name, text in by.items())
    elif trace.operation == "growth" and len(names) >= 2:
        said = f"{names[0]} ÷ {names[1]} − 1"
    elif trace.operation == "difference" and len(names) >= 2:
        said = f"{names[0]} − {names[1]}"
    else:
        said = ", ".join(names)
    result = _amount(trace.rounded, trace.unit) if trace.rounded is not None else "—"
    sign = "=" if trace.operation in EXACT or _whole_weights(trace) else "→"
    return "; ".join([*inner, f"{said} {sign} {result}" if len(names) > 1 or said != result else said])


def _whole_weights(trace: Trace) -> bool:
    """A mean whose weights make one: what is written beside it is all of it."""
    weights = [Decimal(one.value) for one in trace.parameters if one.path.startswith("weight.")]
    return trace.operation == "mean" and sum(weights) == 1


def _marks(trace: Trace) -> str:
    by = {one.name: one for one in trace.operands}
    said, sign, settings = "", "=", {one.path.rpartition(".")[2]: one.value for one in trace.parameters}
    value, full = by.get("value"), by.get("full")
    if trace.operation == "proportional" and value and full:
        said = f"{_number(value)} × {_number(full)}" if settings.get("at") == "100" else (
            f"{_number(value)} ÷ {settings.get('at')} × {_number(full)}"
        )  # fmt: skip
    elif trace.operation == "given" and value and full:
        if settings.get("out_of") != _number(full):
            said = f"{_number(value)} ÷ {settings.get('out_of')} × {_number(full)}"
        else:
            said = _number(value)
    elif trace.operation == "per_item" and "items" in settings:
        said = f"{settings['items']} × {settings.get('each', '')}"
    elif trace.operation == "classes":
        eaches = [
            (one.value, settings_of(trace, one.path.replace(".each", ".items")))
            for one in trace.parameters
            if one.path.endswith(".each")
        ]
        said = " + ".join(f"{items} × {each}" for each, items in eaches)
    elif trace.operation == "parts":
        earned = [
            child.rounded for child in trace.children if child.rounded is not None and not _holds(child)
        ]
        said = " + ".join(_amount(one, None) for one in earned)
    elif value:
        said, sign = _number(value), "→"
    if trace.limited is None:
        return said
    result = _amount(trace.limited, None)
    limits = (
        [f"≤ {settings['most']}"] if trace.operation in ("per_item", "classes") and "most" in settings else []
    )
    return " ".join(
        [f"{said} {sign} {result}" if said and said != result else result, *(f"({one})" for one in limits)]
    )


def settings_of(trace: Trace, path: str) -> str:
    return next((one.value for one in trace.parameters if one.path == path), "")


def _number(one: Operand) -> str:
    return "—" if one.amount is None else _amount(one.amount, one.unit)


def _times(text: str, weight: str) -> str:
    return text if weight == "1" else f"{text} × {weight}"


def _amount(value: Decimal, unit: str | None) -> str:
    """At most two decimals; money in ten thousands."""
    shown = value / WAN if unit in ("yuan", "usd") else value
    return canonical_text(shown.quantize(Decimal("0.01"))).replace("-", "−") + SIGNS.get(unit or "", "")

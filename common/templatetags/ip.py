"""Template tags and filters of the design system: icons, state glyphs, figures and the pace bar."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from common import words

from .shapes import GLYPHS, ICONS

register = template.Library()

MINUS = "\u2212"
# The pace bar is drawn from 0 to this completion, in percent (a little past the target).
PACE_END = Decimal(110)
# Currency units on screen: code -> yuan in one of them.
UNITS = {"yuan": Decimal(1), "wan": Decimal(10_000), "yi": Decimal(100_000_000)}
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def _decimal(value: object) -> Decimal | None:
    """A finite Decimal, or None for what is no number (None, "", text, NaN)."""
    if value is None or value == "":
        return None
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _format(number: Decimal, digits: int) -> str:
    rounded = number.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{digits}f}"
    return f"{MINUS}{text}" if rounded < 0 else text


@register.filter
def amount(value: object, digits: int = 2) -> str:
    """1234.5 -> "1,234.50", half up, true minus sign; no number -> ""."""
    number = _decimal(value)
    return "" if number is None else _format(number, int(digits))


@register.filter
def percent(value: object, digits: int = 2) -> str:
    """A percentage without its sign (92.23 means 92.23 %); no number -> ""."""
    return amount(value, digits)


@register.filter
def signed(value: object, digits: int = 2) -> str:
    """Like amount, with "+" before what is above zero after rounding (growth, points)."""
    number = _decimal(value)
    if number is None:
        return ""
    text = _format(number, int(digits))
    return f"+{text}" if number > 0 and any(c in "123456789" for c in text) else text


@register.filter
def in_unit(value: object, unit: str = "wan") -> str:
    """Yuan -> the amount in `unit` ("yuan", "wan" = 10,000 yuan, "yi" = 100,000,000 yuan), two decimals."""
    number = _decimal(value)
    return "" if number is None else _format(number / UNITS[unit], 2)


@register.filter
def mask_phone(value: object) -> str:
    """13812341234 -> "138****1234". Seven digits or fewer are masked but for the last two."""
    text = "" if value is None else str(value).strip()
    if len(text) > 7:
        return f"{text[:3]}****{text[-4:]}"
    return "*" * (len(text) - 2) + text[-2:] if len(text) > 2 else "*" * len(text)


@register.filter
def row_name(row: Any) -> str:
    """The name of a row of a RowTable, as far as the reader may know it."""
    return str(row.table.row_name(row.record))


@register.filter
def circled(number: object) -> str:
    """1 -> "①" up to 20, then "(21)"."""
    value = int(str(number))
    return CIRCLED[value - 1] if 1 <= value <= len(CIRCLED) else f"({value})"


@register.simple_tag
def comma() -> str:
    """Between parts of a line."""
    return words.comma()


@register.simple_tag
def colon() -> str:
    """Before what is said or counted."""
    return words.colon()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A line icon by name. Decorative unless `label` names it. An unknown name raises KeyError."""
    path = mark_safe(ICONS[name])  # noqa: S308 - our own constant
    if label:
        return format_html(
            '<svg class="ic" viewBox="0 0 16 16" role="img" aria-label="{}"><path d="{}"/></svg>', label, path
        )
    return format_html(
        '<svg class="ic" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="{}"/></svg>', path
    )


@register.simple_tag
def panel_link(url: str) -> SafeString:
    """Attributes of a link or button that opens a `FormPage` with `panel` beside the page; the plain `href`
    stays for browsers without a script."""
    return format_html(
        'data-panel hx-get="{}" hx-target="#panel" hx-swap="innerHTML" hx-push-url="false"', url
    )


@register.simple_tag
def glyph(state: str) -> SafeString:
    """The shape of a state. Always put the word beside it: the shape itself is hidden from readers."""
    css, content = GLYPHS[state]
    return format_html(
        '<svg class="gl {}" viewBox="0 0 16 16" width="13" height="13" aria-hidden="true">{}</svg>',
        css,
        mark_safe(content),  # noqa: S308 - our own constant
    )


def _x(value: Decimal) -> Decimal:
    """Place of a completion on the bar, in percent of its width, cut to its ends."""
    inside = min(max(value, Decimal(0)), PACE_END)
    return (inside * 100 / PACE_END).quantize(Decimal("0.01"))


def _bar(css: str, start: Decimal, end: Decimal, fill: str = "") -> SafeString:
    if end <= start:
        return mark_safe("")
    extra = format_html(' fill="url(#{})"', fill) if fill else ""
    return format_html('<rect class="{}" x="{}%" width="{}%" height="8"{}/>', css, start, end - start, extra)


@register.simple_tag
def pace(value: object, time: object = None, css: str = "") -> SafeString:
    """Completion against the time line, both in percent of the year's target; either may be missing.

    Fill, dark part = ahead of the schedule, hatched part = behind, dashed line = schedule, tick = target.
    Completions past 110 % end in a broken edge.
    """
    done, line = _decimal(value), _decimal(time)
    if done is None:
        label = _("No completion rate")
    elif line is None:
        label = _("Completed %(done)s%%") % {"done": percent(done)}
    else:
        label = _("Completed %(done)s%%, time elapsed %(time)s%%") % {
            "done": percent(done),
            "time": percent(line),
        }
    parts = [mark_safe('<rect class="tr" width="100%" height="8" rx="2"/>')]
    if done is not None:
        end = _x(done)
        mark = end if line is None else min(end, _x(line))
        parts.append(_bar("fi", Decimal(0), mark))
        if line is not None:
            parts.append(_bar("ov", _x(line), end))
            parts.append(_bar("ga", end, _x(line)))
            parts.append(_bar("ht", end, _x(line), "ip-hatch"))
    parts.append(format_html('<rect class="fu" x="{}%" y="-2" width="1" height="12"/>', _x(Decimal(100))))
    if done is not None and done > PACE_END:
        parts.append(
            mark_safe('<svg x="100%" overflow="visible"><path class="br" d="M-9 10l4-12M-5 10l4-12"/></svg>')
        )
    schedule = ""
    if line is not None:
        schedule = format_html('<line class="ln" x1="{0}%" x2="{0}%" y1="0" y2="100%"/>', _x(line))
    bars = mark_safe("".join(parts))  # noqa: S308 - every part was escaped above
    return format_html(
        '<svg class="ip-pace{}" role="img" aria-label="{}">'
        '<svg y="50%" overflow="visible"><g transform="translate(0 -4)">{}</g></svg>{}</svg>',
        f" {css}" if css else "",
        label,
        bars,
        schedule,
    )


@register.simple_tag
def pace_head(time: object) -> SafeString:
    """The label of the time line above a column of pace bars; `time` in percent, nothing when missing."""
    line = _decimal(time)
    if line is None:
        return mark_safe("")
    left = line < 55
    return format_html(
        '<svg class="ip-tl"><line class="tm" x1="{x}%" x2="{x}%" y1="0" y2="100%"/>'
        '<text x="{x}%" y="11" dx="{dx}" text-anchor="{anchor}">{label}</text></svg>',
        x=_x(line),
        dx=5 if left else -5,
        anchor="start" if left else "end",
        label=_("time %(time)s%%") % {"time": percent(line)},
    )


@register.simple_tag
def delta(points: object, digits: int = 2) -> SafeString:
    """Points ahead of (▲) or behind (▼) the schedule, in percentage points; missing -> "—"."""
    number = _decimal(points)
    if number is None:
        return mark_safe('<span class="ip-nil">—</span>')
    shown = _format(abs(number), digits)
    if not any(c in "123456789" for c in shown):
        css, mark, word = "eq", "■", pgettext("against schedule", "level")
    elif number > 0:
        css, mark, word = "up", "▲", pgettext("against schedule", "ahead")
    else:
        css, mark, word = "dn", "▼", pgettext("against schedule", "behind")
    return format_html(
        '<span class="ip-delta {}"><i aria-hidden="true">{}</i>{} {}</span>', css, mark, word, shown
    )


@register.simple_tag
def move(places: object) -> SafeString:
    """Places gained (positive) or lost since the last period; None (no earlier rank) draws nothing."""
    number = _decimal(places)
    if number is None:
        return mark_safe('<span class="ip-move"></span>')
    count = abs(int(number))
    if count == 0:
        css, mark, text, shown = "", "–", _("rank unchanged"), ""
    elif number > 0:
        text = ngettext("up %(count)d place", "up %(count)d places", count) % {"count": count}
        css, mark, shown = " up", "↑", str(count)
    else:
        text = ngettext("down %(count)d place", "down %(count)d places", count) % {"count": count}
        css, mark, shown = " dn", "↓", str(count)
    return format_html(
        '<span class="ip-move{}" title="{}"><span aria-hidden="true">{}{}</span>'
        '<span class="visually-hidden">{}</span></span>',
        css,
        text,
        mark,
        shown,
        text,
    )


@register.simple_tag
def missing(reason: str, note_no: object = None) -> SafeString:
    """What stands where a figure is not: blank is not zero.

    `reason`: "not_reported", "nil" (reported zero), "not_here" (not in this table); anything else is a
    dash, with `note_no` the number of the footnote that gives the reason.
    """
    if reason == "not_reported":
        return format_html('<span class="ip-nil">{}</span>', _("not reported"))
    if reason == "nil":
        return format_html("<span>{}</span>", _("nil return"))
    if reason == "not_here":
        return format_html(
            '<span class="ip-nil"><span aria-hidden="true">·</span><span class="visually-hidden">{}</span></span>',
            _("not in this table"),
        )
    if not note_no:
        return mark_safe('<span class="ip-nil">—</span>')
    return format_html(
        '<span class="ip-nil">—<sup><a href="#note-{0}" aria-label="{1}">{2}</a></sup></span>',
        note_no,
        _("note %(number)s") % {"number": note_no},
        circled(note_no),
    )

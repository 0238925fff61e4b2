"""Tags of the parts that show how far something is: loaded by `{% load parts %}`."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def stage_dots(index: int, total: int, stopped: bool = False) -> SafeString:
    """The stage bar in a table cell: `index` of `total` dashes are filled, counted from 1; `stopped` draws the last
    filled one in red. Hidden from readers: the stage's name always stands beside it. For columns of a table
    call it as a function."""
    reached = max(0, min(int(index), int(total)))
    dots = ["d"] * reached + [""] * (int(total) - reached)
    if stopped and reached:
        dots[reached - 1] = "x"
    drawn = "".join(f'<i class="{css}"></i>' if css else "<i></i>" for css in dots)
    return format_html(
        '<span class="ip-mini" aria-hidden="true">{}</span>',
        mark_safe(drawn),  # noqa: S308 - our own constants
    )


@register.filter
def moment(value: object) -> str:
    """A datetime as 2026-11-21 08:30 in the bureau's time zone, a date as 2026-11-21, nothing as ""."""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%Y-%m-%d %H:%M}"
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else ""

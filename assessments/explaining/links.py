"""From the source of a figure to the page that shows its rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from .nodes import Link


def links_of(ref: str | None, unit: int) -> tuple[Link, ...]:
    """Addresses for a source such as "figure:12" or several of them with commas; a source without a page has none.
    `unit`: whose figure it is, for pages with the rows of one unit."""
    found = []
    for one in (ref or "").split(","):
        kind, _colon, rest = one.strip().partition(":")
        if kind in PAGES and (link := PAGES[kind](rest, unit)) is not None:
            found.append(link)
    return tuple(found)


def _page(label: Callable[[], str], name: str) -> Callable[[str, int], Link | None]:
    def make(rest: str, _unit: int) -> Link | None:
        return _link(label(), name, int(rest)) if rest.isdigit() else None

    return make


def _rows(rest: str, unit: int) -> Link | None:
    """`cells:<measure>:<period>:<watermark>`: the rows that the figure sums."""
    measure, period, *more = rest.split(":")
    query = {"unit": unit, "period": period, "watermark": more[0] if more else ""}
    link = _link(_("see the rows"), "measure_rows", measure)
    if link is None:
        return None
    return Link(
        link.label, f"{link.url}?{'&'.join(f'{key}={value}' for key, value in query.items() if value)}"
    )


def _link(label: str, name: str, *args: Any) -> Link | None:
    try:
        return Link(label, reverse(name, args=args))
    except NoReverseMatch:
        return None


PAGES: dict[str, Callable[[str, int], Link | None]] = {
    "figure": _page(lambda: _("see the figure"), "figure_detail"),
    "given": _page(lambda: _("see the figure"), "given_detail"),
    "target": _page(lambda: _("see the target"), "target_detail"),
    "cells": _rows,
}

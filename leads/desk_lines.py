"""One line for each lead, transfer and dispute on the home page, however many reasons there are to look at it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from leads.reminding import DISPUTE, ENDS, TRANSFER

URGENCY = ("overdue", "soon", "todo", "waiting")  # states of the glyphs, the most urgent first
SAID_ONCE = (
    ENDS,
    "stage_stale",
    "stage_overdue",
    TRANSFER,
    DISPUTE,
)  # reminders of what a block of the page says as well


def one_line_each(groups: Sequence[dict[str, Any]]) -> None:
    """Keep of all lines about one lead, transfer or dispute the most urgent: the late one, then the one whose state presses more, then
    the one whose day (`on`) comes first. The others stand beside it as `also`, (text, url) each; what says the
    same thing again (`matter`) goes. Lines about anything else stay. Changes `items` of the groups in place."""
    about: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for group in groups:
        for item in group["items"]:
            if page := page_of(item.get("about") or item.get("url") or ""):
                about[page].append(item)
    gone: set[int] = set()
    for items in about.values():
        first, *rest = sorted(items, key=_urgency)
        first["also"] = _beside(first, rest)
        gone |= {id(item) for item in rest}
    for group in groups:
        group["items"] = [item for item in group["items"] if id(item) not in gone]


def page_of(url: str) -> str:
    """The page of the lead, transfer or dispute to which an address belongs; "" for any other address."""
    lists = "|".join(re.escape(reverse(f"{one}_list")) for one in ("lead", "transfer", "dispute"))
    found = re.match(rf"(?:{lists})\d+/", url)
    return found[0] if found else ""


def _urgency(item: dict[str, Any]) -> tuple[bool, int, date, bool]:
    """Of two that press alike a block's own line comes before a reminder: it says what to do."""
    return not item["late"], URGENCY.index(item["state"]), item.get("on") or date.max, "about" in item


def _beside(first: dict[str, Any], rest: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    found, said = [], {first.get("matter")}
    for item in sorted(rest, key=lambda item: "about" in item):  # the short words of the blocks first
        matter = item.get("matter")
        if matter in SAID_ONCE and matter in said:
            continue
        said.add(matter)
        found.append((item.get("beside") or item["title"], item["url"]))
    return found

"""One figure on a page: its number, its footnote, the published value beside it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.reading import Shown, reason_text
from common.templatetags.ip import amount, signed

PLAIN = {"not_reported": "not_reported", "not_in_table": "not_here"}  # they need no footnote


class Notes:
    """Footnotes in the order in which they are first needed."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def number(self, text: str) -> int:
        if text not in self.texts:
            self.texts.append(text)
        return self.texts.index(text) + 1

    def listed(self) -> list[dict[str, Any]]:
        return [{"no": number, "text": text} for number, text in enumerate(self.texts, start=1)]


def cell(
    shown: Shown, notes: Notes, *, url: str = "", digits: int = 2, nil: bool = False, about: str = ""
) -> dict[str, Any]:
    """A cell for `assessments/_cell.html`."""
    if nil and shown.value == 0:
        return {"value": None, "missing": "nil", "url": url}
    if shown.value is None:
        missing = PLAIN.get(shown.reason, shown.reason)
        note = None if shown.reason in PLAIN else notes.number(reason_text(shown.reason))
        return {"value": None, "missing": missing, "note": note}
    found = {
        "value": shown.value,
        "url": url,
        "digits": digits,
        "note": notes.number(about) if about else None,
    }
    if shown.published is not None and shown.kind in {"differs", "rounding"}:
        found |= {
            "published": as_printed(shown.published),
            "gap": signed(shown.difference, digits),
            "why": agreement(shown.kind),
        }
    return found


def as_printed(value: Decimal) -> str:
    """A published number with the digits it was printed with."""
    exponent = value.as_tuple().exponent
    return amount(value, -exponent if isinstance(exponent, int) and exponent < 0 else 0)


def agreement(kind: str) -> str:
    """How a published value stands to the computed one, in words."""
    return {
        "equal": _("equal to what was published"),
        "rounding": _("the difference is explained by rounded inputs"),
        "differs": _("the published value differs from its own inputs"),
    }.get(kind, "")

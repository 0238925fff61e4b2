"""The document's outline beside the form: parts with their marks, the running total, and where problems stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from assessments.schemes.telling import place_words
from rules.trace import canonical_text

from .places import LISTS, SINGLES, Document, get, place_at, rows_of
from .troubles import Trouble


@dataclass
class Item:
    """A line of the outline: a part with an address."""

    address: str
    title: str
    note: str = ""
    here: bool = False
    problems: int = 0
    set: bool = True


@dataclass
class Section:
    """A list of the group's parts. `new`: the address at which another begins."""

    title: str
    items: list[Item]
    new: str = ""
    new_label: str = ""
    total: str = ""
    wrong: bool = False


@dataclass
class GroupOutline:
    item: Item
    sections: list[Section] = field(default_factory=list)
    singles: list[Item] = field(default_factory=list)


def titles() -> dict[str, tuple[str, str]]:
    """(title, what is added) of each list."""
    return {
        "indicators": (_("Indicators"), _("Indicator")),
        "bonuses": (_("Bonuses"), _("Bonus")),
        "deductions": (_("Deductions"), _("Deduction")),
        "vetoes": (_("Vetoes"), _("Veto")),
        "qualify": (_("Conditions for a place"), _("Condition")),
        "boards": (_("Boards"), _("Board")),
    }


@dataclass(frozen=True)
class Said:
    """A problem with the address of the form where it can be mended."""

    address: str
    where: str
    text: str


def outline(document: Document, here: str, said: list[Said]) -> list[GroupOutline]:
    """The groups of a document with their parts."""
    count: dict[str, int] = {}
    for one in said:
        count[one.address] = count.get(one.address, 0) + 1

    def item(address: str, title: str, note: str = "", there: bool = True) -> Item:
        return Item(address, title, note, address == here, count.get(address, 0), there)

    found = []
    for number, group in enumerate(rows_of(document.get("groups"))):
        if not isinstance(group, Mapping):
            continue
        base = f"groups/{number}"
        made = GroupOutline(item(base, str(group.get("title") or _("Group %(n)s") % {"n": number + 1})))
        for name, (title, new_label) in titles().items():
            rows = rows_of(group.get(name))
            items = [
                item(
                    f"{base}/{name}/{at}",
                    _title(row, at),
                    marks(row) if name in ("indicators", "bonuses", "deductions") else "",
                )
                for at, row in enumerate(rows)
            ]
            total, wrong = _total(document, rows) if name == "indicators" else ("", False)
            made.sections.append(Section(title, items, f"{base}/{name}/new", new_label, total, wrong))
        for name, (_model, noun) in SINGLES.items():
            made.singles.append(item(f"{base}/{name}", str(noun), "", get(group, (name,)) is not None))
        found.append(made)
    return found


def marks(row: Any) -> str:
    """The marks of an indicator in a few letters: "30", "+2, ≤6"."""
    if not isinstance(row, Mapping):
        return ""
    full = row.get("full")
    if isinstance(full, Mapping):
        return f"{full.get('default', '')}*"
    if full not in (None, "", "0"):
        return str(full)
    rule = row.get("rule") if isinstance(row.get("rule"), Mapping) else {}
    each, most = rule.get("each"), row.get("most") or rule.get("most")  # type: ignore[union-attr]
    if isinstance(each, str):
        return f"{each}×" + (f" ≤{most}" if isinstance(most, str) else "")
    return ""


def _total(document: Document, rows: Any) -> tuple[str, bool]:
    """("85 / 100", whether it doesn't fit) of the indicators' full marks; types of unit are left to the checks."""
    total = Decimal(0)
    for row in rows:
        full = row.get("full") if isinstance(row, Mapping) else None
        value = full.get("default") if isinstance(full, Mapping) else full
        try:
            total += Decimal(str(value or 0))
        except InvalidOperation:
            continue
    wanted = document.get("full", "100")
    if wanted is None:
        return canonical_text(total), False
    try:
        wrong = total != Decimal(str(wanted))
    except InvalidOperation:
        wrong = True
    return f"{canonical_text(total)} / {wanted}", wrong and bool(rows)


def _title(row: Any, at: int) -> str:
    title = row.get("title") if isinstance(row, Mapping) else ""
    return str(title or _("Number %(n)s") % {"n": at + 1})


def said_of(document: Document, problems: tuple[Trouble, ...]) -> list[Said]:
    """Each problem with the part in which it can be mended."""
    found = []
    for problem in problems:
        address = address_of(document, problem.path)
        found.append(Said(address, place_words(problem.path, document), problem.text))
    return found


def address_of(document: Document, path: str) -> str:
    """The address of the smallest form in which a path of the document stands."""
    steps = path.split(".")
    for length in (4, 3, 2):
        wanted = steps[:length]
        if len(wanted) == length and (length != 4 or wanted[2] in LISTS):
            address = "/".join(wanted)
            if place_at(document, address):
                return address
    return ""

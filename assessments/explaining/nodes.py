"""What is said of one step of a calculation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Link:
    """Where something can be looked up: words and an address of this site."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that was read: what it is and what it says, in words, and where in the document it stands."""

    label: str
    value: str
    path: str
    version: str


@dataclass(frozen=True, slots=True)
class Said:
    """One step: a heading, one sentence with the numbers in, the outcome, and the steps below it. `kind`: total, part,
    indicator, figure, input, condition, veto. `code` is the document's, for links."""

    kind: str
    label: str
    text: str
    value: str = ""
    of: str = ""
    code: str = ""
    bad: bool = False
    notes: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    links: tuple[Link, ...] = ()
    rows: tuple[Said, ...] = field(default=())

    def words(self) -> list[str]:
        """Every text of the step and of the steps below it."""
        own = [self.label, self.text, self.value, self.of, *self.notes]
        own += [text for one in self.settings for text in (one.label, one.value)]
        own += [one.label for one in self.links]
        return [text for text in own if text] + [text for row in self.rows for text in row.words()]


def documents(said: Said) -> dict[str, Any]:
    """A step as data, for programs."""
    return {
        "kind": said.kind,
        "code": said.code,
        "label": said.label,
        "text": said.text,
        "value": said.value,
        "of": said.of,
        "notes": list(said.notes),
        "settings": [
            {"label": one.label, "value": one.value, "path": one.path, "version": one.version}
            for one in said.settings
        ],
        "links": [{"label": one.label, "url": one.url} for one in said.links],
        "rows": [documents(row) for row in said.rows],
    }

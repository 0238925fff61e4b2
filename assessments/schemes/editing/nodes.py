"""What a form is drawn from: fields, rows of lists, blocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Node:
    """One thing on the page: `kind` says how it is drawn (_node.html), `name` is what it sends."""

    kind: str
    name: str
    label: Any = ""
    help: Any = ""
    value: Any = ""
    options: list[Any] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    wide: bool = False
    on: bool = False
    hint: Any = ""
    inline: bool = False
    usual: bool = False  # it says what holds anyway
    folded: bool = False  # in a row: behind its own fold
    link: str = ""  # the address of the figure that was chosen

    @property
    def id(self) -> str:
        return "f-" + self.name.replace(".", "-").replace("@", "--").replace("#", "-n")

    def all(self) -> list[Node]:
        """This one and everything in it."""
        found = [self]
        for one in [*self.nodes, *(node for row in self.rows for node in row.nodes)]:
            found += one.all()
        return found


@dataclass
class Row:
    """A row of a list: `name` is its place; `groups` when it is long enough to be folded."""

    name: str
    nodes: list[Node]
    title: str = ""
    marks: str = ""
    kept_open: bool = False
    groups: list[Group] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """A long row that is still to be filled in, or mended."""
        return (
            self.kept_open
            or not self.title
            or not self.marks
            or any(node.errors for top in self.nodes for node in top.all())
        )

    @property
    def plain(self) -> list[Node]:
        """What everybody fills in."""
        return [node for node in self.nodes if not node.folded]

    @property
    def folded(self) -> list[Node]:
        return [node for node in self.nodes if node.folded]


@dataclass
class Group:
    """A block of a form; `folded` None is always open."""

    title: Any
    nodes: list[Node]
    hint: Any = ""
    folded: bool | None = None
    summary: str = ""


def summary(nodes: list[Node]) -> str:
    """What a closed block says, in a few words; "" when nothing is set."""
    found = []
    for node in nodes:
        if node.usual:
            continue
        if node.kind == "parts" and node.rows:
            found.append(f"{node.label}: {len(node.rows)}")
        elif node.kind == "part" and node.on:
            found.append(summary(node.nodes) if node.value == "needed" else str(node.label))
        elif node.kind == "boxes":
            found.append("、".join(str(title) for _code, title, on in node.options if on))
        elif node.kind == "choice" and node.value:
            found.append(str(dict(node.options).get(node.value, node.value)))
        elif node.kind in ("amount", "text", "code") and node.value:
            found.append(f"{node.label} {node.value}" if node.kind == "amount" else str(node.value))
        elif node.kind == "named":
            found.append(summary(node.nodes))
    return " · ".join(one for one in found if one)


def unfold(groups: list[Group], path: str) -> None:
    """Open what is folded around a field that was just used."""
    for group in groups:
        for top in group.nodes:
            if path != top.name and not path.startswith(f"{top.name}."):
                continue
            if group.folded:
                group.folded = False
            for row in (row for node in top.all() for row in node.rows if path.startswith(f"{row.name}.")):
                row.kept_open = True
                unfold(row.groups, path)

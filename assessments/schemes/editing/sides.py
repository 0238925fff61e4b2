"""Two states of one part beside each other, after somebody else saved first."""

from __future__ import annotations

from typing import Any

from .nodes import Group, Node


def differing(mine: list[Group], theirs: list[Group]) -> list[dict[str, Any]]:
    """The fields that differ: {label, mine, theirs}, in words."""
    left, right = _fields(mine), _fields(theirs)
    found = []
    for name in [*left, *(name for name in right if name not in left)]:
        one, other = left.get(name), right.get(name)
        label = getattr(one or other, "label", "")
        if _words(one) != _words(other):
            found.append({"name": name, "label": label, "mine": _words(one), "theirs": _words(other)})
    return found


def _fields(groups: list[Group]) -> dict[str, Node]:
    return {node.name: node for group in groups for top in group.nodes for node in top.all()}


def _words(node: Node | None) -> str:
    if node is None:
        return ""
    if node.kind == "boxes":
        return "、".join(str(title) for _code, title, on in node.options if on)
    if node.kind in ("yes", "part"):
        return "✓" if node.on else ""
    if node.kind == "parts":
        return str(len(node.rows) or "")
    if node.kind in ("figure", "choice-grouped"):
        options = {code: label for _title, rows in node.options for code, label in rows}
        return str(options.get(node.value, node.value)) if node.value else ""
    if node.options and node.kind != "measure":
        return str(dict(node.options).get(node.value, node.value)) if node.value else ""
    return str(node.value)

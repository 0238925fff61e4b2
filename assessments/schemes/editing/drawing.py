"""Fields of a page for a part of a document; `reading` takes back what they send."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from pydantic import BaseModel

from assessments.choices import MeasureUnit
from rules.scheme import document as d

from .asking import filter_nodes
from .layout import MISSING_REASONS, groups_of, rows_in_line
from .measures import Offer
from .nodes import Group, Node, Row, summary
from .reading import NEW, join
from .settling import first_input
from .shapes import FIGURES, OWN, RULES, Field, Shape, field_of, fields_of
from .words import FIGURE_KINDS, HELP, RULE_KINDS, choice_word, label_of

UNITS = MeasureUnit.choices


@dataclass(frozen=True)
class Around:
    """What a part's fields are chosen from: the document's inputs and types, the group's indicators and grades."""

    inputs: Mapping[str, Any]
    types: Mapping[str, Any]
    offers: tuple[Offer, ...] = ()
    indicators: tuple[tuple[str, str], ...] = ()
    grades: tuple[tuple[str, str], ...] = ()
    extra: bool = False  # the part is a bonus or a deduction


class Drawer:
    """Draws the parts of one document."""

    def __init__(self, around: Around) -> None:
        self.around = around

    def groups(
        self,
        model: type[BaseModel],
        value: Any,
        path: str = "",
        same: str = "",
        names: Collection[str] | None = None,
    ) -> list[Group]:
        """The blocks of a part's form."""
        nodes: dict[str, list[Node]] = {}
        for node in self.nodes(model, value, path, same, names):
            nodes.setdefault(node.name.rpartition(".")[2].partition("@")[0], []).append(node)
        found = []
        for title, wanted, folded, hint in groups_of(model, value, self.around.extra):
            mine = [node for name in wanted for node in nodes.get(name, ())]
            if mine:
                found.append(Group(title, mine, hint, folded, summary(mine) if folded else ""))
        return found

    def nodes(
        self,
        model: type[BaseModel],
        value: Any,
        path: str = "",
        same: str = "",
        names: Collection[str] | None = None,
    ) -> list[Node]:
        given = value if isinstance(value, Mapping) else {}
        found = []
        for one in fields_of(model):
            if names is not None and one.name not in names:
                continue
            if one.name == "types" and model is d.Indicator and not self.around.types:
                continue
            content = given.get(one.name)
            if one.key == "Input.filters":
                found += filter_nodes(content, self.around.offers, given.get("measure"), join(path, one.name))
                continue
            found.append(self.node(one, content, join(path, one.name), same, one.name in given))
            if one.shape in (Shape.FIGURE, Shape.INPUT) and model is not OWN:
                same = first_input(content) or same
        return found

    def node(self, one: Field, value: Any, path: str, same: str, there: bool) -> Node:
        if one.key == "Indicator.full" and not there:
            value, there = None, True  # nobody means nought
        node: Node = getattr(self, f"_{one.shape}")(one, value if there else one.default, path, same)
        node.usual = not there or value in (one.default, None)
        node.label = node.label or label_of(one.key)
        node.help = node.help or HELP.get(one.key) or (HELP.get("code") if one.name == "code" else "") or ""
        return node

    # -- one value

    def _text(self, one: Field, value: Any, path: str, same: str) -> Node:
        if one.key == "Input.measure":
            titles = {offer.code: offer.title for offer in self.around.offers}
            return Node("measure", path, value=titles.get(_shown(value), _shown(value)))
        return Node("text", path, value=_shown(value), wide=one.name in ("title", "source"))

    def _code(self, one: Field, value: Any, path: str, same: str) -> Node:
        if one.key == "Veto.grade":
            return Node("choice", path, value=_shown(value), options=[("", "—"), *self.around.grades])
        if one.key == "Input.unit":
            return Node("choice", path, value=_shown(value), options=_with(UNITS, value))
        if one.key == "OwnTarget.which":
            value = "" if value == "firm" else value
        return Node("code", path, value=_shown(value))

    def _amount(self, one: Field, value: Any, path: str, same: str) -> Node:
        return Node("amount", path, value=_shown(value))

    def _setting(self, one: Field, value: Any, path: str, same: str) -> Node:
        own = mapping(value.get("types")) if isinstance(value, Mapping) else {}
        node = Node(
            "amount", path, value=_shown(value.get("default") if isinstance(value, Mapping) else value)
        )
        names = {**{code: code for code in own}, **self.around.types}
        node.nodes = [
            Node("amount", f"{path}@{code}", title, value=_shown(own.get(code)))
            for code, title in names.items()
        ]
        node.on = bool(own)
        return node

    def _whole(self, one: Field, value: Any, path: str, same: str) -> Node:
        return Node("whole", path, value=_shown(value))

    def _choice(self, one: Field, value: Any, path: str, same: str) -> Node:
        options = [(code, choice_word(one.key, code)) for code in one.choices]
        if one.default is None and not one.needed:
            options = [("", choice_word(one.key, "") or "—"), *options]
        return Node("choice", path, value=_shown(value), options=_with(options, value))

    def _yes(self, one: Field, value: Any, path: str, same: str) -> Node:
        return Node("yes", path, on=value is True)

    # -- figures, targets, rules

    def _figure(self, one: Field, value: Any, path: str, same: str) -> Node:
        made = [] if one.shape == Shape.INPUT else list(FIGURE_KINDS.items())
        node = Node("figure", path, wide=True)
        kind = value.get("kind") if isinstance(value, Mapping) else None
        node.value = f"={value}" if isinstance(value, str) and value else kind or ""
        read = [(f"={code}", _title(row, code)) for code, row in self.around.inputs.items()]
        more = []
        if one.key == "Order.by":
            more = [
                ("=total", _("the total")),
                *((f"={code}", title) for code, title in self.around.indicators),
            ]
            read = [row for row in read if row[0] not in dict(more)]
        known = {"", NEW, *dict(read), *dict(more), *dict(made)}
        if node.value not in known:
            more.append((node.value, node.value.lstrip("=")))
        node.options = [
            ("", [("", "—"), *more]),
            (_("Figures that are read"), [*read, (NEW, _("another figure …"))]),
            (_("Worked out from figures"), made),
        ]
        if isinstance(value, str) and value in self.around.inputs:
            node.link = f"inputs/{value}"
        if kind == NEW:
            node.nodes = self._new(value, path)
        elif kind in FIGURES:
            node.nodes = self.nodes(FIGURES[kind], value, path, same)
            node.inline = rows_in_line(FIGURES[kind])
        return node

    _input = _figure

    def _new(self, value: Mapping[str, Any], path: str) -> list[Node]:
        found = []
        for name, kind in (("title", "text"), ("measure", "measure"), ("unit", "choice"), ("code", "code")):
            node = Node(kind, f"{path}.new.{name}", label_of(f"new.{name}"), HELP.get(f"new.{name}", ""))
            node.value = _shown(value.get(name))
            found.append(node)
        found[1].options = list(self.around.offers)
        found[2].options, found[2].value = UNITS, found[2].value or "count"
        return found

    def _target(self, one: Field, value: Any, path: str, same: str) -> Node:
        own = isinstance(value, Mapping) and "of" in value
        blank = value is None or value == one.default
        node = Node("target", path, wide=True, value="" if blank else "own" if own else "number")
        node.options = [("own", _("the unit's own target")), ("number", _("a number"))]
        if blank:
            node.options = [("", "—" if one.default is None else _("no target: every one")), *node.options]
        if own:
            node.nodes = self._own(value, path, same)
        elif not blank:
            number = self._setting(field_of(OWN, "which"), value, f"{path}.amount", same)
            number.label = _("Number")
            node.nodes = [number]
        return node

    def _own(self, value: Mapping[str, Any], path: str, same: str) -> list[Node]:
        found = self.nodes(OWN, value, path, same)
        of = found[0]
        of.value = "" if value.get("of") in ("", same) else of.value
        of.options = [("", [("", _("the same figure"))]), *of.options[1:2]]
        of.kind = "choice-grouped"
        of.options[1] = (of.options[1][0], [row for row in of.options[1][1] if row[0] != NEW])
        return found

    def _marking(self, one: Field, value: Any, path: str, same: str) -> Node:
        kind = str(mapping(value).get("kind") or "")
        node = Node("marking", path, wide=True, value=kind)
        node.options = [("", "—"), *((code, title) for code, (title, _help) in RULE_KINDS.items())]
        if kind in RULES:
            node.hint = RULE_KINDS[kind][1]
            node.nodes = self.nodes(RULES[kind], value, path, same)
        return node

    # -- parts and lists

    def _part(self, one: Field, value: Any, path: str, same: str) -> Node:
        needed = one.needed or one.default is not None
        node = Node(
            "part", path, wide=True, value="" if not needed else "needed", on=needed or value is not None
        )
        if not node.on:
            return node
        given = value if isinstance(value, Mapping) else {}
        node.nodes = (
            self._own(given, path, same) if one.model is OWN else self.nodes(one.model, given, path, same)
        )
        return node

    def _parts(self, one: Field, value: Any, path: str, same: str) -> Node:
        rows = list(value) if isinstance(value, (list, tuple)) else []
        rows += [{}] * (one.least - len(rows))
        node = Node("parts", path, wide=True, inline=rows_in_line(one.model))
        for number, row in enumerate(rows):
            place = f"{path}.{number}"
            if one.model is d.Indicator:
                groups = self.groups(one.model, row, place, same)
                nodes = [node for group in groups for node in group.nodes]
                head = mapping(row)
                full = head.get("full")
                full = mapping(full).get("default") if isinstance(full, Mapping) else full
                node.rows.append(Row(place, nodes, _shown(head.get("title")), _shown(full), groups=groups))
            else:
                nodes = self.nodes(one.model, row, place, same)
                for inner in nodes:
                    inner.folded = inner.name == f"{place}.code" and not inner.errors
                node.rows.append(Row(place, nodes))
        return node

    def _amounts(self, one: Field, value: Any, path: str, same: str) -> Node:
        rows = value if isinstance(value, (list, tuple)) else [value] if value else []
        return Node("text", path, value=", ".join(map(str, rows)), wide=True)

    def _codes(self, one: Field, value: Any, path: str, same: str) -> Node:
        chosen = list(value) if isinstance(value, (list, tuple)) else []
        names: dict[str, Any] = {code: code for code in chosen}
        if one.key == "Indicator.types":
            names |= self.around.types
        elif one.key == "Board.of":
            names |= dict(self.around.indicators)
        else:
            names |= {code: _title(row, code) for code, row in self.around.inputs.items()}
        options = [(code, title, code in chosen) for code, title in names.items()]
        return Node("boxes", path, wide=True, options=options)

    def _named(self, one: Field, value: Any, path: str, same: str) -> Node:
        given = value if isinstance(value, Mapping) else {}
        node = Node("named", path, wide=True)
        if one.key == "Scheme.types":
            node.kind = "types"
            for number, (code, title) in enumerate([*given.items(), ("", "")]):
                place = f"{path}.{number}"
                code = "" if code.startswith(NEW) else code
                node.rows.append(
                    Row(place, [Node("text", f"{place}.title", _("Title"), value=_shown(title)),
                                Node("code", f"{place}.code", _("Code"), value=code)])
                )  # fmt: skip
        elif one.key == "IfMissing.reasons":
            options = [
                (code, choice_word(one.key, code))
                for code in ("", "unscored", "zero", "full", "lowest", "leave_out")
            ]
            names = {**{code: code for code in given}, **MISSING_REASONS}
            node.nodes = [
                Node("choice", f"{path}@{code}", title, value=_shown(given.get(code)), options=options)
                for code, title in names.items()
            ]
        elif one.key == "Points.grades":
            names = {**{code: code for code in given}, **dict(self.around.grades)}
            node.nodes = [
                Node("amount", f"{path}@{code}", title, value=_shown(given.get(code)))
                for code, title in names.items()
            ]
        return node

    def _schedule(self, one: Field, value: Any, path: str, same: str) -> Node:
        rows = list(value) if isinstance(value, (list, tuple)) else None
        node = Node("schedule", path, value="linear" if rows is None else "quarters", wide=True)
        node.options = [("linear", _("evenly over the months")), ("quarters", _("by quarters, per cent"))]
        if rows is not None:
            shown = ", ".join(map(str, rows))
            node.nodes = [
                Node("text", f"{path}.quarters", _("Per cent of each quarter"), _("15, 25, 30, 30"), shown)
            ]
        return node


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _shown(value: Any) -> str:
    return "" if value is None or isinstance(value, (Mapping, list, tuple, bool)) else str(value)


def _title(row: Any, code: str) -> str:
    return str(row.get("title") or code) if isinstance(row, Mapping) else code


def _with(options: list[Any], value: Any) -> list[Any]:
    """Choices, with what stands there although it can't be chosen."""
    return options if not value or value in dict(options) else [*options, (value, value)]

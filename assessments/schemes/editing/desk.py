"""One draft on the editor's desk: its document, a part read from a form, problems beside fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from assessments.models import SchemeVersion
from rules.scheme import document as d

from .codes import code_of
from .drawing import Around, Drawer, mapping
from .measures import Offer, find
from .nodes import Group, Node
from .places import MARKED, Document, Place, begun, codes_of, get, put
from .reading import NEW, Reader
from .settling import Settler, in_order, renamed, used
from .troubles import BLANK, Trouble
from .words import HELP

CODE = "code"  # a figure's code is the name under which the document has it, and no field of its own


@dataclass(frozen=True)
class Desk:
    """A draft's document as it is edited."""

    document: Document
    offers: tuple[Offer, ...]

    @classmethod
    def of(cls, row: SchemeVersion, offers: tuple[Offer, ...]) -> Desk:
        return cls(in_order(begun(row.document, code=row.scheme.code, title=row.scheme.name)), offers)

    def read(self, place: Place, data: Any) -> dict[str, Any]:
        """What a form says about a part, as it was typed."""
        found = Reader(data).part(place.model, "", place.names)
        if place.kind_of_input:
            found[CODE] = Reader(data).text(CODE)
        return found

    def with_part(self, place: Place, value: dict[str, Any]) -> Document:
        """The whole document with that part, everything filled in that the form may leave open. Inputs that nothing uses
        any more go."""
        if place.kind_of_input:
            return self._with_input(place, dict(value))
        settler = Settler(self.document, self.offers)
        others = get(self.document, place.list_path) if place.row is not None else ()
        taken = {code for number, (code, _title) in enumerate(codes_of(others)) if number != place.row}
        done = settler.part(place.model, value, "", taken)
        if place.model is d.Scheme and isinstance(done.get("types"), Mapping):
            done["types"] = _typed(done["types"])
        document = put({**self.document, "inputs": settler.inputs}, place, done)
        return self.tidied(document)

    def _with_input(self, place: Place, value: dict[str, Any]) -> Document:
        """The document with a figure that is read changed, and renamed everywhere where its code changes."""
        old, new = str(place.path[1]), str(value.pop(CODE, "") or place.path[1])
        offer = find(self.offers, value["measure"]) if value.get("measure") else None
        if offer is not None:
            value |= {"measure": offer.code, "unit": offer.unit}
        document = put(self.document, place, value)
        if new == old or new in document["inputs"]:
            return document
        inputs = {new if code == old else code: row for code, row in document["inputs"].items()}
        return {**renamed(document, old, new), "inputs": inputs}

    def coded(self, document: Document, place: Place | None) -> Document:
        """A document with the codes of a copied part made."""
        if place is None:
            return document
        others = codes_of(get(document, place.list_path))
        settler = Settler(document, self.offers)
        done = settler.part(place.model, get(document, place.path), "", {code for code, _title in others})
        return put({**document, "inputs": settler.inputs}, replace(place, names=None), done)

    def tidied(self, document: Document) -> Document:
        """Without the inputs that were used before and aren't any more."""
        gone = used(self.document) - used(document)
        inputs = {code: row for code, row in mapping(document.get("inputs")).items() if code not in gone}
        return in_order({**document, "inputs": inputs})

    def around(self, place: Place) -> Around:
        group = get(self.document, ("groups", place.group)) if place.group is not None else None
        rows = [row for name in MARKED for row in codes_of(mapping(group).get(name))]
        grades = codes_of(mapping(mapping(group).get("grades")).get("rows"))
        inputs, types = (self.document.get(name) for name in ("inputs", "types"))
        return Around(
            mapping(inputs),
            mapping(types),
            self.offers,
            tuple(rows),
            tuple(grades),
            extra=place.kind in MARKED[1:],
        )

    def draw(self, place: Place, value: Any = None) -> list[Group]:
        """The blocks of a part's form: as typed, or as it stands in the document."""
        content = get(self.document, place.path) if value is None else value
        groups = Drawer(self.around(place)).groups(place.model, content, "", "", place.names)
        if place.kind_of_input:
            code = (value or {}).get(CODE) or str(place.path[1])
            groups.append(
                Group(_("Code"), [Node("code", CODE, _("Code"), HELP["code"], code)], "", True, code)
            )
        return groups


def _typed(types: Mapping[str, Any]) -> dict[str, Any]:
    """Types of unit, each with a code."""
    found: dict[str, Any] = {}
    for code, title in types.items():
        found[code_of(str(title), {*types, *found}, "type") if code.startswith(NEW) else code] = title
    return found


def mark(
    groups: list[Group], problems: tuple[Trouble, ...], place: Place, *, blanks: bool = True
) -> list[str]:
    """Put each problem of the part beside its field; those that have none come back. Without `blanks` what is yet empty
    is no problem."""
    nodes = {node.name: node for group in groups for top in group.nodes for node in top.all()}
    rest = []
    for problem in problems:
        inside = within(problem.path, place)
        if inside is None or (problem.code == BLANK and not blanks):
            continue
        name = inside
        while name and name not in nodes:
            name = name.rpartition(".")[0]
        if name:
            nodes[name].errors.append(problem.text)
        elif not inside or place.names is None:
            rest.append(problem.text)
    for group in groups:
        if group.folded and any(node.errors for top in group.nodes for node in top.all()):
            group.folded = False
    return rest


def within(path: str, place: Place) -> str | None:
    """The place of a problem inside a part; None when it is elsewhere, or in a part with a form of its own."""
    if place.dotted and path != place.dotted and not path.startswith(f"{place.dotted}."):
        return None
    inside = path[len(place.dotted) :].lstrip(".") if place.dotted else path
    if place.names is not None and inside and inside.split(".")[0] not in place.names:
        return None
    return inside

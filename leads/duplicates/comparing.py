"""Two records side by side, field by field, in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _

from common.changelog import in_words
from common.templatetags.ip import in_unit
from leads.choices import PairKind

from .merging import CHOOSABLE
from .relations import MODELS, declared, existing, stays

NEVER_EMPTY = ("name", "source", "currency", "zone")
# Shown above the fields; a merge takes them from the kept row.
FIXED = {PairKind.LEAD: ("number", "unit", "officer", "stage", "investor"), PairKind.INVESTOR: ("unit",)}


@dataclass(frozen=True, slots=True)
class Line:
    """A field of both rows. `better` is the side that has something: "one" unless only the other has."""

    name: str
    label: str
    one: str
    other: str
    choosable: bool

    @property
    def differs(self) -> bool:
        return self.one != self.other

    @property
    def better(self) -> str:
        return "other" if self.other and not self.one else "one"


def load(kind: str, pk: int) -> Any:
    """A row with what `lines` shows of it. The caller has asked whether it may be seen."""
    model = MODELS[kind]
    keys = [
        name for name in (*FIXED[PairKind(kind)], *CHOOSABLE[kind]) if model._meta.get_field(name).is_relation
    ]
    return model._base_manager.select_related(*keys).get(pk=pk)


def lines(kind: str, one: Any, other: Any) -> list[Line]:
    """Fixed fields first, then those that a merge may take from either side."""
    found = []
    for names, choosable in ((FIXED[PairKind(kind)], False), (CHOOSABLE[kind], True)):
        for name in names:
            field = type(one)._meta.get_field(name)
            found.append(
                Line(name, force_str(field.verbose_name), _shown(one, field), _shown(other, field), choosable)
            )
    return found


def hanging(kind: str, row: Any) -> list[tuple[str, int]]:
    """What hangs on a row and would come along: (what, how many), without what there is none of."""
    fields = existing(kind)
    counted = [
        (fields[key].model._meta, fields[key].model._base_manager.filter(**{fields[key].name: row}).count())
        for key, how in declared(kind).items()
        if how is not stays
    ]
    return [(force_str(meta.verbose_name), count) for meta, count in counted if count]


def _shown(row: Any, field: Any) -> str:
    value = getattr(row, field.name)
    if value in (None, ""):
        return ""
    if field.is_relation:
        return str(value)
    if isinstance(value, Decimal):
        return f"{in_unit(value)} {_('ten thousand')}" if field.name == "amount" else f"{value:f}"
    return in_words(field, value)

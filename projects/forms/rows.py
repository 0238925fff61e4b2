"""Repeated rows in one form: investors with their parts, months with amounts, units with shares.

A few empty rows stand below what is filled in, and a button adds one more; neither needs a script. Rows are
ordinary fields named `<group>-<number>-<field>`, so drafts, refusals and pickers work as everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.errors import ServiceError
from common.forms import ActorForm, scope_choices
from rules import money

MOST = 120  # rows of a group: ten years by month
EMPTY: tuple[Any, ...] = (None, "", False)
ALL = Decimal(100)

Makers = Mapping[str, Callable[[], forms.Field]]


@dataclass(frozen=True, slots=True)
class Rows:
    """A group of rows. `needed` must be filled in a row in which anything is; fields of `given` (a choice that
    always has a value) don't make a row. `blank`: empty rows offered. `whole`: a field whose parts make 100.
    `told`: the field beside which a refusal of the group stands, else that of `whole`, else the first."""

    name: str
    title: Any
    fields: Makers
    needed: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    blank: int = 1
    hint: Any = ""
    whole: str = ""
    told: str = ""


class RowsForm(ActorForm):
    """A form with groups of rows. After validation `cleaned_data[group]` is the list of filled rows, each
    {field: value}. `start` gives the rows to begin with, `more` names the group that gets one more."""

    groups: tuple[Rows, ...] = ()

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        start: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        more: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(data, files, **kwargs)
        self.counts: dict[str, int] = {}
        for group in self.groups:
            rows = (start or {}).get(group.name, ())
            count = max(len(rows) + group.blank, self._sent(group.name)) + (more == group.name)
            self.counts[group.name] = min(count, MOST)
            self._add(group, rows)

    def _sent(self, group: str) -> int:
        pattern = re.compile(rf"{re.escape(group)}-(\d{{1,3}})-")
        found = (pattern.match(name) for name in self.data)
        return max((int(one[1]) + 1 for one in found if one), default=0)

    def _add(self, group: Rows, rows: Sequence[Mapping[str, Any]]) -> None:
        added: dict[str, forms.Field] = {}
        for number in range(self.counts[group.name]):
            for name, make in group.fields.items():
                field = make()
                field.required = False
                if number < len(rows) and name in rows[number]:
                    field.initial = rows[number][name]
                added[f"{group.name}-{number}-{name}"] = field
        scope_choices(added, self.actor)
        self.fields.update(added)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for group in self.groups:
            given[group.name] = self._filled(group, given)
        return given

    def _filled(self, group: Rows, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        found, broken, first = [], False, ""
        for number in range(self.counts[group.name]):
            keys = {name: f"{group.name}-{number}-{name}" for name in group.fields}
            wrong = [key for key in keys.values() if key in self.errors]
            row = {name: given.get(key) for name, key in keys.items()}
            filled = [name for name in row if row[name] not in EMPTY and name not in group.given]
            broken = broken or bool(wrong)
            if not filled:
                continue
            for name in group.needed:
                if row[name] in EMPTY and keys[name] not in self.errors:
                    self.add_error(keys[name], _("Fill this in, or empty the row."))
                    broken = True
            first = first or keys.get(group.whole, "")
            found.append({**row, "number": number})
        if found and group.whole and not broken:
            parts: list[Any] = [row[group.whole] for row in found]
            total = money.add(parts)
            if total != ALL:
                self.add_error(
                    first, _("The parts make %(sum)s %%, they must make 100 %%.") % {"sum": f"{total:f}"}
                )
        return found

    def key(self, group: str, number: int, field: str) -> str:
        return f"{group}-{number}-{field}"

    def drawn(self, name: str) -> dict[str, Any]:
        """A group as templates/projects/_rows.html draws it."""
        group = next(one for one in self.groups if one.name == name)
        lines = [
            [self[self.key(name, number, field)] for field in group.fields]
            for number in range(self.counts[name])
        ]
        return {"name": name, "title": group.title, "hint": group.hint, "lines": lines}


def beside(form: Any, refusal: ServiceError) -> ValidationError | None:
    """A refusal as errors of the fields that it names, also where the name is a group's; None for others."""
    found: dict[str, Any] = {}
    groups = {group.name: group for group in getattr(form, "groups", ())}
    for name, words in refusal.fields.items():
        said = [word for word in words if word] or [str(refusal)]
        if name in form.fields:
            found[name] = said
        elif group := groups.get(name):
            found[form.key(name, 0, group.told or group.whole or next(iter(group.fields)))] = said
    return ValidationError(found) if found else None


def plain(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows as a service takes them: without their numbers, without what is empty."""
    return [
        {name: value for name, value in row.items() if name != "number" and value not in (None, "")}
        for row in rows
    ]

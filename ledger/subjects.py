"""What a line is about, in words. Upper apps register their types; this app knows only type and id."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse

from common.actors import Actor

Numbers = Callable[[Collection[int]], dict[int, str]]
Hidden = Callable[[Actor], QuerySet]
KEPT = "***"  # stands for what a reader may not know
_types: dict[str, _Type] = {}


@dataclass(frozen=True, slots=True)
class _Type:
    label: Any
    url_name: str
    numbers: Numbers
    hidden: Hidden | None


@dataclass(frozen=True, slots=True)
class Named:
    """As "project P-2026-0007", with the address of its page; "" when there is no page."""

    label: str
    url: str

    def __str__(self) -> str:
        return self.label


def register(name: str, *, label: Any, url_name: str, numbers: Numbers, hidden: Hidden | None = None) -> None:
    """Say how subjects of a type are called. `numbers` gives for ids what may be shown to everybody who may
    read the line: a running number, never a name that may be confidential. `hidden` gives, as
    a query of keys, those whose amounts and looks are kept from an actor."""
    _types[name] = _Type(label, url_name, numbers, hidden)


def by_number(model: Any) -> Numbers:
    """The running numbers of a model's rows, of whatever unit: they say nothing about the rows."""

    def read(pks: Collection[int]) -> dict[int, str]:
        return dict(model._base_manager.filter(pk__in=pks).values_list("pk", "number"))

    return read


def named(subjects: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Named]:
    """Every subject in words, with one query for each type. An unknown type shows its code and id."""
    found = {}
    for name, pks in _by_type(subjects).items():
        known = _types.get(name)
        numbers = known.numbers(pks) if known else {}
        for pk in pks:
            label = f"{known.label if known else name} {numbers.get(pk, pk)}"
            found[name, pk] = Named(label, _url(known.url_name, pk) if known and pk in numbers else "")
    return found


def hidden(actor: Actor, subjects: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those of which the actor may not know how much is counted and what they are: amounts and facets of their
    lines are not for him. One query for each type."""
    found = set()
    for name, pks in _by_type(subjects).items():
        known = _types.get(name)
        if known and known.hidden:
            found |= {
                (name, pk) for pk in known.hidden(actor).filter(pk__in=pks).values_list("pk", flat=True)
            }
    return found


def hidden_q(actor: Actor) -> Q:
    """The lines about those, as a filter: narrowing and sorting must not tell what is kept back."""
    found = Q(pk__in=())
    for name, known in _types.items():
        if known.hidden:
            found |= Q(subject_type=name, subject_id__in=known.hidden(actor))
    return found


def _by_type(subjects: Iterable[tuple[str, int]]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for name, pk in subjects:
        found.setdefault(name, set()).add(pk)
    return found


def _url(name: str, pk: int) -> str:
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""

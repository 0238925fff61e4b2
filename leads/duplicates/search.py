"""Finding an investor while somebody types: a part of the name, the credit code, pinyin, initials."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from django.db.models import Q, Value

from common.access import Action
from common.actors import Actor
from common.scope import plain_scope
from leads.models import Investor, Lead
from leads.text import INITIALS, SYLLABLE, SYLLABLES, folded, pairs, readings
from organizations.models import Unit
from rules.similarity import LEGAL_FORMS, normal

LIMIT = 10
FETCHED = 100  # rows that are looked at more closely, however common the term is
SPELLED = 24  # letters that are read as pinyin
READINGS = 6  # ways to divide them into syllables that are tried
FEW, MANY = 20, 2_000  # units, investors of their leads: up to here a scope is spelled out
NARROW = "only to find faster what the actor's scope then lets through"
CODE_FROM = 4  # letters and digits of a credit code before it is searched for


class _Names(NamedTuple):
    """What is compared of a row."""

    name: str
    short_name: str
    normal: str
    credit_code: str


def search_investors(actor: Actor, text: str, limit: int = LIMIT) -> list[Investor]:
    """Investors in the actor's scope for the picker, the best first; none for a blank text.

    `text` is the beginning of the name or of the short name (one character is enough), any two or more
    characters of the name, the beginning of the credit code, or pinyin, in full or by its initials.
    Six queries at most, each through an index; three more when nothing was found and the term ends with a legal form.
    """
    term = folded(text)
    if not term:
        return []
    rows = _rows(actor)
    found = _search(rows, term, limit)
    if not found and (core := _without_form(term)) != term:
        found = _search(rows, core, limit)
    full = Investor.objects.visible_to(actor).select_related("unit").in_bulk(found) if found else {}
    return [full[pk] for pk in found if pk in full]


def _search(rows: Any, term: str, limit: int) -> list[int]:
    """The best rows for a term: what begins with it first; more is looked up only while there is room."""
    found: dict[int, tuple[int, int, str, int]] = {}
    steps = [rows.filter(normal__startswith=term).order_by("normal", "pk")]
    steps += [rows.filter(wanted).order_by() for wanted in (_beginning(term), _inside(term)) if wanted]
    for step in steps:
        for row in step.values_list("pk", "name", "short_name", "normal", "credit_code", "pinyin")[:FETCHED]:
            pk, name, *_rest, sounds = row
            if rank := _rank(_Names(*row[1:5]), term):
                found[pk] = (rank, len(name), sounds, pk)
        if len(found) >= limit:
            break
    return sorted(found, key=found.__getitem__)[:limit]


def _rows(actor: Actor) -> Any:
    """The investors that the actor may see, as simply as the database can be asked for them. Where the scope is
    plain it is spelled out once, by keys, or not at all when it is everything: the whole rule costs each step of a
    search more than the search itself. What is found is read through the rule in any case."""
    paths = plain_scope(Investor, actor, Action.VIEW)
    if paths is not None and (plain := _plain(paths)) is not None:
        return Investor.objects.unscoped(reason=NARROW).filter(plain, archived_at=None)
    return Investor.objects.visible_to(actor).filter(archived_at=None)


def _plain(paths: tuple[str, ...]) -> Q | None:
    """The investors at and below these paths and those followed there: by keys when they are few, nothing to filter
    by when there is no unit elsewhere, None otherwise. Two queries."""
    places = Q(pk__in=())
    for path in paths:
        places |= Q(path__startswith=path)
    house = Unit.objects.unscoped(reason=NARROW).order_by()
    units = list(house.filter(places).values_list("pk", flat=True)[: FEW + 1])
    if len(units) > FEW:
        return None if house.exclude(places).exists() else Q()
    leads = Lead.objects.unscoped(reason=NARROW).filter(unit__in=units).order_by()
    followed = list(leads.values_list("investor_id", flat=True).distinct()[: MANY + 1])
    return Q(unit__in=units) | Q(pk__in=followed) if len(followed) <= MANY else None


def _without_form(term: str) -> str:
    """What is typed without its legal form, also one half typed: people don't remember whether a company is
    limited by shares."""
    for form in LEGAL_FORMS:
        for size in range(len(form), 0, -1):
            if term.endswith(form[:size]) and len(term) - size > 1:
                return normal(term[:-size])
    return term


def _beginning(term: str) -> Q:
    """Other prefixes than the name's, each with its own index."""
    found = Q(short_name__startswith=term)
    if term.isascii():
        found |= Q(pinyin__startswith=term)
        if len(term) >= CODE_FROM:
            found |= Q(credit_code__startswith=term.upper())
    return found


def _inside(term: str) -> Q | None:
    """Pairs anywhere in the name, or the pinyin of a part of it. None for a single character."""
    if len(term) == 1:
        return None
    found = Q(grams__contains=_keys(pairs(term)))
    if term.isascii() and term.isalpha():
        found |= Q(grams__contains=_keys(_initial_keys(term)))
        for whole, rest in spelled(term):
            keys = {f"{SYLLABLE}{one}" for one in whole} | _initial_keys(
                "".join(one[0] for one in (*whole, rest) if one)
            )
            one = Q(grams__contains=_keys(keys)) if keys else Q()
            if len(rest) > 1:
                one &= Q(grams__overlap=_keys(f"{SYLLABLE}{s}" for s in _becoming(rest)))
            found |= one
    return found


def _keys(keys: Iterable[str]) -> Value:
    """Search keys as one value of the query; a list would become an expression for each."""
    return Value(sorted(keys), output_field=Investor._meta.get_field("grams"))


def _initial_keys(letters: str) -> set[str]:
    return {f"{INITIALS}{a}{b}" for a, b in pairwise(letters)}


def _becoming(rest: str) -> list[str]:
    """The syllables that begin with these letters and go on."""
    return sorted(one for one in SYLLABLES if one.startswith(rest) and one != rest)


@lru_cache(maxsize=256)
def spelled(letters: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """How letters can be read as pinyin: whole syllables, and what is left of an unfinished last one.

    xian → (("xian",), ""), (("xi", "an"), "") ...; qingy → (("qing",), "y"). Empty when they can't be.
    """
    found: list[tuple[tuple[str, ...], str]] = []

    def read(rest: str, before: tuple[str, ...]) -> None:
        if not rest:
            found.append((before, ""))
            return
        if (len(rest) > 1 or before) and _becoming(rest):
            found.append((before, rest))
        for size in range(min(6, len(rest)), 0, -1):
            if rest[:size] in SYLLABLES:
                read(rest[size:], (*before, rest[:size]))

    read(letters[:SPELLED], ())
    return tuple(sorted(found, key=lambda one: len(one[0]))[:READINGS])


def _rank(row: _Names, term: str) -> int:
    """How well a row answers the term, 1 best; 0: not at all (its keys are there, but not side by side)."""
    name = folded(row.name)
    if term in (name, row.normal, row.short_name.casefold()):
        return 1
    if row.credit_code and row.credit_code.startswith(term.upper()):
        return 2
    if name.startswith(term) or row.short_name.casefold().startswith(term):
        return 3
    if term in name:
        return 4
    if not term.isascii():
        return 0
    sounds = [readings(char) for char in name]
    for start in range(len(sounds)):
        if _sounds(sounds, start, term) or _initials(sounds[start:], term):
            return 5 if start == 0 else 6
    return 0


def _initials(sounds: list[Any], term: str) -> bool:
    return len(sounds) >= len(term) and all(
        any(one[0] == letter for one in spoken) for spoken, letter in zip(sounds, term, strict=False)
    )


def _sounds(sounds: list[Any], at: int, rest: str) -> bool:
    """Do these letters spell the name from here on? The last syllable may be unfinished."""
    if at == len(sounds):
        return False
    return any(
        one.startswith(rest) or (rest.startswith(one) and _sounds(sounds, at + 1, rest[len(one) :]))
        for one in sounds[at]
    )

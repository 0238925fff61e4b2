"""What a measure is narrowed to: a closed list of filters, read from data into typed values (DOMAIN §4).

In documents a filter's value is one text or a list of texts; amounts and numbers are written as text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from leads.choices import Source
from ledger.choices import FundSource, Kind, Mode, Zone
from reference.choices import Sector

INDUSTRY = re.compile(r"[A-T]|\d{2,4}", re.ASCII)  # a section, division, group or class of GB/T 4754
AMOUNT = re.compile(r"\d{1,16}(\.\d{1,8})?", re.ASCII)
CODE = re.compile(r"[\w.-]{1,40}")
CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
STAGES: Mapping[str, str] = {
    kind.partition(".")[2]: str(kind)
    for kind in (
        Kind.SIGNED,
        Kind.REGISTERED,
        Kind.PERMITTED,
        Kind.STARTED,
        Kind.COMPLETED,
        Kind.IN_PRODUCTION,
        Kind.AT_CAPACITY,
    )
}
STAGE_WORDS = {code: Kind(kind).label for code, kind in STAGES.items()}
COURSES = {
    "new": _("counted for the first time this year"),
    "continued": _("first counted in an earlier year"),
}
WHOSE = {"cohort": _("of those that entered"), "any": _("whatever happened in the window")}
YES = {"yes": _("yes")}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a filter or an input. `path` leads to the place, `code` says what."""

    path: str
    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Spec:
    """A filter: how it is called, what it may say. `words`: its choices; `pattern` where it is free. `many`: a list."""

    title: Any
    help: Any = ""
    words: Mapping[str, Any] | None = None
    pattern: re.Pattern[str] = CODE
    many: bool = True


def _one(title: Any, help: Any = "", *, words: Any = None, pattern: Any = CODE) -> Spec:  # noqa: A002
    return Spec(title, help, words, pattern, many=False)


SPECS: Mapping[str, Spec] = {
    "sector": Spec(_("sector"), words=dict(Sector.choices)),
    "industries": Spec(
        _("industries"), _("Codes of GB/T 4754; a code takes in the finer ones below it."), pattern=INDUSTRY
    ),
    "zone": Spec(_("investors at home"), words=dict(Zone.choices)),
    "fund_source": Spec(_("source of funds"), words=dict(FundSource.choices)),
    "mode": Spec(_("mode"), words=dict(Mode.choices)),
    "park": Spec(_("park"), _("Codes of parks in which the project lies.")),
    "source": Spec(_("source of the lead"), words=dict(Source.choices)),
    "currency": _one(
        _("currency"), _("Only lines in this currency, still summed in yuan."), pattern=CURRENCY
    ),
    "size_from": _one(
        _("from size, in yuan"),
        _("Held against the whole contract, before any share; or the line in dollars."),
        pattern=AMOUNT,
    ),
    "size_from_usd": _one(_("or from size, in US dollars"), pattern=AMOUNT),
    "size_below": _one(_("below size, in yuan"), pattern=AMOUNT),
    "size_below_usd": _one(_("and below size, in US dollars"), pattern=AMOUNT),
    "course": _one(_("new or continued"), words=COURSES),
    "course_stage": _one(_("first counted by"), _("Empty: by what is counted itself."), words=STAGE_WORDS),
    "stages": Spec(
        _("has reached all of"),
        _("What is called landed or fulfilled here: every one of these stages, by the end of the window."),
        words=STAGE_WORDS,
    ),
    "years": _one(
        _("signed in the last years"),
        _("A window of so many calendar years, this one included."),
        pattern=re.compile(r"[1-9]\d?", re.ASCII),
    ),
    "cohort": _one(
        _("of projects signed in the window"),
        _("Counts all that came for them, up to its end."),
        words=YES,
    ),
    "outside": _one(
        _("from outside only"),
        _("Money from inside the city doesn't count at the city's level, but at the county's."),
        words=YES,
    ),
    "factor": _one(_("times"), _("A factor: real estate's tax counted tenfold is 10."), pattern=AMOUNT),
    "with_land": _one(_("of projects with land"), words=YES),
    "whose": _one(_("what counts as success"), words=WHOSE),
    "schedule": Spec(
        _("schedule"),
        _("Empty: month ÷ 12. Else the per cent of the four quarters."),
        pattern=re.compile(r"\d{1,3}(\.\d{1,4})?", re.ASCII),
    ),
    "giver": _one(_("kind of giver"), _("Only figures of this kind of giver.")),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """The same, typed. Amounts in yuan or dollars; empty and None: no such condition."""

    sector: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    zone: tuple[str, ...] = ()
    fund_source: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    park: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    currency: str = ""
    size_from: Decimal | None = None
    size_from_usd: Decimal | None = None
    size_below: Decimal | None = None
    size_below_usd: Decimal | None = None
    course: str = ""
    course_stage: str = ""
    stages: tuple[str, ...] = ()
    years: int | None = None
    cohort: bool = False
    outside: bool = False
    factor: Decimal | None = None
    with_land: bool = False
    whose: str = ""
    schedule: tuple[Decimal, ...] = ()
    giver: str = ""

    def over(self, fixed: Filters) -> Filters:
        """These, with what a definition fixes."""
        empty = Filters()
        said = {name: getattr(fixed, name) for name in SPECS if getattr(fixed, name) != getattr(empty, name)}
        return replace(self, **said)


def read(
    given: Mapping[str, Any], allowed: Collection[str] | None = None, path: str = "filters"
) -> tuple[Filters, list[Problem]]:
    """The filters of a document, and everything wrong with them: `unknown`, `not_for_this_measure`, `needed` (nothing
    said), `not_a_choice`, `malformed`, `one_only`, `needs_other`. What is wrong is left out of the filters."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, said in sorted(given.items()):
        where = f"{path}.{name}"
        spec = SPECS.get(name)
        if spec is None:
            problems.append(Problem(where, "unknown", name))
            continue
        if allowed is not None and name not in allowed:
            problems.append(Problem(where, "not_for_this_measure", name))
            continue
        texts = _texts(said)
        wrong = _wrong(spec, texts, where)
        problems += wrong
        if not wrong:
            values[name] = _value(name, spec, texts)
    found = Filters(**values)
    problems += _together(found, path)
    return found, problems


def _texts(said: Any) -> list[str]:
    if isinstance(said, (list, tuple)):
        return [str(one) for one in said]
    return [str(said)]


def _wrong(spec: Spec, texts: list[str], where: str) -> list[Problem]:
    if not texts or not all(texts):
        return [Problem(where, "needed")]
    if not spec.many and len(texts) > 1:
        return [Problem(where, "one_only", ", ".join(texts))]
    if spec.words is not None:
        return [Problem(where, "not_a_choice", one) for one in texts if one not in spec.words]
    return [Problem(where, "malformed", one) for one in texts if not spec.pattern.fullmatch(one)]


def _value(name: str, spec: Spec, texts: list[str]) -> Any:
    if name == "schedule":
        return tuple(Decimal(one) for one in texts)
    if spec.many:
        return tuple(dict.fromkeys(texts))
    if spec.words is YES:
        return True
    if name == "years":
        return int(texts[0])
    return Decimal(texts[0]) if spec.pattern is AMOUNT else texts[0]


def _together(found: Filters, path: str) -> list[Problem]:
    """What only makes sense with, or against, something else."""
    problems = []
    if found.course_stage and not found.course:
        problems.append(Problem(f"{path}.course_stage", "needs_other", "course"))
    for line, other in (("size_from_usd", "size_from"), ("size_below_usd", "size_below")):
        if getattr(found, line) is not None and getattr(found, other) is None:
            problems.append(Problem(f"{path}.{line}", "needs_other", other))
    if found.size_from is not None and found.size_below is not None and found.size_from >= found.size_below:
        problems.append(Problem(f"{path}.size_below", "nothing_left", str(found.size_below)))
    if found.stages and found.whose == "any":
        problems.append(Problem(f"{path}.stages", "not_together", "whose"))
    if found.schedule and (len(found.schedule) != 4 or sum(found.schedule) != 100):
        problems.append(Problem(f"{path}.schedule", "four_of_hundred"))
    return problems


def plain(given: Mapping[str, Any]) -> dict[str, str | tuple[str, ...]]:
    """As a key holds them: text, or a tuple of texts."""
    found: dict[str, str | tuple[str, ...]] = {}
    for name, said in sorted(given.items()):
        texts = _texts(said)
        found[name] = tuple(texts) if isinstance(said, (list, tuple)) else texts[0]
    return found

"""All pairs of existing records that may be one, found by a job and read page by page.

Investors are compared only where their names share a rare pair of characters, leads only with leads of the same
investor: nobody compares everything with everything.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from common import clock, jobs
from common.actors import Actor, may_somewhere
from common.errors import Denied
from common.models import JobRun
from leads import confidential
from leads.choices import PairKind
from leads.models import Investor, Lead, LikePair, NotDuplicate
from rules.similarity import CompanyLike, LeadLike, Match, bigrams, company_level, level, normal

from .blocking import picks
from .merging import APART
from .relations import MODELS

ALL = "pairs are looked for in all units; who reads them sees those of which both are in his scope"
BATCH = 2_000
CROWD = 400  # more names than this with one pair of characters: the pair says nothing by itself
JOB = "leads.pairs"
Found = tuple[int, int, Match]
Step = Callable[[int, int], None]


def quiet(done: int, total: int) -> None:
    """Nobody is told."""


def pairs_search(*, step: Step = quiet) -> dict[str, int]:
    """Look through all leads and investors and store what was found in the place of the last result.

    Returns the number of pairs of each kind. `step(done, total)` is told how far it is.
    """
    companies = _companies()
    counts = {}
    counts[str(PairKind.INVESTOR)] = _store(PairKind.INVESTOR, investor_pairs(companies, step))
    counts[str(PairKind.LEAD)] = _store(PairKind.LEAD, lead_pairs(companies, step))
    return counts


def pairs_request(*, actor: Actor) -> JobRun:
    """Let a job look through everything, or the one that is waiting or running already. Raises Denied."""
    if not may_somewhere(actor, APART[PairKind.LEAD], Lead.Scope.kind):
        raise Denied
    waiting = JobRun.objects.filter(kind=JOB, state__in=JobRun.OPEN).first()
    return waiting or jobs.enqueue(JOB, params={}, key=f"{JOB}:{clock.now():%Y%m%d%H%M%S%f}", actor=actor)


def open_pairs(actor: Actor, kind: str) -> QuerySet[LikePair]:
    """Likely pairs, the surest first, of which the actor may set apart both; without those that were, and without
    those merged or archived since."""
    rows = _known_to(actor, kind)
    apart = NotDuplicate.objects.filter(kind=kind, one_id=OuterRef("one_id"), other_id=OuterRef("other_id"))
    return LikePair.objects.filter(~Exists(apart), kind=kind, one_id__in=rows, other_id__in=rows)


def investor_pairs(companies: dict[int, CompanyLike], step: Step = quiet) -> Iterator[Found]:
    """Investors with the same credit code or names alike by 60 per cent.

    Each name is filed under its rarest pairs of characters, so many that two alike names meet under one at least
    (see `blocking`). Names that have only common ones are compared with their equals alone.
    """
    names = {pk: normal(one.name) for pk, one in companies.items()}
    count: Counter[str] = Counter()
    for name in names.values():
        count.update(set(bigrams(name)))
    often = {pair: float(number) for pair, number in count.items()}
    files: dict[str, list[int]] = defaultdict(list)
    for pk, name in names.items():
        for pair in picks(name, often)[0]:
            files[pair].append(pk)
        files[f"={name}"].append(pk)
        if code := companies[pk].credit_code:
            files[f"#{code}"].append(pk)
    seen: set[tuple[int, int]] = set()
    for number, (key, filed) in enumerate(files.items()):
        if number % BATCH == 0:
            step(number, len(files))
        if len(filed) > CROWD and key[0] not in "=#":
            continue
        for one, other in combinations(filed, 2):
            if (one, other) in seen or not _near(names[one], names[other]) and key[0] != "#":
                continue
            seen.add((one, other))
            if match := company_level(companies[one], companies[other]):
                yield one, other, match


def lead_pairs(companies: dict[int, CompanyLike], step: Step = quiet) -> Iterator[Found]:
    """Leads of one investor, or of investors with the same credit code or normal name, that are alike."""
    house = _houses(companies)
    homes: dict[int, list[tuple[int, LeadLike]]] = defaultdict(list)
    rows = Lead.objects.unscoped(reason=ALL).filter(archived_at=None).order_by("pk")
    for pk, name, investor, amount, currency in rows.values_list(
        "pk", "name", "investor_id", "amount", "currency_id"
    ).iterator(BATCH):
        if company := companies.get(investor):
            code = company.credit_code
            like = LeadLike(pk, name, investor, company.name, code, "", amount, currency)
            homes[house[investor]].append((pk, like))
    for number, group in enumerate(homes.values()):
        if number % BATCH == 0:
            step(number, len(homes))
        for (pk, this), (next_pk, that) in combinations(group, 2):
            if match := level(this, that):
                yield pk, next_pk, match


def _houses(companies: dict[int, CompanyLike]) -> dict[int, int]:
    """For each investor the first one that it is the same as, over any chain of equal codes and names."""
    parent = {pk: pk for pk in companies}

    def first(pk: int) -> int:
        while parent[pk] != pk:
            parent[pk] = pk = parent[parent[pk]]
        return pk

    keys: dict[str, int] = {}
    for pk, one in companies.items():
        for key in (f"={normal(one.name)}", f"#{one.credit_code}"):
            if len(key) > 1:
                a, b = sorted((first(pk), first(keys.setdefault(key, pk))))
                parent[b] = a
    return {pk: first(pk) for pk in companies}


def _companies() -> dict[int, CompanyLike]:
    rows = Investor.objects.unscoped(reason=ALL).filter(archived_at=None).order_by("pk")
    return {
        pk: CompanyLike(pk, name, code)
        for pk, name, code in rows.values_list("pk", "name", "credit_code").iterator(BATCH)
    }


def _near(one: str, other: str) -> bool:
    """Can two names of these lengths be alike by 60 per cent? (2s ≤ 2 · the shorter.)"""
    short, long = sorted((max(len(one) - 1, 1), max(len(other) - 1, 1)))
    return 10 * short >= 3 * (short + long)


def _store(kind: str, found: Iterable[Found]) -> int:
    """The result in the place of the last one, at once. A pair found again keeps its row and address."""
    now, count = clock.now(), 0
    with transaction.atomic():
        batch: list[LikePair] = []
        for one, other, match in found:
            batch.append(
                LikePair(
                    kind=kind,
                    one_id=min(one, other),
                    other_id=max(one, other),
                    level=match.level,
                    reason=match.reason.value,
                    similarity=match.similarity.quantize(Decimal("0.01"), ROUND_HALF_UP),
                    different_codes=match.different_codes,
                    found_at=now,
                )
            )
            if len(batch) == BATCH:
                count += _write(batch)
                batch = []
        count += _write(batch)
        LikePair.objects.filter(kind=kind, found_at__lt=now).delete()
    return count


def _write(batch: list[LikePair]) -> int:
    return len(
        LikePair.objects.bulk_create(
            batch,
            update_conflicts=True,
            unique_fields=["kind", "one_id", "other_id"],
            update_fields=["level", "reason", "similarity", "different_codes", "found_at"],
        )
    )


def apart(actor: Actor, kind: str) -> QuerySet[NotDuplicate]:
    """Pairs that were set apart, the newest first, of which the actor may take that back."""
    rows = _known_to(actor, kind)
    return NotDuplicate.objects.filter(kind=kind, one_id__in=rows, other_id__in=rows).order_by("-pk")


def _known_to(actor: Actor, kind: str) -> QuerySet:
    """Keys of what the actor may set apart; of leads not those that he sees in the pool only."""
    rows = MODELS[kind].objects.allowed_to(actor, APART[PairKind(kind)]).filter(archived_at=None)
    if kind == PairKind.LEAD:
        rows = rows.exclude(confidential.unnamed(actor))
    return rows.values("pk")

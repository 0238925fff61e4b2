"""The measures that a figure may be taken from, as the editor offers them."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.measures.catalogue import allowed
from assessments.measures.filters import SPECS
from assessments.models import Measure
from common.actors import Actor
from reference.pinyin import pinyin_key


@dataclass(frozen=True, slots=True)
class Offer:
    """A measure to choose: its unit goes into the document, its pinyin finds it."""

    code: str
    title: str
    unit: str
    pinyin: str
    filters: tuple[str, ...] = ()  # what may be asked of it besides


def offered(actor: Actor) -> tuple[Offer, ...]:
    """The measures that the actor sees, in their order. One query."""
    rows = Measure.objects.visible_to(actor).filter(archived_at=None).order_by("sort", "code")
    return tuple(
        Offer(
            row.code,
            row.name,
            row.unit,
            pinyin_key(row.name),
            tuple(one for one in SPECS if one in allowed(row)),
        )
        for row in rows
    )


def find(offers: tuple[Offer, ...], text: str) -> Offer | None:
    """The measure that is meant by a code, a name, or a few letters that fit one alone."""
    close = [one for one in offers if text.lower() in one.title.lower() or text.lower() in one.pinyin]
    return named(offers, text) or (close[0] if len(close) == 1 else None)


def named(offers: tuple[Offer, ...], text: str) -> Offer | None:
    """The measure of exactly that code or name."""
    return next((one for one in offers if text in (one.code, one.title)), None)

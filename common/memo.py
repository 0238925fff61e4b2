"""What one piece of work asks for again and again is read once: an answer of a page, the telling of the demo.

Outside a block nothing is kept. Whoever opens one promises that inside it nobody changes what `settled` keeps
(stages, rules, holidays: what administrators set). A block that `only_reads` writes nothing at all, so there
`seen` keeps too what is asked about ordinary rows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Kept:
    only_reads: bool
    found: dict[Hashable, Any] = field(default_factory=dict)


_block: ContextVar[_Kept | None] = ContextVar("memo", default=None)


@contextmanager
def block(*, only_reads: bool = False) -> Iterator[None]:
    """Keep what is read until the end. A block in a block begins with nothing."""
    token = _block.set(_Kept(only_reads))
    try:
        yield
    finally:
        _block.reset(token)


def settled(key: Hashable, make: Callable[[], T]) -> T:
    """What administrators set: made once in a block, each time outside of one."""
    return _once(_block.get(), key, make)


def seen(key: Hashable, make: Callable[[], T]) -> T:
    """What everybody's work changes: made once where nothing is written, each time elsewhere."""
    kept = _block.get()
    return _once(kept if kept is not None and kept.only_reads else None, key, make)


def _once(kept: _Kept | None, key: Hashable, make: Callable[[], T]) -> T:
    if kept is None:
        return make()
    if key not in kept.found:
        kept.found[key] = make()
    found: T = kept.found[key]
    return found

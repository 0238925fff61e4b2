"""What a new installation is shipped with: one YAML file in `leads/shipped/` for each name in the registry.

Loading creates what is missing and touches nothing that is there, so the bureau's changes stay. An upper
app, or another part of this one, registers its own file with `ships`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from common import changelog
from common.actors import Actor
from common.errors import Denied

FOLDER = Path(__file__).parent / "shipped"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Rows of one file: `created` now, `kept` as they were."""

    name: str
    created: int
    kept: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Shipment:
    """`load` takes the document and says what it did; `count` counts the rows that there are."""

    name: str
    load: Callable[[Any], Loaded]
    count: Callable[[], int]
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / f"{self.name}.yaml"


_shipments: dict[str, Shipment] = {}


def ships(
    name: str, load: Callable[[Any], Loaded], count: Callable[[], int], *, folder: Path = FOLDER
) -> None:
    """Register `<folder>/<name>.yaml`. A name that is there already is replaced."""
    _shipments[name] = Shipment(name, load, count, folder)


def names() -> tuple[str, ...]:
    """What can be loaded, in the order of registration."""
    return tuple(_shipments)


@cache
def document(file: Path) -> Any:
    """The content of a shipped file. It is read once in a process: nobody changes the program's own files."""
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def load(*, actor: Actor, only: Iterable[str] = ()) -> list[Loaded]:
    """Create what is missing, of the named files or of all, in one transaction. System only: raises Denied."""
    if not actor.is_system:
        raise Denied
    wanted = list(only) or list(_shipments)
    with transaction.atomic(), changelog.acting(actor, reason="pipeline load"):
        return [_shipments[name].load(document(_shipments[name].file)) for name in wanted]


def counts() -> dict[str, int]:
    """Rows in the database by name of the file that brought the first of them."""
    return {name: one.count() for name, one in _shipments.items()}

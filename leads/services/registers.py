"""Introducers and agents, and projects offered."""

from __future__ import annotations

from typing import Any

from common import services
from common.actors import Actor
from leads.models import Introducer, OfferedProject
from leads.services.investors import clean_code
from leads.text import derived


def introducer_create(*, actor: Actor, **values: Any) -> Introducer:
    return services.create(Introducer, actor=actor, values=_introducer(values))


def introducer_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> Introducer:
    return services.update(Introducer, actor=actor, pk=pk, version=version, values=_introducer(values))


def introducer_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> Introducer:
    return services.archive(Introducer, actor=actor, pk=pk, version=version, reason=reason)


def offer_create(*, actor: Actor, **values: Any) -> OfferedProject:
    return services.create(OfferedProject, actor=actor, values=_named(OfferedProject, values))


def offer_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> OfferedProject:
    return services.update(
        OfferedProject, actor=actor, pk=pk, version=version, values=_named(OfferedProject, values)
    )


def offer_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> OfferedProject:
    return services.archive(OfferedProject, actor=actor, pk=pk, version=version, reason=reason)


def _introducer(values: dict[str, Any]) -> dict[str, Any]:
    if "credit_code" in values:
        values["credit_code"] = clean_code(values["credit_code"])
    return _named(Introducer, values)


def _named(model: Any, values: dict[str, Any]) -> dict[str, Any]:
    return values | derived(model, values["name"]) if "name" in values else values

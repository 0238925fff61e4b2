"""Changes to posts, officers and service records."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from common import changelog, services
from common.actors import Actor
from organizations.models import Officer, Post, ServiceRecord
from reference.pinyin import pinyin_key


def post_create(*, actor: Actor, **values: Any) -> Post:
    return services.create(Post, actor=actor, values=values)


def post_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> Post:
    return services.update(Post, actor=actor, pk=pk, version=version, values=values)


def post_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> Post:
    return services.archive(Post, actor=actor, pk=pk, version=version, reason=reason)


def officer_create(*, actor: Actor, name: str, **values: Any) -> Officer:
    return services.create(
        Officer, actor=actor, values={**values, "name": name, "pinyin": pinyin_key(name)[:200]}
    )


def officer_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> Officer:
    if "name" in values:
        values["pinyin"] = pinyin_key(values["name"])[:200]
    return services.update(Officer, actor=actor, pk=pk, version=version, values=values)


def officer_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> Officer:
    return services.archive(Officer, actor=actor, pk=pk, version=version, reason=reason)


@transaction.atomic
def service_record_add(*, actor: Actor, officer: Officer, **values: Any) -> ServiceRecord:
    """Time served, in days from `begins` to `ends` (None: still serving)."""
    services.authorize_change(actor, officer)
    record = ServiceRecord(officer=officer, **values)
    with changelog.acting(actor):
        record.full_clean()
        record.save()
    return record

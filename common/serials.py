"""Running numbers without gaps: the row is locked until the caller's transaction ends."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from common.models import Serial


@transaction.atomic
def next_number(name: str, count: int = 1) -> int:
    """The next number under this name, from 1; the last of `count` of them. A rolled-back caller gives its
    numbers back."""
    Serial.objects.get_or_create(name=name)
    Serial.objects.filter(name=name).update(last=F("last") + count)
    return Serial.objects.get(name=name).last

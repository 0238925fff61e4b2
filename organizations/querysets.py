from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from common.scope import ScopedQuerySet


class UnitQuerySet(ScopedQuerySet[Any]):
    def below(self, path: str) -> UnitQuerySet:
        """The unit at this path and everything under it."""
        return self.filter(path__startswith=path)

    def alive_on(self, day: date) -> UnitQuerySet:
        """Units that exist on a day."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        )

"""Saved views of a list: filters, columns and order under a name."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import scope
from common.actors import Grant
from common.changelog import track

from .base import ScopedModel


@track("com_saved_view_event")
class SavedView(ScopedModel):
    """A list's query string under a name. `unit_path` is set for those of a unit only, so that the gate
    shows one's own (SELF), one's unit's (OWN) and the shared ones (MEMBER)."""

    class Reach(models.TextChoices):
        OWN = "own", pgettext_lazy("saved view", "only me")
        UNIT = "unit", pgettext_lazy("saved view", "my unit")
        SHARED = "shared", pgettext_lazy("saved view", "everybody")

    page = models.CharField(max_length=60)  # url name of the list
    name = models.CharField(_("name"), max_length=30)
    query = models.CharField(_("filters"), max_length=2000, blank=True)
    owner_id = models.BigIntegerField()
    reach = models.CharField(
        pgettext_lazy("saved view", "for"), max_length=6, choices=Reach.choices, default=Reach.OWN
    )
    unit_path = models.CharField(max_length=200, blank=True, db_collation="C")
    sort = models.PositiveSmallIntegerField(_("order"), default=0)

    class Scope(scope.Scope):
        kind = "saved_view"
        path = "unit_path"
        owner = "owner_id"

        @staticmethod
        def members(grant: Grant) -> Any:
            return Q(reach="shared")

    class Meta:
        db_table = "com_saved_view"
        ordering = ("sort", "id")
        verbose_name = _("saved view")
        constraints = [
            models.UniqueConstraint(
                fields=["owner_id", "page", "name"],
                name="com_saved_view_uniq",
                violation_error_message=_("You already have a view of this name. Take another name."),
            ),
            models.CheckConstraint(
                condition=Q(reach="unit", unit_path__gt="") | (~Q(reach="unit") & Q(unit_path="")),
                name="com_saved_view_unit_ck",
            ),
        ]

    def __str__(self) -> str:
        return self.name

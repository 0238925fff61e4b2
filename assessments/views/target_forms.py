"""Setting one target, changing it from a month on, withdrawing it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments import services
from assessments.targets.forms import TargetChangeForm, TargetForm
from assessments.views.target_records import TargetNouns
from common.views import ArchivePage, CreatePage, UpdatePage


class Grouped:
    """A form that says how its fields stand together."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if kwargs.get("form") is not None:
            kwargs["fieldsets"] = kwargs["form"].fieldsets()
        return super().get_context_data(**kwargs)  # type: ignore[misc]


class TargetCreate(TargetNouns, Grouped, CreatePage):
    title = _("New target")
    form_class = TargetForm
    service = staticmethod(services.target_set)


class TargetUpdate(TargetNouns, Grouped, UpdatePage):
    form_class = TargetChangeForm
    service = staticmethod(services.target_change)
    saved = _("Saved. The old target stays readable.")

    def done_url(self, result: Any) -> str:
        return reverse("target_detail", args=[result.pk])


class TargetArchive(TargetNouns, ArchivePage):
    """Take back what a person entered; what it replaced holds again."""

    submit_label = _("Withdraw")
    saved = _("Withdrawn.")
    service = staticmethod(services.target_withdraw)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("title", _("Withdraw %(name)s") % {"name": self.get_object()})
        return super().get_context_data(**kwargs)

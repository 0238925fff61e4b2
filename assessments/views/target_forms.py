"""Setting one target, changing it from a month on, withdrawing it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments import services
from assessments.targets.forms import TargetChangeForm, TargetForm
from assessments.views.target_records import TargetNouns
from common.views import ArchivePage, CreatePage, UpdatePage


class TargetCreate(TargetNouns, CreatePage):
    title = _("New target")
    form_class = TargetForm
    service = staticmethod(services.target_set)


class TargetUpdate(TargetNouns, UpdatePage):
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

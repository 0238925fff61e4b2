"""The search for duplicates among everything, every night and on request."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.jobs import Progress, job

from .pairs import JOB, pairs_search


@job(JOB, _("Look for duplicates"), nightly=2)
def search(progress: Progress, *, day: str = "") -> dict[str, Any]:
    """Both kinds; the day of a nightly run plays no part, for what is there now is compared."""
    return {**pairs_search(step=progress.step), "url": reverse("duplicate_list")}

"""Jobs of capital in place."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from capital import integrity
from capital.services import samples
from common.jobs import Progress, job


@job(samples.BULK, _("Recognition in bulk"), resumable=True)
def recognise_in_bulk(progress: Progress, *, bulk: int) -> dict[str, Any]:
    """All entries of a sample; a run that was killed goes on behind its last batch."""
    return samples.bulk_run(progress, bulk)


@job("capital.clear_files", _("Remove files that a refused form left behind"), nightly=4)
def clear_files(progress: Progress, *, day: str) -> dict[str, Any]:
    """Contents on the disk, older than a day, that no row names."""
    return {"removed": integrity.clear()}

"""What `manage.py ledger check` compares of capital in place: evidence on the disk, entries in the books, vouchers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from capital.choices import EntryState
from capital.models import (
    Allocation,
    CapitalEntry,
    EntryFile,
    EvaluationRound,
    InspectionPhoto,
    MonthlyReturn,
    Voucher,
)
from capital.selectors import with_used
from common import clock
from common.files import FOLDER, place
from common.models import StoredFile
from ledger import integrity
from ledger.integrity import Finding
from ledger.models import Posting

ALL = "the whole of capital in place is checked"
FRESH = timedelta(days=1)  # a file is written before the row that names it
PIECE = 1024 * 1024
USERS: tuple[tuple[Any, str], ...] = (
    (Voucher, "stored"),
    (Allocation, "split_file"),
    (EntryFile, "stored"),
    (MonthlyReturn, "scan"),
    (EvaluationRound, "approval_file"),
    (InspectionPhoto, "stored"),
)


def evidence() -> tuple[int, list[Finding]]:
    """Every file that capital in place names is on the disk, as it was when it was handed in; and what lies there
    for longer than a day is named by some row."""
    used: set[int] = set()
    for model, field in USERS:
        used.update(model._base_manager.exclude(**{field: None}).values_list(field, flat=True))
    rows = StoredFile.objects.filter(pk__in=used).order_by("pk")
    found = [Finding(one.sha256[:12], why) for one in rows if (why := _wrong(one))]
    return len(used), [*found, *_orphans()]


def _wrong(stored: StoredFile) -> str:
    path = place(stored.sha256)
    if not path.exists():
        return _now("The file isn't on the disk.")
    digest = hashlib.sha256()
    with path.open("rb") as content:
        while piece := content.read(PIECE):
            digest.update(piece)
    return "" if digest.hexdigest() == stored.sha256 else _now("The file was altered.")


def _orphans() -> Iterator[Finding]:
    """Contents without a row: what a refused form left behind is cleared away by the night's job."""
    for path in left_behind():
        yield Finding(path.name[:12], _now("The file is on the disk and no row names it."))


def left_behind() -> list[Path]:
    """Contents older than a day that no row of the database names."""
    before = (clock.now() - FRESH).timestamp()
    root = Path(settings.MEDIA_ROOT) / FOLDER
    old = [path for path in root.glob("??/*") if path.is_file() and path.stat().st_mtime < before]
    known = set(
        StoredFile.objects.filter(sha256__in=[path.name for path in old]).values_list("sha256", flat=True)
    )
    return sorted(path for path in old if path.name not in known)


def clear() -> int:
    """Remove what was left behind; how many files."""
    paths = left_behind()
    for path in paths:
        path.unlink(missing_ok=True)
    return len(paths)


def booked() -> tuple[int, list[Finding]]:
    """Every reported entry has its lines in the books, and every draft has none."""
    event = Concat(Value("capital:"), Cast(OuterRef("pk"), CharField()), Value(":reported"))
    lines = Posting.objects.unscoped(reason=ALL).filter(event=event)
    rows = CapitalEntry.objects.unscoped(reason=ALL).filter(is_opening=False).annotate(there=Exists(lines))
    wrong = rows.filter(Q(state=EntryState.DRAFT, there=True) | ~Q(state=EntryState.DRAFT) & Q(there=False))
    return rows.count(), [
        Finding(one.number, _now("A draft is in the books.") if one.there else _now("It isn't in the books."))
        for one in wrong.order_by("pk")
    ]


def vouchers() -> tuple[int, list[Finding]]:
    """No voucher is used beyond its amount."""
    rows = with_used(Voucher.objects.unscoped(reason=ALL))
    return rows.count(), [
        Finding(str(one), _now("It is used beyond its amount.")) for one in rows.filter(used__gt=F("amount"))
    ]


def register() -> None:
    """At start-up."""
    integrity.register("evidence", _("Files of capital in place"), evidence)
    integrity.register("entries", _("Entries in the books"), booked)
    integrity.register("vouchers", _("Use of the vouchers"), vouchers)

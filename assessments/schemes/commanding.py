"""`manage.py scheme run`: a stored scheme computed for a period, from the shell."""

from __future__ import annotations

import json
import re
from typing import Any

from django.core.management.base import CommandError, OutputWrapper
from django.utils.translation import gettext as _

from assessments.models import Scheme, SchemeRun
from assessments.services import schemerun_compute
from common.actors import System
from common.errors import Refused

PERIOD = re.compile(r"(\d{4})-(0[1-9]|1[0-3])")


def run_scheme(out: OutputWrapper, code: str, period: str, data_through: int | None, shown: str) -> None:
    """Compute and print. CommandError with a sentence for an unknown scheme, a wrong period, and what is refused."""
    scheme = Scheme.objects.unscoped(reason="the shell").filter(code=code, archived_at=None).first()
    if scheme is None:
        raise CommandError(_("There is no scheme “%(code)s”.") % {"code": code})
    found = PERIOD.fullmatch(period)
    if found is None:
        raise CommandError(
            _("“%(period)s” is no period, such as 2026-09; 13 is the final account.") % {"period": period}
        )
    try:
        run = schemerun_compute(
            actor=System("shell"),
            scheme=scheme,
            year=int(found[1]),
            month=int(found[2]),
            data_through=data_through,
        )
    except Refused as error:
        raise CommandError(str(error)) from None
    if shown == "json":
        out.write(json.dumps(document(run), ensure_ascii=False, indent=2))
        return
    said = _("%(scheme)s, %(period)s, run %(n)s of version %(version)s")
    out.write(
        said % {"scheme": scheme.name, "period": period, "n": run.number, "version": run.version.number}
    )
    for line in run.lines.order_by("group", "position"):
        place = "—" if line.place is None else str(line.place)
        total = "—" if line.total is None else f"{line.total.normalize():f}"
        out.write(f"{place:>4} {line.unit_name:20} {total:>12}  {line.reason} {line.grade}".rstrip())
    out.write(f"facts {run.input_hash[:16]}  result {run.result_hash[:16]}")


def document(run: SchemeRun) -> dict[str, Any]:
    """A run and its lines, as the shell prints them."""
    return {
        "schema": 1,
        "scheme": run.version.scheme.code,
        "version": run.version.number,
        "period": f"{run.year}-{run.month:02d}",
        "run": run.number,
        "facts_sha256": run.input_hash,
        "result_sha256": run.result_hash,
        "lines": [
            {
                "unit": line.unit.code,
                "name": line.unit_name,
                "group": line.group,
                "place": line.place,
                "tied": line.tied,
                "total": None if line.total is None else f"{line.total.normalize():f}",
                "reason": line.reason,
                "grade": line.grade,
                **line.document,
            }
            for line in run.lines.select_related("unit").order_by("group", "position")
        ],
    }

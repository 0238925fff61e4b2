"""A table on screen as a file, with a line in the export log."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from common import clock, exports
from common.actors import Actor
from common.errors import Refused
from common.models import ExportLog

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def respond(table: Any, fmt: str, *, name: str, kind: str, actor: Actor, query: str) -> HttpResponseBase:
    """`fmt` is xlsx or csv. Every cell that could act as a formula is written as text."""
    if fmt not in {"xlsx", "csv"}:
        raise Refused(_("Exports come as xlsx or csv."), code="format")
    rows = table.export_rows()
    headers = next(rows)
    ExportLog.objects.create(
        at=clock.now(),
        actor_id=actor.pk,
        actor_name=actor.actor_name,
        kind=kind,
        query=query[:2000],
        rows=len(table.rows),
    )
    filename = f"{name}-{clock.today():%Y%m%d}.{fmt}"
    response: HttpResponseBase
    if fmt == "csv":
        response = StreamingHttpResponse(
            exports.stream_csv(headers, rows), content_type="text/csv; charset=utf-8"
        )
    else:
        response = HttpResponse(exports.write_xlsx(headers, rows, title=name), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response

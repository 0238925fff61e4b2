"""manage.py rank: compute a month's rankings by the page's own service, and print them.

Exit code 0: computed; 1: refused (unknown group, nobody in it, no figures); 2: wrong use. See docs/cli.md.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from assessments import printing, services
from assessments.circulars.compose import compose
from assessments.circulars.workbook import build_workbook
from assessments.management.commands.figures import month
from assessments.models import RankingRun, RankingTable
from assessments.reading import read
from assessments.selectors import has_figures
from common.actors import System
from common.errors import Refused, ServiceError
from organizations.models import CompetitionGroup
from rules.periods import Month

OWN = System("manage.py rank")


class Command(BaseCommand):
    help = "Compute the rankings of a month and print them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--period", required=True, type=month, help="YYYY-MM")
        parser.add_argument(
            "--group", default="", help="code of a competition group; else every group with figures"
        )
        parser.add_argument(
            "--format",
            choices=["table", "json", "xlsx"],
            default="table",
            help="json: docs/cli.md; xlsx: the circular",
        )
        parser.add_argument(
            "--output", type=Path, help="file to write instead of the terminal; xlsx needs it"
        )

    def handle(
        self, *args: Any, period: Month, group: str, format: str, output: Path | None, **options: Any
    ) -> None:
        if format == "xlsx" and (not group or output is None):
            raise CommandError("xlsx is one group's circular: name --group and --output.", returncode=2)
        try:
            runs = compute(period, group)
        except ServiceError as refusal:
            raise CommandError(str(refusal), returncode=1) from refusal
        if format == "xlsx":
            content = circular(runs)
        elif format == "json":
            content = (json.dumps(document(period, runs), ensure_ascii=False, indent=2) + "\n").encode()
        else:
            tables = ["\n".join(printing.table_text(read(run))) for run in runs]
            content = ("\n\n".join(tables) + "\n").encode()
        if output is None:
            self.stdout.write(content.decode(), ending="")
            return
        try:
            output.write_bytes(content)
        except OSError as problem:
            raise CommandError(f"{output}: {problem.strerror}", returncode=1) from problem


@transaction.atomic
def compute(period: Month, code: str) -> list[RankingRun]:
    """The month's run of every table that has figures. Raises Refused."""
    groups = (
        CompetitionGroup.objects.visible_to(OWN)
        .filter(archived_at=None)
        .order_by("owner__path", "sort", "code")
    )
    chosen = groups.filter(code=code) if code else groups
    if code and not chosen:
        known = "、".join(groups.values_list("code", flat=True))
        raise Refused(
            _("There is no group “%(code)s”. There are: %(known)s.") % {"code": code, "known": known},
            code="group",
        )
    tables = RankingTable.objects.visible_to(OWN).filter(group__in=chosen, archived_at=None).select_related(
        "group", "measure__numerator", "measure__denominator", "tie_measure__numerator", "tie_measure__denominator", "reported_total"
    )  # fmt: skip
    found = [
        t
        for t in tables.order_by("group__owner__path", "group__sort", "group__code", "sort", "code")
        if has_figures(t, period)
    ]
    if not found:
        where = f"{code}, {period}" if code else str(period)
        raise Refused(
            _("There are no figures for %(where)s. Import them first.") % {"where": where}, code="empty"
        )
    return [services.run_compute(actor=OWN, table=table, month=period)[0] for table in found]


def circular(runs: list[RankingRun]) -> bytes:
    """The circular of these runs. An unpublished one among them makes it a draft of the newest runs."""
    first = next((run for run in runs if not hasattr(run, "publication")), runs[0])
    return build_workbook(compose(first, actor=OWN))


def document(period: Month, runs: list[RankingRun]) -> dict[str, Any]:
    """The stable JSON document of docs/cli.md."""
    groups: dict[str, dict[str, Any]] = {}
    for run in runs:
        group = run.table.group
        entry = groups.setdefault(group.code, {"code": group.code, "name": group.name, "tables": []})
        entry["tables"].append(printing.run_document(read(run)))
    return {"schema": printing.SCHEMA, "period": str(period), "groups": list(groups.values())}

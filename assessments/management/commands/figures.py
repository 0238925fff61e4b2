"""manage.py figures import: a sheet of targets and figures from the shell, by the same services as the page.

Exit code 0: written, or clean on a dry run; 1: wrong rows, or refused; 2: wrong use. See docs/cli.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from assessments.choices import Nature, Scale, TargetKind
from assessments.models import Measure
from assessments.printing import aligned
from common import imports
from common.actors import Actor, System
from common.errors import Refused, ServiceError
from common.models import ImportBatch, ImportFile, ImportRow
from common.sheets.model import column_letters
from organizations.models import Unit, User
from rules.periods import Month

SCHEMA = 1
OWN = System("manage.py figures")
MARKS = {"new": "+", "changed": "~", "unchanged": "=", "wrong": "×"}


class TakeBackError(Exception):
    """Takes the whole transaction back: a dry run, or wrong rows."""


def month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from wrong


def pair(text: str) -> tuple[str, str]:
    column, sign, field = text.rpartition("=")
    if not sign or not column.strip():
        raise argparse.ArgumentTypeError(f"write COLUMN=field, not {text!r}")
    return column.strip(), field.strip()


class Command(BaseCommand):
    help = "Import targets and monthly figures from an Excel or CSV file."

    def add_arguments(self, parser: CommandParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True)
        step = steps.add_parser("import", help="write a file, whole or not at all")
        add = step.add_argument
        add("file", type=Path, help="Excel (.xlsx, .xls) or delimited text (UTF-8, GBK)")
        add("--unit", required=True, help="code of the unit whose units the sheet names")
        add("--period", required=True, type=month, help="YYYY-MM: January up to this month")
        add(
            "--measures", required=True, help="codes, parted by commas; the first owns columns that name none"
        )
        add("--sheet", default="", help="name of the sheet; else the one that looks most like it")
        add(
            "--scale",
            choices=Scale.values,
            default=Scale.WAN,
            help="money is written in, unless a header says otherwise",
        )
        add("--target-kind", choices=TargetKind.values, default=TargetKind.FIRM)
        add(
            "--holds-from",
            type=int,
            choices=range(1, 13),
            default=1,
            metavar="N",
            help="month from which the targets hold",
        )
        add("--implied", action="store_true", help="the targets are derived, not printed")
        add(
            "--map",
            type=pair,
            action="append",
            default=[],
            metavar="COLUMN=field",
            help="match a column by its title or letters; empty field: not needed; remembered",
        )
        add("--park", action="store_true", help="write the right rows, park the wrong ones")
        add("--dry-run", action="store_true", help="show the preview, write nothing")
        add("--format", choices=["text", "json"], default="text")
        add("--actor", default="", help="user name of the account in whose name and scope it is done")

    def handle(self, *args: Any, step: str, format: str, **options: Any) -> None:
        try:
            result = self.run(**options)
        except ServiceError as refusal:
            if format == "json":
                answer = {"schema": SCHEMA, "error": {"code": refusal.code, "message": str(refusal)}}
                self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
                sys.exit(1)
            raise CommandError(str(refusal), returncode=1) from refusal
        if format == "json":
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2))
        else:
            self.tell(result)
        if result["counts"]["wrong"] and not (result["written"] or (result["dry_run"] and options["park"])):
            sys.exit(1)

    def run(self, *, file: Path, dry_run: bool, park: bool, **options: Any) -> dict[str, Any]:
        """The preview, written or not. Raises Refused with a sentence for people."""
        try:
            size = file.stat().st_size
            if size > settings.IMPORT_MAX_BYTES:
                raise imports.too_large(size)
            data = file.read_bytes()
        except OSError as problem:
            raise Refused(
                _("%(file)s can't be read: %(why)s.") % {"file": file, "why": problem.strerror}, code="file"
            ) from problem
        actor = self.actor(options["actor"])
        before = set(ImportFile.objects.values_list("pk", flat=True))
        result: dict[str, Any] = {"written": False}
        stored: ImportFile | None = None
        try:
            with transaction.atomic():
                batch = self.preview(actor, file.name, data, options)
                stored = batch.file
                result = report(batch, dry_run=dry_run)
                if dry_run or (result["counts"]["wrong"] and not park):
                    raise TakeBackError
                imports.confirm(actor=actor, pk=batch.pk, park=park)
                result |= {"written": True, "batch": batch.pk}
        except TakeBackError:
            pass
        finally:
            if stored is not None and stored.pk not in before and not result["written"]:
                stored.content.delete(save=False)
        return result

    def preview(self, actor: Actor, name: str, data: bytes, options: Mapping[str, Any]) -> ImportBatch:
        period: Month = options["period"]
        params = {
            "year": period.year,
            "month": period.number,
            "measures": self.measures(options["measures"], actor),
            "scale": str(options["scale"]),
            "target_kind": str(options["target_kind"]),
            "holds_from": options["holds_from"],
            "implied": options["implied"],
        }
        path = self.unit(options["unit"], actor).path or ""
        batch = imports.start(
            actor=actor,
            importer="figures",
            data=data,
            filename=name,
            scope_path=path,
            params=params,
            sheet=options["sheet"],
        )
        given = self.columns(batch, options["map"])
        if given or batch.state == ImportBatch.State.MAPPING:
            columns = {n: key for n, key in batch.columns.items() if key not in given.values()} | given
            if not set(columns.values()) - {"", "unit", "code", "year", "month", "remark"}:
                raise Refused(
                    _('No column holds a figure. Match one, for example with --map "C=ytd:%(measure)s".')
                    % {"measure": params["measures"][0]},
                    code="columns",
                )
            batch = imports.remap(
                actor=actor,
                pk=batch.pk,
                sheet=batch.sheet,
                header_row=batch.header_row,
                columns=columns,
                names={},
                remember=bool(given),
            )
        return batch

    def actor(self, username: str) -> Actor:
        if not username:
            return OWN
        user = (
            User.objects.unscoped(reason="the operator names an account")
            .filter(username=username, archived_at=None, is_active=True)
            .first()
        )
        if user is None:
            raise Refused(_("There is no active account “%(name)s”.") % {"name": username}, code="actor")
        return user

    def unit(self, code: str, actor: Actor) -> Unit:
        found = Unit.objects.visible_to(actor).filter(code=code, archived_at=None).first()
        if found is None:
            raise Refused(_("There is no unit with the code “%(code)s”.") % {"code": code}, code="unit")
        return found

    def measures(self, text: str, actor: Actor) -> list[str]:
        codes = [code.strip() for code in text.split(",") if code.strip()]
        rows = Measure.objects.visible_to(actor).filter(archived_at=None).exclude(nature=Nature.RATIO)
        known = set(rows.values_list("code", flat=True))
        if unknown := [code for code in codes if code not in known]:
            words = {"codes": "、".join(unknown), "known": "、".join(sorted(known))}
            raise Refused(
                _("No measure that can be imported has this code: %(codes)s. There are: %(known)s.") % words,
                code="measure",
            )
        if not codes:
            raise Refused(_("Name at least one measure."), code="measure")
        return list(dict.fromkeys(codes))

    def columns(self, batch: ImportBatch, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
        """--map as {column number: field key}."""
        if not pairs:
            return {}
        titles = imports.headers(batch, imports.sheet_of(batch, imports.read(batch)))
        keys = {field.key for field in imports.importer_of(batch).fields(batch)} | {""}
        found = {}
        for column, field in pairs:
            if field not in keys:
                words = {"field": field, "known": ", ".join(sorted(keys - {""}))}
                raise Refused(
                    _("There is no field “%(field)s”. There are: %(known)s.") % words, code="columns"
                )
            numbers = [
                n
                for n, title in enumerate(titles)
                if imports.normal(title) and imports.normal(title) == imports.normal(column)
            ]
            numbers = numbers or [n for n in range(len(titles)) if column_letters(n) == column.upper()]
            if not numbers:
                words = {"column": column, "known": "、".join(t for t in titles if t)}
                raise Refused(
                    _("The sheet has no column “%(column)s”. It has: %(known)s.") % words, code="columns"
                )
            found[str(numbers[0])] = field
        return found

    def tell(self, result: Mapping[str, Any]) -> None:
        counts = result["counts"]
        self.stdout.write(f"{result['file']} · {result['sheet']} · {result['period']}")
        rows = []
        for row in result["rows"]:
            values = "; ".join(
                f"{s['field']} {s['value'] or s['state']}" + (f" ({s['before']})" if s["before"] else "")
                for s in row["values"]
            )
            wrong = " ".join(f"{p['cell']}: {p['message']}" for p in row["problems"])
            rows.append((MARKS[row["result"]], str(row["row"]), row["unit"], wrong or values))
        for line in aligned(rows, (False, True, False, False)):
            self.stdout.write(line)
        for warning in result["warnings"]:
            self.stdout.write(f"! {warning}")
        shown = _("new %(new)s, changed %(changed)s, unchanged %(unchanged)s, wrong %(wrong)s") % counts
        self.stdout.write(f"{shown}. {self.outcome(result)}")

    @staticmethod
    def outcome(result: Mapping[str, Any]) -> str:
        if result["written"]:
            return _("Written.")
        if result["dry_run"]:
            return _("Dry run: nothing is written.")
        return _("Nothing is written. Mend the rows, or park them with --park.")


def report(batch: ImportBatch, *, dry_run: bool) -> dict[str, Any]:
    """The preview as the stable JSON document of docs/cli.md. Values are in yuan, US dollars or pieces."""
    machine = imports.importer_of(batch)
    titles = imports.headers(batch, imports.sheet_of(batch, imports.read(batch)))
    columns = {
        column_letters(int(n)): {"title": titles[int(n)], "field": key}
        for n, key in sorted(batch.columns.items(), key=lambda item: int(item[0]))
        if key and int(n) < len(titles)
    }
    return {
        "schema": SCHEMA,
        "file": batch.filename,
        "sheet": batch.sheet,
        "period": machine.about(batch),
        "dry_run": dry_run,
        "written": False,
        "batch": None,
        "columns": columns,
        "ignored": list(batch.params.get("ignored", [])),
        "counts": {key: imports.counts(batch)[key] for key in ("total", *ImportRow.Result.values)},
        "warnings": [str(text) for text in machine.warnings(batch)],
        "rows": [row_report(row) for row in batch.rows.all()],
    }


def row_report(row: ImportRow) -> dict[str, Any]:
    name = next(
        (row.cells[key]["value"] for key in ("unit", "code") if row.cells.get(key, {}).get("value")), ""
    )
    return {
        "row": row.number,
        "unit": name,
        "result": str(row.result),
        "values": [
            {key: step[key] for key in ("field", "state", "value", "before")} | {"cell": step["ref"]}
            for step in row.plan
        ],
        "problems": [{"field": p["field"], "cell": p["ref"], "message": p["message"]} for p in row.problems],
    }

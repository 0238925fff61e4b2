"""manage.py scheme check | score | gain | schema: methods kept as files, without a database; scheme run CODE: one that is
stored. See docs/schemes.md.

Exit code 0: in order; 1: problems in a file, each with its place; 2: wrong use.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from pydantic import BaseModel

from assessments.schemes.commanding import run_scheme
from assessments.schemes.words import problem_text
from rules.facts import Missing
from rules.scheme import (
    Facts,
    Line,
    Problem,
    Result,
    Scheme,
    gains,
    json_schema,
    parse,
    read,
    read_facts,
    score,
    sha256,
)

MODELS: dict[str, type[BaseModel]] = {"scheme": Scheme, "facts": Facts}


class Command(BaseCommand):
    help = "Check a method written as a file, score facts by it, or print the documents' JSON Schemas."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help="say every problem of a scheme, with its place")
        run = verbs.add_parser("score", help="score and rank the units of a facts file")
        gain = verbs.add_parser(
            "gain", help="what each single fact of a unit would have to be for a better place"
        )
        schema = verbs.add_parser("schema", help="the JSON Schema of a document")
        for verb in (check, run, gain):
            verb.add_argument("file", type=Path, help="a scheme, JSON or YAML; - for standard input")
        for verb in (run, gain):
            verb.add_argument("facts", type=Path, help="facts by unit and input, JSON or YAML")
        gain.add_argument("unit", help="code of the unit in the facts file")
        run.add_argument(
            "--trace", action="store_true", help="json only: with each score's whole calculation"
        )
        for verb in (check, run, gain):
            verb.add_argument("--format", choices=["text", "json"], default="text")
        stored = verbs.add_parser("run", help="compute a stored scheme for a period and keep the result")
        stored.add_argument("code", help="code of the scheme")
        stored.add_argument(
            "--period", required=True, help="its last month, 2026-09; 2026-13: the final account"
        )
        stored.add_argument("--data-through", type=int, help="last month of the data, where it is earlier")
        stored.add_argument("--format", choices=["text", "json"], default="text")
        schema.add_argument("document", choices=sorted(MODELS))

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "schema":
            self.stdout.write(
                json.dumps(json_schema(MODELS[options["document"]]), ensure_ascii=False, indent=2)
            )
            return
        shown = options["format"]
        if options["verb"] == "run":
            run_scheme(self.stdout, options["code"], options["period"], options["data_through"], shown)
            return
        scheme, problems = read(self.document(options["file"]))
        self.refuse(options["file"], problems, shown)
        assert scheme is not None
        if options["verb"] == "check":
            self.say_checked(scheme, shown)
            return
        facts, problems = read_facts(self.document(options["facts"]), scheme)
        self.refuse(options["facts"], problems, shown)
        assert facts is not None
        if options["verb"] == "gain":
            self.say_gains(scheme, facts, options["unit"], shown)
            return
        result = score(scheme, facts, sha256(scheme)[:12])
        if shown == "json":
            self.stdout.write(
                json.dumps(self.result(scheme, result, options["trace"]), ensure_ascii=False, indent=2)
            )
        else:
            self.table(scheme, result)

    def document(self, path: Path) -> Any:
        """What stands in a file; a sentence and exit code 1 when it can't be read."""
        try:
            text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(
                _("%(path)s can't be read: %(error)s") % {"path": path, "error": error}
            ) from None
        try:
            return parse(text)
        except ValueError as error:
            raise CommandError(f"{path}: {error}") from None

    def refuse(self, path: Path, problems: tuple[Problem, ...], shown: str) -> None:
        """Print the problems of a file and stop, if there are any."""
        if not problems:
            return
        if shown == "json":
            rows = [
                {"path": one.path, "code": one.code, "value": one.value, "message": problem_text(one)}
                for one in problems
            ]
            self.stdout.write(json.dumps({"schema": 1, "problems": rows}, ensure_ascii=False, indent=2))
        else:
            for one in problems:
                self.stdout.write(f"{one.path or '.'}: {problem_text(one)}")
        raise CommandError(_("%(path)s: %(count)d problems") % {"path": path, "count": len(problems)})

    def say_checked(self, scheme: Scheme, shown: str) -> None:
        counts = {
            "groups": len(scheme.groups),
            "indicators": sum(len(group.indicators) for group in scheme.groups),
            "inputs": len(scheme.inputs),
        }
        if shown == "json":
            document = {"schema": 1, "code": scheme.code, "sha256": sha256(scheme), **counts, "problems": []}
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))
            return
        said = _("%(code)s is in order: %(groups)d groups, %(indicators)d indicators, %(inputs)d inputs")
        self.stdout.write(said % {"code": scheme.code, **counts})
        self.stdout.write(f"sha256 {sha256(scheme)}")

    def say_gains(self, scheme: Scheme, facts: Facts, unit: str, shown: str) -> None:
        """What it takes, one line for each fact that can do it."""
        if all(one.code != unit for one in facts.units):
            raise CommandError(_("There is no unit “%(unit)s” in the facts.") % {"unit": unit})
        found = gains(scheme, facts, unit)
        if shown == "json":
            rows = [
                {"input": one.code, "fact": f"{one.fact:f}", "needed": f"{one.needed:f}", "place": one.place}
                for one in found
            ]
            document = {"schema": 1, "scheme": scheme.code, "unit": unit, "gains": rows}
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))
            return
        for one in found:
            said = _("%(title)s: %(needed)s instead of %(fact)s gives place %(place)d")
            values = {"needed": f"{one.needed:f}", "fact": f"{one.fact:f}", "place": one.place}
            self.stdout.write(said % {"title": scheme.inputs[one.code].title, **values})
        if not found:
            self.stdout.write(_("No single fact gives it a better place."))

    def result(self, scheme: Scheme, result: Result, trace: bool) -> dict[str, Any]:
        document = result.to_document()
        if not trace:
            for group in document["groups"]:
                for line in group["lines"]:
                    del line["trace"]
        return {"schema": 1, "scheme": scheme.code, "sha256": sha256(scheme), **document}

    def table(self, scheme: Scheme, result: Result) -> None:
        for group, found in zip(scheme.groups, result.groups, strict=True):
            self.stdout.write(group.title)
            for line in found.lines:
                self.stdout.write("  " + _row(line))
                for code, fact in line.marks.items():
                    said = str(fact.reason) if isinstance(fact, Missing) else f"{fact.amount.normalize():f}"
                    self.stdout.write(f"      {code:30} {said:>12}")


def _row(line: Line) -> str:
    place = "—" if line.place is None else str(line.place)
    total = "—" if isinstance(line.total, Missing) else f"{line.total.amount:f}"
    more = [line.reason or "", *line.vetoes, *line.unqualified, line.grade or "", *line.boards]
    return f"{place:>4} {line.unit:20} {total:>12}  {' '.join(one for one in more if one)}".rstrip()

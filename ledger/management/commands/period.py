"""manage.py period close | cut-off | reopen-status | report: the pages' services. See docs/cli.md.

Exit code 0: done; 1: refused, with the rule and the way out; 2: wrong use.
"""

from __future__ import annotations

import json
import re
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from common.access import Action
from common.actors import Actor, System, may
from common.commands import tell
from common.errors import NotVisible, Refused, ServiceError
from ledger import clocks, closings, printing, restatement
from ledger.choices import PeriodState, Role
from ledger.models import Closing, Period, ReopeningAsked
from organizations.models import User

OWN = "manage.py period"


def period_code(text: str) -> int:
    """ "2026-10" → 202610; 2026-13 is the final account of 2026."""
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-3])", text)
    if not found:
        raise ArgumentTypeError(f"{text}: write YYYY-MM, or YYYY-13 for a final account")
    return int(found[1]) * 100 + int(found[2])


class Command(BaseCommand):
    help = "Cut off and close a period of the books, and report it by either clock."

    def add_arguments(self, parser: CommandParser) -> None:
        tell(
            parser,
            "period close 2026-10 --earlier",
            "period report 2026-10 --as-published",
            "period report 2026-13 --as-known --dimension place --format json",
            "period reopen-status 2026-10",
            units="a period is YYYY-MM, YYYY-13 the final account of the year;\n"
            "amounts are ten thousands of yuan as text and yuan as JSON, other kinds are pieces (projects, leads)",
        )
        verbs = parser.add_subparsers(dest="verb", required=True)
        cut = verbs.add_parser("cut-off", help="take no more reports into it")
        close = verbs.add_parser("close", help="close it (and cut it off first where that wasn't done)")
        close.add_argument(
            "--earlier", action="store_true", help="close earlier months first, in their order"
        )
        status = verbs.add_parser(
            "reopen-status", help="its closings, and who asked or signed to open it again"
        )
        report = verbs.add_parser("report", help="figures by unit and kind, and what moved")
        clock = report.add_mutually_exclusive_group()
        clock.add_argument("--as-published", action="store_true", help="as the closing knew them")
        clock.add_argument("--as-known", action="store_true", help="as known now (default), and what moved")
        report.add_argument("--revision", type=int, help="number of the closing, from 1; else the latest")
        report.add_argument(
            "--dimension", choices=Role.values, default=Role.ASSESSED, help="for whom it counts (assessed)"
        )
        for verb in (cut, close, status, report):
            verb.add_argument("code", type=period_code, metavar="YYYY-MM")
            verb.add_argument("--actor", default="", help="in the name and the scope of this account")
            verb.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            actor = self.actor(options.pop("actor"))
            document = getattr(self, options["verb"].replace("-", "_"))(actor, **options)
        except ServiceError as refusal:
            if options["format"] == "json":
                told = {"schema": 1, "error": {"code": refusal.code, "message": str(refusal)}}
                self.stdout.write(json.dumps(told, ensure_ascii=False))
                raise SystemExit(1) from refusal
            raise CommandError(str(refusal), returncode=1) from refusal
        if options["format"] == "json":
            self.stdout.write(json.dumps({"schema": 1, **document}, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(printing.text(document)))

    def actor(self, username: str) -> Actor:
        if not username:
            return System(OWN)
        user = User._base_manager.filter(username=username, is_active=True).first()
        if user is None:
            raise Refused(_("There is no account %(name)s.") % {"name": username}, code="no_account")
        return user

    def cut_off(self, actor: Actor, code: int, **options: Any) -> dict[str, Any]:
        return printing.period(closings.period_cut_off(actor=actor, code=code))

    def close(self, actor: Actor, code: int, earlier: bool, **options: Any) -> dict[str, Any]:
        before = Period.objects.filter(code__lt=code, number__lte=12).exclude(state=PeriodState.CLOSED)
        codes = list(before.order_by("code").values_list("code", flat=True)) if earlier else []
        done = []
        for one in [*codes, code]:
            period = Period.objects.filter(code=one).first()
            if period is None or period.state == PeriodState.OPEN:
                closings.period_cut_off(actor=actor, code=one)
            done.append(closings.period_close(actor=actor, code=one))
        return printing.period(done[-1].period, closed=done)

    def reopen_status(self, actor: Actor, code: int, **options: Any) -> dict[str, Any]:
        period = self.period(actor, code)
        asked = ReopeningAsked.objects.filter(closing__period=period).order_by("id")
        return printing.period(period, closed=clocks.closings(code)[::-1], asked=list(asked))

    def report(self, actor: Actor, code: int, as_published: bool, **options: Any) -> dict[str, Any]:
        period, closing = self.period(actor, code), self.closing(code, options["revision"])
        if as_published and closing is None:
            raise Refused(
                _("%(period)s was never closed, so nothing of it is published.") % {"period": period},
                code="not_closed",
            )
        role = options["dimension"]
        found = restatement.figures(code, actor=actor, closing=closing if as_published else None, role=role)
        moved = restatement.moved(closing, actor=actor, role=role) if closing and not as_published else []
        return printing.report(period, closing, as_published, role, found, moved)

    def period(self, actor: Actor, code: int) -> Period:
        if not may(actor, Action.VIEW, closings.KIND):
            raise NotVisible
        period = Period.objects.filter(code=code).first()
        if period is None:
            raise Refused(_("Nothing was ever counted in %(code)s.") % {"code": code}, code="no_period")
        return period

    def closing(self, code: int, revision: int | None) -> Closing | None:
        if revision is None:
            return clocks.latest(code)
        found = next((one for one in clocks.closings(code) if one.revision == revision), None)
        if found is None:
            raise Refused(_("There is no such revision."), code="no_revision")
        return found

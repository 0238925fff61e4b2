"""The months of the demo's capital: entries with their vouchers, returns, recognition, cut-off and closing, each
step under the clock of its day. Rows come in bulk; what becomes of them is said by the services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from capital.choices import EntryKind, EntryState, Level, ReturnState, Verdict
from capital.demo import papers
from capital.demo.plan import Item
from capital.models import Allocation, CapitalEntry, MonthlyReturn, Voucher
from capital.models.entries import PAID_IN
from capital.services.deciding import Case, hold
from capital.services.entries import next_numbers, report_locked
from capital.services.queries import query_answer, query_ask
from capital.services.recognition import Decision, reverse, write_many
from capital.services.rows import months_for
from capital.services.vouchers import key_of
from common import changelog, clock
from leads.demo.cast import ACCOUNTS, BUREAU
from ledger import closings, periods
from ledger.models import FINAL_ACCOUNT, Period
from organizations import demo
from organizations.choices import Role
from organizations.models import Unit, User
from projects.models import ProjectInvestor

JURY = "jury"


class Books:
    """Writes the months one after the other. `words` are those of capital.yaml."""

    def __init__(self, words: dict[str, Any], months: Sequence[int]) -> None:
        self.words, self.months = words, months
        self.users = {one.username: demo.user(one.username) for one in ACCOUNTS}
        self.bureau, self.jury = self.users[BUREAU], self.users[JURY]
        self.officers = {
            one.unit: self.users[one.username] for one in reversed(ACCOUNTS) if one.role == Role.OFFICER
        }
        self.investors: dict[int, str] = {}
        self.number = 0

    def who(self, unit: Unit) -> User:
        """Who enters for a unit: its officer, or else the bureau."""
        return self.officers.get(unit.code, self.bureau)

    # reported

    def enter(self, items: Sequence[Item], *, with_files: bool) -> list[CapitalEntry]:
        """Drafts with a voucher each."""
        if not items:
            return []
        months = months_for({item.day for item in items})
        numbers = next_numbers(len(items))
        rows = []
        for number, item in zip(numbers, items, strict=True):
            who = self.who(item.project.unit)
            rows.append(
                CapitalEntry(
                    number=number,
                    project=item.project,
                    unit=item.project.unit,
                    period_id=months[item.day],
                    kind=item.kind,
                    basis="arrived" if item.kind in PAID_IN else "formed",
                    occurred_on=item.day,
                    amount=item.amount,
                    currency_id=item.project.currency_id,
                    zone=item.project.lead.investor.zone,
                    fund_source=item.source,
                    mode=item.project.mode,
                    entered_by=who,
                    entered_name=who.actor_name,
                )
            )
        with changelog.acting(self.bureau):
            rows = CapitalEntry._base_manager.bulk_create(rows)
            slips = Voucher._base_manager.bulk_create(self._slip(row, with_files) for row in rows)
            Allocation._base_manager.bulk_create(
                Allocation(voucher=slip, entry=row, amount=row.amount)
                for row, slip in zip(rows, slips, strict=True)
            )
        return rows

    def _slip(self, row: CapitalEntry, with_file: bool) -> Voucher:
        self.number += 1
        kind = self.words["vouchers"][row.kind]
        issuers = self.words["issuers"][kind]
        issuer, number = issuers[self.number % len(issuers)], f"演示{row.occurred_on:%Y%m}-{self.number:04d}"
        stored, name = None, ""
        if with_file and self.number % 5 == 0:
            stored, name = papers.png_voucher(self.number), f"{number}.png"
        elif with_file:
            text = (
                issuer,
                f"{number}  {row.occurred_on}",
                f"{row.amount:,.2f} {row.currency_id}",
                self.words["stamp"],
            )
            stored, name = papers.pdf_voucher(text), f"{number}.pdf"
        payer = self._investor(row) if row.kind in PAID_IN else row.project.registered_name
        return Voucher(
            unit=row.unit, type=kind, issuer=issuer, issuer_key=key_of(issuer), number=number, number_key=key_of(number),
            dated=row.occurred_on, amount=row.amount, currency_id=row.currency_id, payer=payer[:120],
            payee=row.project.registered_name[:120] if row.kind in PAID_IN else issuer, stored=stored, file_name=name,
            entered_name=row.entered_name,
        )  # fmt: skip

    def _investor(self, row: CapitalEntry) -> str:
        if not self.investors:
            rows = ProjectInvestor.objects.filter(archived_at=None).order_by("percent")
            self.investors = dict(rows.values_list("project_id", "investor__name"))
        return self.investors.get(row.project_id, row.project.lead.investor.name)

    def report(self, month: int, rows: Sequence[CapitalEntry], units: Sequence[Unit], *, odd: bool) -> None:
        """The units' returns; `odd`: one is missing."""
        by: dict[User, list[CapitalEntry]] = {}
        for row in rows:
            by.setdefault(self.who(row.unit), []).append(row)
        for who, some in by.items():
            report_locked(who, some)
        busy = {row.unit_id for row in rows}
        missing = next((unit.pk for unit in units if unit.pk not in busy), None) if odd else None
        period = Period.objects.get(code=month)
        with changelog.acting(self.bureau):
            MonthlyReturn._base_manager.bulk_create(
                MonthlyReturn(
                    unit=unit,
                    period=period,
                    state=ReturnState.FILED if unit.pk in busy else ReturnState.NIL,
                    preparer=self.words["preparer"],
                    checker=self.words["checker"],
                    responsible=self.words["responsible"],
                    filed_at=clock.now(),
                    filed_name=self.who(unit).actor_name,
                )
                for unit in units
                if unit.pk != missing
            )

    # recognised

    def decide(self, month: int, rows: Sequence[CapitalEntry], level: Level) -> None:
        """Most in full, some in part, a few not at all; the last word follows the first."""
        if not rows:
            return
        actor = self.bureau if level == Level.PRELIMINARY else self.jury
        rows = [row for row in rows if row.entered_by_id != actor.pk]  # nobody decides what he entered
        cases = hold(actor, [row.pk for row in rows])
        waiting = (EntryState.REPORTED, EntryState.PRELIMINARY)
        write_many(actor, [self._decision(case, level) for case in cases if case.entry.state in waiting])

    def _decision(self, case: Case, level: Level) -> Decision:
        entry = case.entry
        if level == Level.FINAL and case.checked:
            whole = case.preliminary == entry.amount
            reason = "" if whole else self.words["partial"][entry.pk % len(self.words["partial"])]
            verdict = Verdict.FULL if whole else Verdict.PARTIAL
            return Decision(case, level, verdict, case.preliminary, EntryState.FINAL, reason)
        state = EntryState.PRELIMINARY if level == Level.PRELIMINARY else EntryState.FINAL
        if entry.pk % 31 == 7:
            reason = self.words["refused"][entry.pk % len(self.words["refused"])]
            return Decision(case, level, Verdict.REFUSED, Decimal(0), EntryState.REFUSED, reason)
        if entry.pk % 11 == 5:
            part = (entry.amount * (60 + entry.pk % 35) / 100).quantize(Decimal("0.01"))
            reason = self.words["partial"][entry.pk % len(self.words["partial"])]
            return Decision(case, level, Verdict.PARTIAL, part, state, reason)
        return Decision(case, level, Verdict.FULL, entry.amount, state)

    def ask(self, rows: Sequence[CapitalEntry]) -> None:
        """Three questions, one of them answered."""
        foreign = [row for row in rows if row.entered_by_id != self.bureau.pk]
        for text, row in zip(self.words["queries"], foreign, strict=False):
            asked = query_ask(actor=self.bureau, entry=row.pk, text=text)
            if text == self.words["queries"][0]:
                query_answer(actor=self.who(row.unit), pk=asked.pk, answer=self.words["answers"][0])

    def take_back(self, rows: Sequence[CapitalEntry]) -> None:
        """Money in and soon gone again: half of one entry is taken back."""
        for row in rows:
            fresh = CapitalEntry._base_manager.get(pk=row.pk)
            if fresh.state == EntryState.FINAL and fresh.kind == EntryKind.REGISTERED:
                half = (fresh.amount / 2).quantize(Decimal("0.01"))
                reverse(actor=self.jury, entry=fresh.pk, amount=half, reason=self.words["reversal"])
                return

    # closed

    def cut_off(self, code: int) -> None:
        closings.period_cut_off(actor=self.bureau, code=code)

    def close(self, code: int, at: Any) -> None:
        """A month on its closing day; after December the year's final account, when its time is over."""
        with clock.at(at(closing_day(code))):
            closings.period_close(actor=self.bureau, code=code)
        if code % 100 == periods.DECEMBER:
            with clock.at(at(date(code // 100 + 1, 1, 25))):
                self.cut_off(code + 1)
                closings.period_close(actor=self.bureau, code=code + 1)

    def close_before(self, first: int, at: Any) -> None:
        """Months that the books knew before the first one here, closed in their order."""
        codes = Period.objects.filter(code__lt=first).exclude(number=FINAL_ACCOUNT).order_by("code")
        for code in list(codes.values_list("code", flat=True)):
            with clock.at(at(closing_day(code))):
                self.cut_off(code)
            self.close(code, at)


def closing_day(code: int) -> date:
    """The fifteenth of the next month."""
    n = code // 100 * 12 + code % 100
    return date(n // 12, n % 12 + 1, 15)

"""The life of one project of the demo: signed from its lead, moved along with its papers, promises and yields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from leads.choices import Evidence
from leads.demo.cast import BUREAU, Cast, wan
from leads.demo.course import Course
from leads.demo.days import weekday
from leads.models import Lead
from ledger.choices import Role
from organizations.models import User
from projects import services
from projects.choices import Finding
from projects.models import Project
from projects.services import Share

from .parts import halves_between, obligations_found, plan_of, promised

STEPS = ("signed", "registered", "permitted", "started", "completed", "in_production", "at_capacity")
# Days after the signing on which a stage is entered, when there is time enough; what was agreed is later.
ENTERED = {"registered": 22, "permitted": 95, "started": 150, "completed": 380, "in_production": 430, "at_capacity": 590}  # fmt: skip
AGREED = {"start_due": 180, "completion_due": 430, "production_due": 480, "capacity_due": 680}
PAPERS: dict[str, tuple[Evidence, ...]] = {
    "registered": (Evidence.LICENCE,),
    "permitted": (Evidence.FILING, Evidence.PLANNING, Evidence.EIA, Evidence.CONSTRUCTION),
    "started": (Evidence.START_PHOTO,),
    "completed": (Evidence.ACCEPTANCE,),
    "in_production": (Evidence.PRODUCTION,),
    "at_capacity": (Evidence.CAPACITY,),
}
PASSED = ("screened", "visiting")  # stages that these leads went through without stopping
FEE_PER_MU = 280_000  # yuan
OUTPUT_PER_HALF, TAX_OF_OUTPUT = Decimal("0.42"), Decimal("0.055")  # of the contract amount; of the output
TRADES = "（示例）有限公司"


class ProjectCourse:
    """Writes a project's steps into the diary of its lead's course."""

    def __init__(self, cast: Cast, row: Mapping[str, Any], number: int) -> None:
        self.cast, self.row, self.number, self.days = cast, row, number, cast.days
        self.pk = 0
        self.signed = self.days.day(row["signed"])
        self.course = self._course()
        self.diary = self.course.diary

    def _course(self) -> Course:
        row, lead = self.row, dict(self.row["lead"])
        lead |= {"stage": "ready", "to": row["signed"] - 2, "passes": PASSED}
        if "code_name" in row:
            lead |= {"code_name": row["code_name"], "confidential": row["confidential"]}
        return Course(self.cast, lead, 100 + self.number).write()

    def write(self) -> ProjectCourse:
        self.diary.on(self.days.at(self.signed, 15, self.number % 50), self._sign)
        entered = self._stages(self.signed, self.row["stage"])
        self._halves(entered)
        self._extras()
        return self

    @property
    def project(self) -> Project:
        return Project.objects.unscoped(reason="demo data").select_related("lead", "unit").get(pk=self.pk)

    def actor(self) -> User:
        return self.course.actor()

    # signing

    def _sign(self) -> None:
        row, cast = self.row, self.cast
        lead: Lead = self.course.lead
        currency = cast.currencies[row["lead"].get("currency", "CNY")]
        cast.rate(currency.code)
        file = self.course.attach(Evidence.AGREEMENT, self.signed)
        agreed: dict[str, Any] = promised(row, self.signed, lead.unit)
        agreed |= {name: weekday(self.signed + timedelta(days=n)) for name, n in AGREED.items()}
        made = services.project_sign(
            actor=self.actor(),
            lead_pk=lead.pk,
            version=lead.version,
            agreement_number=f"云招协〔{self.signed:%Y}〕{self.number}号",
            signed_on=self.signed,
            amount=wan(row["amount"]),
            currency=currency,
            file=file,
            leader=cast.user(row["leader"]) if "leader" in row else None,
            plan=plan_of(wan(row["amount"]), self.signed),
            shares=self._shares(),
            registered_capital=wan(row["capital"]),
            registered_currency=currency,
            fixed_assets=wan(row["assets"]),
            note=row.get("note", ""),
            **agreed,
        )
        self.pk = made.pk

    def _shares(self) -> dict[str, list[Share]] | None:
        if "shares" not in self.row:
            return None
        return {
            role: [Share(self.cast.unit(code).pk, Decimal(part) / 100) for code, part in parts.items()]
            for role, parts in self.row["shares"].items()
        }

    # stages

    def _stages(self, since: date, reached: str) -> dict[str, date]:
        """The days on which the stages after signing are entered."""
        target = STEPS.index(reached)
        if not target:
            return {}
        last, room = ENTERED[reached], (self.days.day(-3) - since).days
        entered = {}
        for code in STEPS[1 : target + 1]:
            day = weekday(since + timedelta(days=ENTERED[code] * min(room, last) // last))
            entered[code] = max(day, since)
            self.enter(code, entered[code])
        return entered

    def enter(self, code: str, day: date) -> None:
        """Papers and facts of a stage, then the move."""
        self.diary.on(self.days.at(day, 10, self.number % 50), lambda: self._prepare(code, day))
        self.diary.on(self.days.at(day, 15, self.number % 50), lambda: self._move(code, day))

    def _prepare(self, code: str, day: date) -> None:
        for kind in PAPERS[code]:
            self.course.attach(kind, day)
        if code == "permitted" and (land := Decimal(str(self._about("land")))):
            services.parcel_add(
                actor=self.actor(),
                project=self.pk,
                number=f"云G〔{day:%Y}〕{self.number:03d}号（示例）",
                area_mu=land,
                plot_ratio=Decimal("1.80"),
                grant_fee=land * FEE_PER_MU,
                granted_on=day,
                fee_paid_on=day,
                contract=self.course.attach(Evidence.LAND_CONTRACT, day),
            )
        if code == "at_capacity":
            self._half(day.year - (day.month <= 6), "1" if day.month > 6 else "2")

    def _move(self, code: str, day: date) -> None:
        values = {}
        if code == "registered":
            name = self._about("investor").removesuffix(TRADES)
            values = {
                "registered_name": f"云杉{name}{TRADES}"[:120],
                "registered_code": self.cast.next_code(),
            }
        services.project_move(
            actor=self.actor(), pk=self.pk, version=None, target=code, on=day, values=values
        )

    def _about(self, name: str) -> Any:
        return self.row["lead"][name] if "lead" in self.row else self.row[name]

    # what it yields

    def _halves(self, entered: Mapping[str, date]) -> None:
        begun = entered.get("in_production")
        if begun is None:
            return
        skipped = entered.get("at_capacity")
        for year, half, told in halves_between(begun, self.days.day(-1)):
            if skipped is None or told > skipped + timedelta(days=1):
                self.diary.on(self.days.at(told, 9), partial(self._half, year, half))

    def _half(self, year: int, half: str) -> None:
        output = (wan(self.row["amount"]) * OUTPUT_PER_HALF).quantize(Decimal(1))
        there = self.project.half_years.filter(year=year, half=half).first()
        services.half_year_set(
            actor=self.actor(),
            project=self.pk,
            year=year,
            half=half,
            tax_paid=(output * TAX_OF_OUTPUT).quantize(Decimal(1)),
            output=output,
            source="企业报表（演示）",
            version=there.version if there else None,
        )

    # what else the row says

    def _extras(self) -> None:
        row, on = self.row, self.diary.on
        if "supplement" in row:
            day = self.days.day(row["supplement"]["day"])
            on(self.days.at(day, 16), lambda: self._supplement(day))
        if "moved" in row:
            on(self.days.at(self.days.day(row["moved"]["day"]), 16), self._moved)
        if "end" in row:
            on(self.days.at(self.days.day(row["end"]["day"]), 17), self._end)
        if "commitments" in row:
            on(self.days.at(self.days.day(-2), 10), self._keep)
        if "obligations" in row:
            on(self.days.at(self.days.day(-2), 11), self._check)

    def _supplement(self, day: date) -> None:
        self.cast.rate(str(self.project.currency_id))
        services.agreement_add(
            actor=self.actor(),
            project=self.pk,
            version=None,
            number=f"云招补〔{day:%Y}〕{self.number}号",
            signed_on=day,
            amount=wan(self.row["supplement"]["amount"]),
            note="补充协议",
        )

    def _moved(self) -> None:
        how = self.row["moved"]
        services.attribution_set(
            actor=self.cast.user(BUREAU),
            project=self.pk,
            role=Role.ASSESSED,
            valid_from=self.days.day(how["day"]),
            shares=[Share(self.cast.unit(how["to"]).pk, Decimal(1))],
            reason=how["reason"],
        )

    def _end(self) -> None:
        how = self.row["end"]
        services.project_move(
            actor=self.cast.user(BUREAU),
            pk=self.pk,
            version=None,
            target=how["to"],
            reason_code=how["reason"],
            reason_text=how["why"],
        )

    def _keep(self) -> None:
        """Of what was promised for a day that has passed, every third promise waits to be kept."""
        due = self.project.commitments.filter(due_on__lt=self.days.today).order_by("pk")
        for number, one in enumerate(due):
            if one.due_on and (number + self.number) % 3:
                services.commitment_keep(
                    actor=self.actor(),
                    pk=one.pk,
                    version=one.version,
                    kept_on=weekday(one.due_on - timedelta(days=4)),
                    outcome="已按承诺兑现。",
                )

    def _check(self) -> None:
        """What is known by the day it was due is checked; every fourth waits."""
        for number, (one, found) in enumerate(obligations_found(self.project, self.days.today)):
            if (number + self.number) % 4 == 0:
                continue
            services.obligation_check(
                actor=self.cast.user(BUREAU),
                pk=one.pk,
                version=one.version,
                finding=found.finding,
                actual=found.actual,
                remark="" if found.finding == Finding.MET else "逾期未达，已发函催告。",
            )

"""Running projects that the bureau took over when it began to use the system."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from leads.choices import Evidence
from leads.demo.cast import BUREAU, Cast, wan
from leads.demo.course import Course
from leads.demo.days import Diary, weekday
from leads.services.investors import investor_found
from organizations.models import User
from projects import services

from .course import AGREED, ENTERED, PAPERS, STEPS, ProjectCourse
from .parts import halves_between

TAKEN_OVER = -400  # the day on which all of them were entered


class _Papers(Course):
    """The dossier of a project that has no story before it."""

    def __init__(self, cast: Cast, row: Mapping[str, Any]) -> None:
        self.cast, self.row, self.days, self.diary, self.pk = cast, row, cast.days, Diary(), 0


class OpeningCourse(ProjectCourse):
    def _course(self) -> Course:
        return _Papers(self.cast, self.row)

    def write(self) -> OpeningCourse:
        self.diary.on(self.days.at(self.days.day(TAKEN_OVER), 9, self.number), self._open)
        later = {code: self.days.day(offset) for code, offset in self.row.get("later", {}).items()}
        for code, day in later.items():
            self.enter(code, day)
        begun = later.get("in_production")
        if self.row["stage"] in ("in_production", "at_capacity"):
            begun = self.days.day(self.row["stage_on"])
        if begun:
            for year, half, told in halves_between(begun, self.days.day(-1)):
                self.diary.on(self.days.at(told, 9), partial(self._half, year, half))
        self._extras()
        return self

    def actor(self) -> User:
        return self.cast.user(BUREAU)

    def _open(self) -> None:
        row, cast = self.row, self.cast
        actor = cast.user(BUREAU)
        unit = cast.user(row["by"]).unit
        land = Decimal(str(row["land"]))
        due: dict[str, Any] = {name: weekday(self.signed + timedelta(days=n)) for name, n in AGREED.items()}
        made = services.project_open(
            actor=actor,
            unit=unit,
            name=row["name"],
            investor=investor_found(
                actor=actor,
                unit=unit,
                name=row["investor"],
                zone=row["zone"],
                credit_code=cast.next_code(),
            ),
            industry=cast.industry(row["industry"]),
            agreement_number=f"云招协〔{self.signed:%Y}〕接{self.number}号",
            signed_on=self.signed,
            amount=wan(row["amount"]),
            stage=row["stage"],
            stage_on=self.days.day(row["stage_on"]),
            reached=self._reached(),
            host=cast.unit(row["host"]),
            land_mu=land,
            officer=cast.officers[row["by"]],
            source=row["source"],
            registered_name=f"云杉{row['investor']}",
            registered_code=cast.next_code(),
            registered_capital=wan(row["capital"]),
            fixed_assets=wan(row["assets"]),
            **due,
        )
        self.pk, self.course.pk = made.pk, made.lead_id
        self.course.attach(Evidence.AGREEMENT, self.signed)
        if row["stage"] == "permitted":
            for kind in PAPERS["permitted"]:
                self.course.attach(kind, self.signed)
        if land:
            services.parcel_add(
                actor=actor,
                project=made.pk,
                number=f"云G〔{self.signed:%Y}〕接{self.number:03d}号（示例）",
                area_mu=land,
                granted_on=self.signed + timedelta(days=40),
            )

    def _reached(self) -> dict[str, date]:
        """Days of the stages passed before, spread between the signing and the present one."""
        if self.row["stage"] not in STEPS:
            return {}
        end, target = self.days.day(self.row["stage_on"]), STEPS.index(self.row["stage"])
        room, last = (end - self.signed).days, ENTERED[self.row["stage"]]
        return {
            code: weekday(self.signed + timedelta(days=ENTERED[code] * room // last))
            for code in STEPS[1:target]
        }

"""Two evaluation rounds of the demo: one published, one under way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from capital.choices import InspectionState
from capital.demo.papers import pdf_voucher
from capital.models import EvaluationRound, Inspection, Team
from capital.services import inspections, rounds, sheets
from capital.services.rounds import Member
from common import clock
from organizations import demo
from organizations.models import Unit, User
from rules.inspection import Item, Kind, Option

LEAST = Decimal(400_000_000)  # 4亿元


class Site:
    def __init__(self, words: dict[str, Any], city: Unit, bureau: User, jury: User, at: Any) -> None:
        self.words, self.city, self.bureau, self.jury, self.at = words, city, bureau, jury, at
        given = words["sheet"]
        with clock.at(at(date(clock.today().year - 1, 12, 1))):
            self.sheet = sheets.scoresheet_create(
                actor=bureau,
                code=given["code"],
                name=given["name"],
                items=list(map(item_of, *_numbered(given))),
            )

    def hold(self, month: int, begun: date, name: str) -> EvaluationRound:
        """A round of the quarter that ends with a month, begun on a day, its teams with half of the projects each."""
        about = self.words["rounds"][name]
        with clock.at(self.at(begun)):
            row = rounds.round_prepare(
                actor=self.bureau, unit=self.city, kind="on_site", period=month, name=about["name"], sheet=self.sheet,
                due_on=begun + timedelta(days=40), threshold=LEAST,
            )  # fmt: skip
            teams = [self._team(row, one) for one in self.words["teams"]]
            rows = list(Inspection._base_manager.filter(round=row, archived_at=None).order_by("pk"))
            for n, one in enumerate(rows):
                team = teams[n % len(teams)]
                inspections.inspection_assign(actor=self.bureau, pk=one.pk, version=None, team=team.pk)
            paper = pdf_voucher((about["approval"], about["name"], self.words["stamp"]))
            rounds.approval_set(
                actor=self.bureau,
                pk=row.pk,
                version=None,
                number=about["approval"],
                stored=paper,
                name="批件（演示）.pdf",
            )
            return rounds.round_start(actor=self.bureau, pk=row.pk, version=None)

    def _team(self, row: EvaluationRound, about: dict[str, Any]) -> Team:
        members = [Member(name=about["head"], origin=about["head_from"], is_head=True)]
        user = demo.user(about["user"])
        members += [Member(name=name, origin=origin) for name, origin in about["members"]]
        members.append(Member(name=user.name, origin="audit", user=user))
        return rounds.team_set(actor=self.bureau, round_pk=row.pk, name=about["name"], members=members)

    def inspect(self, row: EvaluationRound, begun: date, part: float = 1.0) -> list[Inspection]:
        """The first `part` of the projects is inspected, of these three quarters with a result."""
        waiting = Inspection._base_manager.filter(round=row, archived_at=None).select_related(
            "team", "project"
        )
        rows = list(waiting.order_by("pk"))
        chosen = rows[: max(1, round(len(rows) * part))]
        for n, one in enumerate(chosen):
            day = begun + timedelta(days=5 + n)
            with clock.at(self.at(day)):
                self._inspect(one, min(day, clock.today()), result=part == 1 or n % 4 != 3)
        return chosen

    def _inspect(self, row: Inspection, day: date, *, result: bool) -> None:
        assert row.team is not None
        own = Random(row.project.number)  # noqa: S311  (invented results)
        member = next(one.user for one in row.team.members.select_related("user") if one.user)
        said = row.reported or Decimal(0)
        found = said if own.random() < 0.5 else (said * own.randint(70, 97) / 100).quantize(Decimal(1))
        plant = (found * own.randint(30, 60) / 100).quantize(Decimal(1))
        answers: dict[str, Any] = {
            "q1": Decimal(own.randint(6, 10)), "q2": found == said, "q3": own.choice(["o1", "o1", "o2"]),
            "q4": Decimal(own.randint(3, 5)), "q5": plant, "q6": found - plant,
        }  # fmt: skip
        inspections.inspection_save(actor=member, pk=row.pk, version=None, answers=answers, visited_on=day)
        if result:
            reason = "" if found == said else own.choice(self.words["shortfalls"])
            inspections.inspection_initial(
                actor=member, pk=row.pk, version=None, initial=found, reason=reason
            )

    def decide(self, row: EvaluationRound, day: date) -> None:
        """The committee follows its teams, and the round is published."""
        with clock.at(self.at(day)):
            given = Inspection._base_manager.filter(
                round=row, state=InspectionState.INITIAL, archived_at=None
            )
            for one in given.order_by("pk"):
                assert one.initial is not None
                inspections.inspection_final(actor=self.jury, pk=one.pk, version=None, final=one.initial)
            rounds.round_publish(actor=self.bureau, pk=row.pk, version=None)


def quarters(month: int) -> tuple[int, int]:
    """The last months of the two latest quarters that were over with a month."""
    last = month - (month % 100) % 3 if (month % 100) >= 3 else (month // 100 - 1) * 100 + 12
    before = last - 3 if last % 100 > 3 else (last // 100 - 1) * 100 + 12
    return before, last


def _numbered(given: dict[str, Any]) -> tuple[Sequence[int], Sequence[dict[str, Any]]]:
    return range(1, len(given["items"]) + 1), given["items"]


def item_of(n: int, row: dict[str, Any]) -> Item:
    options = tuple(
        Option(f"o{m}", label, Decimal(share))
        for m, (label, share) in enumerate(row.get("options", ()), start=1)
    )
    return Item(
        code=f"q{n}",
        label=row["label"],
        kind=Kind(row["kind"]),
        weight=Decimal(row.get("weight", "0")),
        full=Decimal(row.get("full", "0")),
        good=row.get("good", "yes") == "yes",
        options=options,
        required=row.get("required", True),
        counts=row.get("counts", False),
    )

"""The life of one lead of the demo: registered, talked about, screened, moved, and what else its row says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from common.actors import System
from leads.choices import ContactKind, Evidence, Source
from leads.models import Attachment, Lead, Task
from leads.services import leads as services
from leads.services.files import attachment_add
from leads.services.follow_ups import follow_up_add
from leads.services.moves import lead_move
from leads.services.protection import lapse, lead_claim, lead_release
from leads.services.screenings import Found, screening_begin, screening_override, screening_record
from leads.services.tasks import task_done
from organizations.models import User

from .cast import Cast, phone, wan
from .contests import dispute, transfer
from .days import Diary, weekday
from .papers import paper

NIGHT = System("leads.protection")
# Days after registering on which a stage is entered, when there is time enough.
ENTERED = {"screened": 5, "negotiating": 12, "visiting": 33, "intent": 58, "ready": 66}
STEPS = ("registered", *ENTERED)
REAL = (ContactKind.MEETING, ContactKind.VISIT, ContactKind.RECEPTION)
GAP = 25  # calendar days between two talks: at most 19 of them are working days, fewer than protect
FIRST, PROLONGED = 20, 20  # working days, as the shipped rules of protection say
# What the gate finds unless the row says otherwise (万元 per mu, a ratio, answers).
GATE: dict[str, Any] = {
    "tax_per_mu": 34,
    "investment_per_mu": 460,
    "output_per_mu": 620,
    "plot_ratio": "1.6",
    "industry_fit": True,
    "environment": True,
    "forbidden": False,
}


class Course:
    """Writes the steps of one row into its diary. `lead` is there once the first step was done."""

    def __init__(self, cast: Cast, row: Mapping[str, Any], number: int) -> None:
        self.cast, self.row, self.number, self.days = cast, row, number, cast.days
        self.diary = Diary()
        self.pk = 0
        self.begins = self.days.day(row["day"])
        self.reached = row.get("was", row["stage"])
        self.ends, self.quiet = self._end()

    def write(self) -> Course:
        """All steps. Gives itself back."""
        row, on = self.row, self.diary.on
        on(self._at(self.begins, 9), self._register)
        self._talks(self.begins + timedelta(days=2), self.ends)
        self._stages()
        if self.number % 3 == 0 or row["source"] == Source.TIP:
            on(self._at(self._later(8), 17), self._valuable)
        if "why" in row:
            aside = self.days.day(row["held"]) if "held" in row else self._later(10, self.ends)
            on(self._at(aside, 17), self._aside)
        if "pool" in row:
            self._pool(row["pool"])
        if "claim" in row:
            self._claim(row["claim"])
        if "transfer" in row:
            transfer(self, row["transfer"])
        if "dispute" in row:
            dispute(self, row["dispute"])
        return self

    # when

    def _at(self, day: date, hour: int) -> Any:
        return self.days.at(day, hour, self.number % 50)

    def _later(self, days: int, since: date | None = None) -> date:
        """So many days after, not later than yesterday."""
        return min(weekday((since or self.begins) + timedelta(days=days)), self.days.day(-1))

    def _end(self) -> tuple[date, bool]:
        """The day of the last talk, and whether there is no real talk at all."""
        if "lapses" not in self.row:
            return self.days.day(self.row["to"]), False
        end = self.days.calendar.add(self.days.today, self.row["lapses"])
        last = self.days.calendar.add(end, -PROLONGED)
        if last > self.begins + timedelta(days=2):
            return last, False
        self.begins = last
        return self._later(9, last), True

    # who

    @property
    def lead(self) -> Lead:
        return Lead.objects.unscoped(reason="demo data").select_related("unit", "officer").get(pk=self.pk)

    def actor(self, lead: Lead | None = None) -> User:
        """The account of whoever holds the lead now, or the bureau's."""
        holds = (
            lead.officer_id if lead else Lead._base_manager.values_list("officer", flat=True).get(pk=self.pk)
        )
        for username, one in self.cast.officers.items():
            if one.pk == holds:
                return self.cast.user(username)
        return self.cast.user("bureau")

    # steps

    def _register(self) -> None:
        row, cast = self.row, self.cast
        actor = cast.user(row["by"])
        values: dict[str, Any] = {}
        for key, found in (("introducer", cast.introducers), ("offer", cast.offers)):
            if key in row:
                values[key] = found[row[key]]
        if "tip_from" in row:
            values["tip_from"] = cast.unit(row["tip_from"])
        if "code_name" in row:
            values["code_name"] = row["code_name"]
            values["confidential_until"] = self.days.day(row["confidential"])
        lead = services.lead_register(
            actor=actor,
            unit=actor.unit,
            name=row["name"],
            source=row["source"],
            investor_name=row["investor"],
            zone=row["zone"],
            credit_code=cast.next_code() if row.get("coded") else "",
            contact_name=row["contact"],
            contact_title=row["title"],
            contact_phone=phone(self.number),
            industry=cast.industry(row["industry"]),
            amount=wan(row["amount"]),
            currency=cast.currencies[row.get("currency", "CNY")],
            land_mu=Decimal(row["land"]),
            next_step=self._word("next", 0),
            next_on=self.begins + timedelta(days=6),
            **values,
        )
        self.pk = lead.pk

    def _talks(self, first: date, last: date) -> None:
        """Talks from a day to another, near enough to each other to keep the protection."""
        day, number = weekday(first), 0
        while True:
            day = min(day, last)
            following = min(weekday(day + timedelta(days=GAP)), last)
            self._talk(day, number, following if day < last else None)
            if day >= last:
                return
            day, number = following, number + 1

    def _talk(self, day: date, number: int, following: date | None, kind: str = "") -> None:
        kind = kind or (ContactKind.CALL if self.quiet else REAL[(number + self.number) % len(REAL)])
        asks = (number + self.number) % 5 == 0

        def step() -> None:
            lead = self.lead
            next_on = following or self.days.today + timedelta(days=(self.number % 12) - 2)
            talk = follow_up_add(
                actor=self.actor(lead),
                lead=lead.pk,
                kind=kind,
                on=day,
                text=self._said(kind, number),
                people=self.cast.words["people"].format(contact=self.row["contact"]),
                points=self._word("points", number) if asks else "",
                points_due=day + timedelta(days=9) if asks else None,
                next_step=self._word("next", number + 1),
                next_on=next_on,
            )
            if asks and following:
                self.diary.on(self._at(following, 8), lambda: self._done(talk.pk))

        self.diary.on(self._at(day, 11), step)

    def _done(self, talk: int) -> None:
        for pk in Task._base_manager.filter(follow_up=talk, done_on=None).values_list("pk", flat=True):
            task_done(actor=self.actor(), pk=pk, outcome="已办结。")

    def _stages(self) -> None:
        target = STEPS.index(self.reached if self.reached in STEPS else "ready")
        room = max((self.ends - self.begins).days, 1)
        last = ENTERED.get(STEPS[target], 1)
        for code in STEPS[1 : target + 1]:
            if code in self.row.get("passes", ()):
                continue
            day = weekday(self.begins + timedelta(days=ENTERED[code] * min(room, last) // last))
            day = max(day, self.begins)
            if code == STEPS[1] or (code == STEPS[2] and STEPS[1] in self.row.get("passes", ())):
                self.diary.on(self._at(day, 13), self._screen)
            if code == "visiting":
                self._talk(day, 1, day, ContactKind.RECEPTION)
            if code == "intent":
                self.diary.on(self._at(day, 14), partial(self.attach, Evidence.INTENT, day))
            self.diary.on(self._at(day, 15), partial(self._move, code, day))
        if target == 0 and "screening" in self.row:
            self.diary.on(self._at(self._later(3), 13), self._screen)

    def _move(self, code: str, day: date) -> None:
        values: dict[str, Any] = {}
        if code == "intent":
            values["host"] = self.cast.unit(self.row["host"])
        if code == "ready":
            values["signing_on"] = day + timedelta(days=25)
        lead_move(actor=self.actor(), pk=self.pk, version=None, target=code, on=day, values=values)

    def _screen(self) -> None:
        given = {**GATE, **self.row.get("screening", {})}
        actor = self.actor()
        self.cast.rate(self.row.get("currency", "CNY"))
        begun = screening_begin(actor=actor, lead=self.pk)
        found = {
            code: Found(answer=value) if isinstance(value, bool) else Found(value=Decimal(str(value)))
            for code, value in given.items()
        }
        done = screening_record(actor=actor, pk=begun.pk, version=begun.version, findings=found)
        if "override" in self.row:
            screening_override(
                actor=self.cast.user("jury"), pk=done.pk, version=done.version, reason=self.row["override"]
            )

    def _valuable(self) -> None:
        services.lead_find_valid(actor=self.cast.user("bureau"), pk=self.pk, version=None)

    def _aside(self) -> None:
        lead_move(
            actor=self.actor(),
            pk=self.pk,
            version=None,
            target=self.row["stage"],
            reason_code=self.row["reason"],
            reason_text=self.row["why"],
        )

    def attach(self, kind: str, on: date) -> Attachment:
        """A small PDF as evidence."""
        title = self.cast.words["papers"][kind]
        return attachment_add(
            actor=self.actor(),
            lead=self.pk,
            stored=paper(title, f"{self.row['name']}（{self.row['investor']}） {on:%Y-%m-%d}"),
            name=f"{title}.pdf",
            kind=kind,
            on=on,
        )

    def _pool(self, how: Mapping[str, Any]) -> None:
        if how["how"] == "released":
            actor, reason = self.cast.user(self.row["by"]), how["reason"]
            step = lambda: lead_release(actor=actor, pk=self.pk, version=None, reason=reason)  # noqa: E731
            self.diary.on(self._at(self.days.day(how["day"]), 16), step)
            return
        day = self.days.calendar.add(self.ends, PROLONGED + 1)

        def step_lapse() -> None:
            lead = Lead._base_manager.select_for_update(of=("self",)).get(pk=self.pk)
            lapse(lead, day, actor=NIGHT)

        self.diary.on(self._at(day, 1), step_lapse)

    def _claim(self, how: Mapping[str, Any]) -> None:
        day = self.days.day(how["day"])
        actor = self.cast.user(how["by"])
        self.diary.on(self._at(day, 10), lambda: lead_claim(actor=actor, pk=self.pk))
        self._talks(day + timedelta(days=2), self.days.day(how["to"]))

    # words

    def _said(self, kind: str, number: int) -> str:
        texts = self.cast.words["talks"][str(kind)]
        place = self.cast.unit(self.row["host"]).label
        return texts[(number * 7 + self.number) % len(texts)].format(
            investor=self.row["investor"], idea=self.row["name"], host=place, contact=self.row["contact"]
        )

    def _word(self, name: str, number: int) -> str:
        words = self.cast.words[name]
        return words[(number + self.number) % len(words)]

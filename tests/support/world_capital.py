"""Rows of capital in place in the county's scope: a part of `World`."""

from datetime import date
from decimal import Decimal
from functools import cached_property

from capital.models import (
    CountingRule,
    EntryFile,
    Excluded,
    InspectionPhoto,
    Query,
    Recognition,
    RecognitionTerms,
    Sample,
    Sampled,
    SignalTerms,
)
from common import clock, files
from tests.support.factories_capital import (
    AllocationFactory,
    CapitalEntryFactory,
    MonthlyReturnFactory,
    ReportingDutyFactory,
    VoucherFactory,
)
from tests.support.factories_rounds import InspectionFactory, RoundFactory, ScoreSheetFactory, a_team
from tests.support.factories_work import pdf
from tests.support.pipeline import ship


class CapitalRows:
    """Needs `tree` and `project`."""

    @cached_property
    def entry(self):
        """A reported entry of capital in place."""
        return CapitalEntryFactory(
            unit=self.tree.town, project=self.project, note="标记到位", state="reported"
        )

    @cached_property
    def voucher(self):
        return VoucherFactory(unit=self.tree.town, number="标记凭证", file=True)

    @cached_property
    def split(self):
        """What of the voucher proves the entry, with its written split."""
        paper = files.store(pdf(mark=b"split"))
        return AllocationFactory(
            voucher=self.voucher, entry=self.entry, split_file=paper, split_name="标记分割.pdf"
        )

    @cached_property
    def entry_paper(self):
        paper = files.store(pdf(mark=b"paper"))
        return EntryFile._base_manager.create(entry=self.entry, stored=paper, name="标记合同.pdf")

    @cached_property
    def query(self):
        return Query._base_manager.create(
            entry=self.entry, text="标记问题", asked_name="标记人", asked_at=clock.now()
        )

    @cached_property
    def recognition(self):
        return Recognition._base_manager.create(
            entry=self.entry, ordinal=1, level="preliminary", verdict="partial", delta=Decimal(1), reason="标记理由",
            decided_name="标记人", decided_at=clock.now(),
        )  # fmt: skip

    @cached_property
    def sample(self):
        """With one entry to look at."""
        drawn = Sample._base_manager.create(
            unit=self.tree.town, period=self.entry.period, level="preliminary", percent=Decimal(5), seed="标记",
            entries=[self.entry.pk], drawn_at=clock.now(), drawn_name="标记人",
        )  # fmt: skip
        Sampled._base_manager.create(sample=drawn, entry=self.entry)
        return drawn

    @cached_property
    def recognition_terms(self):
        return RecognitionTerms._base_manager.create(since=date(2026, 1, 1))

    @cached_property
    def capital_return(self):
        scan = files.store(pdf(mark=b"scan"))
        given = {"preparer": "标记填报人", "scan": scan, "scan_name": "标记扫描.pdf"}
        return MonthlyReturnFactory(unit=self.tree.town, **given)

    @cached_property
    def duty(self):
        return ReportingDutyFactory(unit=self.tree.town)

    # what counts

    @cached_property
    def counting_rule(self):
        ship()
        return CountingRule._base_manager.get(code="plain")

    @cached_property
    def counting_draft(self):
        ship()
        return CountingRule._base_manager.get(code="liaocheng")

    @cached_property
    def exclusion(self):
        assert self.counting_rule
        return Excluded._base_manager.create(
            code="plain", project=self.project, since=date(2026, 1, 1), reason="标记理由"
        )

    @cached_property
    def signal_terms(self):
        ship()
        return SignalTerms._base_manager.get()

    # evaluation rounds

    @cached_property
    def score_sheet(self):
        return ScoreSheetFactory(name="标记考评表")

    @cached_property
    def round(self):
        ship()
        file = files.store(pdf())
        return RoundFactory(
            unit=self.tree.county, name="标记考评", sheet=self.score_sheet, approved=True, approval_file=file
        )

    @cached_property
    def team(self):
        return a_team(self.round, name="标记组")

    @cached_property
    def inspector(self):
        return self.team  # `user` is the member with an account

    @cached_property
    def inspection(self):
        about = {"round": self.round, "team": self.team, "unit": self.tree.town}
        return InspectionFactory(name="标记项目", **about)

    @cached_property
    def photo(self):
        return InspectionPhoto.objects.create(
            inspection=self.inspection,
            stored=files.store(pdf()),
            name="标记.pdf",
            at=clock.now(),
            actor_name="标记人",
        )

    @cached_property
    def decided(self):
        """An inspection with the committee's result, in a round of its own."""
        held = RoundFactory(unit=self.tree.county, name="标记终审", kind="completed", sheet=self.score_sheet)
        return InspectionFactory(
            name="标记终审项目", round=held, unit=self.tree.town, state="final", initial=1, final=1
        )

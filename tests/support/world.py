"""One row of every kind in the county's scope, each made when a test first asks for it.

Every text that a stranger must not read begins with 标记.
"""

import io
from datetime import date
from decimal import Decimal
from functools import cache, cached_property

import factory
from django.core.files.base import ContentFile
from openpyxl import Workbook

from assessments.models import ImportedFigure, Measure, RankingTable, Target
from assessments.services.rankings import run_compute
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
from common.changelog import acting
from common.models import ImportBatch, ImportFile, ImportRow, JobRun, JobSchedule, SavedView
from leads.certificates import issue
from leads.models import (
    Dispute,
    Gate,
    GateCheck,
    LeadTransfer,
    LikePair,
    NotDuplicate,
    ProtectionTerms,
    Screening,
    StageReason,
)
from ledger.closings import reopening_ask
from ledger.models import ClosingTerms
from organizations.models import Reminder
from projects.models import Commitment, LandParcel, Obligation
from reference.models import CalendarYear, Currency, ExchangeRate, Holiday, Industry, Region
from rules.periods import Month
from tests.ledger.support import close
from tests.support.clients import user_with
from tests.support.factories import (
    TESTS,
    GroupFactory,
    MembershipFactory,
    OfficerFactory,
    PostFactory,
    RoleGrantFactory,
    RowFactory,
    Tree,
    UnitAliasFactory,
    UnitFactory,
    UserFactory,
)
from tests.support.factories_capital import (
    AllocationFactory,
    CapitalEntryFactory,
    MonthlyReturnFactory,
    ReportingDutyFactory,
    VoucherFactory,
)
from tests.support.factories_leads import (
    ContactFactory,
    IntroducerFactory,
    InvestorFactory,
    LeadFactory,
    OfferFactory,
)
from tests.support.factories_projects import PostingFactory
from tests.support.factories_rounds import InspectionFactory, RoundFactory, ScoreSheetFactory, a_team
from tests.support.factories_work import AttachmentFactory, FollowUpFactory, TaskFactory, pdf
from tests.support.pipeline import a_lead, a_project, ship, stage

SOURCE = "国务院办公厅通知"


class MeasureFactory(RowFactory):
    class Meta:
        model = Measure
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"measure-{n}")
    name = factory.Sequence(lambda n: f"到位资金{n}")
    unit = "yuan"


class RankingTableFactory(RowFactory):
    class Meta:
        model = RankingTable
        skip_postgeneration_save = True

    group = factory.SubFactory(GroupFactory)
    measure = factory.SubFactory(MeasureFactory)
    code = factory.Sequence(lambda n: f"table-{n}")
    name = factory.Sequence(lambda n: f"排名{n}")


class HolidayFactory(RowFactory):
    class Meta:
        model = Holiday
        skip_postgeneration_save = True

    date = factory.Sequence(lambda n: date.fromordinal(date(2031, 1, 1).toordinal() + n))
    kind = "off"
    name = factory.Sequence(lambda n: f"节日{n}")
    source = SOURCE


class CalendarYearFactory(RowFactory):
    class Meta:
        model = CalendarYear
        skip_postgeneration_save = True

    year = factory.Sequence(lambda n: 2100 + n)
    source = SOURCE


class CurrencyFactory(RowFactory):
    class Meta:
        model = Currency
        skip_postgeneration_save = True
        django_get_or_create = ("code",)

    code = "USD"
    name_zh = "美元"
    name_en = "US dollar"
    pinyin = "meiyuan my"
    minor_units = 2


class ExchangeRateFactory(RowFactory):
    class Meta:
        model = ExchangeRate
        skip_postgeneration_save = True

    currency = factory.SubFactory(CurrencyFactory)
    kind = "day"
    date = factory.Sequence(lambda n: date.fromordinal(date(2025, 1, 1).toordinal() + n))
    rate = Decimal("7.1")
    source = SOURCE


def sheet(rows):
    """An .xlsx with these rows."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@cache
def one_figure():
    return sheet([["单位", "累计完成"], ["标记镇", 9050]])


def batch(unit, measure, state, **values):
    """An import of one sheet with one row, in a state of its course."""
    data = one_figure()
    sha = f"{ImportFile.objects.count():064d}"
    file = ImportFile(sha256=sha, size=len(data))
    file.content.save(sha, ContentFile(data), save=False)
    file.save()
    found = ImportBatch._base_manager.create(
        importer="figures",
        file=file,
        filename="标记.xlsx",
        sheet="Sheet",
        scope_path=unit.path,
        params={
            "year": 2026,
            "month": 6,
            "measures": [measure.code],
            "scale": "wan",
            "target_kind": "firm",
            "holds_from": 1,
            "implied": False,
        },
        columns={"0": "unit", "1": f"ytd:{measure.code}"},
        state=state,
        actor_name="周敏",
        **values,
    )
    ImportRow.objects.create(
        batch=found,
        number=2,
        cells={
            "unit": {"value": "标记镇", "ref": "A2"},
            f"ytd:{measure.code}": {"value": "9050", "ref": "B2"},
        },
        problems=[{"field": "unit", "ref": "A2", "message": "未知单位"}],
        result="wrong",
        fate="parked" if state == "confirmed" else "open",
    )
    return found


class World:
    def __init__(self):
        self.tree = Tree()

    @cached_property
    def unit(self):
        return UnitFactory(parent=self.tree.county, name="新设镇")  # the directory is open

    @cached_property
    def alias(self):
        return UnitAliasFactory(unit=self.unit, name="标记别名")

    @cached_property
    def group(self):
        return GroupFactory(owner=self.tree.county, name="标记组")

    @cached_property
    def membership(self):
        return MembershipFactory(group=self.group, unit=self.tree.town, valid=(date(2020, 1, 1), None))

    @cached_property
    def post(self):
        return PostFactory(unit=self.tree.town, name="标记岗位")

    @cached_property
    def officer(self):
        return OfficerFactory(unit=self.tree.town, name="标记专员")

    @cached_property
    def user(self):
        return UserFactory(unit=self.tree.town, name="标记账号", username="标记账号")

    @cached_property
    def role(self):
        return RoleGrantFactory(user=self.user)

    @cached_property
    def holiday(self):
        return HolidayFactory(name="标记节")

    @cached_property
    def year(self):
        return CalendarYearFactory(source="标记通知")

    @cached_property
    def rate(self):
        return ExchangeRateFactory(source="标记中间价")

    @cached_property
    def currency(self):
        return CurrencyFactory()

    @cached_property
    def industry(self):
        about = {"level": "section", "name": "制造业", "pinyin": "zhizaoye zzy"}
        return Industry._base_manager.get_or_create(code="C", defaults=about)[0]

    @cached_property
    def region(self):
        return Region._base_manager.create(
            year=2025, code="610000", level="province", name="陕西省", pinyin="shanxi sx"
        )

    @cached_property
    def investor(self):
        return InvestorFactory(unit=self.tree.town, name="标记实业有限公司")

    @cached_property
    def contact(self):
        return ContactFactory(investor=self.investor, unit=self.tree.town, name="标记联系人")

    @cached_property
    def introducer(self):
        return IntroducerFactory(unit=self.tree.town, name="标记引荐人")

    @cached_property
    def offer(self):
        return OfferFactory(unit=self.tree.town, name="标记园区")

    @cached_property
    def lead(self):
        ship()
        return LeadFactory(unit=self.tree.town, name="标记项目", investor=self.investor)

    # protection, transfers, disputes, screening

    @cached_property
    def terms(self):
        ship()
        return ProtectionTerms._base_manager.get()

    @cached_property
    def gate(self):
        ship()
        return Gate._base_manager.get()

    @cached_property
    def gate_check(self):
        return GateCheck._base_manager.filter(gate=self.gate).first()

    @cached_property
    def certificate(self):
        with acting(TESTS):
            return issue(self.lead, self.lead.protected_until)

    @cached_property
    def pooled(self):
        ship()
        return LeadFactory(
            unit=self.tree.town, name="标记漂流项目", investor=self.investor, officer=None, custody="pool"
        )

    @cached_property
    def claimer(self):
        return OfficerFactory(unit=self.tree.town, user=user_with("officer", self.tree.town))

    @cached_property
    def transfer(self):
        units = {"from_unit": self.tree.town, "to_unit": self.tree.second_town}
        return LeadTransfer._base_manager.create(lead=self.lead, reason="标记原因", **units)

    @cached_property
    def dispute(self):
        sides = {"respondent": self.tree.town, "claimant": self.tree.second_town}
        return Dispute._base_manager.create(
            number="标记1号", lead=self.lead, investor_name="标记实业有限公司", claim="标记主张", **sides
        )

    @cached_property
    def screening(self):
        return Screening._base_manager.create(lead=self.lead, gate=self.gate, outcome="failed")

    @cached_property
    def follow_up(self):
        return FollowUpFactory(lead=self.lead, unit=self.tree.town, text="标记谈话")

    @cached_property
    def task(self):
        return TaskFactory(lead=self.lead, title="标记任务")

    @cached_property
    def attachment(self):
        return AttachmentFactory(lead=self.lead, name="标记.pdf")

    @cached_property
    def stage(self):
        ship()
        return stage("lead", "registered")

    @cached_property
    def lost(self):
        ship()
        return stage("lead", "lost")

    @cached_property
    def stage_reason(self):
        return StageReason._base_manager.filter(stage=self.lost).first()

    @cached_property
    def project(self):
        ship()
        return a_project(self.tree.town, name="标记项目", lead=a_lead(self.tree.town, "signed"))

    @cached_property
    def commitment(self):
        return Commitment._base_manager.create(project=self.project, text="标记承诺", incentive=False)

    @cached_property
    def obligation(self):
        return Obligation._base_manager.create(project=self.project, kind="jobs", due_on=date(2028, 12, 31))

    @cached_property
    def parcel(self):
        return LandParcel._base_manager.create(project=self.project, number="标记地块", area_mu=Decimal(10))

    @cached_property
    def pair(self):
        """The lead and another one like it."""
        twin = LeadFactory(unit=self.tree.town, name="标记项目二", investor=self.investor)
        one, other = sorted((self.lead.pk, twin.pk))
        about = {"level": 3, "reason": "very_similar_name", "similarity": Decimal(80)}
        return LikePair.objects.create(kind="lead", one_id=one, other_id=other, found_at=clock.now(), **about)

    @cached_property
    def apart(self):
        """Such a pair that was set apart."""
        pair = self.pair
        return NotDuplicate.objects.create(
            kind="lead", one_id=pair.one_id, other_id=pair.other_id, reason="标记", actor_name="标记人"
        )

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

    @cached_property
    def measure(self):
        return MeasureFactory(name="到位资金", code="capital")

    @cached_property
    def table(self):
        return RankingTableFactory(group=self.group, measure=self.measure, name="标记排名")

    @cached_property
    def mapping(self):
        return batch(self.tree.county, self.measure, "mapping")

    @cached_property
    def preview(self):
        return batch(self.tree.county, self.measure, "preview")

    @cached_property
    def confirmed(self):
        return batch(self.tree.county, self.measure, "confirmed", confirmed_at=clock.now())

    def _fact(self, model, unit, **values):
        source = self.confirmed
        common = {
            "measure": self.measure,
            "row": source.rows.get(),
            "batch": source,
            "ref": "B2",
            "recorded_at": clock.now(),
        }
        return model._base_manager.create(unit=unit, year=2026, value=Decimal("90500000"), **common, **values)

    def figure_at(self, unit, **values):
        return self._fact(ImportedFigure, unit, **{"month": 6, "span": "ytd", **values})

    def target_at(self, unit, **values):
        return self._fact(Target, unit, **values)

    @cached_property
    def figure(self):
        return self.figure_at(self.unit)

    @cached_property
    def target(self):
        return self.target_at(self.unit)

    @cached_property
    def run(self):
        assert self.membership
        assert self.figure_at(self.tree.town)
        return run_compute(actor=TESTS, table=self.table, month=Month(2026, 6))[0]

    @cached_property
    def posting(self):
        return PostingFactory(unit=self.unit, actor_name="标记人")

    @cached_property
    def booked_run(self):
        """A ranking whose figures are counted from the books."""
        assert self.membership
        measure = MeasureFactory(code="booked", source="ledger", basis="arrived", level="final")
        table = RankingTableFactory(group=self.group, measure=measure, name="标记认定排名")
        return run_compute(actor=TESTS, table=table, month=Month(2026, 6))[0]

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

    # the books closed

    @cached_property
    def period(self):
        return self.posting.posted_in  # June 2026, open

    @cached_property
    def closing(self):
        return close(self.period.pk)

    @cached_property
    def closed_period(self):
        return self.closing.period

    @cached_property
    def reopening(self):
        staff = user_with("bureau_staff", self.tree.bureau)
        return reopening_ask(actor=staff, code=self.closed_period.pk, reason="标记原因")

    @cached_property
    def closing_terms(self):
        return ClosingTerms._base_manager.get()

    @cached_property
    def saved_view(self):
        return SavedView._base_manager.create(
            page="officer_list", name="标记视图", owner_id=0, reach="unit", unit_path=self.tree.county.path
        )

    @cached_property
    def job(self):
        return JobRun.objects.create(
            kind="assessments.rank", key="标记", actor_name="标记人", state="failed", created_at=clock.now()
        )

    @cached_property
    def schedule(self):
        return JobSchedule.objects.create(kind="assessments.rank")

    @cached_property
    def reminder(self):
        user = user_with("officer", self.tree.county)
        return Reminder._base_manager.create(
            user=user, kind="job_failed", key="标记", params={"job": "assessments.rank", "error": "标记原因"}
        )

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

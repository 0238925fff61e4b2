"""One row of every kind in the county's scope, each made when a test first asks for it.

Every text that a stranger must not read begins with 标记.
"""

from datetime import date
from decimal import Decimal
from functools import cached_property

from assessments.models import ImportedFigure, Target
from assessments.services.rankings import run_compute
from common import clock
from common.changelog import acting
from common.models import JobRun, JobSchedule, SavedView
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
from projects.models import Commitment, LandParcel, Obligation
from reference.models import Industry, Region
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
    Tree,
    UnitAliasFactory,
    UnitFactory,
    UserFactory,
)
from tests.support.factories_leads import (
    ContactFactory,
    IntroducerFactory,
    InvestorFactory,
    LeadFactory,
    OfferFactory,
)
from tests.support.factories_projects import PostingFactory
from tests.support.factories_tables import (
    CalendarYearFactory,
    CurrencyFactory,
    ExchangeRateFactory,
    GivenFigureFactory,
    HolidayFactory,
    MeasureFactory,
    RankingTableFactory,
    batch,
    sheet,
)
from tests.support.factories_work import AttachmentFactory, FollowUpFactory, TaskFactory
from tests.support.pipeline import a_lead, a_project, ship, stage
from tests.support.world_accounts import AccountRows
from tests.support.world_capital import CapitalRows
from tests.support.world_results import ResultRows
from tests.support.world_schemes import SchemeRows

__all__ = [
    "CalendarYearFactory",
    "CurrencyFactory",
    "ExchangeRateFactory",
    "HolidayFactory",
    "MeasureFactory",
    "RankingTableFactory",
    "World",
    "batch",
    "sheet",
]


class World(AccountRows, ResultRows, SchemeRows, CapitalRows):
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
    def measure(self):
        return MeasureFactory(name="到位资金", code="capital")

    @cached_property
    def counted_measure(self):
        """A measure that is counted from the books by a definition."""
        given = {"source": "counted", "base": "signed_projects", "role": "assessed", "unit": "count"}
        return MeasureFactory(name="签约项目", code="signed-counted", **given)

    @cached_property
    def given_figure(self):
        return GivenFigureFactory(unit=self.tree.town, measure=self.measure, giver="标记评委")

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
        measure = MeasureFactory(
            code="booked", source="ledger", basis="arrived", level="final", role="assessed"
        )
        table = RankingTableFactory(group=self.group, measure=measure, name="标记认定排名")
        return run_compute(actor=TESTS, table=table, month=Month(2026, 6))[0]

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

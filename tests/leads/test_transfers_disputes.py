"""Transfers need consent, disputes the bureau; neither side can take what isn't its own."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from common import clock
from common.changelog import history
from common.errors import Denied, NotVisible, Refused, Stale
from leads.contested import rivals
from leads.desk_protection import transfers_waiting
from leads.models import Dispute, Handover, Lead, LeadTransfer
from leads.services.disputes import (
    dispute_decide,
    dispute_hear,
    dispute_open,
    dispute_state,
    dispute_withdraw,
)
from leads.services.leads import lead_update
from leads.services.protection import lapse, lead_release
from leads.services.transfers import (
    credited_unit,
    transfer_agree,
    transfer_propose,
    transfer_refuse,
    transfer_withdraw,
)
from organizations.choices import Role
from organizations.models import Reminder
from tests.support.clients import user_with
from tests.support.factories import TESTS, OfficerFactory
from tests.support.factories_leads import InvestorFactory, LeadFactory

pytestmark = pytest.mark.django_db


class People:
    def __init__(self, tree):
        self.giving = user_with(Role.UNIT_HEAD, tree.town)
        self.receiving = user_with(Role.UNIT_HEAD, tree.other_town)
        self.bureau = user_with(Role.BUREAU_STAFF, tree.city)
        self.county_bureau = user_with(Role.BUREAU_STAFF, tree.other_county)
        self.officer = user_with(Role.OFFICER, tree.other_town)
        self.record = OfficerFactory(unit=tree.other_town, user=self.officer)


@pytest.fixture
def people(tree, pipeline):
    return People(tree)


@pytest.fixture
def lead(tree, pipeline):
    return LeadFactory(unit=tree.town, investor=InvestorFactory(unit=tree.town, name="示例青屿电子有限公司"))


def fresh(row):
    return type(row)._base_manager.get(pk=row.pk)


def propose(people, lead, to, **values):
    given = {"version": None, "reason": "选址在河口镇园区"} | values
    return transfer_propose(actor=people.giving, lead=lead.pk, to_unit=to, **given)


# transfers


def test_nothing_moves_before_the_other_unit_consents(tree, people, lead):
    row = propose(people, lead, tree.other_town)
    assert fresh(lead).unit == tree.town
    assert Reminder._base_manager.filter(user=people.receiving, kind="transfer_waits").count() == 1
    stranger = user_with(Role.UNIT_HEAD, tree.park)
    for actor, problem in ((people.giving, Denied), (people.officer, Denied), (stranger, NotVisible)):
        with pytest.raises(problem):
            transfer_agree(actor=actor, pk=row.pk, version=1)
    with pytest.raises(Refused):
        propose(people, lead, tree.park)
    with pytest.raises(Refused) as waits:
        lead_release(actor=people.giving, pk=lead.pk, version=None, reason="不跟了")
    assert waits.value.code == "transfer_waits"
    assert (fresh(lead).unit, Handover.objects.count()) == (tree.town, 0)

    monday = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    with clock.at(monday):
        transfer_agree(actor=people.receiving, pk=row.pk, version=1, officer=people.record)
    found = fresh(lead)
    assert (found.unit, found.officer, found.custody) == (tree.other_town, people.record, "held")
    assert (found.protected_from, found.protected_until) == (date(2026, 3, 2), date(2026, 3, 30))
    assert credited_unit(found) == tree.other_town
    line = Handover.objects.get()
    assert (line.kind, line.from_unit, line.to_unit, line.reason, line.keeps_credit) == (
        "transferred",
        tree.town,
        tree.other_town,
        "选址在河口镇园区",
        False,
    )
    with pytest.raises(Refused):
        transfer_agree(actor=people.receiving, pk=row.pk, version=None)


def test_who_brought_it_may_keep_the_credit(tree, people, lead):
    """DOMAIN 2, enclave: the originating unit keeps the credit (谁办谁有), also when the host hands it on."""
    transfer_agree(
        actor=people.receiving, pk=propose(people, lead, tree.other_town, keeps_credit=True).pk, version=1
    )
    assert (fresh(lead).unit, credited_unit(fresh(lead))) == (tree.other_town, tree.town)
    assert Handover.objects.get().keeps_credit
    on = transfer_propose(
        actor=people.receiving, lead=lead.pk, version=None, to_unit=tree.park, reason="园区更合适"
    )
    transfer_agree(actor=people.bureau, pk=on.pk, version=1)
    assert (fresh(lead).unit, credited_unit(fresh(lead))) == (tree.park, tree.town)
    back = transfer_propose(
        actor=people.bureau, lead=lead.pk, version=None, to_unit=tree.town, reason="回原单位"
    )
    transfer_agree(actor=people.giving, pk=back.pk, version=1)
    assert fresh(lead).credit_unit is None


def test_an_offer_is_refused_or_taken_back(tree, people, lead):
    with pytest.raises(ValidationError):
        propose(people, lead, tree.town)
    with pytest.raises(ValidationError):
        propose(people, lead, tree.park, reason=" ")
    with pytest.raises(Stale):
        propose(people, lead, tree.other_town, version=7)
    row = propose(people, lead, tree.other_town)
    with pytest.raises(Refused):
        transfer_refuse(actor=people.receiving, pk=row.pk, version=1, answer=" ")
    transfer_refuse(actor=people.receiving, pk=row.pk, version=1, answer="没有指标")
    again = propose(people, lead, tree.other_town)
    with pytest.raises(Denied):
        transfer_withdraw(actor=people.receiving, pk=again.pk, version=1)
    transfer_withdraw(actor=people.giving, pk=again.pk, version=1)
    assert list(LeadTransfer._base_manager.order_by("pk").values_list("state", flat=True)) == [
        "refused",
        "withdrawn",
    ]
    assert fresh(lead).unit == tree.town


def test_a_lead_is_not_poached_by_changing_it(tree, people, lead):
    with pytest.raises(ValidationError):
        lead_update(actor=people.bureau, pk=lead.pk, version=1, unit=tree.other_town)
    with pytest.raises(Denied):  # nor does the wanting unit propose it to itself
        transfer_propose(
            actor=user_with(Role.LEADER, tree.county),
            lead=lead.pk,
            version=None,
            to_unit=tree.other_town,
            reason="想要",
        )
    with pytest.raises(NotVisible):
        transfer_propose(
            actor=people.receiving, lead=lead.pk, version=None, to_unit=tree.other_town, reason="想要"
        )
    assert fresh(lead).unit == tree.town


# disputes


@pytest.fixture
def dispute(tree, people, lead):
    """The other town claims the investor, on Monday 2 March 2026."""
    with clock.at(datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))):
        return dispute_open(
            actor=people.officer,
            claimant=tree.other_town,
            investor_name="示例 青屿电子有限公司",
            claim="我镇上月已接待。",
        )


def heard(people, dispute):
    return dispute_hear(actor=people.bureau, pk=dispute.pk, version=None, minutes="双方到会。")


def test_a_claimant_learns_unit_stage_and_date_and_no_more(tree, people, lead, dispute):
    (found,) = rivals(tree.other_town, investor_name="示例青屿电子有限公司")
    assert str(found) == f"{tree.town.label} · {lead.stage.label} · {clock.today()}"
    assert (dispute.number, dispute.respondent, dispute.due_on) == (
        "D2026-0001",
        tree.town,
        date(2026, 3, 16),
    )
    assert dispute.investor_name == "示例 青屿电子有限公司", "the claimant's own words"
    assert Dispute.objects.visible_to(people.officer).filter(pk=dispute.pk).exists()
    assert not Lead.objects.visible_to(people.officer).filter(pk=lead.pk).exists()
    with pytest.raises(Refused) as unknown:
        dispute_open(actor=people.officer, claimant=tree.other_town, investor_name="没有的公司", claim="我的")
    assert unknown.value.code == "nothing_contested"
    other = LeadFactory(unit=tree.park)
    with pytest.raises(Refused):  # not by guessing numbers
        dispute_open(
            actor=people.officer,
            claimant=tree.other_town,
            investor_name="示例青屿电子有限公司",
            lead=other.pk,
            claim="我的",
        )
    with pytest.raises(Denied):
        dispute_open(
            actor=people.officer, claimant=tree.park, investor_name="示例青屿电子有限公司", claim="替别人"
        )
    with pytest.raises(ValidationError):  # twice
        dispute_open(
            actor=people.officer, claimant=tree.other_town, investor_name="示例青屿电子有限公司", claim="再来"
        )


def test_what_is_in_dispute_stays_where_it_is(tree, people, lead, dispute):
    with pytest.raises(Refused) as stays:
        lead_release(actor=people.giving, pk=lead.pk, version=None, reason="不跟了")
    assert stays.value.code == "in_dispute"
    with pytest.raises(Refused):
        propose(people, lead, tree.park)
    row = Lead._base_manager.get(pk=lead.pk)
    row.protected_until = date(2026, 1, 5)
    assert not lapse(row, date(2026, 3, 2), actor=TESTS)
    dispute_withdraw(actor=people.officer, pk=dispute.pk, version=1)
    assert lapse(row, date(2026, 3, 2), actor=TESTS)


def test_both_sides_speak_and_neither_decides(tree, people, lead, dispute):
    dispute_state(actor=people.giving, pk=dispute.pk, text="我镇登记在先。")
    dispute_state(actor=people.officer, pk=dispute.pk, text="客商先到我镇。")
    assert list(dispute.statements.values_list("unit__name", flat=True)) == ["龙驹寨镇", "河口镇"]
    with pytest.raises(Denied):
        dispute_state(actor=people.bureau, pk=dispute.pk, text="局里的意见")
    insider = user_with(None, tree.other_town)
    from tests.support.factories import RoleGrantFactory

    RoleGrantFactory(user=insider, role=Role.BUREAU_STAFF, unit=tree.city)
    insider = type(insider)._base_manager.get(pk=insider.pk)
    before = (fresh(dispute).state, dispute.statements.count())
    for side in (people.giving, people.officer, people.county_bureau, insider):
        with pytest.raises(Denied):
            dispute_hear(actor=side, pk=dispute.pk, version=None, minutes="我来记")
        with pytest.raises(Denied):
            dispute_decide(actor=side, pk=dispute.pk, version=None, ruling="move", reasons="归我")
    with pytest.raises(NotVisible):
        dispute_state(actor=user_with(Role.OFFICER, tree.park), pk=dispute.pk, text="路过")
    assert (fresh(dispute).state, dispute.statements.count()) == before
    assert fresh(lead).unit == tree.town


def test_the_bureau_decides_after_the_hearing_with_reasons(tree, people, lead, dispute):
    def decide(**values):
        given = {"version": None, "ruling": "move", "reasons": "接待记录在先。"} | values
        return dispute_decide(actor=people.bureau, pk=dispute.pk, **given)

    with pytest.raises(Refused) as early:
        decide()
    assert early.value.code == "not_heard"
    heard(people, dispute)
    for wrong in ({"reasons": " "}, {"ruling": "share"}, {"officer": OfficerFactory(unit=tree.park)}):
        with pytest.raises(Refused):
            decide(**wrong)
    with pytest.raises(Stale):
        decide(version=1)
    assert fresh(lead).unit == tree.town
    decide(officer=people.record)
    found, ruled = fresh(lead), fresh(dispute)
    assert (found.unit, found.officer, found.protected_from) == (
        tree.other_town,
        people.record,
        clock.today(),
    )
    assert (ruled.state, ruled.ruling, ruled.decided_by) == ("decided", "move", people.bureau.actor_name)
    line = Handover.objects.get()
    assert (line.kind, line.to_unit, line.reason) == ("decided", tree.other_town, "接待记录在先。")
    assert history(ruled)[0].reason == "接待记录在先。"
    for side in (people.giving, people.receiving):
        assert Reminder._base_manager.filter(user=side, key=f"dispute_moves:{dispute.pk}:decided").exists()
    with pytest.raises(Refused):
        decide(ruling="keep")


def test_a_ruling_to_keep_moves_nothing(tree, people, lead, dispute):
    heard(people, dispute)
    dispute_decide(actor=people.bureau, pk=dispute.pk, version=None, ruling="keep", reasons="登记在先。")
    assert (fresh(lead).unit, fresh(lead).version, Handover.objects.count()) == (tree.town, lead.version, 0)


def test_the_bureau_sees_both_sides_and_still_does_not_consent_to_its_own_offer(tree, people, lead):
    row = transfer_propose(
        actor=people.bureau, lead=lead.pk, version=lead.version, to_unit=tree.other_town, reason="临港岸线"
    )
    assert transfers_waiting(people.bureau) == []
    assert len(transfers_waiting(people.receiving)) == 1
    with pytest.raises(Refused) as refused:
        transfer_agree(actor=people.bureau, pk=row.pk, version=row.version)
    assert refused.value.code == "own_offer"
    assert fresh(lead).unit == tree.town
    transfer_agree(actor=people.receiving, pk=row.pk, version=row.version)
    assert fresh(lead).unit == tree.other_town

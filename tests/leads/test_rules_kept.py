"""Ways round the rules of leads, each of them closed: signing and archiving in dispute, judges of their own case,
days by the wrong calendar, registering instead of claiming, and books that stay behind (DOMAIN §2, §6)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from common.errors import Denied, Refused
from leads import posting
from leads.duplicates.merging import merge_investors
from leads.models import Dispute, Lead, LeadTransfer, ScreeningCheck
from leads.own_panels import facts
from leads.services import disputes
from leads.services.follow_ups import follow_up_add
from leads.services.investors import investor_update
from leads.services.leads import lead_archive, lead_register, lead_update
from leads.services.moves import lead_move
from leads.services.protection import lapse
from leads.services.screenings import Found, screening_begin, screening_override, screening_record
from leads.services.transfers import transfer_agree
from ledger.services import standing, standing_of
from organizations.choices import Role
from projects.services import project_sign
from tests.support.clients import client_of, user_with
from tests.support.factories import TESTS, OfficerFactory, RoleGrantFactory
from tests.support.factories_leads import InvestorFactory, LeadFactory, StageReasonFactory, yuan
from tests.support.factories_projects import ready_lead, signed_project, terms

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline")]
NEW_YEAR = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # 07:30 on 1 January 2027 in Shanghai


@pytest.fixture
def bureau(tree):
    return user_with(Role.BUREAU_STAFF, tree.city)


def fresh(row):
    return type(row)._base_manager.get(pk=row.pk)


def disputed(lead, claimant, **values):
    given = {"number": f"D{lead.pk}", "claim": "我镇已接待。", "opened_by": "tests", "investor_name": "示例"}
    return Dispute._base_manager.create(
        lead=lead, respondent=lead.unit, claimant=claimant, **{**given, **values}
    )


def offered(lead, to):
    return LeadTransfer._base_manager.create(
        lead=lead, from_unit=lead.unit, to_unit=to, reason="选址", proposed_by="tests"
    )


def code_of(problem, call, *args, **values):
    with pytest.raises(problem) as raised:
        call(*args, **values)
    return getattr(raised.value, "code", "")


# signing, losing and archiving


def test_a_lead_in_dispute_is_not_signed(tree):
    lead = ready_lead(tree.town)
    row = disputed(lead, tree.other_town)
    with clock.at(datetime(2026, 6, 12, tzinfo=UTC)):
        sign = {"actor": TESTS, "lead_pk": lead.pk, "version": None, **terms()}
        assert code_of(Refused, project_sign, **sign) == "in_dispute"
        Dispute._base_manager.filter(pk=row.pk).update(state="decided")
        assert project_sign(**sign).lead == lead


def test_what_others_rely_on_is_not_archived(tree, bureau):
    def refused(lead):
        return code_of(Refused, lead_archive, actor=bureau, pk=lead.pk, version=None, reason="重复")

    contested, waiting = LeadFactory(unit=tree.town), LeadFactory(unit=tree.town)
    disputed(contested, tree.other_town)
    offer = offered(waiting, tree.other_town)
    with clock.at(datetime(2026, 6, 12, tzinfo=UTC)):
        signed = signed_project(tree.town).lead
    assert [refused(row) for row in (contested, waiting, signed)] == [
        "in_dispute",
        "transfer_waits",
        "is_project",
    ]
    assert not Lead._base_manager.exclude(archived_at=None).exists()
    page = client_of(bureau)
    for lead, shown in ((signed, False), (contested, True)):
        html = page.get(reverse("lead_detail", args=[lead.pk])).content.decode()
        assert (reverse("lead_archive", args=[lead.pk]) in html) is shown
    LeadTransfer._base_manager.filter(pk=offer.pk).update(state="withdrawn")
    assert lead_archive(actor=bureau, pk=waiting.pk, version=None, reason="重复").archived_at


def test_the_offer_of_a_signed_or_lost_lead_is_over(tree, bureau):
    signed, lost = ready_lead(tree.town), LeadFactory(unit=tree.town)
    StageReasonFactory()
    offers = [offered(lead, tree.other_town) for lead in (signed, lost)]
    with clock.at(datetime(2026, 6, 12, tzinfo=UTC)):
        signed_project(tree.town, lead=signed)
    lead_move(
        actor=bureau, pk=lost.pk, version=None, target="lost", reason_code="elsewhere", reason_text="去外地"
    )
    assert [fresh(row).state for row in offers] == ["withdrawn", "withdrawn"]


# disputes


def test_who_has_a_role_at_a_side_does_not_judge(tree, bureau):
    row = disputed(LeadFactory(unit=tree.town), tree.other_town)
    assert disputes.may_decide(bureau, row)
    RoleGrantFactory(user=bureau, role=Role.UNIT_HEAD, unit=tree.other_town)
    both = type(bureau)._base_manager.select_related("unit").get(pk=bureau.pk)
    assert not disputes.may_decide(both, row)
    assert code_of(Denied, disputes.dispute_hear, actor=both, pk=row.pk, version=None, minutes="我来记")


def test_a_lead_that_went_to_the_pool_meanwhile_is_not_disputed(tree, monkeypatch):
    lead = LeadFactory(unit=tree.town, investor=InvestorFactory(unit=tree.town, name="示例青屿电子有限公司"))
    plain = disputes.rivals

    def slow(*args, **values):
        """Somebody gives the lead up between the question and the lock."""
        found = plain(*args, **values)
        Lead._base_manager.filter(pk=lead.pk).update(custody="pool", officer=None)
        return found

    monkeypatch.setattr(disputes, "rivals", slow)
    claim = {"claimant": tree.other_town, "investor_name": "示例青屿电子有限公司", "claim": "我的"}
    head = user_with(Role.UNIT_HEAD, tree.other_town)
    assert code_of(Refused, disputes.dispute_open, actor=head, **claim) == "nothing_contested"


def test_who_has_left_receives_nothing(tree, bureau):
    gone = OfficerFactory(unit=tree.other_town, left_on=clock.today() - timedelta(days=1))
    head = user_with(Role.UNIT_HEAD, tree.other_town)
    offer = offered(LeadFactory(unit=tree.town), tree.other_town)
    assert (
        code_of(Refused, transfer_agree, actor=head, pk=offer.pk, version=None, officer=gone)
        == "officer_left"
    )
    lead = LeadFactory(unit=tree.town)
    row = disputed(
        lead, tree.other_town, state="heard", claimant_lead=LeadFactory(unit=tree.other_town, officer=gone)
    )
    ruling = {"actor": bureau, "pk": row.pk, "version": None, "ruling": "move", "reasons": "在先。"}
    assert code_of(Refused, disputes.dispute_decide, **ruling, officer=gone) == "officer_left"
    disputes.dispute_decide(**ruling)
    assert (fresh(lead).unit, fresh(lead).officer) == (tree.other_town, None)


def test_a_late_entry_does_not_revive_what_only_a_dispute_keeps(tree, bureau):
    """Twenty working days from Monday 2 March 2026 end on the 30th; a visit of the 27th gives until 24 April."""
    ends = {"protected_from": date(2026, 3, 2), "protected_until": date(2026, 3, 30)}
    contested, free = (LeadFactory(unit=tree.town, **ends) for _n in range(2))
    disputed(contested, tree.other_town)
    with clock.at(datetime(2026, 4, 1, 4, tzinfo=UTC)):
        for lead in (contested, free):
            follow_up_add(actor=bureau, lead=lead.pk, kind="visit", on=date(2026, 3, 27), text="看地块。")
    assert fresh(contested).protected_until == date(2026, 3, 30)
    assert fresh(free).protected_until > date(2026, 3, 30)


# days and registering


def test_days_are_those_of_the_bureau(tree, bureau):
    lead = LeadFactory(unit=tree.town, registered_at=NEW_YEAR)
    with clock.at(NEW_YEAR):
        posting.handed_in(actor=TESTS, lead=lead)
    assert {line.occurred_on for line in standing(posting.event(lead, "lead.handed_in"))} == {
        date(2027, 1, 1)
    }
    assert f"2027-01-01 {lead.registered_by}" in [value for _label, value in facts(lead, bureau)["rows"]]
    offer, row = offered(lead, tree.other_town), disputed(lead, tree.other_town)
    for one in (offer, row):
        type(one)._base_manager.filter(pk=one.pk).update(created_at=NEW_YEAR)
    for name, one in (("transfer_detail", offer), ("dispute_detail", row)):
        html = client_of(bureau).get(reverse(name, args=[one.pk])).content.decode()
        assert "2027-01-01" in html
        assert "2026-12-31" not in html


def test_a_visit_is_not_still_to_come(tree, bureau):
    lead = LeadFactory(unit=tree.town)
    tomorrow = clock.today() + timedelta(days=1)
    new = {"unit": tree.town, "name": "机器人", "source": "approach", "investor_name": "云杉设备有限公司"}
    with pytest.raises(ValidationError) as first:
        lead_register(actor=bureau, **new, visited_on=tomorrow)
    with pytest.raises(ValidationError) as later:
        lead_update(actor=bureau, pk=lead.pk, version=None, visited_on=tomorrow)
    assert [list(found.value.message_dict) for found in (first, later)] == [["visited_on"]] * 2
    assert lead_update(actor=bureau, pk=lead.pk, version=None, visited_on=clock.today()).visited_on


def test_what_lies_in_the_pool_is_claimed_not_registered_again(tree):
    yuan()
    investor = InvestorFactory(unit=tree.town, name="云杉设备有限公司")
    pooled = LeadFactory(unit=tree.town, officer=None, custody="pool", investor=investor, name="机器人 项目")
    for unit in (
        tree.town,
        tree.other_town,
    ):  # the town's own officers, and others who don't see the investor
        actor = user_with(Role.OFFICER, unit)
        OfficerFactory(unit=unit, user=actor)
        actor = type(actor)._base_manager.select_related("unit").get(pk=actor.pk)
        new = {"actor": actor, "unit": unit, "source": "approach", "investor_name": "云杉设备有限公司"}
        assert code_of(Refused, lead_register, **new, name="机器人项目") == "in_pool"
        assert lead_register(**new, name="另一个项目").unit == unit
    Lead._base_manager.filter(pk=pooled.pk).update(archived_at=clock.now())
    assert lead_register(**new, name="机器人项目").custody == "held"


# locks


def test_lead_first_then_its_transfer(tree):
    head = user_with(Role.UNIT_HEAD, tree.other_town)
    agreed, lapsed = (LeadFactory(unit=tree.town, protected_until=date(2026, 3, 30)) for _n in range(2))
    offers = [offered(lead, tree.other_town) for lead in (agreed, lapsed)]
    with CaptureQueriesContext(connection) as said:
        transfer_agree(actor=head, pk=offers[0].pk, version=None)
    tables = (Lead._meta.db_table, LeadTransfer._meta.db_table)
    locks = [q["sql"] for q in said if "FOR UPDATE" in q["sql"]]
    locked = [table for sql in locks for table in tables if f'FROM "{table}"' in sql]
    assert locked[:2] == list(tables)
    with CaptureQueriesContext(connection) as said:
        assert lapse(lapsed, date(2026, 3, 31), actor=TESTS)
    about = [q["sql"] for q in said if f'"{tables[1]}"' in q["sql"]]
    (written,) = [sql.partition(f'UPDATE "{tables[1]}" SET ')[2] for sql in about if 'UPDATE "' in sql]
    assert '"state"' in written
    assert '"reason"' not in written
    assert any("FOR UPDATE" in sql for sql in about)
    assert fresh(offers[1]).state == "withdrawn"


# books


def test_the_books_follow_an_investor_home(tree, bureau):
    with clock.at(datetime(2026, 6, 12, tzinfo=UTC)):
        project = signed_project(tree.town)
        lead = LeadFactory(unit=tree.town, investor=project.lead.investor)
        posting.handed_in(actor=TESTS, lead=lead)

    def zones():
        lines = [*standing(posting.event(lead, "lead.handed_in")), *standing_of(("project", project.pk))]
        return {(line.subject_type, line.facet.zone) for line in lines}

    here = project.lead.investor
    assert zones() == {("lead", "outside_province"), ("project", "outside_province")}
    with clock.at(datetime(2026, 6, 13, tzinfo=UTC)):
        investor_update(actor=bureau, pk=here.pk, version=None, zone="abroad")
        assert zones() == {("lead", "abroad"), ("project", "abroad")}
        keep = InvestorFactory(unit=tree.town, zone="outside_city")
        merge_investors(actor=bureau, keep=keep.pk, gone=here.pk, choices={}, reason="同一家")
    assert zones() == {("lead", "outside_city"), ("project", "outside_city")}


# the gate


def test_the_committee_decides_on_checks_and_they_stay(tree):
    lead = LeadFactory(unit=tree.town, amount=Decimal(160_000_000), land_mu=Decimal(40))
    officer, committee = user_with(Role.OFFICER, tree.town), user_with(Role.COMMITTEE, tree.county)
    row = screening_begin(actor=officer, lead=lead.pk)

    def override():
        return screening_override(actor=committee, pk=row.pk, version=None, reason="补链项目")

    def record(value):
        return screening_record(
            actor=officer, pk=row.pk, version=None, findings={"tax_per_mu": Found(Decimal(value))}
        )

    assert code_of(Refused, override) == "unchecked"
    record(1)
    assert override().admitted
    assert code_of(Refused, record, 99) == "overridden"
    assert ScreeningCheck.objects.get(screening=row, check_def__code="tax_per_mu").value == 1

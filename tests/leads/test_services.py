"""Registering, changing, assigning and judging leads: the rules, each with what breaks it."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from common import clock
from common.errors import Archived, Denied, NotVisible, Refused, Stale
from leads.models import Handover, Investor, Lead, LeadMove
from leads.services import hooks, investors, leads
from ledger.models import Posting
from organizations.choices import Role, UnitKind
from reference.models import Industry
from tests.support.clients import user_with
from tests.support.factories import TESTS, OfficerFactory, UnitFactory
from tests.support.factories_leads import ContactFactory, InvestorFactory, LeadFactory, yuan
from tests.support.pipeline import ask, ship
from tests.support.suite import state_of

pytestmark = pytest.mark.django_db
CODE = "91350100M000100Y43"  # GB 32100-2015, its own example


@pytest.fixture(autouse=True)
def stages(db):
    ship()
    yuan()


@pytest.fixture
def officer(tree):
    return OfficerFactory(unit=tree.town, user=user_with(Role.OFFICER, tree.town))


@pytest.fixture
def user(officer):
    return user_of(officer)


def user_of(officer):
    return type(officer.user)._base_manager.select_related("unit").get(pk=officer.user_id)


def register(actor, unit, **values):
    return leads.lead_register(
        actor=actor,
        unit=unit,
        **{"name": "机器人", "source": "approach", "investor_name": "云杉设备有限公司"} | values,
    )


def counted(kind="lead.handed_in"):
    """What stands in the books: {(dimension, unit, person): sum}."""
    found = {}
    for line in Posting._base_manager.filter(kind=kind):
        key = (line.role, line.unit_id, line.holder)
        found[key] = found.get(key, 0) + line.qty
    return {key: total for key, total in found.items() if total}


def industry(code, sector, **values):
    """A class below its section; only what the services read."""
    section = Industry._base_manager.get_or_create(
        code="C", level="section", defaults={"name": "制造业", "pinyin": "zhizaoye zzy"}
    )[0]
    return Industry._base_manager.create(
        code=code,
        level="division",
        parent=section,
        name="示例业",
        pinyin="shiliye sly",
        sector=sector,
        **values,
    )


# registering


def test_a_new_lead_stands_on_the_first_stage_with_number_handover_and_posting(tree, user, officer):
    lead = register(user, tree.town, industry=industry("34", "secondary"))
    year = clock.today().year
    assert lead.number == f"L{year}-000001"
    assert register(user, tree.town, name="另一个").number == f"L{year}-000002"
    assert (lead.stage.code, lead.sector, lead.normal) == ("registered", "secondary", "机器人")
    assert LeadMove._base_manager.get(lead=lead).to_stage == lead.stage
    handed = Handover._base_manager.get(lead=lead)
    assert (handed.kind, handed.to_unit, handed.to_officer) == ("registered", tree.town, officer)
    lines = Posting._base_manager.filter(subject_id=lead.pk)
    assert {(line.role, line.holder, line.qty) for line in lines} == {
        ("assessed", "", 1),
        ("officer", f"officer:{officer.pk}", 1),
    }
    assert {line.facet.sector for line in lines} == {"secondary"}


def test_a_hook_may_refuse_and_then_nothing_is_written(tree, user, monkeypatch):
    def refuse(*, actor, lead):
        raise Refused("protected elsewhere")

    monkeypatch.setattr(hooks, "registered", [refuse])
    with pytest.raises(Refused, match="protected"):
        register(user, tree.town)
    assert not Lead._base_manager.exists()
    assert not Investor._base_manager.exists()
    assert not Posting._base_manager.exists()


def test_the_first_stage_may_ask_for_more(tree, user):
    ask("lead", "registered", "source", "amount")
    with pytest.raises(Refused) as refusal:
        register(user, tree.town)
    assert refusal.value.code == "missing_facts"
    assert not Lead._base_manager.exists()


def test_an_investor_is_found_by_its_code_wherever_it_was_entered(tree, user):
    theirs = InvestorFactory(unit=tree.other_town, name="旧名有限公司", credit_code=CODE)
    assert register(user, tree.town, credit_code=CODE.lower()).investor == theirs
    hidden = InvestorFactory(unit=tree.other_town, name="海棠有限公司")
    assert register(user, tree.town, investor_name="海棠").investor != hidden  # a name alone opens nothing
    own = InvestorFactory(unit=tree.town, name="松原科技股份有限公司")
    assert register(user, tree.town, investor_name="松原科技").investor == own
    with pytest.raises(NotVisible):
        register(user, tree.town, investor=hidden)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"investor_name": " "}, "investor_name"),
        ({"credit_code": "91350100M000100Y44"}, "credit_code"),
        ({"contact_phone": "13812345678"}, "contact_name"),
        ({"name": ""}, "name"),
        ({"amount": -1}, "amount"),
        ({"custody": "pool"}, "custody"),
        ({"source": "tip"}, "tip_from"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(tree, user, values, field):
    before = state_of(Lead), state_of(Investor)
    with pytest.raises(ValidationError) as wrong:
        register(user, tree.town, **values)
    assert field in wrong.value.error_dict
    assert (state_of(Lead), state_of(Investor)) == before


def test_section_c_holds_two_sectors_and_is_too_coarse(tree, user):
    coarse = industry("34", "secondary").parent
    with pytest.raises(ValidationError) as wrong:
        register(user, tree.town, industry=coarse)
    assert "industry" in wrong.value.error_dict


def test_who_may_register_for_whom(tree, user, officer):
    colleague = OfficerFactory(unit=tree.town)
    with pytest.raises(Denied):
        register(user, tree.town, officer=colleague)
    with pytest.raises(Denied):
        register(user, tree.second_town)
    with pytest.raises(Refused) as nobody:
        register(user_with(Role.OFFICER, tree.town), tree.town)
    assert nobody.value.code == "no_officer"
    staff = user_with(Role.BUREAU_STAFF, tree.county)
    assert register(staff, tree.town).officer is None
    assert register(staff, tree.town, name="乙", officer=colleague).officer == colleague
    with pytest.raises(Refused) as elsewhere:
        register(staff, tree.town, name="丙", officer=OfficerFactory(unit=tree.second_town))
    assert elsewhere.value.code == "officer_elsewhere"


def test_an_officer_of_the_county_keeps_contacts_at_his_own_unit(tree):
    above = OfficerFactory(unit=tree.county, user=user_with(Role.OFFICER, tree.county))
    lead = register(user_of(above), tree.town, contact_name="许某", contact_phone="13812340217")
    assert (lead.unit, lead.officer, lead.contact.unit) == (tree.town, above, tree.county)


# changing


def test_only_what_is_touched_is_validated(tree, user, officer):
    lead = LeadFactory(unit=tree.town, officer=officer, source="approach")
    Lead._base_manager.filter(pk=lead.pk).update(source="gone")
    changed = leads.lead_update(
        actor=user, pk=lead.pk, version=1, next_step="送样", next_on=date(2026, 12, 1)
    )
    assert changed.version == 2
    with pytest.raises(ValidationError) as wrong:
        leads.lead_update(actor=user, pk=lead.pk, version=2, source="wrong")
    assert set(wrong.value.error_dict) == {"source"}
    with pytest.raises(ValidationError):
        leads.lead_update(actor=user, pk=lead.pk, version=2, confidential_until=date(2027, 1, 1))
    with pytest.raises(Stale):
        leads.lead_update(actor=user, pk=lead.pk, version=1, next_step="x")


def test_a_contact_belongs_to_the_lead_s_investor(tree, user, officer):
    lead = LeadFactory(unit=tree.town, officer=officer)
    with pytest.raises(ValidationError):
        leads.lead_update(actor=user, pk=lead.pk, version=1, contact=ContactFactory(unit=tree.town))
    own = ContactFactory(unit=tree.town, investor=lead.investor)
    assert leads.lead_update(actor=user, pk=lead.pk, version=1, contact=own).contact == own


def test_colleagues_read_and_do_not_change(tree, officer):
    lead = LeadFactory(unit=tree.town, officer=officer)
    with pytest.raises(Denied):
        leads.lead_update(actor=user_with(Role.OFFICER, tree.town), pk=lead.pk, version=1, next_step="x")
    with pytest.raises(NotVisible):
        leads.lead_update(actor=user_with(Role.OFFICER, tree.other_town), pk=lead.pk, version=1, note="x")


# assigning


def test_assigning_leaves_a_line_and_calls_its_hooks(tree, officer, monkeypatch):
    lead, new = LeadFactory(unit=tree.town, officer=officer), OfficerFactory(unit=tree.town)
    told = []
    monkeypatch.setattr(hooks, "assigned", [lambda *, actor, lead: told.append(lead.officer)])
    head = user_with(Role.UNIT_HEAD, tree.town)
    leads.lead_assign(actor=head, pk=lead.pk, version=1, officer=new, reason="分工")
    line = Handover._base_manager.get()
    assert (line.kind, line.from_officer, line.to_officer, line.reason) == ("assigned", officer, new, "分工")
    assert told == [new]
    leads.lead_assign(actor=head, pk=lead.pk, version=2, officer=new, reason="again")
    assert Handover._base_manager.count() == 1  # the same officer: nothing happens
    with pytest.raises(Denied):
        leads.lead_assign(actor=user_of(officer), pk=lead.pk, version=2, officer=officer, reason="")
    gone = OfficerFactory(unit=tree.town, left_on=date(2020, 1, 1))
    with pytest.raises(Refused) as left:
        leads.lead_assign(actor=head, pk=lead.pk, version=2, officer=gone, reason="")
    assert left.value.code == "officer_left"


def test_what_lies_in_the_pool_is_claimed_and_not_assigned(tree, officer):
    lead = LeadFactory(unit=tree.town, officer=None, custody="pool")
    with pytest.raises(Refused) as pool:
        leads.lead_assign(actor=TESTS, pk=lead.pk, version=1, officer=officer)
    assert pool.value.code == "in_pool"


# finding valuable


def test_a_tip_counts_for_its_department_once_and_can_be_taken_back(tree, user, officer):
    department = UnitFactory(parent=tree.county, name="县水务局", kind=UnitKind.DEPARTMENT)
    lead = register(user, tree.town, source="tip", tip_from=department)
    handed = {
        ("assessed", tree.town.pk, ""): 1,
        ("department", department.pk, ""): 1,
        ("officer", tree.town.pk, f"officer:{officer.pk}"): 1,
    }
    assert counted() == handed
    staff = user_with(Role.BUREAU_STAFF, tree.county)
    with pytest.raises(Denied):
        leads.lead_find_valid(actor=user, pk=lead.pk, version=lead.version)
    lead = leads.lead_find_valid(actor=staff, pk=lead.pk, version=lead.version)
    assert lead.valid_on == clock.today()
    assert counted("lead.valid") == handed
    with pytest.raises(Refused):
        leads.lead_find_valid(actor=staff, pk=lead.pk, version=lead.version)
    lead = leads.lead_find_valid(actor=staff, pk=lead.pk, version=lead.version, valid=False)
    assert (lead.valid_on, counted("lead.valid")) == (None, {})
    lead = leads.lead_find_valid(actor=staff, pk=lead.pk, version=lead.version)
    assert counted("lead.valid") == handed
    other = UnitFactory(parent=tree.county, name="县文旅局", kind=UnitKind.DEPARTMENT)
    lead = leads.lead_update(actor=user, pk=lead.pk, version=lead.version, tip_from=other)
    moved = {("department", other.pk, "") if key[0] == "department" else key: n for key, n in handed.items()}
    assert counted() == counted("lead.valid") == moved
    lead = leads.lead_archive(actor=user, pk=lead.pk, version=lead.version, reason="重复")
    assert counted() == counted("lead.valid") == {}
    with pytest.raises(Archived):
        leads.lead_find_valid(actor=staff, pk=lead.pk, version=lead.version, valid=False)


# credit code


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("9135", "4"),
        ("91350100M000100Y4O", "O"),
        ("9135O100M000100Y43", "place 5"),
        ("91350100M000100Y44", "licence"),
    ],
)
def test_a_wrong_code_says_what_is_wrong(tree, typed, said):
    with override("en"), pytest.raises(ValidationError) as wrong:
        investors.investor_create(actor=TESTS, unit=tree.town, name="甲", credit_code=typed)
    assert said in wrong.value.message_dict["credit_code"][0]


def test_a_right_code_is_kept_in_one_spelling_and_once(tree):
    row = investors.investor_create(
        actor=TESTS, unit=tree.town, name="甲公司", credit_code="９１３５０１００ m000100y43"
    )
    assert row.credit_code == CODE
    with pytest.raises(ValidationError):
        investors.investor_create(actor=TESTS, unit=tree.town, name="乙公司", credit_code=CODE)
    for name in ("丙公司", "丁公司"):
        assert investors.investor_create(actor=TESTS, unit=tree.town, name=name).credit_code == ""

"""What another unit's lead in the pool, or a confidential one, must not tell by a side door."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from common import clock
from common.errors import NotVisible
from leads.duplicates import candidates, pairs
from leads.duplicates.pairs import apart
from leads.filters.leads import LeadFilterSet
from leads.finding import find_leads
from leads.models import FollowUp, LeadTransfer, LikePair, NotDuplicate, Task
from leads.reminding import tell_task, tell_transfer
from leads.services.disputes import dispute_open
from leads.services.tasks import task_add, task_update
from leads.views.registers import leads_of, with_leads
from organizations.choices import Role
from organizations.models import Reminder
from rules.similarity import LeadLike
from tests.support.clients import client_of, sign_in, user_with
from tests.support.factories import OfficerFactory
from tests.support.factories_leads import InvestorFactory, LeadFactory
from tests.support.pipeline import ship

pytestmark = pytest.mark.django_db
INVESTOR = "标记新材料股份有限公司"


@pytest.fixture(autouse=True)
def stages(db):
    ship()


@pytest.fixture
def officer(tree):
    """An officer of the town; 青石县 and its town are other units to him."""
    return user_with(Role.OFFICER, tree.town)


@pytest.fixture
def own(tree, officer):
    """His own lead."""
    return LeadFactory(unit=tree.town, officer=OfficerFactory(unit=tree.town, user=officer), name="自家项目")


@pytest.fixture
def pooled(tree):
    """Another unit's lead in the pool: the idea may be read, not whose it is."""
    return LeadFactory(
        unit=tree.other_town,
        officer=None,
        custody="pool",
        pooled_on=clock.today(),
        name="高性能纤维项目",
        investor=InvestorFactory(unit=tree.other_town, name=INVESTOR),
    )


def keep_back(lead, code="代号甲"):
    lead.code_name, lead.confidential_until = code, clock.today() + timedelta(days=30)
    lead.save()
    return lead


def found(actor, **given):
    """What the list's filters find for this actor."""
    request = type("Request", (), {"user": actor, "GET": given})()
    rows = LeadFilterSet(given, queryset=LeadFilterSet._meta.model.objects.visible_to(actor), request=request)
    assert rows.is_valid(), rows.errors
    return list(rows.qs)


def test_no_dispute_is_begun_from_anothers_lead_in_the_pool(tree, officer, pooled, own):
    client = client_of(officer)
    page = client.get(reverse("dispute_create"), {"lead": pooled.pk})
    assert page.status_code == 404
    assert INVESTOR not in page.content.decode()
    assert client.get(reverse("dispute_create"), {"lead": own.pk}).status_code == 200
    with pytest.raises(NotVisible):
        dispute_open(
            actor=officer, claimant=tree.town, investor_name="", claim="我的", claimant_lead=pooled.pk
        )


def test_pairs_leave_out_what_only_the_pool_shows(tree, pooled):
    near = LeadFactory(unit=tree.town, investor=pooled.investor, name="高性能纤维项目二期")
    staff = user_with(Role.BUREAU_STAFF, tree.county)
    one, other = sorted((pooled.pk, near.pk))
    LikePair.objects.create(
        kind="lead",
        one_id=one,
        other_id=other,
        level=2,
        reason="similar_name",
        similarity=90,
        found_at=clock.now(),
    )
    above = user_with(Role.BUREAU_STAFF, tree.city)
    assert (pairs.open_pairs(staff, "lead").count(), pairs.open_pairs(above, "lead").count()) == (0, 1)
    NotDuplicate.objects.create(kind="lead", one_id=one, other_id=other)
    assert (apart(staff, "lead").count(), apart(above, "lead").count()) == (0, 1)


def test_reminders_say_the_code_name(tree, officer, own):
    keep_back(own)
    row = LeadTransfer._base_manager.create(
        lead=own, from_unit=tree.town, to_unit=tree.other_town, reason="更近园区"
    )
    head = user_with(Role.UNIT_HEAD, tree.other_town)
    tell_transfer(row, [head.pk])
    tell_task(Task._base_manager.create(lead=own, title="寄样品", assignee=officer, due_on=clock.today()))
    assert [one.params["lead"] for one in Reminder._base_manager.order_by("pk")] == ["代号甲", "代号甲"]


def test_a_task_goes_to_colleagues_only(tree, officer, own):
    stranger, colleague = (user_with(Role.OFFICER, unit) for unit in (tree.other_town, tree.town))
    with pytest.raises(ValidationError) as refused:
        task_add(actor=officer, lead=own.pk, title="寄样品", assignee=stranger)
    assert set(refused.value.message_dict) == {"assignee"}
    task = task_add(actor=officer, lead=own.pk, title="寄样品", assignee=colleague)
    with pytest.raises(ValidationError):
        task_update(actor=officer, pk=task.pk, version=1, assignee=stranger)
    from rest_framework.test import APIClient

    api = sign_in(APIClient(), officer)
    sent = api.post(
        "/api/v1/tasks/", {"lead": own.pk, "title": "寄样品", "assignee": stranger.pk}, format="json"
    )
    assert sent.status_code == 400
    assert "assignee" in sent.content.decode()
    assert Task._base_manager.get().assignee_id == colleague.pk


def test_the_search_box_finds_nothing_by_a_pool_leads_investor(tree, officer, pooled):
    assert find_leads(officer, "标记新材料", 5) == []
    assert [name for name, *_ in find_leads(officer, "高性能", 5)] == ["高性能纤维项目"]
    assert len(find_leads(user_with(Role.OFFICER, tree.other_town), "标记新材料", 5)) == 1


def test_hints_of_a_pool_lead_tell_no_more_than_of_any_other_units(tree, officer, pooled):
    typed = LeadLike(investor_name="标记新材料有限公司", name="另一项目")
    FollowUp._base_manager.create(
        lead=pooled, unit=pooled.unit, kind="visit", on=clock.today(), text="看厂房"
    )
    hit = next(iter(candidates(officer, typed)))
    assert (hit.visible, hit.name, hit.idea, hit.url) == (False, "", "", "")
    assert hit.unit == pooled.unit.label
    assert next(iter(candidates(user_with(Role.OFFICER, tree.other_town), typed))).visible


def test_registers_neither_list_nor_count_them(tree, officer, own, pooled):
    own.investor = pooled.investor
    own.save()
    rows = pooled.investor._meta.model.objects.unscoped(reason="test").filter(pk=pooled.investor_id)
    assert [row.lead_count for row in with_leads(rows, officer)] == [1]
    shown = leads_of(officer, investor=pooled.investor)["table"]
    assert [row.record.pk for row in shown.rows] == [own.pk]
    inside = user_with(Role.OFFICER, tree.other_town)
    assert [row.record.pk for row in leads_of(inside, investor=pooled.investor)["table"].rows] == [pooled.pk]


def test_filters_do_not_ask_whose_a_pool_lead_is(tree, officer, own, pooled):
    own.investor = pooled.investor
    own.save()
    assert found(officer, custody="pool") == [pooled]
    assert found(officer, custody="all", investor=pooled.investor_id) == [own]
    inside = user_with(Role.OFFICER, tree.other_town)
    assert found(inside, custody="pool", investor=pooled.investor_id) == [pooled]

"""What another unit's lead in the pool, or a confidential one, must not tell by a side door."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from common import clock
from common.errors import NotVisible
from leads.duplicates import candidates, collision, pairs
from leads.duplicates.pairs import apart
from leads.models import FollowUp, LeadTransfer, LikePair, Look, NotDuplicate, Task
from leads.reminding import ENDS, LAPSED, TASK, TRANSFER, tell_ending, tell_lapsed, tell_task, tell_transfer
from leads.services.disputes import dispute_open
from leads.services.tasks import task_add, task_update
from organizations.choices import Role
from organizations.models import Reminder
from rules.similarity import LeadLike
from tests.leads.side_doors.kept import INVESTOR, keep_back
from tests.support.clients import client_for, client_of, sign_in, user_with
from tests.support.factories_leads import (
    ContactFactory,
    IntroducerFactory,
    LeadFactory,
)
from tests.support.factories_work import AttachmentFactory
from tests.support.pipeline import ask

pytestmark = pytest.mark.django_db


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
    tell_ending(own, clock.today())
    tell_lapsed(own, own.officer, clock.today())
    told = Reminder._base_manager.order_by("pk").values_list("kind", "params__lead").distinct()
    assert set(told) == {(kind, "代号甲") for kind in (TRANSFER, TASK, ENDS, LAPSED)}


def test_a_task_goes_to_colleagues_only(tree, officer, own):
    stranger, colleague = (user_with(Role.OFFICER, unit) for unit in (tree.other_town, tree.town))
    with pytest.raises(ValidationError) as refused:
        task_add(actor=officer, lead=own.pk, title="寄样品", assignee=stranger)
    assert set(refused.value.message_dict) == {"assignee"}
    task = task_add(actor=officer, lead=own.pk, title="寄样品", assignee=colleague)
    with pytest.raises(ValidationError):
        task_update(actor=officer, pk=task.pk, version=1, assignee=stranger)
    api = sign_in(APIClient(), officer)
    sent = api.post(
        "/api/v1/tasks/", {"lead": own.pk, "title": "寄样品", "assignee": stranger.pk}, format="json"
    )
    assert sent.status_code == 400
    assert "assignee" in sent.content.decode()
    assert Task._base_manager.get().assignee_id == colleague.pk


def test_hints_of_a_pool_lead_tell_no_more_than_of_any_other_units(tree, officer, pooled):
    typed = LeadLike(investor_name="标记新材料有限公司", name="另一项目")
    FollowUp._base_manager.create(
        lead=pooled, unit=pooled.unit, kind="visit", on=clock.today(), text="看厂房"
    )
    hit = next(iter(candidates(officer, typed)))
    assert (hit.visible, hit.name, hit.idea, hit.url) == (False, "", "", "")
    assert hit.unit == pooled.unit.label
    assert collision(officer, typed).days == 0
    inside = user_with(Role.OFFICER, tree.other_town)
    assert next(iter(candidates(inside, typed))).visible
    assert collision(inside, typed) is None


def test_a_weak_likeness_to_anothers_record_is_not_explained(tree, officer, pooled):
    """云川标记新材料 has 6 pairs, 4 of them the 4 of 标记新材料: 8/10 = 80 %, level 4."""
    typed = LeadLike(investor_name="云川标记新材料")
    (hit,) = candidates(officer, typed)
    assert (hit.level, hit.reason, hit.visible) == (4, "possible", False)
    (hit,) = candidates(user_with(Role.OFFICER, tree.other_town), typed)
    assert (hit.level, hit.reason, hit.visible) == (4, "similar_name", True)


def test_the_history_of_a_dispute_is_the_bureaus(tree, officer, own):
    dispute = dispute_open(
        actor=user_with(Role.UNIT_HEAD, tree.other_town),
        claimant=tree.other_town,
        investor_name=own.investor.name,
        claim="我们先谈的",
    )
    url = reverse("dispute_detail", args=[dispute.pk])
    for role, unit, told in (
        (Role.UNIT_HEAD, tree.other_town, False),
        (Role.UNIT_HEAD, tree.town, False),
        (Role.BUREAU_STAFF, tree.county, False),  # above one side only
        (Role.BUREAU_STAFF, tree.city, True),
    ):
        page = client_of(user_with(role, unit)).get(url)
        assert page.status_code == 200
        assert ("history" in page.context) is told, (role, unit)


def test_people_of_others_stay_masked_in_ones_own_lead(tree, officer, own):
    """The lead came here with its people; their records stayed with the unit that entered them."""
    head = client_of(user_with(Role.UNIT_HEAD, tree.town))

    def page():
        with CaptureQueriesContext(connection) as asked:
            text = head.get(reverse("lead_list"), {"columns": ["contact", "introducer"]}).content.decode()
        return text, len(asked)

    def lead(unit):
        return LeadFactory(
            unit=tree.town,
            officer=own.officer,
            contact=ContactFactory(unit=unit, name=f"联系人在{unit.name}"),
            introducer=IntroducerFactory(unit=unit, name=f"引荐人在{unit.name}"),
        )

    here = lead(tree.town)
    page()
    text, count = page()
    assert here.contact.name in text
    assert here.introducer.name in text
    there = lead(tree.other_town)
    text, more = page()
    assert (there.contact.name in text, there.introducer.name in text) == (False, False)
    assert more == count


def test_every_way_to_read_a_confidential_lead_is_written_down(tree, officer, own):
    keep_back(own)
    file = AttachmentFactory(lead=own)
    api, client = sign_in(APIClient(), officer), client_of(officer)
    ways = (
        (api, f"/api/v1/leads/{own.pk}/"),
        (client, reverse("lead_timeline", args=[own.pk])),
        (client, reverse("attachment_file", args=[file.pk])),
        (api, f"/api/v1/files/{file.pk}/content/"),
    )
    for number, (browser, url) in enumerate(ways, 1):
        assert browser.get(url).status_code == 200
        assert Look._base_manager.filter(lead=own, actor_id=officer.pk).count() == number, url
    page, leader = reverse("lead_detail", args=[own.pk]), client_for(Role.LEADER, tree.county)
    shown = [one["rows"] for one in client.get(page).context["side"] if one["panel"] == "looks"]
    assert [[name for name, _at in rows] for rows in shown] == [[officer.name]]
    told = leader.get(page).context["side"]
    assert "looks" not in [one["panel"] for one in told], "a leader doesn't read a lead's history"


def test_a_hint_does_not_tell_anothers_amount(tree, officer, own, pooled):
    """11 million beside 12 (within 10 %) and beside 50 million: outside the same hint, inside level 4 and none."""
    own.investor = pooled.investor
    own.save()
    pooled.amount = Decimal(12_000_000)
    pooled.save()

    def hint(reader, amount):
        typed = LeadLike(
            key=own.pk, investor_key=own.investor_id, name="另一项目", amount=amount, currency="CNY"
        )
        (hit,) = candidates(reader, typed)
        return hit.level, hit.reason

    assert {hint(officer, Decimal(n)) for n in (11_000_000, 50_000_000)} == {(None, "same_investor")}
    inside = user_with(Role.BUREAU_STAFF, tree.city)
    assert hint(inside, Decimal(11_000_000)) == (4, "similar_amount")
    assert hint(inside, Decimal(50_000_000)) == (None, "same_investor")


def test_the_api_does_not_say_what_anothers_pool_lead_lacks(tree, officer, pooled):
    """Its page shows no list of what is missing either; reading a confidential one is written down."""
    ask("lead", "screened", "land", evidence=[])
    inside = user_with(Role.OFFICER, tree.other_town)
    for kept_back in (False, True):
        lacks = [
            sign_in(APIClient(), reader).get(f"/api/v1/leads/{pooled.pk}/missing/").json()["missing"]
            for reader in (officer, inside)
        ]
        assert [[one["code"] for one in found] for found in lacks] == [[], ["land"]]
        readers = Look._base_manager.filter(lead=pooled).order_by("pk").values_list("actor_id", flat=True)
        assert list(readers) == ([officer.pk, inside.pk] if kept_back else [])
        keep_back(pooled)

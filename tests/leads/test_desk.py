"""Home page, side bar, search box, and the tips of departments."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from common import clock, finding
from common.models import ExportLog
from leads import desk
from leads.calendar import calendar
from leads.models import Lead
from leads.reminding import tell_ending, tell_task
from leads.services import leads
from organizations.choices import Role, UnitKind
from organizations.services import remind
from tests.support.clients import client_of, user_with
from tests.support.factories import TESTS, OfficerFactory, UnitFactory
from tests.support.factories_leads import (
    ContactFactory,
    IntroducerFactory,
    InvestorFactory,
    LeadFactory,
    OfferFactory,
    yuan,
)
from tests.support.factories_work import TaskFactory
from tests.support.pipeline import ship

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stages(db):
    ship()
    yuan()


@pytest.fixture
def user(tree):
    return user_with(Role.OFFICER, tree.town)


def test_my_next_steps_and_my_stale_leads_stand_on_the_desk(tree, user):
    today, own = clock.today(), OfficerFactory(unit=tree.town, user=user)
    mine = {"unit": tree.town, "officer": own}
    late = LeadFactory(**mine, next_step="送样", next_on=today - timedelta(days=2))
    soon = LeadFactory(**mine, next_step="回访", next_on=today + timedelta(days=3))
    LeadFactory(**mine, next_step="以后", next_on=today + timedelta(days=4))
    LeadFactory(unit=tree.town, next_step="别人的", next_on=today)
    LeadFactory(**mine, custody="closed", next_step="已结", next_on=today)
    quiet = LeadFactory(**mine, stale_on=today, last_sign_on=today - timedelta(days=40))
    first, second = desk.groups(user)
    assert [(i["title"], i["state"], i["late"]) for i in first["items"]] == [
        ("送样", "overdue", True),
        ("回访", "soon", False),
    ]
    assert [i["url"] for i in first["items"]] == [reverse("lead_detail", args=[x.pk]) for x in (late, soon)]
    assert [i["title"] for i in second["items"]] == [quiet.investor.name]
    assert "40" in second["items"][0]["due"]
    page = client_of(user).get("/")
    assert "送样" in page.content.decode()
    items = [item for group in page.context["shell"]["nav"] for item in group["items"]]
    assert (
        next(item["count"]() for item in items if item["url"] == reverse("lead_list")) == 5
    )  # all but the closed one


def test_a_lead_with_five_reasons_is_one_line_with_the_most_urgent(tree, user, english):
    """Its next step is two days late, it was silent for 40, its protection ends on the next working day; two
    reminders say what the page says, a third names a task. Another lead has its reminder only."""
    today, own = clock.today(), OfficerFactory(unit=tree.town, user=user)
    mine, ends = {"unit": tree.town, "officer": own}, calendar().add(today, 1)
    lead = LeadFactory(
        **mine, next_step="送样", next_on=today - timedelta(days=2), stale_on=today,
        last_sign_on=today - timedelta(days=40), protected_until=ends,
    )  # fmt: skip
    other = LeadFactory(**mine, name="光伏支架")
    for row in (lead, other):
        row.protected_until = ends if row == lead else today + timedelta(days=90)
        tell_ending(row, today)
    remind(
        users=[user], kind="stage_stale", key="s", url=reverse("lead_move", args=[lead.pk]), subject=lead,
        params={"name": lead.name, "stage": lead.stage.label, "days": 40},
    )  # fmt: skip
    tell_task(TaskFactory(lead=lead, title="补充材料", assignee=user, due_on=today + timedelta(days=1)))
    page = client_of(user).get("/")
    lines = [item for group in page.context["tasks"] for item in group["items"]]
    assert page.context["task_count"] == len(lines) == 2
    about = next(item for item in lines if item["title"] == "送样")
    assert about["late"]
    assert {text for text, _url in about["also"]} == {
        f"protection ends on {ends}", "silent for 40 days", f"补充材料 ({lead.name})",
    }  # fmt: skip
    assert "光伏支架" in next(item for item in lines if item is not about)["title"]
    assert "silent for 40 days" in page.content.decode()


def test_the_search_box_finds_within_the_scope(tree, user):
    lead = LeadFactory(
        unit=tree.town, name="储能电站", investor=InvestorFactory(unit=tree.town, name="远桥有限公司")
    )
    IntroducerFactory(unit=tree.town, name="远桥商会")
    OfferFactory(unit=tree.town, name="远桥产业园")
    LeadFactory(unit=tree.other_town, name="远桥别处")
    with override("en"):
        found = {str(one.label): [hit.label for hit in one.hits] for one in finding.find(user, "yuanqiao")}
    assert set(found) == {"Leads", "Investors", "Introducers", "Offered projects"}
    assert found["Leads"] == ["储能电站"]
    assert finding.find(user, "cndz")[0].hits[0].url == reverse("lead_detail", args=[lead.pk])
    ContactFactory(unit=tree.town, investor=lead.investor, name="远某", phone="13800001111")
    assert not finding.find(user, "13800001111")


def test_tips_are_counted_from_the_books_and_exported(tree, user):
    OfficerFactory(unit=tree.town, user=user)
    water, culture = (
        UnitFactory(parent=tree.county, name=name, kind=UnitKind.DEPARTMENT) for name in ("水务局", "文旅局")
    )
    UnitFactory(parent=tree.other_county, name="外县局", kind=UnitKind.DEPARTMENT)
    given = [
        leads.lead_register(
            actor=user,
            unit=tree.town,
            name=f"线索{n}",
            source="tip",
            tip_from=water,
            investor_name=f"示例{n}公司",
        )
        for n in range(3)
    ]
    leads.lead_find_valid(actor=TESTS, pk=given[0].pk, version=None)
    staff = client_of(user_with(Role.BUREAU_STAFF, tree.county))
    rows = [row.record for row in staff.get(reverse("tip_list")).context["table"].rows]
    assert [(r.unit, r.handed_in, r.valid, str(r.share)) for r in rows] == [
        (water, 3, 1, "33.33"),
        (culture, 0, 0, "None"),
    ]
    last_year = staff.get(f"{reverse('tip_list')}?year={clock.today().year - 1}")
    assert {row.record.handed_in for row in last_year.context["table"].rows} == {0}
    text = b"".join(staff.get(f"{reverse('tip_list')}?format=csv").streaming_content).decode("utf-8-sig")
    assert "水务局,3,1,33.33" in text
    assert ExportLog.objects.get().rows == 2
    reader = client_of(user_with(Role.EVALUATOR, tree.county))
    assert reader.get(f"{reverse('tip_list')}?format=csv").status_code == 403
    assert Lead._base_manager.count() == 3

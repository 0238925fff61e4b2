"""Capital on a project's page and at the desk: a joint venture divided by equity (DOMAIN §11), the latest entries with their
sums. Amounts in 万元."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from capital import project_panel
from capital.services.recognition import recognise
from common import clock
from organizations.choices import Role
from projects import sections
from projects.models import Project, ProjectInvestor
from tests.capital.recognising import reported
from tests.support.clients import client_of, user_with
from tests.support.factories_leads import InvestorFactory
from tests.support.factories_projects import signed_project

D = Decimal
WAN = D(10_000)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


def held_by(project, **percents):
    ProjectInvestor.objects.filter(project=project).delete()
    for name, percent in percents.items():
        investor = InvestorFactory(unit=project.unit, name=name)
        ProjectInvestor.objects.create(project=project, investor=investor, percent=D(percent))
    return project


def part_of(client, project, title, tab="capital"):
    page = client.get(reverse("project_detail", args=[project.pk]) + f"?part={tab}")
    return next((one for one in page.context["parts"] if one["title"].startswith(title)), None)


def cells(part):
    return [[cell["text"] for cell in row["cells"]] for row in part["rows"]]


# ---------------------------------------------------------------- joint ventures


def test_a_joint_venture_is_divided_by_equity_and_flagged(tree, head):
    """1,000 arrived and 500 formed of a project at 60 and 40 %: 600 and 400, 300 and 200, never 1,500; by full counts
    the parts would be 200 % of the whole. The 300 that is only reported isn't divided."""
    project = held_by(signed_project(tree.town), 标记甲="60", 标记乙="40")
    for amount, values in ((1000, {}), (500, {"kind": "plant", "type": "invoice"})):
        recognise(actor=head, entry=reported(project, amount * WAN, **values).pk, level="final")
    reported(project, 300 * WAN)
    leader = client_of(user_with(Role.LEADER, tree.city))

    part = part_of(leader, project, "Joint venture")

    assert cells(part) == [
        ["标记甲", "60 %", "600.00", "300.00"],
        ["标记乙", "40 %", "400.00", "200.00"],
        ["recognised in all", "", "1,000.00", "500.00"],
    ]
    assert "200 % of the whole (rule: parts by source)" in part["text"]


def test_one_investor_is_no_joint_venture(tree, head, checker):
    project = signed_project(tree.town)
    entry = reported(project, 100 * WAN)
    assert part_of(client_of(head), project, "Joint venture") is None
    assert "Joint venture" not in client_of(checker).get(f"/recognition/?entry={entry.pk}").content.decode()


def test_nothing_recognised_is_nothing_to_flag(tree, head):
    project = held_by(signed_project(tree.town), 标记甲="60", 标记乙="40")
    part = part_of(client_of(head), project, "Joint venture")
    assert "parts by source" not in part["text"]
    assert cells(part)[0] == ["标记甲", "60 %", "0.00", "0.00"]


def test_the_desk_shows_each_investors_part_before_and_after(tree, checker):
    """800 checked, 0.01 yuan more waits. 33, 33 and 34 % of 800 are 264, 264 and 272; the cent goes to the largest part."""
    project = held_by(signed_project(tree.town), 标记甲="33", 标记乙="33", 标记丙="34")
    recognise(actor=checker, entry=reported(project, 800 * WAN).pk, level="preliminary")
    waiting = reported(project, "0.01")

    page = client_of(checker).get(f"/recognition/?level=preliminary&entry={waiting.pk}")

    venture = page.context["venture"]
    assert "300 % of the whole" in venture.flag
    moved = {one.label: (one.before / WAN, one.after) for one in venture.parts}
    assert moved == {
        "标记甲, 33 %": (264, 264 * WAN),
        "标记乙, 33 %": (264, 264 * WAN),
        "标记丙, 34 %": (272, 272 * WAN + D("0.01")),
    }
    assert venture.flag in page.content.decode()


# ---------------------------------------------------------------- the overview of a project


def test_the_overview_has_sums_by_basis_and_the_latest_entries(tree, head):
    project = signed_project(tree.town)
    rows = [reported(project, n * WAN, occurred_on=date(2026, 11, n)) for n in range(1, 8)]
    recognise(actor=head, entry=rows[6].pk, level="final", amount=5 * WAN, reason="凭证不足")
    reported(project, 80 * WAN, kind="plant", type="invoice", occurred_on=date(2026, 10, 2))
    leader = client_of(user_with(Role.LEADER, tree.county))

    part = part_of(leader, project, "Capital in place", tab="")

    assert [line[0] for line in cells(part)] == [row.number for row in reversed(rows[2:])]
    assert part["text"] == (
        "arrived: reported 28.00, recognised 5.00; formed: reported 80.00, recognised 0.00 "
        "(ten thousand yuan, as known now)"
    )
    assert leader.get(part["all"]["url"]).context["table"].paginator.count == 8


def test_the_overview_keeps_to_scope_and_confidentiality(tree, head):
    """A leader from elsewhere who follows the project reads its sums, as on the chart, but none of its entries. Who may not
    know a confidential project gets no part of it."""
    project = signed_project(tree.town)
    own = reported(project, 10 * WAN)
    leader = user_with(Role.LEADER, tree.other_county)
    Project._base_manager.filter(pk=project.pk).update(leader=leader)
    part = part_of(client_of(leader), project, "Capital in place", tab="")
    assert (part["rows"], part["all"]) == ([], None)
    assert part["text"].startswith("arrived: reported 10.00")
    Project._base_manager.filter(pk=project.pk).update(
        confidential_until=clock.today() + timedelta(days=30), code_name="标记代号", host=tree.park
    )
    page = client_of(user_with(Role.OFFICER, tree.park)).get(reverse("project_detail", args=[project.pk]))
    assert page.context["parts"] == []
    assert own.number not in page.content.decode()


def test_the_panel_costs_two_queries(tree, head, monkeypatch):
    project = signed_project(tree.town)
    client, url = client_of(head), reverse("project_detail", args=[project.pk])
    client.get(url)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        return len(seen)

    for n in (1, 2, 3):
        reported(project, n * WAN)
    few = queries()
    reported(project, 4 * WAN)
    assert queries() == few
    monkeypatch.setitem(
        sections._also, "", [one for one in sections._also[""] if one is not project_panel.recent]
    )
    assert few - queries() == 2

"""Doors that must stay closed: kept credit, confidential projects, taking over, foreign money in sums."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags
from rest_framework.test import APIClient

from common.errors import Denied, Refused
from leads.models import Look
from ledger.choices import Role
from ledger.models import Posting
from organizations.choices import Role as Job
from projects import services
from projects.models import AttributionVersion, Project
from projects.tables import ProjectTable
from tests.support.clients import client_for, client_of, session_api, sign_in, user_with
from tests.support.factories import TESTS, OfficerFactory
from tests.support.factories_leads import InvestorFactory, yuan
from tests.support.factories_projects import credited, dollars, industry, ready_lead, signed_project, terms
from tests.support.pipeline import a_lead, a_project, ask

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


def assessed(project):
    (version,) = AttributionVersion.objects.filter(project=project, role=Role.ASSESSED, superseded_by=None)
    return {share.unit_id: share.share for share in version.shares.all()}


def test_credit_that_stayed_is_not_signed_away(tree):
    lead = ready_lead(tree.town, credit_unit=tree.other_county)
    head = user_with(Job.UNIT_HEAD, tree.town)

    def sign(actor, **values):
        return services.project_sign(actor=actor, lead_pk=lead.pk, version=lead.version, **terms(**values))

    with pytest.raises(services.KeptCredit):
        sign(head, shares=credited((tree.town, 1)))
    page = client_of(head).post(
        reverse("project_sign", args=[lead.pk]),
        {
            "version": lead.version, "agreement_number": "示例协8", "signed_on": "2026-06-10", "amount": "12000",
            "currency": "CNY", "registered_currency": "CNY", "name": lead.name, "industry": lead.industry_id, "host": tree.town.pk, "mode": "new",
            "investors-0-investor": lead.investor_id, "investors-0-percent": "100",
            "assessed-0-unit": tree.town.pk, "assessed-0-percent": "100",
        },
    )  # fmt: skip
    assert page.status_code == 422
    assert "Another unit keeps credit" in page.content.decode()
    assert not Project._base_manager.exists()
    project = sign(head, shares=credited((tree.other_county, 1)))
    assert assessed(project) == {tree.other_county.pk: 1}


def test_nor_taken_away_afterwards(tree):
    lead = ready_lead(tree.town, credit_unit=tree.other_county)
    project = signed_project(tree.town, lead=lead)

    def change(actor, *parts):
        project.refresh_from_db()
        return services.attribution_set(
            actor=actor, project=project.pk, role=Role.ASSESSED, valid_from=date(2026, 10, 1), reason="示例",
            shares=credited(*parts)[Role.ASSESSED],
        )  # fmt: skip

    head = user_with(Job.UNIT_HEAD, tree.town)
    with pytest.raises(services.KeptCredit):
        change(head, (tree.town, "0.5"), (tree.other_county, "0.5"))
    change(user_with(Job.BUREAU_STAFF, tree.city), (tree.town, "0.5"), (tree.other_county, "0.5"))
    change(head, (tree.other_county, "0.6"), (tree.town, "0.4"))  # its own part may shrink
    with pytest.raises(services.KeptCredit):
        change(head, (tree.town, 1))


def test_a_board_adds_up_yuan_only(tree):
    usd = dollars()
    a_lead(tree.town, amount=D(30_000_000))
    a_lead(tree.town, amount=D(5_000_000), currency=usd)
    a_project(tree.town, contract_amount=D(40_000_000))
    a_project(tree.town, contract_amount=D(6_000_000), currency=usd)
    clerk = client_for(Job.BUREAU_STAFF, tree.county)
    for name, total in (("lead_board", 30_000_000), ("project_board", 40_000_000)):
        page = clerk.get(reverse(name))
        heads = [(one["total"], one["others"]) for one in page.context["board"] if one["count"]]
        assert heads == [(D(total), 1)]
        assert "+ 1 in another currency" in page.content.decode()


def test_an_officer_takes_no_running_project_over(tree):
    yuan()
    given = {
        "unit": tree.town, "name": "示例接管项目", "investor": InvestorFactory(unit=tree.town), "industry": industry(),
        "agreement_number": "示例协7", "signed_on": date(2025, 3, 3), "amount": D(10_000_000), "stage": "started",
        "stage_on": date(2026, 2, 2),
    }  # fmt: skip
    officer = user_with(Job.OFFICER, tree.town)
    with pytest.raises(Denied):
        services.project_open(actor=officer, **given)
    assert client_of(officer).get(reverse("project_create")).status_code == 403
    assert "create_url" not in client_of(officer).get(reverse("project_list")).context
    assert services.project_open(actor=user_with(Job.UNIT_HEAD, tree.town), **given).is_opening


@pytest.fixture
def secret(tree):
    """A confidential project of a town that a park hosts; 40 million yuan."""
    project = signed_project(tree.town, host=tree.park, amount=D(40_000_000), registered_capital=D(7_000_000))
    values = {"code_name": "晨光", "confidential_until": date(2026, 12, 31), "name": "标记机密项目"}
    Project._base_manager.filter(pk=project.pk).update(**values)
    project.refresh_from_db()
    return project


def test_a_host_changes_no_fact_of_what_it_may_not_know(tree, secret):
    host = user_with(Job.UNIT_HEAD, tree.park)
    about = {"actor": host, "version": secret.version}
    with pytest.raises(Denied):
        services.project_update(pk=secret.pk, note="示例", **about)
    with pytest.raises(Denied):
        services.plan_set(project=secret.pk, plan={}, **about)
    with pytest.raises(Denied):
        services.project_move(pk=secret.pk, target="registered", values={"registered_name": "示例"}, **about)
    services.project_update(
        actor=user_with(Job.UNIT_HEAD, tree.town), pk=secret.pk, version=secret.version, note="示例"
    )


def test_but_records_progress_on_site_without_learning_more(tree, secret):
    ask("project", "registered", "registered_name", evidence=[])
    host = client_for(Job.UNIT_HEAD, tree.park)
    url = reverse("project_move", args=[secret.pk])
    page = host.get(f"{url}?to=registered")
    assert "its own unit has to enter it" in page.content.decode()
    assert "registered_name" not in page.content.decode()
    api = session_api(Job.UNIT_HEAD, tree.park)
    assert api.get(reverse("api-project-missing", args=[secret.pk])).json()["missing"] == []
    with pytest.raises(Refused) as refused:
        services.project_move(actor=host.user, pk=secret.pk, version=secret.version, target="registered")
    assert refused.value.code == "missing_inside"
    Project._base_manager.filter(pk=secret.pk).update(registered_name="标记机密公司")
    given = {"version": secret.version, "on": "2026-10-20"}
    assert host.post(f"{url}?to=registered", given).status_code == 302
    secret.refresh_from_db()
    assert secret.stage.code == "registered"
    looked = set(Look._base_manager.filter(lead=secret.lead).values_list("actor_id", flat=True))
    assert looked == {host.user.pk, api.user.pk}


def test_amounts_of_the_confidential_stay_inside(tree, secret):
    host, town = (user_with(Job.UNIT_HEAD, unit) for unit in (tree.park, tree.town))
    # The liaison leader is blank: that, too, stays inside.
    columns = (
        "contract_amount",
        "registered_capital",
        "land_mu",
        "industry",
        "sector",
        "officer",
        "start_due",
        "leader",
    )
    query = "&".join(f"columns={name}" for name in ("name", *columns))
    url = f"{reverse('project_list')}?{query}"
    for values in ({"land_mu": D(35), "start_due": date(2027, 3, 1)},):
        Project._base_manager.filter(pk=secret.pk).update(**values)
    page = client_of(host).get(url)
    (row,) = page.context["table"].rows
    assert [row.get_cell(name) for name in columns] == ["***"] * 8
    assert [list(one)[1:] for one in list(page.context["table"].export_rows())[1:]] == [["***"] * 8]
    assert "contract amount" not in page.context["sub"]
    inside = client_of(town).get(url)
    (row,) = inside.context["table"].rows
    assert strip_tags(row.get_cell("contract_amount")) == "4,000.00 ten thousand"
    assert row.get_cell("land_mu") != "***"
    assert row.get_cell("sector") == secret.get_sector_display()
    assert row.get_cell("leader") == "—"
    api = sign_in(APIClient(), host).get(reverse("api-project-detail", args=[secret.pk])).json()
    assert (api["sector"], api["industry"]) == (None, None)
    assert row.get_cell("start_due") not in ("***", "")
    assert "contract amount" in inside.context["sub"]
    for name, narrowed in (("amount_from", "1"), ("mode", "new"), ("sector", secret.sector)):
        found = {
            who: client_of(who).get(f"{reverse('project_list')}?{name}={narrowed}").context["total"]
            for who in (host, town)
        }
        assert found == {host: 0, town: 1}
    totals = [c["total"] for c in client_of(host).get(reverse("project_board")).context["board"]]
    assert set(totals) == {None}


def test_the_books_keep_them_inside_too(tree, secret):
    host, town = (user_with(Job.UNIT_HEAD, unit) for unit in (tree.park, tree.town))
    line = Posting._base_manager.get(role=Role.PLACE, kind="contract.amount")
    assert line.unit == tree.park
    query = (
        "kind=contract.amount&columns=qty&columns=whole&columns=base_qty&columns=industry&columns=actor_name"
    )
    table = client_of(host).get(f"{reverse('posting_list')}?{query}").context["table"]
    assert [list(row) for row in list(table.export_rows())[1:]] == [["***"] * 5]
    assert [row.get_cell("whole") for row in table.rows] == ["***"]
    assert [row.get_cell("actor_name") for row in table.rows] == ["***"]
    who = {
        name: client_of(name).get(f"{reverse('posting_list')}?q={line.actor_name}") for name in (host, town)
    }
    assert (who[host].context["total"], who[town].context["total"] > 0) == (0, True)
    assert "4,000.00" not in client_of(host).get(reverse("posting_detail", args=[line.pk])).content.decode()
    api = sign_in(APIClient(), host)
    one = api.get(reverse("api-posting-detail", args=[line.pk])).json()
    (listed,) = api.get(f"{reverse('api-posting-list')}?kind=contract.amount").json()["results"]
    for answer in (one, listed):
        assert {answer[name] for name in ("qty", "whole", "base_qty", "currency")} == {None}
        assert answer["facet"] is None
        assert answer["actor_name"] is None
    inside = client_of(town).get(f"{reverse('posting_list')}?{query}&role=assessed").context["table"]
    assert [row.get_cell("whole") for row in inside.rows] == ["4,000.00"]
    for narrow in ("currency=CNY", f"sector={line.facet.sector}"):
        for reader, role, count in ((host, "place", 0), (town, "assessed", 1)):
            wanted = f"kind=contract.amount&role={role}&{narrow}"
            page = client_of(reader).get(f"{reverse('posting_list')}?{wanted}")
            assert page.context["total"] == count, narrow


def test_the_books_name_nobody_behind_them(tree, secret):
    """An officer of the park has a part in the town's project: the park reads the line, not whose it is."""
    officer = OfficerFactory(unit=tree.park, name="标记人员")
    services.attribution_set(
        actor=TESTS, project=secret.pk, role=Role.OFFICER, valid_from=secret.signed_on, reason="示例",
        shares=[services.Share(tree.park.pk, D(1), officer=officer.pk)],
    )  # fmt: skip
    host, inside = (user_with(Job.UNIT_HEAD, tree.park), user_with(Job.BUREAU_STAFF, tree.city))
    query = "kind=contract.amount&role=officer&columns=holder&columns=whole"
    line = Posting._base_manager.get(
        role=Role.OFFICER, kind="contract.amount", holder=f"officer:{officer.pk}"
    )
    for reader, name, key in ((host, "***", None), (inside, officer.name, line.holder)):
        client, api = client_of(reader), sign_in(APIClient(), reader)
        page = client.get(f"{reverse('posting_list')}?{query}&unit={tree.park.pk}")
        (row,) = page.context["table"].rows
        (_head, exported) = page.context["table"].export_rows()
        assert (row.get_cell("holder"), exported[0]) == (name, name)
        shown = client.get(reverse("posting_detail", args=[line.pk])).content.decode()
        assert (officer.name in shown) is (reader == inside)
        one = api.get(reverse("api-posting-detail", args=[line.pk])).json()
        (listed,) = api.get(f"{reverse('api-posting-list')}?{query}&unit={tree.park.pk}").json()["results"]
        assert (one["holder"], listed["holder"]) == (key, key)


def test_nor_does_their_place_in_a_list_tell(tree, secret):
    """40 million inside beside 30 million of the park's own: to the park the first one stands last either way."""
    own = signed_project(tree.park, amount=D(30_000_000))
    host = user_with(Job.UNIT_HEAD, tree.park)
    inside = user_with(Job.BUREAU_STAFF, tree.city)
    for sort, wanted in (("contract_amount", [own, secret]), ("-contract_amount", [secret, own])):
        for reader, told in ((inside, wanted), (host, [own, secret])):
            table = client_of(reader).get(f"{reverse('project_list')}?sort={sort}").context["table"]
            assert [row.record for row in table.rows] == told
            rows = sign_in(APIClient(), reader).get(f"{reverse('api-project-list')}?ordering={sort}").json()
            assert [row["id"] for row in rows["results"]] == [one.pk for one in told]
    books = client_of(host).get(f"{reverse('posting_list')}?kind=contract.amount&role=place&sort=-qty")
    assert [row.get_cell("qty") for row in books.context["table"].rows] == ["3,000.00", "***"]
    every = [
        name for name, *_ in ProjectTable(Project._base_manager.all(), request=books.wsgi_request).choices
    ]
    assert (
        client_of(host)
        .get(f"{reverse('project_list')}?" + "&".join(f"columns={name}&sort={name}" for name in every))
        .status_code
        == 200
    )


def test_the_lead_follows_its_project(tree):
    usd = dollars()
    lead = ready_lead(tree.town, amount=None)
    until = date(2026, 12, 31)
    project = signed_project(tree.town, lead=lead, currency=usd, confidential_until=until, code_name="晨光")
    lead.refresh_from_db()
    assert (lead.amount, lead.currency_id) == (D(120_000_000), "USD")
    assert (lead.code_name, lead.confidential_until) == ("晨光", until)
    later = date(2027, 6, 30)
    with CaptureQueriesContext(connection) as asked:
        services.project_update(
            actor=TESTS, pk=project.pk, version=project.version, code_name="暮色", confidential_until=later
        )
    locks = [query["sql"].partition(" FROM ")[2] for query in asked if "FOR UPDATE" in query["sql"]]
    assert [sql.split()[0] for sql in locks[:2]] == ['"lds_lead"', '"prj_project"']
    lead.refresh_from_db()
    assert (lead.code_name, lead.confidential_until) == ("暮色", later)

"""Opening balances: one of a project, basis and year; confirmed by somebody else, marked, never rewarded."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from capital.models import CapitalEntry
from capital.opening import rewardable
from capital.services import openings
from capital.services.entries import entries_report, entry_update
from capital.services.recognition import recognise
from capital.services.recognition import reverse as reverse_decision
from common import imports
from common.errors import Denied, Refused
from ledger.choices import Kind, Role
from ledger.models import Posting
from organizations.choices import Role as Job
from projects.models import Project
from tests.capital.recognising import reported
from tests.support.clients import client_of, user_with
from tests.support.factories_capital import CapitalEntryFactory
from tests.support.factories_projects import dollars, signed_project, terms
from tests.support.refusals import refused
from tests.support.world import sheet

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]
HEADS = ["项目编号", "口径", "期初金额", "截止日期", "币种", "备注"]
AS_OF = date(2026, 6, 30)


@pytest.fixture
def bureau(tree):
    return user_with(Job.BUREAU_STAFF, tree.county)


@pytest.fixture
def jury(tree):
    return user_with(Job.COMMITTEE, tree.county)


@pytest.fixture
def project(tree):
    return signed_project(tree.town)


def opened(actor, project, **values):
    given = {"basis": "formed", "amount": D(30_000_000), "as_of": AS_OF, **values}
    return openings.opening_create(actor=actor, project=project, **given)


def lines(**conditions):
    rows = Posting._base_manager.filter(role=Role.ASSESSED, kind__startswith="capital.", **conditions)
    return sorted(rows.values_list("kind", "basis", "qty", "cause"))


def test_it_counts_when_somebody_else_has_confirmed_it(bureau, jury, project):
    row = opened(bureau, project)
    assert lines() == []  # nowhere, until then
    with pytest.raises(Denied):
        openings.openings_confirm(actor=bureau, pks=[row.pk])

    (done,) = openings.openings_confirm(actor=jury, pks=[row.pk])

    kinds = (Kind.CAPITAL_PRELIMINARY, Kind.CAPITAL_RECOGNISED, Kind.CAPITAL_REPORTED)
    assert lines() == [(kind, "formed", D(30_000_000), "opening") for kind in kinds]
    assert (done.state, done.rate, done.recognitions.unscoped(reason="tests").get().decided_by_id) == (
        "final",
        1,
        jury.pk,
    )
    refused("confirmed", openings.openings_confirm, actor=jury, pks=[row.pk])
    refused("confirmed", openings.opening_update, actor=bureau, pk=row.pk, version=None, amount=D(1))


def test_nobody_confirms_what_he_entered(tree, bureau, jury, project):
    row = opened(bureau, project)
    CapitalEntry._base_manager.filter(pk=row.pk).update(entered_by=jury)
    refused("own_entry", openings.openings_confirm, actor=jury, pks=[row.pk])
    assert lines() == []


def test_all_or_none(tree, bureau, jury, project):
    other = opened(bureau, signed_project(tree.town, **terms(agreement_number="b")))
    done = opened(bureau, project)
    openings.openings_confirm(actor=jury, pks=[done.pk])
    before = lines()
    refused("confirmed", openings.openings_confirm, actor=jury, pks=[other.pk, done.pk])
    assert lines() == before


def test_one_of_a_project_basis_and_year(bureau, project):
    """Bases are never added, and the years before stand apart from this one, so that its own figures stay right."""
    opened(bureau, project)
    refused("there", opened, actor=bureau, project=project, as_of=date(2026, 3, 31))
    opened(bureau, project, basis="arrived")
    opened(bureau, project, as_of=date(2025, 12, 31))
    with pytest.raises(Denied):
        opened(user_with(Job.LEADER, project.unit), project, as_of=date(2024, 12, 31))
    assert CapitalEntry._base_manager.filter(is_opening=True).count() == 3
    twin = CapitalEntry._base_manager.filter(basis="arrived").get()  # past the service, the database says no
    with pytest.raises(IntegrityError, match="cap_entry_opening_uq"), transaction.atomic():
        CapitalEntryFactory(
            unit=twin.unit,
            project=project,
            occurred_on=date(2026, 1, 31),
            is_opening=True,
            period=twin.period,
        )


def test_it_is_neither_reported_nor_edited_by_hand(bureau, project):
    row = opened(bureau, project)
    refused("opening", entries_report, actor=bureau, pks=[row.pk])
    refused("opening", entry_update, actor=bureau, pk=row.pk, version=None, amount=D(1))


def test_it_earns_no_reward_nor_does_what_takes_it_back(bureau, jury, project):
    row = opened(bureau, project)
    openings.openings_confirm(actor=jury, pks=[row.pk])
    reverse_decision(actor=jury, entry=row.pk, amount=D(10_000_000), reason="台账多记")
    ordinary = Posting._base_manager.filter(kind=Kind.SIGNED, role=Role.ASSESSED).get()
    rows = Posting.objects.unscoped(reason="tests")
    assert sum(one.qty for one in rows.filter(kind=Kind.CAPITAL_RECOGNISED, role=Role.ASSESSED)) == D(
        20_000_000
    )
    assert list(rewardable(rows)) == []
    assert ordinary not in rewardable(rows)  # a signing is no capital


def test_it_is_marked_wherever_it_is_shown(tree, bureau, jury, project):
    """3,000 opening, 1,000 of it taken back; 500 ordinary beside it. Of 2,500 recognised, 2,000 aren't rewardable."""
    mark = "opening balance, not rewardable"
    row = opened(bureau, project)
    openings.openings_confirm(actor=jury, pks=[row.pk])
    reverse_decision(actor=jury, entry=row.pk, amount=D(10_000_000), reason="台账多记")
    other = reported(project, D(5_000_000), kind="plant", type="invoice")
    recognise(actor=jury, entry=other.pk, level="final")
    client = client_of(bureau)

    parts = {one["title"]: one for one in client.get(f"/projects/{project.pk}/").context["parts"]}
    part = parts["Capital in place"]
    assert part["text"] == (
        "formed: reported 3,500.00, recognised 2,500.00; formed: recognised opening balances, not rewardable, 2,000.00 "
        "(ten thousand yuan, as known now)"
    )
    assert {line["cells"][0]["text"]: line["cells"][0]["sub"] for line in part["rows"]} == {
        row.number: mark,
        other.number: "",
    }
    parts = {
        one["title"]: one for one in client.get(f"/projects/{project.pk}/?part=capital").context["parts"]
    }
    said = "Of what is recognised, 2,000.00 are opening balances: they count and are not rewardable."
    assert parts["Fixed assets formed by month"]["text"] == said
    assert not parts["Capital arrived by month"].get("text")

    page = client.get("/capital/")
    assert ("Opening balances", 1) in [(str(one["label"]), one["count"]) for one in page.context["view_tabs"]]
    assert page.content.decode().count(mark) == 1
    (line,) = client.get("/capital/?is_opening=yes").context["table"].rows
    assert line.record.pk == row.pk
    assert mark in client.get(reverse("entry_detail", args=[row.pk])).content.decode()
    sheet = b"".join(client.get("/capital/?format=csv")).decode("utf-8-sig").splitlines()
    assert [row.number in line for line in sheet if mark in line] == [True]
    assert client.get(f"/api/v1/capital-entries/{row.pk}/").json()["is_opening"] is True


def test_dollars_keep_the_rate_of_their_day(tree, bureau, jury):
    usd = dollars(on=date(2026, 6, 1))
    project = signed_project(tree.town, **terms(currency=usd, amount=D(20_000_000)))
    row = opened(bureau, project, as_of=date(2026, 6, 8), amount=D(1_000_000))
    openings.openings_confirm(actor=jury, pks=[row.pk])
    line = Posting._base_manager.get(kind=Kind.CAPITAL_RECOGNISED, role=Role.ASSESSED)
    assert (line.currency, line.qty, line.base_qty) == ("USD", D(1_000_000), D(7_100_000))


def test_confirming_many_costs_no_more_queries(tree, bureau, jury):
    def some(n, first):
        projects = [signed_project(tree.town, **terms(agreement_number=f"{first}{k}")) for k in range(n)]
        return [opened(bureau, one).pk for one in projects]

    few, many = some(2, "a"), some(8, "b")
    with CaptureQueriesContext(connection) as two:
        openings.openings_confirm(actor=jury, pks=few)
    with CaptureQueriesContext(connection) as eight:
        openings.openings_confirm(actor=jury, pks=many)
    assert len(eight) <= len(two), "\n".join(one["sql"][:200] for one in eight)


# from Excel


def start(actor, *rows):
    return imports.start(
        actor=actor, importer="openings", data=sheet([HEADS, *rows]), filename="期初.xlsx", scope_path=actor.unit.path, params={}
    )  # fmt: skip


def test_from_excel_with_preview_and_undo(tree, bureau, jury, project):
    second = signed_project(tree.second_town, **terms(agreement_number="b"))
    batch = start(
        bureau,
        (project.number, "Formed", 3000, "2026-06-30", None, "上年台账"),
        (second.number, "arrived", "0.5亿元", "2025-12-31", "CNY", None),
    )
    assert list(batch.rows.values_list("result", flat=True)) == ["new", "new"]
    assert not CapitalEntry._base_manager.exists()
    imports.confirm(actor=bureau, pk=batch.pk)
    rows = CapitalEntry._base_manager.order_by("pk")
    assert [(one.basis, one.amount, one.occurred_on, one.note) for one in rows] == [
        ("formed", D(30_000_000), AS_OF, "上年台账"),
        ("arrived", D(50_000_000), date(2025, 12, 31), ""),
    ]
    assert not lines()

    # The same again changes nothing; another amount is a change.
    again = start(
        bureau,
        (project.number, "formed", 3000, "2026-06-30", None, None),
        (second.number, "arrived", 4000, "2025-12-31", None, None),
    )
    assert list(again.rows.values_list("result", flat=True)) == ["unchanged", "changed"]

    batch.refresh_from_db()
    imports.undo(actor=bureau, pk=batch.pk, reason="读错文件")
    assert not CapitalEntry._base_manager.filter(archived_at=None).exists()
    redone = start(bureau, (project.number, "formed", 3000, "2026-06-30", None, None))
    imports.confirm(actor=bureau, pk=redone.pk)
    openings.openings_confirm(actor=jury, pks=[CapitalEntry._base_manager.get(archived_at=None).pk])
    redone.refresh_from_db()
    with pytest.raises(Refused):
        imports.undo(actor=bureau, pk=redone.pk, reason="读错文件")


def test_what_is_wrong_stands_beside_its_cell(tree, bureau, project):
    elsewhere = signed_project(tree.other_town, **terms(agreement_number="c"))
    batch = start(
        bureau,
        ("P0000", "formed", 1, "2026-06-30", None, None),
        (elsewhere.number, "formed", 1, "2026-06-30", None, None),
        (project.number, "both", 0, "2027-01-01", "XYZ", None),
        (project.number, "formed", 5, "2026-06-30", "USD", None),
        (project.number, None, 5, None, None, None),
        (project.number, "formed", 5, "2026-05-30", None, None),
        (project.number, "formed", 6, "2026-04-30", None, None),
    )
    found = {row.number: {one["field"] for one in row.problems} for row in batch.rows.exclude(problems=[])}
    assert found == {
        2: {"project"}, 3: {"project"}, 4: {"basis", "amount", "as_of", "currency"}, 5: {"currency"}, 6: {"basis", "as_of"},
        7: {"project"}, 8: {"project"},  # the same project, basis and year again, as in row 5
    }  # fmt: skip


# pages


def test_the_list_and_its_confirmation_in_bulk(tree, bureau, jury, project):
    other = signed_project(tree.second_town, **terms(agreement_number="b"))
    rows = [opened(bureau, one) for one in (project, other)]
    page = client_of(jury).get(reverse("opening_list") + "?state=draft")
    assert {row.record.pk for row in page.context["table"].rows} == {row.pk for row in rows}
    assert page.context["bulk_actions"]
    assert not client_of(bureau).get(reverse("opening_list")).context["bulk_actions"]
    sent = {"pk": [row.pk for row in rows]}
    assert client_of(bureau).post(reverse("opening_confirm"), sent).status_code == 403
    assert client_of(jury).post(reverse("opening_confirm"), sent).status_code == 302
    assert set(CapitalEntry._base_manager.values_list("state", flat=True)) == {"final"}
    text = client_of(bureau).get(reverse("entry_detail", args=[rows[0].pk])).content.decode()
    assert "opening balance" in text
    assert (
        not client_of(user_with(Job.COMMITTEE, tree.other_county))
        .get(reverse("opening_list"))
        .context["table"]
        .rows
    )


def test_the_year_before_is_counted_there(bureau, jury, project):
    """Entered in November 2026, as of the last day of 2025, whose months were never opened here."""
    row = opened(bureau, project, as_of=date(2025, 12, 31))
    openings.openings_confirm(actor=jury, pks=[row.pk])
    line = Posting._base_manager.get(kind=Kind.CAPITAL_RECOGNISED, role=Role.ASSESSED)
    assert (line.occurred_on, line.posted_in_id) == (date(2025, 12, 31), 202512)


def test_whose_project_is_confidential_tells_no_basis(tree, bureau, project):
    row = opened(bureau, project)
    Project._base_manager.filter(pk=project.pk).update(
        code_name="甲一", confidential_until=date(2027, 1, 1), unit=tree.other_town
    )
    reader = client_of(bureau)
    page = reader.get(reverse("opening_list"))
    assert row.number in page.content.decode()
    (shown,) = page.context["table"].rows
    assert [shown.get_cell_value(name) for name in ("basis", "amount")] == ["***", "***"]
    assert not reader.get(reverse("opening_list") + "?basis=formed").context["table"].rows

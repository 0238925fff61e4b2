"""Pages of entries and vouchers."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from capital.models import Allocation, CapitalEntry, EntryFile, Recognition, Voucher
from capital.tables.entries import CapitalEntryTable
from common import files
from leads.models import Look
from organizations.choices import Role
from tests.projects.support import ProjectFactory
from tests.support.clients import client_for, session_api, user_with
from tests.support.factories_capital import AllocationFactory, CapitalEntryFactory, VoucherFactory, period
from tests.support.factories_projects import signed_project
from tests.support.factories_work import pdf
from tests.support.suite import state_of
from tests.support.ui import RowSuite

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


class Shared(RowSuite):
    """Whoever sees it may take it along: the leader too."""

    def test_export_needs_its_right(self, tree):
        self.row(tree)
        assert client_for(self.nobody, tree.city).get(f"{self.url()}?format=csv").status_code == 403


class TestEntry(Shared):
    model, factory, prefix = CapitalEntry, CapitalEntryFactory, "entry"
    text = sort = column = "note"
    change = ("note", "改后丁")
    filters = (
        "state=draft", "kind=registered", "basis=arrived", "period=202611", "unit={tree.town.pk}", "amount_from=100",
        "zone=outside_province", "unproved=yes", "occurred_from=2026-11-20", "currency=cny",
    )  # fmt: skip
    misses = (
        "state=final", "kind=land", "basis=formed", "period=202610", "unit={tree.second_town.pk}", "amount_to=99",
        "mine=yes", "waiting=yes", "is_opening=yes", "occurred_to=2026-11-19", "fund_source=loan", "mode=merger",
    )  # fmt: skip

    @pytest.fixture(autouse=True)
    def _month(self):
        period(202611)

    def form(self, tree):
        return {
            "project": ProjectFactory(unit=tree.town).pk,
            "kind": "registered",
            "occurred_on": "2026-11-05",
            "amount": "300",
            "fund_source": "own",
            "note": "标记甲",
        }


class TestVoucher(Shared):
    model, factory, prefix = Voucher, VoucherFactory, "voucher"
    text = sort = column = "number"
    change = ("number", "改后丁9")
    filters = (
        "type=bank_slip",
        "unit={tree.town.pk}",
        "amount_from=200",
        "no_file=yes",
        "left=yes",
        "dated_to=2026-06-15",
    )
    misses = (
        "type=invoice",
        "unit={tree.second_town.pk}",
        "amount_to=199",
        "dated_from=2026-06-16",
        "currency=usd",
    )

    def form(self, tree):
        from tests.support.factories_leads import yuan

        return {
            "unit": tree.town.pk,
            "type": "bank_slip",
            "issuer": "示例银行",
            "number": "标记甲",
            "dated": "2026-11-05",
            "amount": "100",
            "currency": yuan().code,
        }


@pytest.fixture
def officer(tree):
    return client_for(Role.OFFICER, tree.town)


def new_entry(project, **values):
    given = {
        "project": project.pk,
        "kind": "plant",
        "occurred_on": "2026-11-05",
        "amount": "300.5",
        "fund_source": "own",
    }
    return {**given, **values}


SLIP = {
    "voucher_type": "invoice",
    "voucher_issuer": "示例建设公司",
    "voucher_number": "FP-1",
    "voucher_dated": "2026-11-04",
}


def test_an_entry_comes_with_its_voucher_or_not_at_all(tree, officer):
    project = ProjectFactory(unit=tree.town)
    sent = new_entry(project, **SLIP, voucher_file=pdf("发票.pdf"))
    done = officer.post("/capital/new/", sent)
    assert done.status_code == 302, done.context["form"].errors
    row = CapitalEntry._base_manager.get()
    (part,) = Allocation._base_manager.all()
    assert (row.amount, part.amount, part.voucher.file_name) == (3_005_000, 3_005_000, "发票.pdf")
    page = officer.get(done["Location"]).content.decode()
    assert "FP-1" in page
    assert "300.50" in page
    before = state_of(CapitalEntry), state_of(Voucher)
    again = officer.post("/capital/new/", new_entry(project, **SLIP))
    assert again.status_code == 422
    assert "already recorded" in str(again.context["form"].errors["voucher_number"])
    assert again.context["form"]["amount"].value() == "300.5"
    assert "Choose the file again" not in again.content.decode()  # none was sent
    assert (state_of(CapitalEntry), state_of(Voucher)) == before
    wrong = officer.post(
        "/capital/new/", new_entry(project, **{**SLIP, "voucher_number": "2"}, voucher_file=pdf("a.exe"))
    )
    assert wrong.status_code == 422
    assert "a.exe" in str(wrong.context["form"].errors["voucher_file"])  # beside its box
    assert "Choose the file again" in wrong.content.decode()
    assert (state_of(CapitalEntry), state_of(Voucher)) == before


def test_days_are_those_of_the_bureau(tree, officer):
    """Decided at half past midnight on 20 November, which was the 19th in London."""
    row = CapitalEntryFactory(unit=tree.town, state="preliminary")
    moment = datetime(2026, 11, 19, 16, 30, tzinfo=UTC)
    CapitalEntry._base_manager.filter(pk=row.pk).update(reported_at=moment)
    Recognition._base_manager.create(
        entry=row,
        ordinal=1,
        level="preliminary",
        verdict="full",
        delta=1,
        decided_name="核查员",
        decided_at=moment,
    )
    page = officer.get(f"/capital/{row.pk}/")
    (part,) = [one for one in page.context["parts"] if one["title"] == "Recognised"]
    assert part["rows"][0]["cells"][3]["text"] == "2026-11-20"
    assert ("reported", "2026-11-20") in [(str(label), value) for label, value in page.context["facts"]]


def test_warnings_while_typing_refuse_nothing(tree, officer):
    project = ProjectFactory(unit=tree.town, contract_amount=Decimal(10_000_000))
    CapitalEntryFactory(unit=tree.town, project=project, amount=Decimal(9_000_000))
    VoucherFactory(unit=tree.other_town, number="8-8")
    asked = f"project={project.pk}&kind=registered&occurred_on=2026-11-05&voucher_number=88"
    said = officer.get(f"/capital/hints/?{asked}&amount=100.01").content.decode()
    assert "more than the contract amount" in said
    assert "isn't registered yet" in said or "isn&#x27;t registered yet" in said
    assert f"{tree.other_town.name}, 2026-06-15." in said
    assert "8-8" not in said
    calm = officer.get(
        f"/capital/hints/?project={project.pk}&kind=registered&amount=100&number=7"
    ).content.decode()
    assert "contract amount" not in calm
    stranger = client_for(Role.OFFICER, tree.other_town)
    assert "contract" not in stranger.get(f"/capital/hints/?{asked}&amount=999999").content.decode()
    for nonsense in ("amount=1e999", "amount=NaN", "occurred_on=2026-99-99", "project=x", "entry=²"):
        assert officer.get(f"/capital/hints/?{nonsense}").status_code == 200


def test_many_are_reported_all_or_none(tree, officer):
    project = signed_project(tree.town)
    rows = [CapitalEntryFactory(unit=tree.town, project=project) for _one in range(3)]
    old = CapitalEntryFactory(unit=tree.town, project=project, state="reported")
    pks = {"pk": [row.pk for row in rows]}
    wrong = officer.post("/capital/report/", {"pk": [*pks["pk"], old.pk]})
    assert wrong.status_code == 422
    assert CapitalEntry._base_manager.filter(state="draft").count() == 3
    assert officer.post("/capital/report/", pks).status_code == 302
    assert CapitalEntry._base_manager.filter(state="reported").count() == 4
    foreign = CapitalEntryFactory(unit=tree.other_town)
    assert officer.post("/capital/report/", {"pk": [foreign.pk]}).status_code == 404
    single = CapitalEntryFactory(unit=tree.town, project=project)
    assert officer.post(f"/capital/{single.pk}/report/").status_code == 302
    assert CapitalEntry._base_manager.get(pk=single.pk).state == "reported"
    leader = client_for(Role.LEADER, tree.county)
    late = CapitalEntryFactory(unit=tree.town, project=project)
    assert leader.post("/capital/report/", {"pk": [late.pk]}).status_code == 403
    assert leader.post(f"/capital/{late.pk}/report/").status_code == 403
    assert CapitalEntry._base_manager.get(pk=late.pk).state == "draft"


def test_a_recorded_voucher_is_used_for_another_entry(tree, officer):
    voucher = VoucherFactory(unit=tree.town)
    entry = CapitalEntryFactory(unit=tree.town)
    url = f"/capital/{entry.pk}/vouchers/new/"
    assert officer.get(url).status_code == 200
    assert officer.post(url, {"voucher": voucher.pk, "used": "50"}).status_code == 302
    assert Allocation._base_manager.get().amount == 500_000
    over = officer.post(f"/vouchers/{voucher.pk}/use/", {"entry": entry.pk, "amount": "201"})
    assert over.status_code == 422
    assert "is left" in str(over.context["form"].errors)
    assert officer.post(f"/vouchers/{voucher.pk}/use/", {"entry": entry.pk, "amount": "0"}).status_code == 302
    assert not Allocation._base_manager.filter(archived_at=None).exists()
    empty = officer.post(url, {"used": "1"})
    assert set(empty.context["form"].errors) == {"issuer", "number", "dated", "amount"}


def test_files_are_for_those_who_may_read_and_never_act(tree, officer):
    entry = CapitalEntryFactory(unit=tree.town)
    voucher = VoucherFactory(unit=tree.town, file=True)
    split = files.store(pdf(mark=b"split"))
    part = AllocationFactory(voucher=voucher, entry=entry, split_file=split, split_name="分割.pdf")
    added = officer.post(f"/capital/{entry.pk}/files/new/", {"file": pdf("合同.pdf", mark=b"2")})
    assert added.status_code == 302
    paper = EntryFile._base_manager.get()
    urls = [f"/vouchers/{voucher.pk}/file/", f"/allocations/{part.pk}/split/", f"/capital/files/{paper.pk}/"]
    strangers = [client_for(Role.BUREAU_STAFF, tree.other_county), client_for(Role.OFFICER, tree.second_town)]
    for url in urls:
        answer = officer.get(url)
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        shown = officer.get(f"{url}?inline=1")
        assert "script-src" not in shown["Content-Security-Policy"]
        assert shown["Content-Security-Policy"].startswith("default-src 'none'")
        assert [one.get(url).status_code for one in strangers] == [404, 404]
        assert client_for(Role.AUDIT_ADMIN, tree.city).get(url).status_code in (403, 404)


SECRETS = ("标记工厂", "标记备注", "标记号", "标记银行")


def test_a_confidential_project_stays_inside(tree):
    secret = ProjectFactory(
        unit=tree.town, host=tree.park, name="标记工厂", code_name="甲一", confidential_until=date(2027, 1, 1)
    )
    entry = CapitalEntryFactory(unit=tree.park, project=secret, note="标记备注", amount=Decimal("77770000"))
    voucher = VoucherFactory(unit=tree.park, number="标记号", issuer="标记银行", file=True)
    AllocationFactory(voucher=voucher, entry=entry)
    host, inside = client_for(Role.UNIT_HEAD, tree.park), client_for(Role.BUREAU_STAFF, tree.city)
    for url in (
        "/capital/", "/capital/?q=标记", "/capital/?format=csv&columns=project&columns=amount&columns=note", "/vouchers/",
        "/vouchers/?q=标记", "/vouchers/?format=csv", f"/capital/{entry.pk}/", f"/vouchers/{voucher.pk}/",
        "/capital/projects/?q=标记", "/capital/pick/?q=标记", "/vouchers/pick/?q=标记",
    ):  # fmt: skip
        answer = host.get(url)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200
        text = text.decode()
        assert not [word for word in SECRETS if word in text], url
        assert "7,777.00" not in text
        assert "7777" not in text
    assert "甲一" in host.get("/capital/").content.decode()
    assert host.get("/capital/?amount_from=7000").context["total"] == 0
    # Nor does its place in a list tell an amount: it stands last, up and down.
    small = CapitalEntryFactory(unit=tree.park, amount=Decimal(1))
    large = CapitalEntryFactory(unit=tree.park, amount=Decimal(99_990_000))
    for key, order in (("amount", [small, large]), ("-amount", [large, small])):
        listed = host.get(f"/capital/?sort={key}").context["table"].rows
        assert [row.record.pk for row in listed] == [*(one.pk for one in order), entry.pk]
    api = session_api(Role.UNIT_HEAD, tree.park)
    for key, order in (("amount", [small, large]), ("-amount", [large, small])):
        listed = api.get(f"/api/v1/capital-entries/?ordering={key}").json()["results"]
        assert [row["id"] for row in listed] == [*(one.pk for one in order), entry.pk]
    tabs = host.get("/vouchers/").context["view_tabs"]
    assert [one["count"] for one in tabs][:3] == [1, 0, 0]  # as many as the lists behind them hold
    for url in (
        f"/vouchers/{voucher.pk}/file/",
        f"/capital/{entry.pk}/change/",
        f"/vouchers/{voucher.pk}/change/",
    ):
        assert host.get(url).status_code == 403
    known = CapitalEntryFactory(unit=tree.park)
    for answer in (
        host.get(f"/capital/?project={secret.pk}"),
        host.post("/capital/new/", {"project": secret.pk, "kind": "plant"}),
        host.post(f"/capital/{known.pk}/vouchers/new/", {"voucher": voucher.pk, "used": "x"}),
        host.get(f"/capital/new/?project={secret.pk}"),
    ):
        assert answer.status_code in (200, 422)
        assert not [word for word in SECRETS if word in answer.content.decode()]
    assert "标记工厂" in inside.get(f"/capital/{entry.pk}/").content.decode()
    assert Look._base_manager.filter(lead=secret.lead).exists()


def test_the_menu_of_columns_calls_them_as_their_heads_do(tree, rf):
    """Also those whose name is the model's; in English their codes happen to be the words."""
    request = rf.get("/capital/")
    request.user = user_with(Role.OFFICER, tree.town)
    with translation.override("zh-hans"):
        rows = CapitalEntry.objects.visible_to(request.user)
        table = CapitalEntryTable(rows, request=request)
        menu = {name: str(label) for name, label, _shown in table.choices}
        heads = {column.name: str(column.verbose_name) for column in table.columns.iterall()}
    assert {name: menu[name] for name in heads if name in menu} == {
        n: h for n, h in heads.items() if n in menu
    }
    assert menu["kind"] == "类别"

"""The recognition desk and the pages around it; the same over the API."""

import re
from datetime import date
from decimal import Decimal

import pytest

from capital import checks, desk_queue, home
from capital.choices import VoucherType
from capital.models import Override, Query, Recognition, RecognitionTerms, Sample
from capital.services.deciding import read
from capital.services.overrides import override_ask
from capital.services.queries import query_ask
from common.models import JobRun
from leads.models import Look
from organizations.choices import Role
from projects.models import Project, ProjectInvestor
from tests.capital.recognising import counted, now, reported
from tests.support.clients import client_of, session_api, user_with
from tests.support.factories_capital import AllocationFactory, VoucherFactory, period
from tests.support.factories_leads import InvestorFactory
from tests.support.factories_projects import signed_project

D = Decimal
FIRST, LAST = "preliminary", "final"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


def page(client, entry=None, **values):
    url = "/recognition/?" + "&".join(f"{k}={v}" for k, v in values.items())
    return client.get(url + (f"&entry={entry.pk}" if entry else ""))


def press(client, entry, do, level=FIRST, **sent):
    """A button of the form, with what the page put into the form."""
    shown = page(client, entry, level=level).content.decode()
    hidden = dict(re.findall(r'name="(version|key)" value="([^"]*)"', shown))
    box = re.search(r'id="amount"[^>]* value="([^"]*)"', shown)
    given = {**hidden, "amount": box.group(1) if box else "", "do": do, **sent}
    return client.post(f"/recognition/?level={level}&entry={entry.pk}", given)


def test_the_queue_and_what_is_not_in_it(tree, project, checker):
    old, new = reported(project, 18_600_000), reported(project, 20_000_000)
    plant = reported(project, 5_000_000, kind="plant")
    mine = reported(project, 7)
    type(mine)._base_manager.filter(pk=mine.pk).update(entered_by=checker)
    elsewhere = reported(signed_project(tree.other_town), 9)
    text = page(client_of(checker)).content.decode()
    assert [text.index(f'entry={one.pk}"') for one in (old, new)] == sorted(
        text.index(f'entry={one.pk}"') for one in (old, new)
    )
    assert f'entry={mine.pk}"' not in text
    assert "1,860.00" in text  # ten thousands
    assert "arrived 3" in text
    assert "formed 1" in text
    assert f'entry={plant.pk}"' in page(client_of(checker), basis="formed").content.decode()
    county = client_of(user_with(Role.EVALUATOR, tree.county))
    assert f'entry={elsewhere.pk}"' not in page(county).content.decode()
    assert page(county, elsewhere).status_code == 404
    assert page(client_of(user_with(Role.OFFICER, tree.county))).status_code == 403
    assert page(client_of(user_with(Role.EVALUATOR, tree.town))).context["count"] == 0  # his own unit
    part = client_of(checker).get("/recognition/", headers={"HX-Request": "true", "HX-Target": "desk"})
    assert b"<html" not in part.content
    assert b"ip-queue" in part.content


def test_decided_by_buttons(project, checker, head):
    client, entry, other = client_of(checker), reported(project, 1_234_567), reported(project, 500_000)
    answer = press(client, entry, "full")
    assert (answer.status_code, answer.url) == (
        302,
        f"/recognition/?level={FIRST}&basis=arrived&entry={other.pk}",
    )
    assert counted(entry) == (1_234_567, 1_234_567, 0)  # 123.4567 in the box, nothing lost
    wrong = press(client, other, "full", amount="30")
    assert wrong.status_code == 422
    assert "In part" in wrong.content.decode()
    above = press(client, other, "amount", amount="50.0001", reason="少报")
    assert "reported with 50.00 ten thousand yuan" in above.content.decode()
    # What was typed stays in the box, and the script knows still what was reported.
    assert 'value="50.0001" data-whole="50.00"' in above.content.decode()
    no_reason = press(client, other, "amount", amount="30")
    assert no_reason.status_code == 422
    assert "Write down the reason" in no_reason.content.decode()
    assert press(client, other, "amount", amount="30.00", reason="缺票").status_code == 302
    assert counted(other) == (500_000, 300_000, 0)
    undo = client.post("/recognition/", {"do": "undo", "row": Recognition._base_manager.latest("pk").pk})
    assert (undo.status_code, now(other).state, counted(other)) == (302, "reported", (500_000, 0, 0))
    assert press(client, other, "refuse", reason="重复").status_code == 302
    committee = client_of(head)
    assert press(committee, entry, "full", level=LAST).status_code == 302
    assert counted(entry) == (1_234_567, 1_234_567, 1_234_567)
    assert press(committee, entry, "back", level=LAST, amount="23.4567", reason="退回").status_code == 302
    assert counted(entry) == (1_234_567, 1_000_000, 1_000_000)
    assert press(committee, entry, "again", level=LAST, reason="重核").status_code == 302
    assert now(entry).state == "preliminary"
    assert client.post(f"/recognition/?entry={entry.pk}", {"do": "nonsense"}).status_code == 404
    for wrong in ("NaN", "1e30", "1e999999", "十二", ""):
        assert press(client, other, "amount", amount=wrong, reason="缺票", version="x").status_code == 422


def test_a_form_sent_twice_and_a_stale_one(project, checker):
    client, entry = client_of(checker), reported(project, 100_000)
    sent = {"do": "full", "amount": "10", "version": 2, "key": "k9"}
    url = f"/recognition/?level={FIRST}&entry={entry.pk}"
    assert [client.post(url, sent).status_code for _ in range(2)] == [302, 302]
    assert Recognition._base_manager.count() == 1
    assert client.post(url, {**sent, "key": "other"}).status_code == 422


def test_what_the_program_compares(tree, project, checker):
    """One entry in order, one in conflict: the marks are worked out by hand from the fields below."""
    investor = InvestorFactory(unit=tree.town, name="示例投资有限公司", zone="abroad")
    ProjectInvestor._base_manager.filter(project=project).delete()
    ProjectInvestor._base_manager.create(project=project, investor=investor, percent=60)
    Project._base_manager.filter(pk=project.pk).update(
        registered_name="示例科技有限公司", registered_code="91350100M000100Y43"
    )
    RecognitionTerms._base_manager.create(since=date(2026, 1, 1), evidence={"registered": ["bank_slip"]})
    fine = reported(project, 1000, proof=False)
    slip = VoucherFactory(
        unit=tree.town, amount=D(1000), payer="示例投资（有限公司）", payee="示例科技有限公司", file=True
    )
    AllocationFactory(voucher=slip, entry=fine, amount=D(1000))
    month = period(202610)
    month.state = "closed"
    month.save()
    poor = reported(project, 1000, proof=False, occurred_on=date(2026, 10, 9))
    bill = VoucherFactory(unit=tree.town, amount=D(900), payer="路人有限公司", type=VoucherType.INVOICE)
    AllocationFactory(voucher=bill, entry=poor, amount=D(400))
    AllocationFactory(voucher=bill, entry=fine, amount=D(500))
    first, second = cases = read(
        checker, type(fine)._base_manager.filter(pk__in=[fine.pk, poor.pk]).order_by("pk")
    )
    papers = checks.papers_of(cases)

    def states(case):
        return {one.code: one.state for one in checks.checks(case, papers)}

    assert states(first) == {
        "amount": "soon",  # 1,500 of vouchers for 1,000
        "payer": "soon",  # one of the two is a stranger
        "free": "soon",  # the invoice proves the other entry too
        "enterprise": "done",
        "month": "done",
        "asked": "done",
    }
    assert states(second) == {
        "amount": "wrong",
        "payer": "soon",
        "free": "soon",
        "enterprise": "done",
        "month": "soon",
        "asked": "wrong",
    }
    assert checks.worst(checks.checks(second, papers)) == "wrong"
    effect = desk_queue.effect(first, FIRST, papers)
    assert [(one.before, one.after) for one in effect] == [(0, 1000), (0, 1000), (1000, 0), (500, 0)]
    text = page(client_of(checker), fine).content.decode()
    assert f"/vouchers/{slip.pk}/file/?inline=1" in text
    assert "路人有限公司" in text
    file = client_of(checker).get(f"/vouchers/{slip.pk}/file/?inline=1")
    assert (file.status_code, file["Content-Type"], file["X-Frame-Options"]) == (
        200,
        "application/pdf",
        "SAMEORIGIN",
    )
    bare = page(client_of(checker), fine, paper=1).content.decode()
    assert "No file was handed in" in bare


def test_a_confidential_project_is_not_told(tree, project, checker):
    entry = reported(project)
    Project._base_manager.filter(pk=project.pk).update(
        code_name="甲一工程", confidential_until=date(2027, 1, 1), unit=tree.other_town
    )
    stranger = client_of(user_with(Role.EVALUATOR, tree.county))
    text = page(stranger, entry).content.decode()
    assert "甲一工程" in text
    assert project.name not in text
    assert entry.number not in text
    assert press(stranger, entry, "full", version=2, amount="0.1").status_code == 403
    assert page(stranger).context["count"] == 0
    assert not Look._base_manager.exists()
    assert project.name in page(client_of(checker), entry).content.decode()
    assert Look._base_manager.count() == 1  # who opens it is written down


def test_every_entry_of_a_long_queue_is_within_reach(project, checker, monkeypatch):
    """Five wait, two stand on a page: the pages hold all of them, an entry opens its own page, the keys go across pages."""
    monkeypatch.setattr(desk_queue, "SHOWN", 2)
    rows, client = [reported(project, 1000 + n) for n in range(5)], client_of(checker)

    def shown(answer):
        return [int(line["url"].rpartition("=")[2]) for line in answer.context["queue"]]

    first, walked = page(client), []
    context = first.context
    while True:
        walked += shown(first)
        if not context["page_after"]:
            break
        first = client.get(context["page_after"])
        context = first.context
    assert walked == [row.pk for row in rows]
    assert (context["begin"], context["end"], context["count"]) == (5, 5, 5)
    assert shown(client.get(context["page_before"])) == [rows[2].pk, rows[3].pk]
    third = page(client, rows[3])
    assert (shown(third), third.context["place"]) == ([rows[2].pk, rows[3].pk], 4)
    assert f"entry={rows[4].pk}" in third.context["next"]
    assert f"entry={rows[2].pk}" in page(client, rows[3]).context["previous"]
    for asked in ("99", "0", "x", "9" * 30):
        assert shown(page(client, page=asked))  # beyond the end is the last page, nonsense the first
    done = press(client, rows[3], "full")
    assert f"entry={rows[4].pk}" in done["Location"]
    assert shown(client.get(done["Location"])) == [rows[2].pk, rows[4].pk]


def test_as_many_queries_for_eight_as_for_three(project, checker, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(checker)
    for _ in range(3):
        reported(project)
    page(client)
    with CaptureQueriesContext(connection) as few:
        page(client)
    for _ in range(5):
        reported(project)
    with CaptureQueriesContext(connection) as more:
        page(client)
    assert len(more) == len(few)


# ---------------------------------------------------------------- around the desk


def test_home_says_what_waits(tree, project, checker, head):
    entry = reported(project)
    boss = user_with(Role.UNIT_HEAD, tree.town)
    assert [group["label"] for group in home.groups(checker)] == ["Waiting for recognition"]
    assert home.waiting_count(checker) == 1
    assert home.groups(boss) == []
    assert (
        f"/recognition/?entry={entry.pk}" in client_of(checker).get(f"/capital/{entry.pk}/").content.decode()
    )
    query_ask(actor=checker, entry=entry.pk, text="请补")
    asked = page(client_of(checker), entry).content.decode()
    assert "Take the query back" in asked
    client_of(checker).post(re.search(r"/queries/\d+/withdraw/", asked).group())
    assert now(entry).state == "reported"
    query = query_ask(actor=checker, entry=entry.pk, text="请补材料")
    assert home.groups(checker) == []
    (asked,) = home.groups(boss)
    assert (asked["label"], asked["items"][0]["url"]) == ("Queries to answer", f"/queries/{query.pk}/")
    answered = client_of(boss).post(f"/queries/{query.pk}/", {"answer": "已补"})
    assert (answered.status_code, now(entry).state) == (302, "reported")
    assert client_of(boss).post(f"/queries/{query.pk}/", {"answer": "再答"}).status_code == 422
    assert client_of(user_with(Role.OFFICER, tree.other_town)).get(f"/queries/{query.pk}/").status_code == 404
    override_ask(actor=checker, entry=entry.pk, level=FIRST, amount=D(2000), reason="银行回单")
    labels = [group["label"] for group in home.groups(head)]
    assert labels == ["Waiting for recognition", "Second signatures"]


def test_the_second_signature_on_its_page(tree, project, checker, head):
    entry = reported(project, 10_000)
    row = override_ask(actor=checker, entry=entry.pk, level=FIRST, amount=D(20_000), reason="银行回单")
    client = client_of(head)
    assert entry.number in client.get("/recognition/signatures/").content.decode()
    client.post("/recognition/signatures/", {"row": row.pk, "do": "refuse", "remark": ""})
    assert Override._base_manager.get().signed is None  # a refusal needs its reason
    client.post("/recognition/signatures/", {"row": row.pk, "do": "sign"})
    assert counted(entry) == (10_000, 20_000, 0)
    assert client.post("/recognition/signatures/", {"row": 987654, "do": "sign"}).status_code == 404


def test_a_sample_from_draw_to_start(tree, project, checker):
    rows = [reported(project, 100_000) for _ in range(2)]
    client = client_of(checker)
    assert (
        client.post(
            "/recognition/bulk/new/", {"unit": tree.city.pk, "month": "2026-1", "level": FIRST}
        ).status_code
        == 422
    )
    made = client.post("/recognition/bulk/new/", {"unit": tree.city.pk, "month": "2026-11", "level": FIRST})
    sample = Sample._base_manager.get()
    assert made.url == f"/recognition/bulk/{sample.pk}/"
    for one in sample.drawn.all():
        client.post(made.url, {"row": one.pk, "do": "good"})
    assert client.post(made.url, {"row": 0, "do": "good"}).status_code == 404
    client.post(made.url, {"do": "start"})
    assert JobRun.objects.filter(kind="capital.bulk").count() == 1
    assert rows[0].number in client.get(made.url).content.decode()
    assert client.get("/recognition/bulk/").status_code == 200


def test_terms_are_a_form_not_a_document(tree):
    client = client_of(user_with(Role.BUREAU_STAFF, tree.city))
    form = {
        "since": "2026-11-01",
        "sample_percent": "10",
        "sample_least": "3",
        "asked_land": ["land_receipt"],
    }
    client.post("/recognition/terms/new/", {**form, "asked_equipment": ["invoice", "customs"]})
    row = RecognitionTerms._base_manager.get()
    assert row.evidence == {"land": ["land_receipt"], "equipment": ["invoice", "customs"]}
    assert "land-grant receipt" in client.get(f"/recognition/terms/{row.pk}/").content.decode()
    assert "land-grant receipt" in client.get("/recognition/terms/?format=csv").getvalue().decode("utf-8-sig")
    change = f"/recognition/terms/{row.pk}/change/"
    assert client.post(change, {**form, "version": 1, "own_unit": "on"}).status_code == 302
    row.refresh_from_db()
    assert (row.own_unit, row.evidence, row.version) == (True, {"land": ["land_receipt"]}, 2)
    stale = client.post(change, {**form, "version": 1, "sample_least": "9"})
    assert (stale.status_code, RecognitionTerms._base_manager.get().sample_least) == (409, 3)
    assert client.post(change, {**form, "version": 2, "sample_percent": "0"}).status_code == 422
    client.post(f"/recognition/terms/{row.pk}/archive/", {"version": 2, "reason": "改了"})
    assert RecognitionTerms._base_manager.get().archived_at is not None
    assert client_of(user_with(Role.EVALUATOR, tree.city)).get(change).status_code == 403


# ---------------------------------------------------------------- API


def test_the_api_decides_by_the_same_services(tree, project):
    entry, other = reported(project), reported(project)
    api, last = session_api(Role.EVALUATOR, tree.city), session_api(Role.COMMITTEE, tree.city)
    base = "/api/v1/recognitions/"
    sent = {"entry": entry.pk, "decision": "recognise", "level": FIRST, "amount": "800.00", "reason": "缺票"}
    made = api.post(base, {**sent, "request_key": "r1"}, format="json")
    assert (made.status_code, made.json()["delta"]) == (201, "800.00")
    assert api.post(base, {**sent, "request_key": "r1"}, format="json").json()["id"] == made.json()["id"]
    assert api.post(base, sent, format="json").json()["code"] == "decided"
    assert api.post(base, {**sent, "level": LAST}, format="json").status_code == 403
    assert api.post(base, {"entry": entry.pk, "decision": "refuse"}, format="json").status_code == 400
    gone = last.post(
        base, {"entry": entry.pk, "decision": "reverse", "amount": "300.00", "reason": "退回"}, format="json"
    )
    assert (gone.status_code, counted(entry)) == (201, (1000, 500, 0))
    asked = api.post(f"{base}ask/", {"entry": other.pk, "text": "请补"}, format="json")
    assert asked.status_code == 201
    assert [one["entry"] for one in api.get(f"{base}queries/").json()] == [other.pk]
    unit = session_api(Role.OFFICER, tree.town)
    done = unit.post(f"{base}answer/", {"query": asked.json()["id"], "answer": "已补"}, format="json")
    assert (done.status_code, Query._base_manager.get().answer) == (200, "已补")
    more = {"entry": other.pk, "level": FIRST, "amount": "1500.00", "reason": "回单"}
    wish = api.post(f"{base}override/", more, format="json")
    signed = last.post(f"{base}sign/", {"override": wish.json()["id"], "signed": True}, format="json")
    assert (signed.status_code, counted(other)) == (200, (1000, 1500, 0))
    assert len(api.get(f"{base}?entry={entry.pk}").json()["results"]) == 2
    Project._base_manager.filter(pk=project.pk).update(
        code_name="甲一", confidential_until=date(2027, 1, 1), unit=tree.other_town
    )
    assert session_api(Role.EVALUATOR, tree.county).get(base).json()["count"] == 0


def test_samples_over_the_api(tree, project):
    entry, api = reported(project), session_api(Role.EVALUATOR, tree.city)
    given = {"unit": tree.city.pk, "period": 202611, "level": FIRST}
    made = api.post("/api/v1/samples/", given, format="json").json()
    assert (made["entries"], [one["entry"] for one in made["drawn"]]) == ([entry.pk], [entry.pk])
    url = f"/api/v1/samples/{made['id']}/"
    assert api.post(f"{url}check/", {"entry": entry.pk, "result": "good"}, format="json").status_code == 200
    assert api.post(f"{url}start/").status_code == 202
    assert api.post(f"{url}give-up/", {"reason": "x"}, format="json").json()["code"] == "sample_closed"

"""Periods on their pages and in the API: each step, what it refuses, and both clocks."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledger import closings, periods
from ledger.closings import Found, reopening_ask
from ledger.models import Closing, ClosingTerms, Period, ReopeningAsked
from organizations.choices import Role as Job
from tests.ledger.support import arrived, close, noon
from tests.support.api import ReadSuite
from tests.support.clients import client_for, client_of, session_api, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_registered(monkeypatch):
    for name, value in (("_checks", {}), ("_before_cut_off", []), ("_before_closing", [])):
        monkeypatch.setattr(closings, name, value)


def page(client, name, pk=None, query=""):
    response = client.get(f"{reverse(name, args=[pk] if pk else [])}{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_from_open_to_closed_and_open_again_on_the_pages(tree):
    """Everything by plain forms: cut off, close with its checklist, ask, sign."""
    staff, leader = client_for(Job.BUREAU_STAFF, tree.city), client_for(Job.LEADER, tree.city)
    queries = [Found("两条疑问未答复", "/queries/", blocks=True, count=2)]
    closings.check("queries", "疑问", lambda period: queries)
    closings.check("gaps", "凭证缺口", lambda period: [Found("三笔无凭证", count=3)])
    with noon(2026, 11, 5):
        arrived(tree.town, 100, (2026, 10, 20))
        text = page(staff, "period_detail", 202610)
        assert reverse("period_cut_off", args=[202610]) in text
        assert reverse("period_close", args=[202610]) not in text
        assert reverse("period_cut_off", args=[202610]) not in page(leader, "period_detail", 202610)
        assert "100.00" in text
        step = reverse("period_cut_off", args=[202610])
        assert leader.post(step).status_code == 403
        assert staff.post(step).status_code == 302
        text = page(staff, "period_detail", 202610)
        assert "两条疑问未答复" in text
        assert 'href="/queries/"' in text
        assert f'href="{reverse("period_close", args=[202610])}"' not in text  # drawn with what comes first
        refused = staff.post(reverse("period_close", args=[202610]))
        assert refused.status_code == 422
        assert "两条疑问未答复" in refused.content.decode()
        queries.clear()
        assert staff.post(reverse("period_close", args=[202610])).status_code == 302
        closing = Closing._base_manager.get()
        text = page(staff, "period_detail", 202610)
        assert closing.hash in text
        assert "凭证缺口" in text  # left open, by its name
        assert closing.hash[:12] in page(staff, "period_list", query="?year=2026")
        ask = reverse("period_reopen", args=[202610])
        assert staff.post(ask, {"reason": ""}).status_code == 422
        assert staff.post(ask, {"reason": "验资报告补记"}).status_code == 302
        asked = ReopeningAsked.objects.get()
        sign, refuse = (reverse(f"reopening_{name}", args=[asked.pk]) for name in ("sign", "refuse"))
        text = page(leader, "period_detail", 202610)
        assert "验资报告补记" in text
        assert sign in text
        text = page(staff, "period_detail", 202610)
        assert sign not in text
        assert refuse in text  # he may take it back
        assert "验资报告补记" in page(leader, "period_list")
        assert staff.post(sign).status_code == 403
        assert leader.post(sign).status_code == 302
        assert Period.objects.get(code=202610).state == "open"
        assert staff.post(refuse, {"reason": "x"}).status_code == 422  # answered already


def test_a_request_is_refused_or_taken_back(tree):
    staff = user_with(Job.BUREAU_STAFF, tree.bureau)
    with noon(2026, 11, 5):
        arrived(tree.town, 100, (2026, 10, 20))
        close(202610)
        for who in (client_for(Job.COMMITTEE, tree.city), client_of(staff)):
            asked = reopening_ask(actor=staff, code=202610, reason="补记")
            refuse = reverse("reopening_refuse", args=[asked.pk])
            assert client_for(Job.BUREAU_STAFF, tree.city).post(refuse, {"reason": "x"}).status_code == 403
            assert who.post(refuse, {"reason": "材料不足"}).status_code == 302
            asked.refresh_from_db()
            assert asked.signed is False
        assert client_of(staff).get(reverse("reopening_sign", args=[0])).status_code == 403
        leader = client_for(Job.LEADER, tree.city)
        assert leader.get(reverse("reopening_sign", args=[0])).status_code == 404
        assert leader.get(reverse("period_detail", args=[203001])).status_code == 404


def test_what_moved_and_the_switch_of_the_clocks(tree):
    leader = client_for(Job.LEADER, tree.county)
    with noon(2026, 11, 5):
        arrived(tree.town, 100, (2026, 10, 20))
        arrived(tree.other_town, 77, (2026, 10, 20))
        arrived(tree.town, 40, (2026, 3, 2))
        assert "published=" not in page(leader, "posting_list")
        closing = close(202603, 202610)
        late = arrived(tree.town, 30, (2026, 10, 22))[0]
        first = Closing._base_manager.order_by("pk").first()
        text = page(leader, "period_restatement", 202610)
        assert "+30.00" in text
        assert "posted_in=202611" in text
        assert "77.00" not in text  # another county's
        url = reverse("period_restatement", args=[202610])
        exported = leader.get(f"{url}?window=year&format=csv")
        rows = b"".join(exported.streaming_content).decode("utf-8-sig").splitlines()
        assert len(rows) == 2
        assert rows[1].startswith("龙驹寨镇,")
        assert ",30.00," in rows[1]
        assert leader.get(f"{url}?revision=9").status_code == 200
        assert leader.get(reverse("period_restatement", args=[202611])).status_code == 404  # never closed

        def lines(query):
            found = leader.get(f"{reverse('posting_list')}?format=csv&columns=qty&sort=qty{query}")
            return b"".join(found.streaming_content).decode("utf-8-sig").splitlines()[1:]

        assert lines("") == ["30.00", "40.00", "100.00"]
        assert lines(f"&published={closing.pk}") == ["40.00", "100.00"]
        assert lines(f"&published={first.pk}") == ["40.00"]
        assert f"published={closing.pk}" in page(leader, "posting_list")
        text = page(leader, "posting_list", query="?posted_in=202603")
        assert f"published={first.pk}" in text  # the closing of the month asked for
        assert late.posted_in_id == 202611
        api = session_api(Job.LEADER, tree.county)
        assert api.get(f"/api/v1/postings/?published={closing.pk}").json()["count"] == 2


def test_the_final_account_is_about_its_year(tree):
    leader = client_for(Job.LEADER, tree.city)
    with noon(2026, 1, 12):
        arrived(tree.town, 100, (2025, 12, 20))
        close(202512)
        arrived(tree.town, 600, (2025, 12, 28))
        text = page(leader, "period_detail", 202513)
        assert "window=year" not in text
        assert "700.00" in text
        assert "2026-01-20" in text  # takes reports until


def test_as_many_queries_for_twelve_periods_as_for_two(tree):
    leader = client_for(Job.LEADER, tree.city)
    for year, months in ((2025, 2), (2026, 12)):
        for number in range(1, months + 1):
            Period.objects.create(code=year * 100 + number, year=year, number=number)

    def queries(year):
        page(leader, "period_list", query=f"?year={year}")
        with CaptureQueriesContext(connection) as asked:
            text = page(leader, "period_list", query=f"?year={year}")
        assert (
            f"{year + 1}-01-20" not in text
        )  # only months: each takes reports until the third of the next one
        assert f"{year}-03-03" in text
        return len(asked)

    with noon(2026, 12, 5):
        assert queries(2025) == queries(2026)


def test_steps_over_the_api(tree):
    staff, leader = session_api(Job.BUREAU_STAFF, tree.bureau), session_api(Job.LEADER, tree.city)
    with noon(2026, 11, 5):
        arrived(tree.town, 100, (2026, 10, 20))
        url = "/api/v1/periods/202610/"
        assert staff.get(url).json() == {"code": 202610, "year": 2026, "number": 10, "state": "open"}
        assert leader.post(f"{url}cut-off/").status_code == 403
        refused = staff.post(f"{url}close/")
        assert (refused.status_code, refused.json()["code"]) == (409, "not_cut_off")
        assert staff.post(f"{url}cut-off/").json()["state"] == "cut_off"
        told = staff.post(f"{url}close/").json()
        assert (told["period"], told["revision"], told["lines"], told["hash"]) == (
            202610, 1, 1, Closing._base_manager.get().hash,
        )  # fmt: skip
        found = leader.get("/api/v1/periods/?year=2026&state=closed").json()["results"]
        assert [one["code"] for one in found] == [202610]


class TestClosingApi(ReadSuite):
    """Closings belong to no unit: everybody who reads periods reads all."""

    model = Closing
    base = "closings"
    ordering = "id"
    searches = False
    outsider = None

    def place(self, tree):
        return {"tree": tree}

    def make(self, where, text=None):
        last = Period.objects.order_by("-code").first()
        code = periods.after(last.code) if last else 202601
        with noon(2031, 1, 5):
            arrived(where["tree"].town, 1, (code // 100, code % 100, 3))
            return close(code)


def test_the_calendar_is_checked(tree):
    client = client_for(Job.BUREAU_STAFF, tree.bureau)
    sent = {"since": "2027-01-01", "cut_off_day": 5, "final_month": 2, "final_day": 28, "by_itself": "on"}
    for wrong in ({"cut_off_day": 29}, {"final_month": 13}, {"final_day": 0}, {"since": "2000-01-01"}):
        assert client.post(reverse("closingterms_create"), {**sent, **wrong}).status_code == 422
    assert client.post(reverse("closingterms_create"), sent).status_code == 302
    made = ClosingTerms._base_manager.get(since="2027-01-01")
    assert (made.cut_off_day, made.final_month, made.by_itself) == (5, 2, True)
    change = reverse("closingterms_update", args=[made.pk])
    assert client.post(change, {**sent, "cut_off_day": 6, "version": 1}).status_code == 302
    assert (
        client.post(change, {**sent, "cut_off_day": 7, "version": 1}).status_code == 409
    )  # somebody was faster
    archived = client.post(reverse("closingterms_archive", args=[made.pk]), {"version": 2, "reason": "误建"})
    assert archived.status_code == 302
    made.refresh_from_db()
    assert made.is_archived

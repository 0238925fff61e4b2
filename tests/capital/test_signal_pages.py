"""Signals, gaps and charts as people see them (docs/algorithms/counting.md)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from capital.models import FalseAlarm
from capital.services.recognition import recognise
from capital.services.recognition import reverse as take_back
from capital.services.signals import signal_restore
from capital.signals import find
from common import clock
from common.changelog import history
from common.errors import Denied, NotVisible, Refused
from ledger.models import Closing, Period, Posting
from organizations.choices import Role as Job
from projects.services import plan_set
from rules.signals import Sign
from tests.capital.recognising import reported
from tests.support.clients import client_for, client_of, user_with
from tests.support.factories import TESTS, UnitFactory
from tests.support.factories_projects import signed_project

D = Decimal
WAN = D(10_000)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


def lines_of(browser, title):
    groups = browser.get(reverse("signal_list")).context["groups"]
    return next(group["lines"] for group in groups if group["title"] == title)


def test_signals_with_their_rows_and_a_false_alarm(tree, staff, head, rulebook):
    """The contract is 12,000; 13,000 are reported, of them 900 taken back within days; nobody registered yet."""
    project = signed_project(tree.town)
    entry = reported(project, 12_100 * WAN)
    other = reported(project, 900 * WAN)
    recognise(actor=head, entry=other.pk, level="final")
    take_back(actor=head, entry=other.pk, reason="资金转出")
    browser = client_of(staff)
    page = browser.get(reverse("signal_list"))
    lines = {group["title"]: group["lines"] for group in page.context["groups"]}
    assert set(lines) == {
        "Capital above the contract amount",
        "Capital before the enterprise was registered",
        "Money in and soon taken back",
    }
    (above,) = lines["Capital above the contract amount"]
    assert [row.pk for row in above["found"].rows] == [entry.pk, other.pk]
    assert above["note"] == "108.33 per cent, limit 100"  # 13,000 ÷ 12,000
    (back,) = lines["Money in and soon taken back"]
    assert [row.pk for row in back["found"].rows] == [other.pk]
    assert [(one["number"], one["amount"]) for one in back["back"]] == [(other.number, 900 * WAN)]
    assert f"{other.number}: 900.00 ten thousand yuan taken back on" in page.content.decode()
    assert {one["note"] for one in lines["Capital before the enterprise was registered"]} == {
        "not registered yet"
    }
    assert not above["back"]
    assert reverse("entry_detail", args=[entry.pk]) in page.content.decode()

    done = browser.post(above["dismiss_url"], {"reason": "追加投资，补充协议在办"})
    assert done.status_code == 302
    assert FalseAlarm.objects.unscoped(reason="tests").get().unit == tree.town
    page = browser.get(reverse("signal_list")).content.decode()
    assert "追加投资" in page
    assert browser.post(above["dismiss_url"], {"reason": "再说"}).status_code == 422
    # It is no false alarm after all: with a reason the signal stands again, the log keeps both, and it may be explained anew.
    about, (back,) = {"key": above["found"].signal.key, "year": 2026}, lines["Money in and soon taken back"]
    for given, code in (
        ({"reason": " "}, "no_reason"),
        ({"reason": "x", "key": back["found"].signal.key}, "not_dismissed"),
    ):
        with pytest.raises(Refused) as said:
            signal_restore(actor=staff, **{**about, **given})
        assert said.value.code == code
    with pytest.raises(Denied):
        signal_restore(actor=user_with(Job.LEADER, tree.county), **about, reason="x")
    with pytest.raises(NotVisible):
        signal_restore(actor=user_with(Job.BUREAU_STAFF, tree.other_county), **about, reason="x")
    assert FalseAlarm.objects.unscoped(reason="tests").get().archived_at is None
    (explained,) = lines_of(browser, "Capital above the contract amount")
    assert browser.post(explained["restore_url"], {"reason": "补充协议没有签"}).status_code == 302
    kept = history(FalseAlarm.objects.unscoped(reason="tests").get())
    assert [line.reason for line in kept] == ["补充协议没有签", "追加投资，补充协议在办"]
    (again,) = lines_of(browser, "Capital above the contract amount")
    assert (again["found"].alarm, again["restore_url"]) == (None, "")
    assert browser.post(again["dismiss_url"], {"reason": "补充协议已签"}).status_code == 302
    assert FalseAlarm.objects.unscoped(reason="tests").count() == 2
    # Another county sees neither rows nor signals; an officer reads and can't explain.
    stranger = client_for(Job.BUREAU_STAFF, tree.other_county)
    assert stranger.get(reverse("signal_list")).context["groups"] == []
    assert stranger.post(above["dismiss_url"], {"reason": "x"}).status_code == 404


def test_a_mistake_that_is_taken_back_is_no_signal(tree, staff, head):
    """Undone at the desk and decided again, or still to be decided: no money flowed back. 60 of 100 did."""
    project = signed_project(tree.town)
    redone, undone, gone = (reported(project, amount * WAN) for amount in (110, 120, 100))
    for entry in (redone, undone, gone):
        recognise(actor=head, entry=entry.pk, level="final")
    for entry in (redone, undone):
        take_back(actor=head, entry=entry.pk, reason="看错", again=True)
    recognise(actor=head, entry=redone.pk, level="final")
    take_back(actor=head, entry=gone.pk, amount=60 * WAN, reason="资金转出")
    found = [one.signal for one in find(2026, actor=staff) if one.signal.sign == Sign.IN_AND_OUT]
    assert [one.entries for one in found] == [(gone.pk,)]


def test_an_outpost_is_in_the_gaps(tree, staff):
    """Whoever has capital stands there, of whatever kind of unit."""
    outpost = UnitFactory(parent=tree.city, kind="outpost")
    reported(signed_project(outpost, host=tree.town), 300 * WAN)
    arrived = client_of(staff).get(reverse("capital_gaps")).context["parts"][0]
    assert {one.unit.pk: one.reported / WAN for one in arrived["rows"]} == {
        outpost.pk: 300,
        tree.city.pk: 300,
    }


def test_gaps_by_unit(tree, staff, head):
    """The town reported 500 and 300, recognised 200: gap 600, 25 %; the city the same. Bases apart."""
    project = signed_project(tree.town)
    first = reported(project, 500 * WAN)
    reported(project, 300 * WAN)
    reported(project, 70 * WAN, kind="plant", type="invoice")
    recognise(actor=head, entry=first.pk, level="final", amount=200 * WAN, reason="凭证不足")
    page = client_of(staff).get(reverse("capital_gaps"))
    arrived, formed = page.context["parts"]
    figures = {row.unit: (row.reported, row.recognised, row.gap, row.rate) for row in arrived["rows"]}
    assert figures[tree.town] == (800 * WAN, 200 * WAN, 600 * WAN, 25)
    assert figures[tree.city] == figures[tree.town]
    assert [(row.unit, row.gap) for row in formed["rows"] if row.unit == tree.town] == [(tree.town, 70 * WAN)]
    wide, phone = arrived["chart"].drawings
    assert wide["bars"]
    names = [unit.label for unit in figures if unit.kind != "city"]
    assert {one["text"] for one in wide["labels"]} == set(names)  # whole where there is room
    assert all(any(name.startswith(one["text"]) for name in names) for one in phone["labels"])
    assert "style=" not in page.content.decode()


def test_gaps_as_published_and_as_known_now(tree, staff, head):
    """November was closed with 500 reported and nothing recognised; December recognises 200 of it."""
    entry = reported(signed_project(tree.town), 500 * WAN)
    last = Posting._base_manager.order_by("-seq").first().seq
    period = Period.objects.get(code=202611)
    Closing.objects.create(
        period=period, revision=1, watermark=last, lines=1, hash="x" * 64, at=clock.now(), actor_name="标记人"
    )
    Period.objects.filter(code=202611).update(state="closed")
    with clock.at(datetime(2026, 12, 5, 4, tzinfo=UTC)):
        recognise(actor=head, entry=entry.pk, level="final", amount=200 * WAN, reason="凭证不足")
        browser, found = client_of(staff), []
        for query in ("", "?year=2026&as=2026-11"):
            page = browser.get(reverse("capital_gaps") + query)
            town = next(row for row in page.context["parts"][0]["rows"] if row.unit == tree.town)
            found.append((town.reported / WAN, town.recognised / WAN))
            assert [one["label"] for one in page.context["clock"].choices] == [
                "as known now",
                "as published 2026-11",
            ]
            assert 'name="year" value="2026"' in page.content.decode() or not query
        assert found == [(500, 200), (500, 0)]

        address = reverse("project_detail", args=[entry.project_id])
        for query, text in (("", "200.00"), ("&as=2026-11", "")):
            page = browser.get(f"{address}?part=capital{query}")
            part = next(one for one in page.context["parts"] if one["title"] == "Capital arrived by month")
            assert [cell["text"] for cell in part["rows"][0]["cells"]] == ["2026-11", "500.00", text, text]
            assert part["note"].endswith("as published 2026-11" if query else "as known now")
        whose = [
            len(browser.get(f"{address}?part=figures{q}").context["parts"][0]["rows"])
            for q in ("", "&as=2026-11")
        ]
        assert whose[0] > whose[1] > 0


def test_the_project_page_shows_plan_reported_and_recognised(tree, staff, head):
    project = signed_project(tree.town)
    plan_set(actor=TESTS, project=project.pk, version=None, plan={date(2026, 11, 1): 400 * WAN})
    entry = reported(project, 500 * WAN)
    recognise(actor=head, entry=entry.pk, level="final", amount=200 * WAN, reason="凭证不足")
    page = client_of(staff).get(reverse("project_detail", args=[project.pk]) + "?part=capital")
    part = next(one for one in page.context["parts"] if one["title"] == "Capital arrived by month")
    (row,) = part["rows"]
    assert [cell["text"] for cell in row["cells"]] == ["2026-11", "400.00", "500.00", "200.00", "200.00"]
    wide, phone = part["chart"].drawings
    assert (len(wide["bars"]), len(wide["lines"]), phone["width"]) == (2, 1, 358)
    tall, short = (D(bar["height"]) for bar in wide["bars"])
    assert round(tall / short, 1) == D("2.5")
    empty = next(one for one in page.context["parts"] if one["title"] == "Fixed assets formed by month")
    assert empty["rows"] == []
    assert 'role="img"' in page.content.decode()


def test_what_is_no_year_is_this_one(staff):
    browser = client_of(staff)
    for wrong in ("abc", "²", "1999", "2101"):
        page = browser.get(reverse("capital_gaps") + f"?year={wrong}")
        assert [tab["label"] for tab in page.context["tabs"] if tab["active"]] == ["2026"]

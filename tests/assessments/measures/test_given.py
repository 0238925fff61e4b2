"""Figures that people enter, the precedence of sources, and the pages of the registry (DOMAIN §3, §4, §8)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments import services
from assessments.measures import Asked, FactKey, beside, facts
from assessments.measures.catalogue import problems
from assessments.models import GivenFigure, Measure
from assessments.shipped_measures import FOLDER
from common import clock, files
from common.errors import Denied, Refused
from leads import shipping
from ledger.choices import Kind
from ledger.services import Look
from organizations.choices import Role
from rules.periods import Month
from rules.scheme import read as read_scheme
from tests.assessments.measures.support import WAN, asked, book, cell, fact, measure, money, signed
from tests.support.clients import sign_in, user_with
from tests.support.factories import TESTS
from tests.support.factories_tables import GivenFigureFactory, MeasureFactory
from tests.support.factories_work import pdf
from tests.support.world import World

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november(english):
    with clock.at(datetime(2026, 11, 20, 4, tzinfo=UTC)):
        yield


@pytest.fixture
def score(tree):
    return MeasureFactory(code="score", name="评分", source="given", unit="marks", nature="stock")


def give(actor, unit, what, value, giver, **values):
    paper = {"stored": files.store(pdf()), "file_name": "评分表.pdf"}
    at = {"year": 2026, "month": 9, **paper, **values}
    return services.given_create(actor=actor, unit=unit, measure=what, value=D(value), giver=giver, **at)


def test_several_givers_have_a_mean_and_a_later_word_supersedes(tree, score):
    """Parks say 90 and 80, a town 70: the mean is 80, of parks 85. The first park changes to 100: 90."""
    evaluator = user_with(Role.EVALUATOR, tree.county)
    first = give(evaluator, tree.town, score, 90, "示例园区甲", giver_class="park")
    give(evaluator, tree.town, score, 80, "示例园区乙", giver_class="park")
    give(evaluator, tree.town, score, 70, "示例镇", giver_class="town")
    assert fact("score", tree.town, "2026-09") == 80
    assert fact("score", tree.town, "2026-09", filters={"giver": "park"}) == 85
    again = give(evaluator, tree.town, score, 100, "示例园区甲", giver_class="park")
    assert fact("score", tree.town, "2026-09", filters={"giver": "park"}) == 90
    first.refresh_from_db()
    assert (first.superseded_by, first.value) == (again, 90)
    services.given_withdraw(actor=evaluator, pk=again.pk, version=again.version, reason="重复")
    assert fact("score", tree.town, "2026-09", filters={"giver": "park"}) == 80
    assert fact("score", tree.town, "2026-08") == "not_reported"
    with pytest.raises(Refused):
        services.given_withdraw(actor=evaluator, pk=first.pk, version=first.version, reason="再")


def test_entered_flows_of_a_quarter_are_summed_and_subtracted(tree):
    """4, 5 and 6 visits entered of the months: the quarter has 15. The year to date 10 and 40: the quarter has 30."""
    of_months = MeasureFactory(code="m", source="given", unit="trips", nature="flow")
    of_year = MeasureFactory(code="visits", source="given", unit="trips", nature="flow")
    for month, number in ((4, 4), (5, 5), (6, 6)):
        GivenFigureFactory(unit=tree.town, measure=of_months, month=month, value=D(number), span="month")
    for month, number in ((3, 10), (6, 40)):
        GivenFigureFactory(unit=tree.town, measure=of_year, month=month, value=D(number))
    quarter = Asked(Month(2026, 4), Month(2026, 6), Month(2026, 6), 202606)

    def told(code):
        return [
            fact(code, tree.town, window=window, question=quarter)
            for window in ("month", "period", "year_to_date", "cumulative")
        ]

    assert told("m") == [6, 15, "not_reported", "not_reported"]
    assert told("visits") == ["not_reported", 30, 40, "not_reported"]


def test_who_may_enter_and_what_is_refused(tree, score):
    for role, unit, error in (
        (Role.UNIT_HEAD, tree.county, Denied),
        (Role.LEADER, tree.county, Denied),
        (Role.BUREAU_STAFF, tree.other_county, Denied),
    ):
        with pytest.raises(error):
            give(user_with(role, unit), tree.town, score, 1, "示例评委")
    staff = user_with(Role.BUREAU_STAFF, tree.county)
    with pytest.raises(ValidationError):
        give(staff, tree.town, score, 1, "示例评委", month=12)
    pieces = MeasureFactory(code="pieces", source="given", unit="count")
    with pytest.raises(ValidationError):
        give(staff, tree.town, pieces, "1.5", "示例评委")
    assert not GivenFigure._base_manager.exists()


def test_nobody_enters_his_own_units_figure(tree, score):
    """The town's evaluator can't score the town, nor take back what the county gave it; the city, with nobody above it,
    can. What is counted from the books isn't typed."""
    town, county, city = (user_with(Role.EVALUATOR, unit) for unit in (tree.town, tree.county, tree.city))
    for actor, unit in ((town, tree.town), (county, tree.county)):
        with pytest.raises(Refused) as problem:
            give(actor, unit, score, 99, "示例评委")
        assert problem.value.code == "own_figure"
    row = give(county, tree.town, score, 60, "示例评委")
    with pytest.raises(Refused) as problem:
        services.given_withdraw(actor=town, pk=row.pk, version=row.version, reason="太低")
    assert problem.value.code == "own_figure"
    assert fact("score", tree.town, "2026-09") == 60
    give(city, tree.city, score, 70, "示例评委")
    with pytest.raises(Refused) as problem:
        give(county, tree.town, measure("capital", "arrived"), 1, "示例评委")
    assert problem.value.code == "counted"


def test_a_confirmers_figure_wins_and_the_difference_is_a_line(tree):
    """Books 500; a letter says 480; the imported table of the confirmer says 9,050, which is taken; 8,550 stand beside."""
    money(Kind.CAPITAL_RECOGNISED, tree.town, 500, date(2026, 3, 1))
    world = World.__new__(World)
    world.tree = tree
    what = world.__dict__["measure"] = measure("capital", "arrived")
    key, question = FactKey("capital"), asked("2026-06")

    def now():
        found = facts([key], [tree.town], question)[tree.town.pk, key]
        return found.amount / WAN, found.ref.partition(":")[0]

    assert now() == (500, "cells")
    GivenFigureFactory(unit=tree.town, measure=what, value=480 * WAN)
    assert now() == (480, "given")
    world.figure_at(tree.town)  # 9,050 万元 of June, as the sent sheet says
    assert now() == (9050, "figure")
    found = beside([key], [tree.town], question)[tree.town.pk, key]
    assert (found.books.amount / WAN, found.difference / WAN) == (500, 8550)


def test_the_catalogue_says_what_a_scheme_may_not_ask(tree):
    measure("signed", "signed_projects", filters={"sector": ["secondary"]})
    of = measure("rate", "start_rate")
    measure("done", "completion", of=of)
    document = {
        "schema": 1,
        "code": "trial",
        "title": "试行办法",
        "period": "month",
        "full": None,
        "inputs": {
            "good": {"title": "a", "unit": "count", "measure": "signed", "filters": {"zone": "abroad"}},
            "unknown": {"title": "b", "unit": "count", "measure": "nothing"},
            "twice": {"title": "c", "unit": "count", "measure": "signed", "filters": {"sector": "primary"}},
            "wrong": {
                "title": "d",
                "unit": "yuan",
                "measure": "signed",
                "filters": {"fund_source": "own", "zone": "moon"},
            },
            "rate": {"title": "e", "unit": "percent", "measure": "rate"},
            "last": {"title": "f", "unit": "percent", "measure": "done", "window": "year_before"},
            "done": {"title": "g", "unit": "percent", "measure": "done"},
        },
        "groups": [
            {
                "code": "towns",
                "title": "镇",
                "indicators": [
                    {
                        "code": "one",
                        "title": "一",
                        "full": "100",
                        "value": {"kind": "points_to_schedule", "of": "rate", "target": {"of": "rate"}},
                        "rule": {"kind": "proportional"},
                    }
                ],
            }
        ],
    }
    scheme, wrong = read_scheme(document)
    assert scheme is not None, wrong
    assert [(one.path, one.code) for one in problems(scheme)] == [
        ("inputs.unknown.measure", "measure_unknown"),
        ("inputs.twice.filters.sector", "already_set"),
        ("inputs.wrong.filters.fund_source", "not_for_this_measure"),
        ("inputs.wrong.filters.zone", "not_a_choice"),
        ("inputs.wrong.unit", "other_unit"),
        ("inputs.last.window", "window_for_target"),
        ("groups.0.indicators.0.value", "not_a_flow"),
    ]


def test_what_is_shipped_can_be_counted_and_stays_the_bureaus(tree):
    (loaded,) = shipping.load(actor=TESTS, only=["measures"])
    there = Measure._base_manager.filter(code="signed-projects-yi")
    there.update(name="改过的")
    (again,) = shipping.load(actor=TESTS, only=["measures"])
    assert (again.created, again.kept) == (0, loaded.created)
    assert there.get().name == "改过的"
    codes = [one["code"] for one in shipping.document(FOLDER / "measures.yaml")]
    keys = [FactKey(code) for code in codes]
    found = facts(keys, [tree.town], Asked.year(2026))
    assert len(found) == len(codes) > 50
    signed(tree.town, 30_000, look=Look("secondary", "3981", zone="outside_province"))
    signed(tree.town, 200, look=Look("tertiary", "7010", zone="outside_province"))
    assert [
        cell(code, tree.county) for code in ("projects-signed", "signed-projects-yi", "manufacturing-share")
    ] == [
        2,
        1,
        50,
    ]


# ---------------------------------------------------------------- pages


def test_a_clerk_makes_a_measure_by_its_form(client, tree):
    staff = user_with(Role.BUREAU_STAFF, tree.county)
    page = sign_in(client, staff)
    assert b"projects signed" in page.get(reverse("measure_bases")).content
    url = reverse("measure_counted", args=["signed_projects"])
    form = {
        "name": "亿元工业项目", "code": "yi", "direction": "desc", "role": "assessed", "credit": "share", "sort": "1",
        "only_sector": ["secondary"], "only_size_from": "10000", "only_industries": "39，C",
    }  # fmt: skip
    shown = page.get(url).content.decode()
    assert "only_size_from" in shown
    assert "only_fund_source" not in shown, "a signing has no source of funds"
    answer = page.post(url, {**form, "only_industries": "咖啡"})
    assert "is not written as it should be" in answer.content.decode()
    answer = page.post(url, form)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    made = Measure._base_manager.get(code="yi")
    assert made.filters == {"sector": ["secondary"], "size_from": "100000000", "industries": ["39", "C"]}
    detail = page.get(reverse("measure_detail", args=[made.pk])).content.decode()
    assert "1 100 million yuan" in detail
    assert "{" not in detail.partition("<main")[2].partition("</main>")[0], "no JSON in sight"
    change = reverse("measure_update", args=[made.pk])
    assert 'value="10000"' in page.get(change).content.decode()
    page.post(change, {**form, "version": made.version, "only_size_from": "20000"})
    made.refresh_from_db()
    assert made.filters["size_from"] == "200000000"


def test_points_to_schedule_are_of_flows_only(tree):
    rate = measure("rate", "start_rate")
    with pytest.raises(ValidationError, match="flows"):
        services.measure_create(
            actor=TESTS, code="p", name="p", source="counted", base="points_to_schedule", of_measure=rate,
            unit="points", nature="ratio",
        )  # fmt: skip


def test_the_lines_behind_a_figure_are_those_the_reader_may_see(client, tree):
    what = measure("signed", "signed_projects")
    for unit in (tree.town, tree.second_town):
        book(Kind.SIGNED, date(2026, 3, 1), unit, subject=4711)
    page = sign_in(client, user_with(Role.BUREAU_STAFF, tree.county))
    shown = page.get(reverse("measure_rows", args=[what.pk, tree.county.pk]), {"period": "2026-11"})
    assert shown.content.decode().count("projects signed</a>") == 2
    assert "<dd>2 number</dd>" in shown.content.decode()
    assert page.get(reverse("measure_rows", args=[what.pk, tree.city.pk])).status_code == 404
    february = page.get(reverse("measure_rows", args=[what.pk, tree.county.pk]), {"period": "2026-02"})
    assert "Nothing counts here" in february.content.decode()


def test_a_given_figure_by_its_page(client, tree, score):
    page = sign_in(client, user_with(Role.EVALUATOR, tree.county))
    sheet = SimpleUploadedFile("评分.pdf", pdf().read(), content_type="application/pdf")
    form = {
        "unit": tree.town.pk, "measure": score.pk, "year": 2026, "month": 9, "span": "ytd", "value": "88.5",
        "giver": "示例评委", "giver_class": "jury",
    }  # fmt: skip
    answer = page.post(reverse("given_create"), form)
    assert answer.status_code == 422
    answer = page.post(reverse("given_create"), {**form, "file": sheet})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    row = GivenFigure._base_manager.get()
    assert (row.value, row.entered_name, row.file_name) == (D("88.5"), row.entered_name, "评分.pdf")
    assert page.get(reverse("given_detail", args=[row.pk])).status_code == 200
    assert page.get(reverse("given_file", args=[row.pk])).status_code == 200
    assert fact("score", tree.town, "2026-09") == D("88.5")

"""The invented city: what the demo promises is there, told by its services, the same however often it is loaded.

The numbers are those of the YAML files (74 leads, 31 signed and 12 taken-over projects), or counted by hand there.
"""

import hashlib
import re
from collections import Counter
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db.models import F, Sum
from django.urls import reverse

from assessments.models import RankingRun
from capital.models import (
    CapitalEntry,
    EvaluationRound,
    Inspection,
    MonthlyReturn,
    Query,
    Recognition,
    ReportingDuty,
    Voucher,
)
from capital.opening import rewardable
from capital.ventures import of_project
from common import clock, files
from common.models import JobRun
from leads.certificates import is_genuine
from leads.choices import Custody
from leads.models import (
    Attachment,
    Dispute,
    FirstContact,
    FollowUp,
    Introducer,
    Investor,
    Lead,
    LeadTransfer,
    LikePair,
    OfferedProject,
    Screening,
    Task,
)
from leads.services.protection import clock_of
from ledger import periods
from ledger.choices import Kind, Role, Zone
from ledger.models import Closing, Period, Posting
from organizations import demo as parts
from organizations.models import User
from projects.models import (
    Commitment,
    HalfYear,
    LandParcel,
    Obligation,
    PlannedPayment,
    Project,
    ProjectInvestor,
)
from reference.models import ExchangeRate
from tests.support.clients import sign_in
from tests.support.kept import kept_for_several_tests

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def city_rows(demo_rows, django_db_blocker):
    with kept_for_several_tests(django_db_blocker, lambda: parts.load(["pipeline"])) as counts:
        yield counts["pipeline"]


@pytest.fixture
def city(city_rows, db):
    return city_rows


def rows(model, **conditions):
    return model._base_manager.filter(**conditions)


def spread(found, *names):
    return Counter(found.values_list(*names))


def test_leads_are_spread(city):
    """74 leads and those of 43 projects, over stages, units, industries and nearly two years."""
    assert (city["leads"], city["projects"]) == (117, 43)
    leads = rows(Lead, project=None)
    assert leads.count() == 74
    assert {code for (code,) in spread(leads, "stage__code")} == {
        "registered", "screened", "negotiating", "visiting", "intent", "ready", "suspended", "lost",
    }  # fmt: skip
    units = spread(leads.filter(custody=Custody.HELD), "unit__code")
    assert len(units) == 8
    assert min(units.values()) >= 3
    assert len(spread(leads, "industry__code")) > 40
    assert not leads.filter(industry__level__in=("section", "division", "group")).exists()
    assert set(leads.values_list("source", flat=True)) >= {
        "agent",
        "outpost",
        "outing",
        "event",
        "tip",
        "chain",
    }
    assert set(rows(Investor).values_list("zone", flat=True)) == set(Zone.values)
    registered = leads.order_by("registered_at").values_list("registered_at", flat=True)
    assert clock.today() - registered.first().date() > timedelta(days=650)
    assert clock.today() - registered.last().date() < timedelta(days=8)
    assert {"CNY", "USD", "EUR"} == {code for (code,) in spread(rows(Lead), "currency")}
    assert all("示例" in name or "Demo" in name for (name,) in spread(rows(Investor), "name"))
    assert all("虚构" in rate.source for rate in rows(ExchangeRate))


def test_numbers_follow_the_days(city):
    """The story is told in the order of time, so numbers, certificates and lines of the books follow it."""
    found = rows(Lead, project__is_opening=False).order_by("registered_at") | rows(Lead, project=None)
    numbers = [(lead.number[:5], int(lead.number[6:])) for lead in found.order_by("registered_at", "pk")]
    assert numbers == sorted(numbers)
    papers = list(rows(FirstContact).order_by("issued_at", "pk"))
    assert len(papers) == 105  # each of 74 and 31; what was taken over has none
    assert all(is_genuine(paper) for paper in papers)
    assert [p.pk for p in papers] == sorted(p.pk for p in papers)


def test_protection_is_alive_and_ends_soon_for_some(city):
    """Nothing that is held would fall to the pool tonight; five leads have at most five working days left."""
    held = rows(Lead, custody=Custody.HELD, project=None)
    today = clock.today()
    assert not held.filter(protected_until__lt=today).exists()
    assert all(clock_of(lead).until == lead.protected_until for lead in held.order_by("pk")[::7])
    assert held.filter(protected_until__lte=today + timedelta(days=12)).count() >= 5
    assert rows(Lead, custody=Custody.POOL, officer=None).count() == 5
    assert rows(Lead, claimed=True).count() == 2
    assert spread(rows(LeadTransfer), "state") == {("proposed",): 1, ("agreed",): 1, ("refused",): 1}
    assert spread(rows(Dispute), "state") == {("open",): 1, ("decided",): 1}
    assert rows(Dispute, state="open", due_on__gte=today).exists()
    assert rows(LikePair, kind="investor").count() >= 4  # three like names and two equal ones
    assert (
        rows(Lead, confidential_until__gte=today).exclude(code_name="").count() == 3
    )  # two, and a project's


def test_work_on_leads(city):
    talks = rows(FollowUp)
    assert talks.count() > 250
    assert not talks.filter(on__gt=clock.today()).exists()
    assert rows(Task, done_on=None).exists()
    assert rows(Task).exclude(done_on=None).exists()
    assert spread(rows(Screening), "outcome")[("failed",)] == 3
    assert rows(Screening).exclude(override_reason="").count() == 2
    assert rows(Introducer, kind="agent").count() == 2
    assert spread(rows(OfferedProject), "state") == {("open",): 5, ("taken",): 3}
    stored = rows(Attachment).select_related("stored").first().stored
    assert stored.media_type == "application/pdf"
    assert stored.size < 2_000


def test_projects_are_spread(city):
    projects = rows(Project)
    assert {code for (code,) in spread(projects, "stage__code")} == {
        "signed", "registered", "permitted", "started", "completed", "in_production", "at_capacity", "suspended",
        "terminated",
    }  # fmt: skip
    assert projects.filter(is_opening=True).count() == 12
    assert len(spread(projects, "unit")) == 8
    assert len(spread(projects, "signed_on__year", "signed_on__month")) > 15
    assert projects.exclude(currency="CNY").count() == 3
    for part in (Commitment, Obligation, LandParcel, HalfYear, PlannedPayment):
        assert rows(part).count() >= 10, part
    assert rows(Obligation, finding="open", due_on__lt=clock.today()).exists()
    assert {"met", "missed"} <= set(rows(Obligation).values_list("finding", flat=True))
    assert rows(Commitment, kept_on=None, due_on__lt=clock.today()).exists()
    assert projects.filter(confidential_until__gte=clock.today()).count() == 1


def test_the_books_know_every_project_once(city):
    """In the assessed dimension 43 projects, of which two are shared 60/40 and one went to another unit later."""
    signed = rows(Posting, kind=Kind.SIGNED, role=Role.ASSESSED, reverses=None, reversed_by=None)
    assert sum(line.qty for line in signed) == 43
    assert sorted(str(line.share.normalize()) for line in signed if line.share != 1) == [
        "0.4",
        "0.4",
        "0.6",
        "0.6",
    ]
    moved = rows(Project).get(attributions__reason__startswith="市政府专题会议")
    assert moved.attributions.filter(role=Role.ASSESSED, superseded_by=None).count() == 2
    handed = rows(Posting, kind=Kind.LEAD_HANDED_IN, role=Role.ASSESSED)
    assert sum(line.qty for line in handed) == 105  # each once, however often its look was corrected
    tips = rows(Posting, kind=Kind.LEAD_VALID, role=Role.DEPARTMENT)
    assert tips.exists()  # departments without a target see what became of their tips


def test_loading_again_adds_nothing(city):
    before = [model._base_manager.count() for model in (Lead, Project, Posting, User, FollowUp)]
    assert parts.load(["pipeline"]) == {"pipeline": {}}
    assert [model._base_manager.count() for model in (Lead, Project, Posting, User, FollowUp)] == before
    assert JobRun.objects.filter(key__startswith="demo:").count() == 3


def test_an_officer_finds_his_day(city, client):
    """An account of the demo signs in and sees his own leads; those of another unit only from the pool."""
    user = parts.user("gaoxin")
    assert {account.username for account in parts.accounts()} >= {
        "clerk",
        "bureau",
        "jury",
        "gaoxin",
        "gaoxin-head",
    }
    User._base_manager.filter(pk=user.pk).update(must_change_password=False)
    browser = sign_in(client, parts.user("gaoxin"))
    own = rows(Lead, officer__user=user, custody=Custody.HELD).first()
    assert browser.get(reverse("lead_detail", args=[own.pk])).status_code == 200
    other = (
        rows(Lead, unit__code="yunshan-songyan", custody=Custody.HELD)
        .exclude(host__code="yunshan-gaoxin")
        .first()
    )
    assert browser.get(reverse("lead_detail", args=[other.pk])).status_code == 404
    assert browser.get("/").status_code == 200


# capital in place: the second part of the city (capital/demo)


@pytest.fixture(scope="module")
def books_rows(city_rows, django_db_blocker):
    with kept_for_several_tests(django_db_blocker, lambda: parts.load(["capital"])) as counts:
        yield counts["capital"]


@pytest.fixture
def books(books_rows, db):
    return books_rows


def test_capital_over_units_kinds_currencies_and_months(books):
    assert books["entries"] == rows(CapitalEntry).count() >= 150
    assert books["vouchers"] >= 140
    entries = rows(CapitalEntry, is_opening=False)
    for name, least in (
        ("unit", 7),
        ("kind", 5),
        ("currency", 2),
        ("period", 14),
        ("fund_source", 2),
        ("zone", 3),
    ):
        assert len(spread(entries, name)) >= least, name
    assert len(spread(entries, "period__year")) == 2
    states = spread(entries, "state")
    assert all(states[one,] for one in ("draft", "reported", "queried", "preliminary", "final", "refused")), (
        states
    )
    # Nobody decided what he entered, every entry has its voucher, and no voucher proves more than its amount.
    assert not rows(Recognition, decided_by=F("entry__entered_by")).exists()
    assert not entries.filter(allocations=None).exists()
    verdicts = spread(rows(Recognition), "verdict")
    assert all(verdicts[one,] for one in ("full", "partial", "refused", "reversal")), verdicts
    assert rows(Query, answered_at=None).count() >= 2
    assert rows(Query).exclude(answered_at=None).count() == 1
    # Both kinds of papers are there and can be opened.
    kinds = spread(rows(Voucher).exclude(stored=None), "stored__media_type")
    assert {("application/pdf",), ("image/png",)} <= set(kinds)
    for slip in rows(Voucher).exclude(stored=None).order_by("pk")[:2]:
        with files.open_file(slip.stored) as content:
            assert hashlib.sha256(content.read()).hexdigest() == slip.stored.sha256


def test_one_project_is_a_joint_venture(books):
    """60 and 40 per cent of what was recognised, arrived and formed apart."""
    (project,) = {one.project_id for one in rows(ProjectInvestor).exclude(percent=100)}
    found = of_project(project)
    for one in found.values():
        assert [share.percent for share in one.shares] == [60, 40]
        assert sum(share.amount for share in one.shares) == one.whole
        assert abs(one.shares[1].amount - one.whole * Decimal("0.4")) <= Decimal("0.01")
    assert any(one.flag for one in found.values())


def test_months_of_the_books_are_closed_in_a_chain(books):
    this = periods.code_of(clock.today())
    states = dict(Period.objects.exclude(number=13).values_list("code", "state"))
    month = this - 1 if this % 100 > 1 else (this // 100 - 1) * 100 + 12
    before = month - 1 if month % 100 > 1 else (month // 100 - 1) * 100 + 12
    assert states[before] == "closed"
    assert states[month] in ("cut_off", "open")  # by the day on which it is loaded
    assert all(state == "closed" for code, state in states.items() if code < before)
    chain = list(Closing._base_manager.order_by("id"))
    assert [one.prev_hash for one in chain[1:]] == [one.hash for one in chain[:-1]]
    assert len(chain) >= 15


def test_a_return_is_missing_and_some_say_nothing(books):
    this = periods.code_of(clock.today())
    month = this - 1 if this % 100 > 1 else (this // 100 - 1) * 100 + 12
    filed = spread(rows(MonthlyReturn, period=month), "state")
    assert filed["filed",]
    assert sum(filed.values()) == rows(ReportingDuty).count() - 1
    assert rows(MonthlyReturn, state="nil").exists()


def test_what_is_in_the_books_is_what_was_decided(books):
    """Recognised yuan of one dimension, line by line against the decisions; opening balances are marked."""
    decided = Decimal(0)
    for delta, rate in rows(Recognition, level="final").values_list("delta", "entry__rate"):
        decided += (delta * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
    lines = rows(Posting, kind=Kind.CAPITAL_RECOGNISED, role=Role.PLACE)
    assert lines.aggregate(total=Sum("base_qty"))["total"] == decided
    opening = rows(CapitalEntry, is_opening=True)
    assert opening.count() >= 5
    assert lines.filter(cause="opening").count() == opening.count()
    assert not rewardable(Posting.objects.unscoped(reason="tests")).filter(cause="opening").exists()


def test_one_round_is_published_and_one_runs(books):
    published, running = rows(EvaluationRound).order_by("period")
    assert (published.state, running.state) == ("published", "running")
    for one in (published, running):
        assert one.approval_number
        assert rows(Inspection, round=one).count() >= 6
        assert not rows(Inspection, round=one, team=None).exists()
    assert not rows(Inspection, round=published).exclude(state="final").exists()
    assert len(spread(rows(Inspection, round=running), "state")) >= 2
    assert parts.load(["capital"]) == {"capital": {}}  # a second time adds nothing


# the ranking of the city, counted from its books (assessments/demo/city.py)


@pytest.fixture(scope="module")
def ranking_rows(books_rows, django_db_blocker):
    with kept_for_several_tests(django_db_blocker, lambda: parts.load(["ranking"])) as counts:
        yield counts["ranking"]


def test_a_published_ranking_counts_from_the_books(ranking_rows, db):
    """Four units from recognised postings, one by its confirmer's figure (98.4 % of its rows), never both; a second measure
    is imported for all. The month is the latest closed one."""
    assert ranking_rows["runs"] == 2
    closed = Period.objects.filter(state="closed").exclude(number=13).order_by("-code").first()
    booked, imported = rows(RankingRun, table__group__code="yunshan-counties").order_by("table__sort")
    for run in (booked, imported):
        assert (run.year * 100 + run.month, hasattr(run, "publication")) == (closed.code, True)
    sent = {line["unit"]: line for line in booked.inputs["lines"]}
    confirmed = {code for code, line in sent.items() if "confirmed" in line["booked"]}
    assert confirmed == {"yunshan-luting"}
    for code, line in sent.items():
        source, own = line["facts"]["done"]["ref"].partition(":")[0], Decimal(line["booked"]["own"])
        assert source == ("figure" if code in confirmed else "ledger")
        assert own > 0
        share = Decimal("0.984") if code in confirmed else 1
        assert (
            abs(Decimal(line["facts"]["done"]["amount"]) - own * share) <= 50
        )  # in the sheet 万元 with two digits
    assert "ledger" not in imported.inputs
    assert parts.load(["ranking"]) == {"ranking": {}}


def test_three_clicks_from_a_cell_to_the_file(ranking_rows, db, client):
    """A leader goes from a cell's rows to a project, from there to an entry, from there to the voucher's file; and from
    the rows straight to the entry."""
    User._base_manager.filter(username="liaison").update(must_change_password=False)
    browser = sign_in(client, parts.user("liaison"))

    def links(url, pattern):
        page = browser.get(url).content.decode().partition("<main")[2]
        return list(dict.fromkeys(re.findall(rf'href="({pattern})"', page)))

    cell = f"{reverse('ranking')}?group=yunshan-counties&unit=yunshan-gaoxin"
    projects, entries = links(cell, r"/projects/\d+/"), links(cell, r"/capital/\d+/")
    assert len(projects) >= 3
    assert len(entries) >= 5
    followed = links(projects[0], r"/capital/\d+/")  # click one; two: the entry
    assert set(followed) & set(entries)
    for entry in (next(one for one in followed if one in entries), entries[-1]):
        (paper,) = links(entry, r"/vouchers/\d+/file/")  # three: the file
        answer = browser.get(paper)
        assert (answer.status_code, answer["Content-Type"].split("/")[0]) in (
            (200, "application"),
            (200, "image"),
        )
        assert b"".join(answer)

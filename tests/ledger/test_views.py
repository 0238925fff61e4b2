"""The books on a page and in the API, by the inherited suites."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from ledger import subjects
from ledger.choices import Kind, Role
from ledger.models import Posting
from ledger.services import Entry, Look, Part, post, take_back
from organizations.choices import Role as Job
from tests.support.api import ReadSuite
from tests.support.clients import client_for
from tests.support.factories import TESTS, OfficerFactory, UnitFactory
from tests.support.factories_projects import PostingFactory
from tests.support.ui import DetailSuite

pytestmark = pytest.mark.django_db


class PostingNouns:
    """A line is found by its unit's name."""

    model = Posting
    reader = Job.SERVICE_CLIENT
    sort = column = "unit"
    history = False

    def place(self, tree):
        return {"parent": tree.county}

    def elsewhere(self, tree):
        return {"parent": tree.other_county}

    def make(self, where, text=None):
        return PostingFactory(unit=UnitFactory(parent=where["parent"], **({"name": text} if text else {})))


class TestPosting(PostingNouns, DetailSuite):
    prefix = "posting"
    reader = Job.LEADER
    filters = (
        "kind=project.signed&role=assessed",
        "below={tree.county.pk}",
        "occurred_from=2026-06-15",
        "posted_in=202606",
    )
    misses = ("kind=contract.amount", "role=place", "below={tree.town.pk}", "occurred_to=2026-06-14")

    # The unit directory is open to everybody inside, so a unit's name in a choice list is no leak.
    def test_rows_of_other_units_stay_out(self, tree):
        row, client = self.row(tree), self.as_outsider(tree)
        for query in ("", "q=标记", f"unit={row.unit_id}"):
            assert row.pk not in self.pks(client, query)

    def test_export_needs_its_right(self, tree):
        """Everybody who reads lines may take them along."""
        self.row(tree)
        response = client_for(Job.AUDIT_ADMIN, tree.county).get(f"{self.url()}?format=csv")
        assert response.status_code == 403


class TestPostingApi(PostingNouns, ReadSuite):
    base = "postings"
    ordering = "seq"
    reader = Job.LEADER


@pytest.fixture
def known(monkeypatch):
    monkeypatch.setattr(subjects, "_types", {})
    subjects.register(
        "project", label="项目", url_name="posting_detail", numbers=lambda pks: {pk: f"号{pk}" for pk in pks}
    )


def test_a_line_says_what_it_is_about_who_and_what_took_it_back(tree, known):
    officer = OfficerFactory(unit=tree.town, name="柳专员")
    parts = {Role.OFFICER: [Part(tree.town.pk, Decimal(1), f"officer:{officer.pk}")]}
    (line,) = post(
        actor=TESTS, event="project:7:signing", subject=("project", 7), source=("project", 7),
        entries=[Entry(Kind.CONTRACT, Decimal(80_000_000), parts, "CNY", Decimal(1))],
        occurred_on=date(2026, 6, 15), facet=Look(sector="secondary"),
    )  # fmt: skip
    (gone,) = take_back(actor=TESTS, event=line.event, source=("move", 1))
    client = client_for(Job.LEADER, tree.county)
    page = client.get(reverse("posting_detail", args=[gone.pk])).content.decode()
    assert f'<a href="{reverse("posting_detail", args=[7])}">项目 号7</a>' in page
    assert "柳专员" in page
    assert "−8,000.00" in page  # 80 million yuan in 万元, taken back
    assert reverse("posting_detail", args=[line.pk]) in page
    shown = client.get(
        f"{reverse('posting_list')}?columns=unit&columns=holder&columns=subject"
    ).content.decode()
    assert shown.count("柳专员") == 2
    assert "项目 号7" in shown
    rows = client.get(f"{reverse('posting_list')}?format=csv&sort=qty&columns=base_qty&columns=subject")
    text = b"".join(rows.streaming_content).decode("utf-8-sig").splitlines()[1:]
    assert text == ["-8000.00,项目 号7", "8000.00,项目 号7"]


def test_an_unknown_type_is_shown_by_its_code(db):
    assert str(subjects.named([("voucher", 3)])["voucher", 3]) == "voucher 3"
    assert subjects.named([("voucher", 3)])["voucher", 3].url == ""

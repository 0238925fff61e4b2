"""The search box over every kind together: as many queries however much there is to find."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock, finding
from organizations.choices import Role
from tests.support.clients import client_for
from tests.support.factories import OfficerFactory, UnitFactory
from tests.support.factories_leads import IntroducerFactory, LeadFactory, OfferFactory
from tests.support.factories_projects import signed_project

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline")]
NAMES = {"unit": "Units", "officer": "Officers", "lead": "Leads", "investor": "Investors",
         "introducer": "Introducers", "offer": "Offered projects", "project": "Projects"}  # fmt: skip


@pytest.fixture(autouse=True)
def november(english):
    with clock.at(datetime(2026, 11, 1, 4, tzinfo=UTC)):
        yield


def test_every_kind_is_found_by_as_many_queries_for_many_as_for_few(tree):
    """Six of each kind and ten: more than the dropdown shows (5), for fewer make the investors' search look further. Every
    kind that is registered is among them, so a
    new one fails here until it is made too."""
    client = client_for(Role.BUREAU_STAFF, tree.county)

    def more(numbers):
        for n in numbers:
            unit = UnitFactory(parent=tree.county, name=f"云杉{n}镇", code=f"ys{n}")
            OfficerFactory(unit=unit, name=f"云杉{n}")
            LeadFactory(unit=unit, name=f"云杉{n}项目", investor__name=f"云杉{n}（示例）有限公司")
            IntroducerFactory(unit=unit, name=f"云杉{n}商会")
            OfferFactory(unit=unit, name=f"云杉{n}策划")
            project = signed_project(tree.town, agreement_number=f"示例协议{n}")
            type(project)._base_manager.filter(pk=project.pk).update(name=f"云杉{n}基地")

    def search():
        with CaptureQueriesContext(connection) as made:
            answer = client.get(reverse("search") + "?q=云杉", headers={"HX-Request": "true"})
        found = {str(group.label): len(group.hits) for group in answer.context["found"]}
        return len(made), found

    assert set(finding._searches) == set(NAMES)
    more(range(6))
    search()
    few, found = search()
    assert found == dict.fromkeys(NAMES.values(), 5)
    more(range(6, 10))
    many, found = search()
    assert found == dict.fromkeys(NAMES.values(), 5)
    assert many == few

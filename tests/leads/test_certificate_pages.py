"""First-contact certificates: printed, checked by strangers, written once."""

from datetime import timedelta

import pytest
from django.urls import reverse

from common import clock
from common.changelog import acting
from leads.certificates import issue
from leads.models import (
    FirstContact,
)
from organizations.choices import Role
from tests.support.clients import client_for
from tests.support.factories import TESTS
from tests.support.factories_leads import InvestorFactory, LeadFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline")]


@pytest.fixture
def paper(tree):
    investor = InvestorFactory(unit=tree.town, name="标记实业有限公司")
    with acting(TESTS):
        lead = LeadFactory(unit=tree.town, investor=investor, name="标记项目")
        return issue(lead, clock.today() + timedelta(days=28))


def test_the_certificate_is_printed_with_its_code(tree, paper):
    page = client_for(Role.OFFICER, tree.town).get(reverse("certificate_detail", args=[paper.pk]))
    text = page.content.decode()
    for part in ("标记实业有限公司", paper.number, paper.sha256, "<svg"):
        assert part in text
    address = f"http://testserver{reverse('certificate_check', args=[paper.token])}"
    assert page.context["address"] == address
    assert address in text
    assert "data-print" in text, "a button prints it"


def test_who_may_not_see_the_record_learns_number_unit_date_and_that_it_is_genuine(tree, paper):
    url = reverse("certificate_check", args=[paper.token])
    stranger = client_for(Role.OFFICER, tree.other_town)
    text = stranger.get(url).content.decode()
    assert paper.number in text
    assert paper.unit_name in text
    assert "标记" not in text
    assert reverse("certificate_detail", args=[paper.pk]) not in text
    own = client_for(Role.OFFICER, tree.town).get(url)
    assert reverse("certificate_detail", args=[paper.pk]) in own.content.decode()
    assert own.context["genuine"] is True
    assert stranger.get(reverse("certificate_check", args=["0" * 32])).status_code == 404


def test_papers_are_written_once(paper, app_role):
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError), transaction.atomic():
        app_role.execute("UPDATE lds_first_contact SET investor_name = '别的公司'")
    assert FirstContact._base_manager.get().investor_name == "标记实业有限公司"

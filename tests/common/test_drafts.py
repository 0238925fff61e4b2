"""Drafts: kept while typing, there again, the owner's only, small, and gone after success or 30 days."""

from datetime import timedelta

import pytest
from django import forms
from django.core.management import call_command
from django.http import QueryDict

from common import clock, drafts, jobs
from common.actors import System
from common.errors import Refused
from common.models import Draft
from common.pickers import PickerField
from organizations.choices import Role
from organizations.models import Unit
from tests.support.clients import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.support.kit")]
URL = "/officers/new/"
PANEL = {"HX-Request": "true", "HX-Target": "panel"}


@pytest.fixture
def staff(tree):
    return client_for(Role.BUREAU_STAFF, tree.county)


def keep(client, **typed):
    return client.post(URL, {**typed, "_draft": "save"}, headers={"HX-Request": "true"})


def test_kept_restored_and_discarded(tree, staff):
    said = keep(staff, name="标记甲", unit="", is_superuser="1", csrfmiddlewaretoken="x")
    assert said.status_code == 200
    assert Draft.objects.get().data == {"name": ["标记甲"]}
    for headers in ({}, PANEL):
        page = staff.get(URL, headers=headers)
        assert page.context["form"]["name"].value() == "标记甲"
        assert not page.context["form"].errors
        assert 'value="discard"' in page.content.decode()
    assert staff.post(URL, {"_draft": "discard"})["Location"] == URL
    assert not Draft.objects.exists()
    assert staff.get(URL).context["form"]["name"].value() is None


def test_nobody_else_sees_it(tree, staff):
    keep(staff, name="标记甲")
    other = client_for(Role.BUREAU_STAFF, tree.county)
    assert "标记甲" not in other.get(URL).content.decode()
    other.post(URL, {"_draft": "discard"})
    assert Draft.objects.get().owner_id == staff.user.pk
    assert client_for(Role.LEADER, tree.county).post(URL, {"_draft": "save", "name": "x"}).status_code == 403
    assert Draft.objects.count() == 1


def test_success_removes_it_and_a_refusal_does_not(tree, staff):
    keep(staff, name="标记甲")
    assert staff.post(URL, {"name": "标记甲"}).status_code == 422
    assert Draft.objects.exists()
    assert staff.post(URL, {"name": "标记甲", "unit": tree.town.pk}).status_code == 302
    assert not Draft.objects.exists()


def test_too_long_is_said_and_not_kept(staff):
    said = keep(staff, name="甲" * 7000)  # 21,000 bytes in UTF-8
    assert said.status_code == 200
    assert said.content
    assert not Draft.objects.exists()


def test_emptied_again_means_no_draft(staff):
    keep(staff, name="标记甲")
    keep(staff, name="")
    assert not Draft.objects.exists()


def test_names_of_pickers_are_known_and_secrets_are_not(staff):
    fields = {
        "unit": PickerField(Unit.objects.none(), picker="unit_pick"),
        "unit_note": forms.CharField(widget=forms.PasswordInput),
        "file": forms.FileField(),
    }
    sent = QueryDict("unit=1&unit_text=a&unit_label=a&unit_note=secret&file=x&other=y")
    assert set(drafts.save(staff.user, "f", fields, sent).data) == {"unit", "unit_text", "unit_label"}
    with pytest.raises(Refused):
        drafts.save(staff.user, "f", fields, QueryDict(f"unit_text={'x' * drafts.MOST}"))


def test_old_ones_are_neither_shown_nor_kept(staff):
    keep(staff, name="标记甲")
    day = clock.now()
    with clock.at(day + timedelta(days=29)):
        call_command("purge_drafts", verbosity=0)
        assert drafts.load(staff.user, "officer_create")
    with clock.at(day + timedelta(days=31)):
        assert drafts.load(staff.user, "officer_create") is None
        run = jobs.enqueue("common.purge_drafts", params={}, key="purge", actor=System("test"))
        jobs.execute(run.pk)
    run.refresh_from_db()
    assert (run.state, run.result) == ("done", {"removed": 1})
    assert not Draft.objects.exists()

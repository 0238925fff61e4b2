"""Pages of the rules: terms of protection, admission gates and their checks."""

from datetime import timedelta

import pytest
from django.urls import reverse

from leads.models import (
    Gate,
    GateCheck,
    ProtectionTerms,
)
from organizations.choices import Role
from tests.support.clients import client_for
from tests.support.factories import RowFactory
from tests.support.ui import RowSuite

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline")]


class TermsFactory(RowFactory):
    class Meta:
        model = ProtectionTerms
        skip_postgeneration_save = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        first = ProtectionTerms._base_manager.order_by("-valid_from").first()
        numbers = {
            "first_days": 20,
            "prolong_days": 20,
            "remind_before": [3],
            "real_kinds": ["visit"],
            "claim_limit": 5,
            "rest_days": 10,
            "collision_days": 30,
            "hearing_days": 10,
            "valid_from": first.valid_from + timedelta(days=1),
        }
        return super()._create(model_class, *args, **{**numbers, **kwargs})


class GateFactory(RowFactory):
    class Meta:
        model = Gate
        skip_postgeneration_save = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        code = f"gate_{Gate._base_manager.count()}"
        given = {"code": code, "name": code, "valid_from": "2026-01-01", **kwargs}
        return super()._create(model_class, *args, **given)


class TestTerms(RowSuite):
    model, factory, prefix, text = ProtectionTerms, TermsFactory, "protectionterms", "source"
    outsider = None
    sort = column = label = "source"
    change = ("source", "改后丁")

    def place(self, tree):
        return {}

    def form(self, tree):
        return {
            "valid_from": "2027-01-01",
            "first_days": 15,
            "prolong_days": 10,
            "remind_before": "5,2",
            "real_kinds": ["visit", "meeting"],
            "claim_limit": 3,
            "rest_days": 5,
            "collision_days": 30,
            "hearing_days": 10,
            "source": "标记甲",
        }


class TestGate(RowSuite):
    model, factory, prefix = Gate, GateFactory, "gate"
    outsider = None

    def place(self, tree):
        return {}

    def form(self, tree):
        return {"name": "标记甲", "code": "marked", "valid_from": "2027-01-01", "sort": 0}


def test_rules_and_gates_are_called_by_words(tree, english):
    """The shipped rules and gate: neither a bare day nor the gate's code stands on the pages."""
    client = client_for(Role.BUREAU_STAFF, tree.city)
    rules, gate = ProtectionTerms._base_manager.first(), Gate._base_manager.get()
    page = client.get(reverse("protectionterms_detail", args=[rules.pk]))
    assert page.context["title"] == f"Protection rules from {rules.valid_from:%Y-%m-%d}"
    assert gate.code not in client.get(reverse("gate_list")).content.decode()
    (facts,) = client.get(reverse("gate_detail", args=[gate.pk])).context[
        "panels"
    ]  # its history tells the code
    assert gate.code not in [value for _label, value in facts["rows"]]


def test_rules_that_make_no_sense_are_refused(tree):
    client, before = client_for(Role.BUREAU_STAFF, tree.city), ProtectionTerms._base_manager.count()
    sent = TestTerms().form(tree)
    for wrong in ({"remind_before": "15"}, {"longest_days": "10"}, {"first_days": "0"}, {"real_kinds": []}):
        assert client.post(reverse("protectionterms_create"), {**sent, **wrong}).status_code == 422, wrong
    assert ProtectionTerms._base_manager.count() == before


def test_a_check_is_added_changed_and_taken_out(tree):
    client, gate = client_for(Role.BUREAU_STAFF, tree.city), Gate._base_manager.get()
    sent = {"name": "能耗", "code": "energy", "comparison": "le", "measured_in": "吨标煤/万元", "sort": 90}
    url = reverse("gatecheck_add", args=[gate.pk])
    assert client.post(url, sent).status_code == 422, "a number needs its limit"
    assert client.post(url, {**sent, "limit": "0.5"}).status_code == 302
    check = GateCheck._base_manager.get(code="energy")
    changed = {**sent, "limit": "0.4", "version": 1}
    assert client.post(reverse("gatecheck_update", args=[check.pk]), changed).status_code == 302
    page = client.get(reverse("gate_detail", args=[gate.pk])).content.decode()
    assert "0.4" in page
    assert "吨标煤/万元" in page
    gone = client.post(reverse("gatecheck_archive", args=[check.pk]), {"version": 2, "reason": "取消"})
    assert gone.status_code == 302
    assert (
        "能耗" not in client.get(reverse("gate_detail", args=[gate.pk])).content.decode().split("<table")[1]
    )

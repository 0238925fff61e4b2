"""The change log as the audit administrator reads it: in words."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from common.changelog import in_words
from organizations import services as org
from organizations.choices import Role, UnitKind
from organizations.models import Unit, User
from tests.support.clients import client_for, user_with

pytestmark = pytest.mark.django_db


def test_changes_are_told_in_words(tree):
    clerk = user_with(Role.BUREAU_STAFF, tree.county)
    unit = Unit._base_manager.get(pk=tree.town.pk)
    org.unit_update(actor=clerk, pk=unit.pk, version=unit.version, name="新龙驹寨镇")
    page = client_for(Role.AUDIT_ADMIN, tree.city).get(reverse("change_log")).content.decode()
    with translation.override("zh-hans"):
        name = Unit._meta.get_field("name").verbose_name
        assert f"<div>{name}: 龙驹寨镇 → 新龙驹寨镇</div>" in page
        assert f"{Unit._meta.verbose_name} {unit.pk}" in page
    assert "organizations.Unit" not in page
    assert "version:" not in page


@pytest.mark.parametrize(
    ("model", "field", "value", "words"),
    [
        (Unit, "kind", UnitKind.TOWN, "township"),
        (User, "must_change_password", True, "yes"),
        (User, "password_set_at", "2026-11-22T06:15:26.269736+00:00", "2026-11-22 14:15"),  # +8 h in Shanghai
        (User, "password_set_at", datetime(2026, 11, 22, 6, 15, tzinfo=UTC), "2026-11-22 14:15"),
        (Unit, "name", None, ""),
        (Unit, "name", {"a": 1}, ""),
        (Unit, "name", ["一", "二"], "一、二"),
    ],
)
def test_a_value_in_words(model, field, value, words):
    with translation.override("en"), timezone.override("Asia/Shanghai"):
        assert in_words(model._meta.get_field(field), value) == words

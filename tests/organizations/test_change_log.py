"""The change log as the audit administrator reads it: in words."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from capital.models import RecognitionTerms
from common.changelog import history, in_words
from common.models import ImportBatch
from leads.choices import Evidence
from leads.models import ProtectionTerms, Stage
from leads.services import stages
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
        (Unit, "name", ["一", "二"], "一, 二"),
        # a fact of leads, one of projects
        (Stage, "facts", ["industry", "agreement"], "industry, investment agreement"),
        (Stage, "evidence", ["intent", "gone"], "letter of intent, gone"),  # no longer a kind of evidence
        (Stage, "movers", ["unit_head"], "unit head"),
        (ProtectionTerms, "real_kinds", ["visit", "call"], "visit to the investor, call"),
        (RecognitionTerms, "evidence", {"land": ["land_receipt"]}, "land: land-grant receipt"),
        (RecognitionTerms, "evidence", {}, ""),
        (RecognitionTerms, "evidence", {"gone": ["invoice"]}, "gone: invoice"),
        (ImportBatch, "importer", "units", "Units"),
    ],
)
def test_a_value_in_words(model, field, value, words):
    with translation.override("en"), timezone.override("Asia/Shanghai"):
        assert in_words(model._meta.get_field(field), value) == words


def test_a_list_of_codes_is_read_in_the_readers_language_and_kept_as_codes(tree, pipeline):
    """What a stage asks for was changed: the log shows 意向书, the table keeps "intent"."""
    clerk = user_with(Role.BUREAU_STAFF, tree.county)
    stage = Stage._base_manager.get(pipeline="lead", code="visiting")
    stages.stage_update(
        actor=clerk,
        pk=stage.pk,
        version=stage.version,
        evidence=["intent", "minutes"],
        movers=["bureau_staff"],
    )
    stage.refresh_from_db()
    assert stage.evidence == ["intent", "minutes"]
    with translation.override("zh-hans"):
        changed = {one.field: one.after for one in history(stage)[0].changes}
        labels = [str(Stage._meta.get_field(name).verbose_name) for name in ("evidence", "movers")]
        words = [str(one.label) for one in (Evidence.INTENT, Evidence.MINUTES, Role.BUREAU_STAFF)]
    assert [changed[name] for name in labels] == [f"{words[0]}、{words[1]}", words[2]]
    assert "intent" not in "".join(changed.values())
    page = (
        client_for(Role.AUDIT_ADMIN, tree.city)
        .get(reverse("change_log"), {"model": "leads.Stage"})
        .content.decode()
    )
    assert f"<div>{labels[0]}: — → {words[0]}、{words[1]}</div>" in page

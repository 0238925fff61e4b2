"""Versions of a scheme: drafted, changed, checked, published, superseded (DOMAIN §4)."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from assessments import services
from assessments.choices import VersionState
from assessments.models import Scheme, SchemeTrial, SchemeVersion
from common import clock
from common.errors import Denied, Refused
from rules import scheme as rules
from tests.support.factories import RoleGrantFactory, UserFactory

pytestmark = pytest.mark.django_db
EXAMPLE = Path("docs/examples/specialist-teams.yaml")


@pytest.fixture
def staff(tree):
    user = UserFactory()
    RoleGrantFactory(user=user, unit=tree.city, role="bureau_staff")
    return user


@pytest.fixture
def scheme(tree, staff) -> Scheme:
    return services.scheme_create(actor=staff, owner=tree.city, code="teams", name="专班")


def document():
    return rules.parse(EXAMPLE.read_text())


def published(staff, scheme, since, **more) -> SchemeVersion:
    row = services.schemeversion_draft(actor=staff, scheme=scheme, since=since, document=document(), **more)
    row = services.schemeversion_validate(actor=staff, pk=row.pk, version=row.version)
    SchemeTrial.objects.create(
        version=row, sha256=row.sha256, year=2026, month=9, at=clock.now(), actor_name="x"
    )
    return services.schemeversion_publish(actor=staff, pk=row.pk, version=row.version)


def test_a_document_from_a_file_keeps_its_hash(staff, scheme):
    row = services.schemeversion_draft(
        actor=staff, scheme=scheme, since=date(2026, 1, 1), document=document()
    )
    read, _problems = rules.read(document())
    assert (row.number, row.state, row.sha256) == (1, VersionState.DRAFT, rules.sha256(read))


def test_an_unfinished_draft_is_kept_and_not_checked(staff, scheme):
    row = services.schemeversion_draft(actor=staff, scheme=scheme, since=date(2026, 1, 1))
    assert row.sha256 == ""
    with pytest.raises(Refused) as said:
        services.schemeversion_validate(actor=staff, pk=row.pk, version=row.version)
    assert said.value.code == "problems"


def test_one_draft_at_a_time(staff, scheme):
    services.schemeversion_draft(actor=staff, scheme=scheme, since=date(2026, 1, 1))
    with pytest.raises(Refused) as said:
        services.schemeversion_draft(actor=staff, scheme=scheme, since=date(2026, 7, 1))
    assert said.value.code == "draft_there"


def test_what_is_changed_has_to_be_checked_again(staff, scheme):
    row = services.schemeversion_draft(
        actor=staff, scheme=scheme, since=date(2026, 1, 1), document=document()
    )
    row = services.schemeversion_validate(actor=staff, pk=row.pk, version=row.version)
    row = services.schemeversion_change(
        actor=staff, pk=row.pk, version=row.version, document={**document(), "title": "另一个"}
    )
    assert row.state == VersionState.DRAFT
    with pytest.raises(Refused) as said:
        services.schemeversion_publish(actor=staff, pk=row.pk, version=row.version)
    assert said.value.code == "not_checked"


def test_the_next_version_ends_the_last(staff, scheme):
    first = published(staff, scheme, date(2026, 1, 1))
    second = published(staff, scheme, date(2026, 7, 1), source="市政发〔2026〕9号")
    first.refresh_from_db()
    assert (first.until, second.number, second.until) == (date(2026, 6, 30), 2, None)
    with pytest.raises(Refused) as said:
        services.schemeversion_change(actor=staff, pk=second.pk, version=second.version, source="x")
    assert said.value.code == "published"


def test_a_version_in_force_asks_for_a_dry_run_of_this_very_document(staff, scheme):
    published(staff, scheme, date(2026, 1, 1))
    row = services.schemeversion_draft(
        actor=staff, scheme=scheme, since=date(2026, 7, 1), document=document()
    )
    SchemeTrial.objects.create(
        version=row, sha256="0" * 64, year=2026, month=9, at=clock.now(), actor_name="x"
    )
    row = services.schemeversion_validate(actor=staff, pk=row.pk, version=row.version)
    with pytest.raises(Refused) as said:
        services.schemeversion_publish(actor=staff, pk=row.pk, version=row.version)
    assert said.value.code == "not_tried"


def test_a_version_that_begins_before_another_is_refused(staff, scheme):
    published(staff, scheme, date(2026, 7, 1))
    with pytest.raises(Refused) as said:
        published(staff, scheme, date(2026, 1, 1))
    assert said.value.code == "overlaps"


@pytest.mark.parametrize("change", [{"source": "y"}, {"until": None}, {"document": {}}, {"number": 9}])
def test_the_database_keeps_a_published_version(staff, scheme, change):
    row = published(staff, scheme, date(2026, 1, 1), until=date(2026, 12, 31))
    with pytest.raises(IntegrityError), transaction.atomic():
        SchemeVersion.objects.unscoped(reason="test").filter(pk=row.pk).update(**change)


def test_the_leader_publishes_nothing(tree, staff, scheme):
    leader = UserFactory()
    RoleGrantFactory(user=leader, unit=tree.city, role="leader")
    row = services.schemeversion_draft(
        actor=staff, scheme=scheme, since=date(2026, 1, 1), document=document()
    )
    with pytest.raises(Denied):
        services.schemeversion_validate(actor=leader, pk=row.pk, version=row.version)


def test_a_document_beyond_the_limits_is_refused_by_the_service(staff, scheme):
    """An alias in Python: 2^60 leaves. A number of 10^8 digits. Neither is written out."""
    row = services.schemeversion_draft(actor=staff, scheme=scheme, since=date(2026, 1, 1))
    folded = ["x"]
    for _turn in range(30):
        folded = [folded, folded]
    for hostile in ({"a": folded}, {"a": Decimal("1e99999999")}, {"a": float("nan")}, {"a": {1, 2}}):
        with pytest.raises(ValidationError) as refused:
            services.schemeversion_change(actor=staff, pk=row.pk, version=row.version, document=hostile)
        assert set(refused.value.message_dict) == {"document"}

"""Pages and API of schemes: the inherited suites, then the way from a file to a published version (DOMAIN §4, §8)."""

import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.test import APIClient

from assessments import services
from assessments.models import Scheme, SchemeRun, SchemeTrial, SchemeVersion
from common.models import JobRun
from organizations.models import GroupMembership
from rules import scheme as rules
from tests.support.api import ReadSuite
from tests.support.clients import sign_in
from tests.support.factories import RowFactory
from tests.support.scheme_towns import publish, scheme_of, towns
from tests.support.schemes import document
from tests.support.ui import RowSuite, filled

pytestmark = pytest.mark.django_db


class SchemeFactory(RowFactory):
    class Meta:
        model = Scheme
        skip_postgeneration_save = True

    name = "标记办法"


class Nouns:
    model, number = Scheme, 0

    def make(self, where, text=None):
        type(self).number += 1
        return SchemeFactory(code=f"s{self.number}", name=text or f"办法{self.number}", **where)

    def place(self, tree):
        return {"owner": tree.county}

    def elsewhere(self, tree):
        return {"owner": tree.other_county}


class TestScheme(Nouns, RowSuite):
    prefix = "scheme"

    def form(self, tree):
        return {"owner": tree.county.pk, "name": "标记甲", "code": "new"}


class TestSchemeApi(Nouns, ReadSuite):
    base, ordering = "schemes", "name"


@pytest.fixture
def scheme(county):
    county.write(("棣花镇", 200, 150), ("商镇", 100, 100))
    return scheme_of(county.clerk, county.unit, group=county.group)


def only(model, **where):
    return model._base_manager.get(**where)


def test_from_a_file_to_a_published_version_and_a_result(county, page):
    """What a clerk does: new scheme, the method from a file, groups, check, dry run, publish, compute."""
    county.write(("棣花镇", 200, 150), ("商镇", 100, 100))
    page.post(reverse("scheme_create"), {"owner": county.unit.pk, "name": "镇招商考核", "code": "towns"})
    scheme = only(Scheme)
    text = json.dumps(towns(), ensure_ascii=False).encode()
    sent = {"since": "2023-01-01", "file": SimpleUploadedFile("method.json", text)}
    answer = page.post(reverse("schemeversion_create", args=[scheme.pk]), sent)
    assert answer.status_code == 302, answer.context["form"].errors
    version = only(SchemeVersion)
    assert version.sha256 == rules.sha256(rules.read(towns())[0])
    told = page.get(reverse("schemeversion_detail", args=[version.pk])).content.decode()
    assert "Figure: “到位资金” in per cent of the unit&#x27;s own firm target for “到位资金”." in told
    assert "2 marks for each above 5." in told
    page.post(reverse("scheme_groups", args=[scheme.pk]), {"group_towns": county.group.pk})
    page.post(reverse("schemeversion_validate", args=[version.pk]))
    answer = page.post(reverse("schemeversion_try", args=[version.pk]), {"period": "2023-06"})
    assert answer.status_code == 422  # only periods of the last years are offered
    services.schemeversion_try(actor=county.clerk, pk=version.pk, year=2023, month=6)
    trial = page.get(reverse("schemetrial_detail", args=[only(SchemeTrial).pk])).content.decode()
    assert "it is the first version" in trial
    asked = page.get(reverse("schemeversion_publish", args=[version.pk]))
    assert [str(one) for one in asked.context["consequences"]] == [
        "It holds from 2023-01-01 on and can't be changed any more."
    ]
    assert only(SchemeVersion).state == "validated"
    page.post(reverse("schemeversion_publish", args=[version.pk]))
    assert only(SchemeVersion).state == "published"
    services.schemerun_compute(actor=county.clerk, scheme=scheme, year=2023, month=6)
    shown = page.get(reverse("scheme_detail", args=[scheme.pk])).content.decode()
    assert "2023-06" in shown
    assert "镇组" in shown


def test_the_file_of_a_version_has_the_hash_that_the_page_shows(county, page, scheme):
    version = only(SchemeVersion)
    for way in ("", "?as=json"):
        answer = page.get(reverse("schemeversion_file", args=[version.pk]) + way)
        read, problems = rules.read(rules.parse(answer.content.decode()))
        assert (problems, rules.sha256(read)) == ((), version.sha256)
    assert (
        version.sha256[:16] in page.get(reverse("schemeversion_detail", args=[version.pk])).content.decode()
    )


def test_problems_stand_in_place_and_keep_the_draft_from_being_checked(county, page, scheme):
    broken = towns(full="90")
    broken["inputs"]["signed"]["measure"] = "nobody-knows"
    version = only(SchemeVersion)
    services.schemeversion_change(actor=county.clerk, pk=version.pk, version=None, document=broken)
    answer = page.get(reverse("schemeversion_detail", args=[version.pk]))
    assert [(one["path"], one["place"]) for one in answer.context["problems"]] == [
        ("groups.0.indicators", "“镇组” › indicators"), ("inputs.signed.measure", "“签约项目” › measure"),
    ]  # fmt: skip
    assert "There is no measure “nobody-knows”." in answer.content.decode()
    page.post(reverse("schemeversion_validate", args=[version.pk]))
    assert only(SchemeVersion).state == "draft"
    # A document that can't be read at all still has a page.
    services.schemeversion_change(actor=county.clerk, pk=version.pk, version=None, document={"schema": 1})
    shown = page.get(reverse("schemeversion_detail", args=[version.pk])).content.decode()
    assert "can&#x27;t be read yet" in shown or "can't be read yet" in shown


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[1, 2]", b"{: :"])
def test_a_file_that_is_no_method_is_refused_beside_its_field(county, page, scheme, content):
    publish(county.clerk, scheme)
    sent = {"since": "2024-01-01", "file": SimpleUploadedFile("x.yaml", content)}
    answer = page.post(reverse("schemeversion_create", args=[scheme.pk]), sent)
    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors
    assert SchemeVersion._base_manager.count() == 1


def test_two_versions_in_words(county, page, scheme):
    publish(county.clerk, scheme)
    services.schemeversion_draft(
        actor=county.clerk, scheme=scheme, since=date(2024, 1, 1), document=towns(title="资金完成")
    )
    told = page.get(reverse("schemeversion_compare", args=[scheme.pk]))
    assert told.context["changes"] == [
        "group “镇组” › indicator “资金完成” › title: 到位资金完成率 → 资金完成"
    ]
    same = SchemeVersion._base_manager.first().pk
    told = page.get(reverse("schemeversion_compare", args=[scheme.pk]), {"a": same, "b": same})
    assert "Choose two different ones." in told.content.decode()


def test_a_dry_run_says_who_would_move_and_why(county, page, scheme):
    publish(county.clerk, scheme)
    services.schemerun_compute(actor=county.clerk, scheme=scheme, year=2023, month=6)
    county.write(("棣花镇", 200, 220))
    services.schemerun_compute(actor=county.clerk, scheme=scheme, year=2023, month=6)
    draft = services.schemeversion_draft(
        actor=county.clerk, scheme=scheme, since=date(2023, 6, 1), document=towns(most="80")
    )
    trial = services.schemeversion_try(actor=county.clerk, pk=draft.pk, year=2023, month=6)
    told = page.get(reverse("schemetrial_detail", args=[trial.pk])).content.decode()
    assert "“到位资金完成率” 100 → 80 (−20.00)" in told
    assert "at most: none → 80" in told
    services.schemeversion_change(actor=county.clerk, pk=draft.pk, version=None, document=towns(most="70"))
    told = page.get(reverse("schemetrial_detail", args=[trial.pk])).content.decode()
    assert "The draft was changed since." in told


def test_a_result_is_asked_for_as_a_job(county, page, scheme):
    publish(county.clerk, scheme)
    with_period = (
        page.get(reverse("schemerun_create", args=[scheme.pk])).context["form"].fields["period"].choices
    )
    answer = page.post(reverse("schemerun_create", args=[scheme.pk]), {"period": with_period[0][0]})
    job = only(JobRun, kind="assessments.scheme")
    assert answer.url == reverse("job_detail", args=[job.pk])
    assert job.params["schemes"] == [scheme.pk]


def test_a_unit_that_is_assessed_reads_published_versions_and_told_results_only(county, page, client, scheme):
    publish(county.clerk, scheme)
    draft = services.schemeversion_draft(
        actor=county.clerk, scheme=scheme, since=date(2024, 1, 1), document=document()
    )
    run = services.schemerun_compute(actor=county.clerk, scheme=scheme, year=2023, month=6)
    head = sign_in(client, county.person("head", "unit_head", county.dihua))
    assert head.get(reverse("scheme_detail", args=[scheme.pk])).status_code == 200
    assert head.get(reverse("schemeversion_detail", args=[draft.pk])).status_code == 404
    assert list(SchemeRun.objects.visible_to(head.user)) == []
    run.publications.create(
        step="preliminary", objections_until=date(2023, 7, 20), at=run.computed_at, actor_name="tests"
    )
    assert list(SchemeRun.objects.visible_to(head.user)) == [run]
    assert head.post(reverse("schemerun_create", args=[scheme.pk]), {"period": "2026-01"}).status_code == 403


def test_a_document_comes_in_and_goes_out_over_the_api(county, scheme):
    publish(county.clerk, scheme)
    api = sign_in(APIClient(), county.clerk)
    made = api.post(
        "/api/v1/scheme-versions/",
        {"scheme": scheme.pk, "since": "2024-01-01", "document": towns(title="资金")},
        format="json",
    )
    assert made.status_code == 201, made.json()
    assert made.json()["sha256"] == rules.sha256(rules.read(towns(title="资金"))[0])
    changed = api.patch(
        f"/api/v1/scheme-versions/{made.json()['id']}/",
        {"version": made.json()["version"], "document": {"schema": 1}},
        format="json",
    )
    assert changed.status_code == 200, changed.json()
    assert {one["path"] for one in changed.json()["problems"]} >= {"title", "groups"}
    asked = api.post(f"/api/v1/schemes/{scheme.pk}/compute/", {"year": 2026, "month": 13}, format="json")
    assert asked.status_code == 409
    asked = api.post(f"/api/v1/schemes/{scheme.pk}/compute/", {"year": 2026, "month": 3}, format="json")
    assert asked.status_code == 202, asked.json()


@pytest.mark.parametrize(
    "text",
    [b"[" * 100_000, b"a: &a [*a]", b'{"groups": [NaN]}', b"a: !!binary aGFsbG8=", b"a: 1.0e+99999999"],
)
def test_a_hostile_file_is_refused_beside_its_field(county, page, scheme, text):
    version = only(SchemeVersion)
    for url, more in (
        (reverse("schemeversion_create", args=[scheme.pk]), {"since": "2024-01-01"}),
        (reverse("schemeversion_import", args=[version.pk]), {"version": version.version}),
    ):
        answer = page.post(url, {"file": SimpleUploadedFile("method.yaml", text), **more})
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {"file"}
    assert only(SchemeVersion).version == version.version


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ("{}", 200),
        ("[" * 100_000, 400),
        ('{"a": ' + "[" * 41 + "]" * 41 + "}", 400),
        ('{"a": 1e400}', 400),
        ('{"a": NaN}', 400),
        ('{"a": "\\u0000"}', 400),
        ('{"a": [' + "1," * 50_000 + "1]}", 400),
    ],
    ids=range(7),
)
def test_a_hostile_document_is_refused_by_the_api(county, scheme, document, status):
    version = only(SchemeVersion)
    api = sign_in(APIClient(), county.clerk)
    body = f'{{"version": {version.version}, "document": {document}}}'
    url = f"/api/v1/scheme-versions/{version.pk}/"
    assert api.patch(url, body, content_type="application/json").status_code == status


def test_a_member_has_its_type_and_its_composite_from_the_page(county, page):
    member = GroupMembership.objects.get(unit=county.dihua, archived_at=None)
    url = reverse("membership_update", args=[member.pk])
    values = filled(page.get(url)) | {"unit_type": "park", "counts_in": county.shangzhen.pk, "sort": "0"}
    assert page.post(url, values).status_code == 302
    member.refresh_from_db()
    assert (member.unit_type, member.counts_in_id, member.ranked) == ("park", county.shangzhen.pk, True)
    told = page.post(url, values | {"counts_in": county.dihua.pk})
    assert "A unit isn&#x27;t a part of itself." in told.content.decode()

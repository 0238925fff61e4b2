"""Whose figures a scheme reads, and who reads what came out of it (DOMAIN §4, §7)."""

from datetime import date

import pytest
from django.urls import reverse

from assessments import services
from assessments.models import Scheme, SchemeGroup, SchemePublication, SchemeRun, SchemeTrial, SchemeVersion
from common import clock
from common.access import Action
from common.errors import Denied, NotVisible, Refused
from common.scope import may_on
from organizations import services as org
from tests.assessments.support import TESTS
from tests.support.clients import sign_in
from tests.support.scheme_towns import publish, scheme_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme(county):
    county.write(("棣花镇", 200, 150), ("商镇", 100, 100))
    row = scheme_of(county.clerk, county.unit, group=county.group)
    publish(county.clerk, row)
    return row


@pytest.fixture
def strange(county):
    """Another county's group in which one of the clerk's own towns stands, so he sees it."""
    group = org.group_create(actor=TESTS, owner=county.elsewhere, code="strange", name="外县组")
    org.membership_add(actor=TESTS, group=group, unit=county.dihua, begins=date(2020, 1, 1))
    return group


def test_a_bureau_binds_only_groups_that_it_runs(county, scheme, strange, page):
    with pytest.raises((Denied, NotVisible)):
        services.scheme_bind(actor=county.clerk, scheme=scheme, code="towns", group=strange)
    offered = page.get(reverse("scheme_groups", args=[scheme.pk])).context["form"].fields["group_towns"]
    assert list(offered.queryset) == [county.group]
    # What somebody else bound stays when the page is saved as it is.
    services.scheme_bind(actor=TESTS, scheme=scheme, code="towns", group=strange)
    page.post(reverse("scheme_groups", args=[scheme.pk]), {"group_towns": strange.pk})
    assert SchemeGroup.objects.get(scheme=scheme, archived_at=None).group == strange


def test_nobody_computes_the_figures_of_a_group_that_others_run(county, scheme, strange):
    services.scheme_bind(actor=TESTS, scheme=scheme, code="towns", group=strange)
    with pytest.raises(Refused) as said:
        services.schemerun_compute(actor=county.clerk, scheme=scheme, year=2023, month=6)
    assert said.value.code == "strange_group"
    draft = services.schemeversion_draft(
        actor=county.clerk,
        scheme=scheme,
        since=date(2024, 1, 1),
        copy_of=scheme.versions.unscoped(reason="tests").get(),
    )
    with pytest.raises(Refused) as said:
        services.schemeversion_try(actor=county.clerk, pk=draft.pk, year=2023, month=6)
    assert said.value.code == "strange_group"
    city = county.person("city", "bureau_staff", county.city)  # runs both counties' groups
    assert services.schemerun_compute(actor=city, scheme=scheme, year=2023, month=6).pk


def test_a_dry_run_is_told_only_to_those_who_compute_or_draw_up_the_scheme(county, scheme, page, client):
    version = scheme.versions.unscoped(reason="tests").get()
    trial = SchemeTrial.objects.create(
        version=version,
        sha256=version.sha256,
        year=2023,
        month=6,
        document={"units": [], "moves": []},
        at=clock.now(),
        actor_name="tests",
    )
    its_page = reverse("schemetrial_detail", args=[trial.pk])
    of_version = reverse("schemeversion_detail", args=[version.pk])
    assert its_page in page.get(of_version).content.decode()
    assert page.get(its_page).status_code == 200
    head = sign_in(client, county.person("head", "unit_head", county.dihua))  # a member sees the version
    told = head.get(of_version)
    assert (told.status_code, its_page in told.content.decode()) == (200, False)
    assert head.get(its_page).status_code == 403
    luonan = sign_in(client, county.person("luonan", "bureau_staff", county.elsewhere))
    assert luonan.get(its_page).status_code == 404


def test_a_binding_taken_back_shows_no_more_than_what_was_told(county, scheme):
    """The town reads the scheme while it is assessed; afterwards the results that tell of it, with their version."""

    def seen(by):
        every = (Scheme, SchemeVersion, SchemeRun)
        return [[row.pk for row in model.objects.visible_to(by)] for model in every]

    head = county.person("head", "unit_head", county.dihua)
    luonan = county.person("luonan", "unit_head", county.elsewhere)
    version = scheme.versions.unscoped(reason="tests").get()
    assert seen(head) == [[scheme.pk], [version.pk], []]
    wrong = org.group_create(actor=TESTS, owner=county.city, code="wrong", name="误绑组")
    org.membership_add(actor=TESTS, group=wrong, unit=county.elsewhere, begins=date(2020, 1, 1))
    run = services.schemerun_compute(actor=county.clerk, scheme=scheme, year=2023, month=6)
    for step in ("preliminary", "final"):  # told twice, still one row
        SchemePublication.objects.create(
            run=run, step=step, objections_until=date(2023, 7, 20), at=clock.now(), actor_name="tests"
        )
    services.scheme_bind(actor=TESTS, scheme=scheme, code="towns", group=wrong)
    assert seen(luonan) == [[scheme.pk], [version.pk], []]  # assessed now, not in that run
    services.scheme_bind(actor=TESTS, scheme=scheme, code="towns", group=county.group)
    assert seen(luonan) == [[], [], []]
    services.scheme_bind(actor=TESTS, scheme=scheme, code="towns", group=None)
    assert seen(head) == [[scheme.pk], [version.pk], [run.pk]]
    assert not may_on(luonan, Action.VIEW, run)
    assert may_on(head, Action.VIEW, run)

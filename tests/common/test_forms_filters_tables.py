"""What forms offer, what filters accept, which columns a table shows."""

from itertools import islice

import pytest
from django import forms
from django.test import RequestFactory
from django.urls import get_resolver

from common.access import Action
from common.errors import Refused
from common.filters import RowFilterSet
from common.forms import scope_choices
from organizations.choices import Role
from organizations.filters import OfficerFilterSet, UnitFilterSet
from organizations.forms import GroupForm, OfficerForm, PostForm, UnitForm
from organizations.models import Officer, Post, Unit
from organizations.tables import OfficerTable, UnitTable
from tests.support.clients import user_with
from tests.support.factories import OfficerFactory, PostFactory

pytestmark = pytest.mark.django_db


def names(field):
    return {str(row) for row in field.queryset}


@pytest.fixture
def clerk(tree):
    return user_with(Role.BUREAU_STAFF, tree.county)


def test_a_form_offers_only_units_of_ones_own_tree(tree, clerk):
    own = {"丹凤县", "龙驹寨镇", "棣花镇"}
    assert names(PostForm(actor=clerk).fields["unit"]) == own
    assert names(GroupForm(actor=clerk).fields["owner"]) == own
    assert names(UnitForm(actor=clerk).fields["parent"]) == own


def test_a_form_offers_no_archived_and_no_hidden_rows(tree, clerk):
    PostFactory(unit=tree.town, name="在用")
    PostFactory(unit=tree.town, name="停用", archived_at="2026-01-01T00:00:00Z")
    PostFactory(unit=tree.other_town, name="别处")
    offered = names(OfficerForm(actor=clerk).fields["post"])
    assert {name.split()[-1] for name in offered} == {"在用"}


def test_a_hidden_row_is_refused_like_an_unknown_one(tree, clerk):
    hidden = PostFactory(unit=tree.other_town)
    errors = []
    for pk in (hidden.pk, 987654321):
        form = OfficerForm({"unit": tree.town.pk, "name": "某", "post": pk}, actor=clerk)
        assert not form.is_valid()
        errors.append(form.errors["post"])
    assert errors[0] == errors[1]


def test_the_parent_of_ones_top_unit_stays_choosable(tree, clerk):
    form = UnitForm(actor=clerk, instance=tree.county)
    assert tree.city in form.fields["parent"].queryset
    assert tree.other_county not in form.fields["parent"].queryset


def test_forms_never_save(tree, clerk):
    with pytest.raises(TypeError, match="service"):
        PostForm(actor=clerk).save()


def test_the_version_travels_with_a_row_only(tree, clerk):
    assert "version" not in PostForm(actor=clerk).fields
    assert (
        PostForm(actor=clerk, instance=PostFactory(unit=tree.town, version=4)).fields["version"].initial == 4
    )


def test_choices_may_ask_for_more_than_seeing(tree):
    form = PostForm(actor=user_with(Role.LEADER, tree.county))
    assert names(form.fields["unit"]) == set()
    field = form.fields["unit"]
    field.queryset, field.scope_action = Unit.objects.all(), Action.CHANGE
    scope_choices({"unit": field}, user_with(Role.BUREAU_STAFF, tree.town))
    assert names(field) == {"龙驹寨镇"}


def filtered(filterset, user, query):
    request = RequestFactory().get("/", query)
    request.user = user
    found = filterset(request.GET, queryset=filterset._meta.model.objects.visible_to(user), request=request)
    assert found.is_valid(), found.errors
    return {row.name for row in found.qs}


def test_a_search_takes_pinyin_initials_and_several_words(tree, clerk):
    assert filtered(UnitFilterSet, clerk, {"q": "ljz"}) == {"龙驹寨镇"}
    assert filtered(UnitFilterSet, clerk, {"q": "longju ZHEN"}) == {"龙驹寨镇"}
    assert filtered(UnitFilterSet, clerk, {"q": "龙驹寨 棣花"}) == set()
    assert filtered(UnitFilterSet, clerk, {"q": "%"}) == set()


def test_a_filter_offers_and_takes_only_visible_rows(tree, clerk):
    OfficerFactory(unit=tree.town, name="甲")
    assert filtered(OfficerFilterSet, clerk, {"unit": tree.town.pk}) == {"甲"}
    client = user_with(Role.SERVICE_CLIENT, tree.county)
    request = RequestFactory().get("/", {"below": tree.city.pk})
    request.user = client
    assert not UnitFilterSet(
        request.GET, queryset=Unit.objects.visible_to(client), request=request
    ).is_valid()


def shown(table):
    return [column.name for column in table.columns]


def every(base):
    for one in base.__subclasses__():
        yield one
        yield from every(one)


def test_every_filter_has_one_word_for_all_and_a_name_of_its_own(tree, clerk):
    """Of every list: no empty choice of dashes, and no two filters that a person sees under one name."""
    get_resolver().url_patterns  # noqa: B018  (loads every list)
    request = RequestFactory().get("/")
    request.user = clerk
    sets = {one for one in every(RowFilterSet) if one._meta.model is not None}
    assert len(sets) > 40  # 51 when this was written
    dashes, alike = [], []
    for one in sets:
        shown = [bound for bound in one({}, request=request).form if not bound.is_hidden]
        selects = [bound for bound in shown if isinstance(bound.field.widget, forms.Select)]
        words = [(one.__name__, bound.name, str(label)) for bound in selects
                 for value, label in islice(bound.field.widget.choices, 1) if not value]  # fmt: skip
        dashes += [word for word in words if "--" in word[2]]
        labels = [str(bound.label) for bound in shown]
        alike += [(one.__name__, label) for label in set(labels) if labels.count(label) > 1]
    assert (dashes, alike) == ([], [])


def test_columns_are_chosen_from_those_that_are_there():
    every = shown(UnitTable([], chosen=[*UnitTable.base_columns]))
    standard = shown(UnitTable([]))
    assert set(standard) == set(every) - set(UnitTable.Meta.optional)
    assert shown(UnitTable([], chosen=["code", "name"])) == [c for c in every if c in {"code", "name"}]
    assert shown(UnitTable([], chosen=["path", "password"])) == standard


def test_hidden_columns_are_not_exported(tree):
    OfficerFactory(unit=tree.town, name="甲", phone="13812341234")
    rows = list(OfficerTable(Officer._base_manager.all(), chosen=["name"]).export_rows())
    assert rows[1] == ["甲"]
    assert "13812341234" not in str(list(OfficerTable(Officer._base_manager.all()).export_rows()))


def test_an_unknown_export_is_refused(tree, clerk):
    from common import exporting

    with pytest.raises(Refused):
        exporting.respond(OfficerTable([]), "exe", name="x", kind="officer", actor=clerk, query="")
    assert Post._base_manager.count() == 0

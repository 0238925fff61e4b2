"""Picker: what the server finds, and what a form makes of key and text, with and without a script."""

import pytest
from django import forms
from django.contrib.messages import get_messages

from common.forms import ActorForm, offer, pick
from common.pickers import NewName, PickerField
from common.saved_views import normal
from organizations.choices import Role
from organizations.models import Unit
from reference.choices import Sector
from tests.support.clients import client_for, user_with
from tests.support.factories import UnitFactory
from tests.support.factories_leads import LeadFactory
from tests.support.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.support.kit")]


class Form(ActorForm):
    unit = PickerField(Unit.objects.none(), picker="unit_pick")
    partner = PickerField(Unit.objects.none(), picker="unit_pick", allow_new=True, required=False)


@pytest.fixture
def clerk(tree):
    return user_with(Role.SERVICE_CLIENT, tree.county)  # sees his own part of the units only


def cleaned(clerk, **data):
    form = Form(data, actor=clerk)
    assert form.is_valid(), form.errors
    return form.cleaned_data


def refused(clerk, **data):
    form = Form(data, actor=clerk)
    assert not form.is_valid()
    return form


def test_a_key_alone_or_with_its_label(tree, clerk):
    pk = str(tree.town.pk)
    assert cleaned(clerk, unit=pk) == {"unit": tree.town, "partner": None}
    assert cleaned(clerk, unit=pk, unit_text="龙驹寨镇", unit_label="龙驹寨镇")["unit"] == tree.town


def test_text_changed_after_choosing_counts_as_typed(tree, clerk):
    sent = {"unit": tree.town.pk, "unit_label": "龙驹寨镇"}
    assert cleaned(clerk, **sent, unit_text="棣花")["unit"] == tree.second_town
    assert refused(clerk, **sent, unit_text=" ").errors.as_data()["unit"][0].code == "required"


def test_without_a_script_one_hit_is_taken_and_several_are_offered(tree, clerk):
    assert cleaned(clerk, unit="", unit_text="dihua")["unit"] == tree.second_town
    form = refused(clerk, unit="", unit_text="镇", unit_label="")
    assert form.errors.as_data()["unit"][0].code == "several"
    drawn = str(form["unit"])
    assert f'type="radio" name="unit" value="{tree.town.pk}"' in drawn
    assert 'value="镇"' in drawn
    # the next post: the same text, and a radio button after the empty hidden field
    assert cleaned(clerk, unit=str(tree.town.pk), unit_text="镇", unit_label="")["unit"] == tree.town
    UnitFactory(parent=tree.county, name="龙驹寨镇二", code="two")
    assert cleaned(clerk, unit_text="龙驹寨镇")["unit"] == tree.town  # of two hits, the one of just this name


def test_out_of_scope_is_like_unknown(tree, clerk):
    errors = [refused(clerk, unit=pk).errors["unit"] for pk in (tree.other_town.pk, 987654321, "x")]
    assert errors[0] == errors[1] == errors[2]
    assert refused(clerk, unit_text="河口").errors.as_data()["unit"][0].code == "none"
    assert "河口镇" not in str(Form({"unit": str(tree.other_town.pk)}, actor=clerk)["unit"])


def test_a_new_name(tree, clerk):
    found = cleaned(clerk, unit=str(tree.town.pk), partner_text="  云川示例公司 ")
    assert found["partner"] == "云川示例公司"
    assert isinstance(found["partner"], NewName)
    assert cleaned(clerk, unit=str(tree.town.pk), partner=str(tree.town.pk))["partner"] == tree.town


def test_the_endpoint_keeps_to_the_scope_and_to_its_limit(tree):
    other = client_for(Role.SERVICE_CLIENT, tree.other_county)
    text = other.get("/units/pick/?q=镇").content.decode()
    assert f'data-value="{tree.other_town.pk}"' in text
    assert "龙驹寨" not in text
    for n in range(20):
        UnitFactory(parent=tree.other_county, name=f"样例镇{n}")
    assert other.get("/units/pick/?q=样例").content.decode().count('role="option"') == 12
    assert 'role="option"' not in other.get("/units/pick/?q=%20").content.decode()


def test_industries_by_code_without_sections():
    world = World()
    assert world.industry.level == "section"
    division = type(world.industry)._base_manager.create(
        code="39",
        level="division",
        parent=world.industry,
        name="电子设备制造业",
        pinyin="dianzi dzsbzzy",
        sector=Sector.SECONDARY,
    )
    client = client_for(Role.OFFICER, world.tree.town)
    for asked in ("39", "dzsb", "电子 制造"):
        text = client.get("/reference/industries/pick/", {"q": asked}).content.decode()
        assert f'data-value="{division.pk}" data-label="39 电子设备制造业"' in text
        assert text.count('role="option"') == 1
    assert client.get("/reference/industries/pick/?q=制造业").content.decode().count('role="option"') == 1


def test_in_a_form_page(tree):
    client = client_for(Role.OFFICER, tree.town)
    assert 'role="combobox"' in client.get("/kit/pick/").content.decode()
    done = client.post("/kit/pick/", {"unit": tree.town.pk, "partner_text": "新伙伴", "note": "n"})
    assert done.status_code == 302
    assert [str(m) for m in get_messages(done.wsgi_request)] == [
        "Unit 龙驹寨镇 / NoneType None / NewName 新伙伴 / str n"
    ]


class Choice(ActorForm):
    """A select that becomes a picker when it has many rows to offer."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label="Unit")
    partner = forms.ModelChoiceField(Unit.objects.none(), required=False, empty_label="as before")

    def __init__(self, *args, without=(), **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.fields:
            offer(self, name, self.fields[name].queryset.exclude(pk__in=without))
            pick(self, name, "unit_pick")


def test_a_short_list_stays_a_select_and_a_long_one_becomes_a_picker(tree, clerk):
    """Of three units one chooses, among thirteen one searches; what isn't offered isn't found either."""
    drawn = str(Choice(actor=clerk)["unit"])
    assert f'<option value="{tree.town.pk}">' in drawn
    seen = Unit.objects.visible_to(clerk).count()
    for n in range(13 - seen):
        UnitFactory(parent=tree.county, name=f"样例镇{n}")
    form = Choice(actor=clerk, without=[tree.town.pk])  # twelve are left
    assert "<option" in str(form["unit"])
    UnitFactory(parent=tree.county, name="龙驹寨新镇")
    form = Choice(actor=clerk, without=[tree.town.pk])
    assert form["unit"].label == "Unit"
    assert 'role="combobox"' in str(form["unit"])
    assert 'placeholder="as before"' in str(form["partner"])
    assert "<option" not in str(form)
    sent = Choice({"unit_text": "龙驹寨"}, actor=clerk, without=[tree.town.pk])
    assert sent.is_valid(), sent.errors
    assert (sent.cleaned_data["unit"].name, sent.cleaned_data["partner"]) == ("龙驹寨新镇", None)
    refused = Choice({"unit": str(tree.town.pk)}, actor=clerk, without=[tree.town.pk])
    assert list(refused.errors) == ["unit"]


@pytest.mark.urls("investpro.urls")
def test_the_filter_of_a_list_searches_among_many_units(tree, pipeline):
    """Chosen, typed, or typed so that several fit; the chip and a saved view know the key alone."""
    client = client_for(Role.BUREAU_STAFF, tree.city)
    assert 'name="unit_text"' not in client.get("/leads/").content.decode()  # eight units: a select
    for n in range(5):
        UnitFactory(parent=tree.county, name=f"样例镇{n}")
    here, _there = LeadFactory(unit=tree.town), LeadFactory(unit=tree.second_town)
    assert 'name="unit_text"' in client.get("/leads/").content.decode()
    for query in (
        f"unit={tree.town.pk}",
        f"unit={tree.town.pk}&unit_text=龙驹寨镇&unit_label=龙驹寨镇",
        "unit_text=龙驹",
    ):
        page = client.get(f"/leads/?{query}")
        assert [row.record.pk for row in page.context["table"].rows] == [here.pk]
        (chip,) = page.context["active_filters"]
        assert (chip["value"], chip["remove_url"]) == ("龙驹寨镇", "?")
    several = client.get("/leads/?unit_text=样例")
    assert not several.context["table"].rows
    assert several.content.decode().count('type="radio" name="unit"') == 5
    assert len(client.get("/leads/?unit=&unit_text=&unit_label=").context["table"].rows) == 2
    assert normal(f"unit_text=a&unit={tree.town.pk}&unit_label=a") == f"unit={tree.town.pk}"
    assert normal("unit_text=a&unit=&unit_label=") == "unit_text=a"

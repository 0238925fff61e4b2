"""Pages for the tests of the parts in `common/`: officers, who are there already, moved between units.

A URLconf of its own (`ROOT_URLCONF = "tests.support.kit"`): the product's addresses and these.
"""

from django import forms
from django.urls import include, path

from common.forms import ActorForm
from common.views import BulkPage, CreatePage
from organizations import services as org
from organizations.forms import OfficerForm
from organizations.models import Unit
from organizations.views.people import OfficerList, OfficerNouns


class UnitForm(ActorForm):
    unit = forms.ModelChoiceField(Unit.objects.none(), label="Unit")


class Move(OfficerNouns, BulkPage):
    title = "Move to another unit"
    form_class = UnitForm

    def run_one(self, row, values):
        return org.officer_update(actor=self.actor, pk=row.pk, version=row.version, unit=values["unit"])


class KitList(OfficerList):
    bulk = (("move", "Move", "link", "kit_move"),)
    create_panel = True

    def views(self):
        return [("All", "", 3), ("Town", "q=town", None)]


class KitCreate(OfficerNouns, CreatePage):
    title = "New officer"
    sub = "Two fields are enough"
    panel = True
    again_label = "Save and next"
    form_class = OfficerForm
    service = staticmethod(org.officer_create)


urlpatterns = [
    path("officers/", KitList.as_view(), name="officer_list"),
    path("officers/new/", KitCreate.as_view(), name="officer_create"),
    path("kit/move/", Move.as_view(), name="kit_move"),
    path("", include("investpro.urls")),
]

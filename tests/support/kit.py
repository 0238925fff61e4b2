"""Pages for the tests of the parts in `common/`: officers, who are there already, moved between units.

A URLconf of its own (`ROOT_URLCONF = "tests.support.kit"`): the product's addresses and these.
"""

from django import forms
from django.urls import include, path

from assessments.filters import ImportedFigureFilterSet
from assessments.models import ImportedFigure
from common import services
from common.access import Action
from common.errors import Refused
from common.forms import ActorForm
from common.pickers import PickerField
from common.views import BoardPage, BulkPage, CreatePage, FormPage, action
from organizations import services as org
from organizations.choices import UnitKind
from organizations.filters import OfficerFilterSet
from organizations.forms import OfficerForm
from organizations.models import Officer, Unit
from organizations.views.people import OfficerList, OfficerNouns
from reference.models import Industry


class UnitForm(ActorForm):
    unit = forms.ModelChoiceField(Unit.objects.none(), label="Unit")


class NoteForm(ActorForm):
    note = forms.CharField(label="Why", max_length=100)


class PickForm(ActorForm):
    unit = PickerField(Unit.objects.none(), picker="unit_pick", label="Unit")
    industry = PickerField(Industry.objects.none(), picker="industry_pick", required=False, label="Industry")
    partner = PickerField(
        Unit.objects.none(), picker="unit_pick", allow_new=True, required=False, label="Partner"
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))


class Pick(FormPage):
    """What was chosen comes back as the message."""

    title, kind, panel, form_class = "Pick", "officer", True, PickForm

    def run(self, form):
        return form.cleaned_data

    def said(self, result):
        return " / ".join(f"{type(v).__name__} {v}" for v in result.values())

    def done_url(self, result):
        return "/officers/"


class Move(OfficerNouns, BulkPage):
    title = "Move to another unit"
    form_class = UnitForm

    def run_one(self, row, values):
        return org.officer_update(actor=self.actor, pk=row.pk, version=row.version, unit=values["unit"])


class KitList(OfficerList):
    bulk = (("move", "Move", "link", "kit_move"),)
    create_panel = True
    switch = (("Table", "officer_list"), ("Board", "officer_board"))

    def actions(self):
        return [action("Pick", "/kit/pick/", panel=True)]

    def views(self):
        return [("All", "", 3), ("Town", "q=town", None)]


class KitCreate(OfficerNouns, CreatePage):
    title = "New officer"
    sub = "Two fields are enough"
    panel = True
    again_label = "Save and next"
    draft_key = "officer_create"
    form_class = OfficerForm
    service = staticmethod(org.officer_create)


class KitBoard(OfficerNouns, BoardPage):
    title = "Officers by unit"
    filterset_class = OfficerFilterSet
    stage_field = "unit_id"
    limit = 3
    crumbs = ()
    switch = (("Table", "officer_list"), ("Board", "officer_board"))

    def stages(self):
        return list(
            Unit.objects.visible_to(self.actor)
            .filter(kind=UnitKind.TOWN)
            .order_by("path")
            .values_list("pk", "name")
        )

    def rows(self, queryset):
        return queryset.select_related("unit")

    def card(self, row):
        return {"title": row.name, "url": f"/officers/{row.pk}/", "sub": row.unit.name, "lines": ["6,000.00"]}

    def all_url(self, code):
        return f"/officers/?unit={code}"


class BoardMove(OfficerNouns, FormPage):
    """Only people of two characters or more may move: a refusal to look at."""

    title = "Move"
    needs = Action.CHANGE
    panel = stays = True
    form_class = NoteForm

    def run(self, form):
        officer = services.get_visible(Officer, self.kwargs["pk"], self.actor)
        if "Stay" in officer.name:
            raise Refused("This one stays where it is.")
        unit = services.get_visible(Unit, self.request.GET.get("to"), self.actor)
        return org.officer_update(actor=self.actor, pk=officer.pk, version=officer.version, unit=unit)

    def done_url(self, result):
        return "/officers/board/"


class FigureBoard(BoardPage):
    title, kind, model, url_prefix = "Figures by month", "figure", ImportedFigure, "figure"
    filterset_class = ImportedFigureFilterSet
    stage_field, sum_field = "month", "value"

    def stages(self):
        return [(5, "May"), (6, "June")]

    def card(self, row):
        return {"title": str(row.value)}

    def moves(self, row):
        return []


urlpatterns = [
    path("kit/pick/", Pick.as_view(), name="kit_pick"),
    path("officers/board/", KitBoard.as_view(), name="officer_board"),
    path("officers/<int:pk>/move/", BoardMove.as_view(), name="officer_move"),
    path("kit/figures/", FigureBoard.as_view(), name="kit_figures"),
    path("officers/", KitList.as_view(), name="officer_list"),
    path("officers/new/", KitCreate.as_view(), name="officer_create"),
    path("kit/move/", Move.as_view(), name="kit_move"),
    path("", include("investpro.urls")),
]

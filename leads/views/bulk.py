"""What is done with several leads at once, all or nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common import clock
from common.access import Action
from common.forms import ActorForm
from common.views import BulkPage
from leads import confidential
from leads.choices import ContactKind
from leads.filters.leads import stage_choices
from leads.forms.fields import DAY
from leads.forms.leads import ROWS, AssignForm
from leads.services import leads as lead_services
from leads.services.follow_ups import follow_up_add
from leads.services.moves import lead_move
from leads.services.protection import lead_release
from leads.views.leads import LeadNouns


class LeadBulkPage(LeadNouns, BulkPage):
    """What somebody may not recognise can't be chosen."""

    needs = Action.CHANGE

    def rows(self, queryset: Any) -> Any:
        return queryset.exclude(confidential.hidden(self.actor)).select_related("unit", "officer", "stage")


class LeadAssignMany(LeadBulkPage):
    title = _("Give to an officer")
    needs = Action.ASSIGN
    form_class = AssignForm
    submit_label = _("Assign all")

    def run_one(self, row: Any, values: dict[str, Any]) -> Any:
        return lead_services.lead_assign(
            actor=self.actor,
            pk=row.pk,
            version=row.version,
            officer=values["officer"],
            reason=values["reason"],
        )


class TalkForm(ActorForm):
    """One talk about several leads: a fair, a visit with several investors."""

    kind = forms.ChoiceField(label=_("What was it"), choices=ContactKind.choices)
    on = forms.DateField(label=_("Date"), widget=DAY)
    people = forms.CharField(label=_("Who took part"), max_length=300, required=False)
    text = forms.CharField(
        label=_("What was said"), max_length=8000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today()


class LeadFollowUpMany(LeadBulkPage):
    title = _("Record a follow-up")
    form_class = TalkForm
    submit_label = _("Record for all")

    def run_one(self, row: Any, values: dict[str, Any]) -> Any:
        return follow_up_add(actor=self.actor, lead=row.pk, **values)


class StageForm(ActorForm):
    target = forms.ChoiceField(label=_("Stage"), choices=stage_choices)
    on = forms.DateField(label=_("Date of the move"), widget=DAY)
    reason_text = forms.CharField(
        label=_("Reason in words"),
        max_length=500,
        required=False,
        widget=ROWS,
        help_text=_("Needed for a step back."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today()


class LeadMoveMany(LeadBulkPage):
    """For leads that lack nothing for the stage; the others say what they lack. Losing and suspending need a
    reason of their own each, so they are done one by one."""

    title = _("Move to a stage")
    form_class = StageForm
    submit_label = _("Move all")

    def run_one(self, row: Any, values: dict[str, Any]) -> Any:
        return lead_move(actor=self.actor, pk=row.pk, version=row.version, **values)


class ReleaseForm(ActorForm):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=ROWS)


class LeadReleaseMany(LeadBulkPage):
    title = _("Give up to the pool")
    form_class = ReleaseForm
    submit_label = _("Give all up")

    def run_one(self, row: Any, values: dict[str, Any]) -> Any:
        return lead_release(actor=self.actor, pk=row.pk, version=row.version, reason=values["reason"])

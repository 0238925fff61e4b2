"""Forms of follow-ups, tasks and files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common import clock
from common.forms import ActorForm, RowForm, offer
from leads.choices import ContactKind, Evidence
from leads.dossier import colleagues
from leads.models import Attachment, FollowUp, Lead, Task
from organizations.forms import DAY


class FollowUpForm(ActorForm):
    kind = forms.ChoiceField(label=_("What was it"), choices=ContactKind.choices, widget=forms.RadioSelect)
    on = forms.DateField(label=_("Date"), widget=DAY)
    people = forms.CharField(label=_("Who took part"), max_length=300, required=False)
    text = forms.CharField(
        label=_("What was said"), max_length=8000, widget=forms.Textarea(attrs={"rows": 5})
    )
    points = forms.CharField(
        label=_("Points to follow"),
        help_text=_("One a line: each becomes a task of yours."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    points_due = forms.DateField(label=_("Points due"), widget=DAY, required=False)
    next_step = forms.CharField(label=_("Next step"), max_length=200, required=False)
    next_on = forms.DateField(label=_("Next step on"), widget=DAY, required=False)

    def __init__(self, *args: Any, lead: Lead, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        self.fields["kind"].initial = ContactKind.CALL
        self.fields["on"].initial = today
        self.fields["on"].widget.attrs["max"] = today.isoformat()
        self.fields["next_step"].initial = lead.next_step
        self.fields["next_on"].initial = lead.next_on


class FollowUpUpdateForm(RowForm):
    class Meta:
        model = FollowUp
        fields = ("kind", "on", "people", "text")
        widgets = {"on": DAY, "text": forms.Textarea(attrs={"rows": 6})}


class TaskForm(RowForm):
    class Meta:
        model = Task
        fields = ("title", "assignee", "due_on", "remind_days")
        widgets = {"due_on": DAY}

    def __init__(self, *args: Any, lead: Lead, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "assignee", colleagues(lead))
        if not self.instance.pk:
            self.fields["assignee"].initial = self.actor.pk


class TaskDoneForm(ActorForm):
    outcome = forms.CharField(
        label=_("Outcome"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class AttachmentForm(ActorForm):
    file = forms.FileField(label=_("File"), help_text=_("PDF, picture or Office document."))
    kind = forms.ChoiceField(label=_("What it proves"), choices=Evidence.choices, initial=Evidence.OTHER)
    on = forms.DateField(label=_("Dated"), widget=DAY, required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class AttachmentUpdateForm(RowForm):
    class Meta:
        model = Attachment
        fields = ("name", "kind", "on", "note")
        widgets = {"on": DAY}

"""Forms of evaluation rounds, their teams and inspections."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from capital.choices import Basis, Origin, RoundKind
from capital.models import EvaluationRound, ScoreSheet, Team
from capital.services.rounds import Member
from common import clock
from common.forms import ActorForm, RowForm, offer
from common.pickers import PickerField
from leads.forms.fields import DAY, WanField
from leads.forms.protection import VersionForm, box
from organizations.choices import Role
from organizations.forms import limit_units
from organizations.models import RoleGrant, Unit, User
from projects.forms.rows import Rows, RowsForm

MONTHS_BACK = 15


def months() -> list[tuple[int, str]]:
    """This month and those before it, the last one first."""
    today = clock.today()
    last = today.year * 12 + today.month - 1
    return [
        (n // 12 * 100 + n % 12 + 1, f"{n // 12}-{n % 12 + 1:02d}")
        for n in range(last, last - MONTHS_BACK, -1)
    ]


class RoundForm(ActorForm):
    """Preparing a round: the projects are picked by kind, month and size line."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("held by"))
    kind = forms.ChoiceField(label=_("kind"), choices=RoundKind.choices, initial=RoundKind.ON_SITE)
    period = forms.TypedChoiceField(label=_("last month of the round"), coerce=int)
    name = forms.CharField(label=_("name"), max_length=100)
    basis = forms.ChoiceField(
        label=_("basis"),
        choices=Basis.choices,
        initial=Basis.FORMED,
        help_text=_("Money that arrived and assets formed are never added together."),
    )
    threshold = WanField(
        label=_("Projects of at least, in ten thousand yuan"),
        help_text=_("For a round on site; the contract amount is held against it."),
    )
    sheet = forms.ModelChoiceField(ScoreSheet.objects.none(), label=_("score sheet"))
    due_on = forms.DateField(label=_("due"), widget=DAY)
    own_unit = forms.BooleanField(label=_("teams may inspect their own unit"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_units(self, "evaluation")
        period: Any = self.fields["period"]
        period.choices = months()
        period.initial = months()[1][0]

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class RoundUpdateForm(RowForm):
    approval = forms.FileField(
        label=_("approval"),
        required=False,
        help_text=_("PDF or picture. Inspecting an enterprise needs an approval on file."),
    )

    class Meta:
        model = EvaluationRound
        fields = ("name", "due_on", "sheet", "own_unit", "approval_number")
        widgets = {"due_on": DAY}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = Q(archived_at=None) | Q(pk=self.instance.sheet_id)
        offer(self, "sheet", ScoreSheet.objects.visible_to(self.actor).filter(kept))


class MembersForm(RowsForm):
    """A team with its members. Accounts are those that may inspect for the unit which holds the round."""

    name = forms.CharField(label=_("team"), max_length=60)

    def __init__(self, *args: Any, round_: EvaluationRound, team: Team | None = None, **kwargs: Any) -> None:
        self.round, self.team = round_, team
        evaluators = evaluators_of(round_)
        self.groups = (
            Rows(
                "members",
                _("Members"),
                {
                    "is_head": lambda: forms.BooleanField(label=_("head of the team")),
                    "origin": lambda: forms.ChoiceField(
                        label=_("comes from"), choices=[("", "—"), *Origin.choices]
                    ),
                    "user": lambda: forms.ModelChoiceField(
                        evaluators, label=_("account"), help_text=_("Who fills in forms needs one.")
                    ),
                    "name": lambda: forms.CharField(label=pgettext_lazy("person", "name"), max_length=60),
                    "works_for": lambda: PickerField(
                        Unit.objects.none(), picker="unit_pick", label=_("works for")
                    ),
                },
                needed=("origin",),
                blank=1 if team else 4,
                hint=_(
                    "The head comes from the people's congress or the consultative conference, members from bureau,"
                    " supervision and audit. Nobody inspects the unit that he works for."
                ),
            ),
        )
        start: list[dict[str, Any]] = []
        if team is not None:
            people = team.members.filter(archived_at=None)
            start = [
                {
                    "is_head": one.is_head,
                    "origin": one.origin,
                    "user": one.user_id,
                    "name": one.name,
                    "works_for": one.works_for_id,
                }
                for one in people
            ]
        super().__init__(*args, start={"members": start}, **kwargs)
        for name in self.fields:
            if name.endswith("-user"):  # accounts are not in the bureau's scope
                offer(self, name, evaluators)
        if team is not None:
            self.fields["name"].initial = team.name

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for row in given.get("members", ()):
            if not row["name"] and row["user"] is None:
                self.add_error(
                    self.key("members", row["number"], "name"), _("Write a name or choose an account.")
                )
        return given

    def members(self) -> list[Member]:
        return [
            Member(
                name=row["name"] or row["user"].actor_name,
                origin=row["origin"],
                user=row["user"],
                works_for=row["works_for"],
                is_head=bool(row["is_head"]),
            )
            for row in self.cleaned_data["members"]
        ]


def evaluators_of(round_: EvaluationRound) -> Any:
    """Accounts that may inspect in this round: evaluators at its unit or above it, today."""
    today = clock.today()
    paths = [round_.unit.path[: n + 1] for n, sign in enumerate(round_.unit.path) if sign == "."]
    held = RoleGrant._base_manager.filter(
        Q(valid_to=None) | Q(valid_to__gte=today),
        role=Role.EVALUATOR,
        unit__path__in=paths,
        valid_from__lte=today,
        archived_at=None,
    )
    rows = User.objects.unscoped(reason="who may inspect is chosen by name")
    return rows.filter(pk__in=held.values("user_id"), is_active=True, archived_at=None).order_by("name", "pk")


class AssignForm(ActorForm):
    team = forms.ModelChoiceField(Team._base_manager.none(), label=_("team"))

    def __init__(self, *args: Any, rounds: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "team", Team.objects.filter(round_id__in=rounds, archived_at=None).order_by("name"))


class InitialForm(VersionForm):
    result = WanField(label=_("Initial result, in ten thousand yuan"), required=True)
    reason = forms.CharField(
        label=_("team's reasons"),
        max_length=500,
        required=False,
        widget=box(3),
        help_text=_("Needed when the result differs from what was reported."),
    )


class FinalForm(VersionForm):
    result = WanField(label=_("Final result, in ten thousand yuan"), required=True)
    reason = forms.CharField(
        label=_("committee's reasons"),
        max_length=500,
        required=False,
        widget=box(3),
        help_text=_("Needed when the result differs from the team's."),
    )

"""Evaluation rounds: teams look at projects on site, the committee decides, then it is published (DOMAIN §1, §3)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from capital.choices import Basis, InspectionState, Origin, RoundKind, RoundState
from common import scope
from common.changelog import track
from common.models import AppendOnlyModel, RowModel, ScopedModel, StoredFile
from leads.models.fields import optional_money
from ledger.models import Period
from organizations.models import Unit, User
from projects.models import Project


@track("cap_sheet_event")
class ScoreSheet(ScopedModel):
    """What is asked and scored on an inspection, as data (rules/inspection.py). A version that a round has begun
    with stays as it is; a change is the next version."""

    code = models.SlugField(_("code"), max_length=40)
    number = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    name = models.CharField(_("name"), max_length=100)
    document = models.JSONField(_("items"), default=dict, editable=False)

    class Scope(scope.Scope):
        kind = "score_sheet"

    class Meta:
        db_table = "cap_sheet"
        ordering = ("code", "-number")
        verbose_name = _("score sheet")
        constraints = [models.UniqueConstraint(fields=["code", "number"], name="cap_sheet_uq")]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


@track("cap_round_event")
class EvaluationRound(ScopedModel):
    """A month's round over completed projects, or a quarter's on site over every project above a threshold."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="rounds", verbose_name=_("held by"))
    kind = models.CharField(pgettext_lazy("round", "kind"), max_length=9, choices=RoundKind.choices)
    period = models.ForeignKey(
        Period, models.PROTECT, related_name="rounds", verbose_name=_("last month of the round")
    )
    name = models.CharField(_("name"), max_length=100)
    basis = models.CharField(
        _("basis"),
        max_length=8,
        choices=Basis.choices,
        default=Basis.FORMED,
        help_text=_("Money that arrived and assets formed are never added together."),
    )
    threshold = optional_money(_("projects of at least, in yuan"))
    own_unit = models.BooleanField(_("teams may inspect their own unit"), default=False)
    sheet = models.ForeignKey(
        ScoreSheet, models.PROTECT, related_name="rounds", verbose_name=_("score sheet")
    )
    approval_number = models.CharField(
        _("approval of the inspections, number"),
        max_length=60,
        blank=True,
        help_text=_("Inspecting an enterprise needs an approval on file (涉企检查)."),
    )
    approval_file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approval")
    )
    approval_name = models.CharField(_("file name"), max_length=200, blank=True, editable=False)
    due_on = models.DateField(_("due"))
    state = models.CharField(
        _("state"), max_length=9, choices=RoundState.choices, default=RoundState.PREPARED, editable=False
    )
    decided_name = models.CharField(_("decided by"), max_length=150, blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)

    class Scope(scope.Scope):
        kind = "evaluation"
        path = "unit__path"

        @staticmethod
        def members(grant: Any) -> Q:
            return Q(
                state="published",
                inspections__archived_at=None,
                inspections__project__unit__path__startswith=grant.path,
            )

    class Meta:
        db_table = "cap_round"
        ordering = ("-period", "-id")
        verbose_name = _("evaluation round")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "period"], condition=Q(archived_at=None), name="cap_round_uq"
            )
        ]

    def __str__(self) -> str:
        return self.name


@track("cap_team_event")
class Team(RowModel):
    round = models.ForeignKey(EvaluationRound, models.PROTECT, related_name="teams")
    name = models.CharField(_("team"), max_length=60)

    class Meta:
        db_table = "cap_team"
        ordering = ("id",)
        verbose_name = _("evaluation team")
        constraints = [models.UniqueConstraint(fields=["round", "name"], name="cap_team_uq")]

    def __str__(self) -> str:
        return self.name


@track("cap_member_event")
class TeamMember(RowModel):
    """Who is in a team, where he comes from, and the unit that he works for: he doesn't inspect that one. The
    head comes from the congress or the conference."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="members")
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("account")
    )
    name = models.CharField(_("name"), max_length=60)
    origin = models.CharField(_("comes from"), max_length=12, choices=Origin.choices)
    works_for = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("works for")
    )
    is_head = models.BooleanField(_("head of the team"), default=False)

    class Meta:
        db_table = "cap_member"
        ordering = ("-is_head", "id")
        verbose_name = _("member")
        constraints = [
            models.UniqueConstraint(
                fields=["team"], condition=Q(is_head=True, archived_at=None), name="cap_member_head_uq"
            ),
            models.CheckConstraint(
                condition=Q(is_head=False) | Q(origin__in=("congress", "conference")),
                name="cap_member_head_ck",
                violation_error_message=_(
                    "The head of a team comes from the people's congress or the consultative conference."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@track("cap_inspection_event")
class Inspection(ScopedModel):
    """A project in a round: who goes, what they found on site, the team's result and the committee's."""

    round = models.ForeignKey(EvaluationRound, models.PROTECT, related_name="inspections")
    project = models.ForeignKey(
        Project, models.PROTECT, related_name="inspections", verbose_name=_("project")
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="inspections", verbose_name=_("team")
    )
    state = models.CharField(
        _("state"),
        max_length=9,
        choices=InspectionState.choices,
        default=InspectionState.ASSIGNED,
        editable=False,
    )
    visited_on = models.DateField(_("inspected on"), null=True, blank=True)
    answers = models.JSONField(_("inspection form"), default=dict, blank=True)  # {item code: value}
    reported = models.DecimalField(_("reported"), max_digits=24, decimal_places=2, null=True, editable=False)
    initial = models.DecimalField(_("initial result"), max_digits=24, decimal_places=2, null=True, blank=True)
    initial_score = models.DecimalField(
        _("score"), max_digits=7, decimal_places=2, null=True, blank=True, editable=False
    )
    initial_reason = models.CharField(_("team's reasons"), max_length=500, blank=True)
    initial_name = models.CharField(_("by"), max_length=150, blank=True, editable=False)
    final = models.DecimalField(_("final result"), max_digits=24, decimal_places=2, null=True, blank=True)
    final_reason = models.CharField(_("committee's reasons"), max_length=500, blank=True)
    final_name = models.CharField(_("by"), max_length=150, blank=True, editable=False)

    class Scope(scope.Scope):
        kind = "evaluation"
        path = "round__unit__path"

        @staticmethod
        def members(grant: Any) -> Q:
            return Q(
                round__state="published",
                archived_at=None,
                project__unit__path__startswith=grant.path,
            )

    class Meta:
        db_table = "cap_inspection"
        ordering = ("round", "id")
        verbose_name = _("inspection")
        constraints = [models.UniqueConstraint(fields=["round", "project"], name="cap_inspection_uq")]

    def __str__(self) -> str:
        return str(self.project)


class InspectionPhoto(AppendOnlyModel):
    """A file taken on site. Nobody is asked for one."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="photos")
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    at = models.DateTimeField()
    actor_name = models.CharField(max_length=150)

    class Meta(AppendOnlyModel.Meta):
        db_table = "cap_photo"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name

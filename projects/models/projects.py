"""A project (项目): what a lead became when it was signed (DOMAIN §2)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import scope
from common.changelog import track
from common.models import RowModel, ScopedModel
from leads.models import Attachment, Investor, Lead
from leads.models.fields import area, currency_field, money, optional_money
from leads.models.stages import Move, Staged
from ledger.choices import Mode
from organizations.models import Unit, User
from projects.choices import AgreementKind
from reference.choices import Sector
from reference.models import Industry


@track("prj_project_event", exclude=("grams",))
class Project(Staged, ScopedModel):
    """A signed project. `unit` brought it and keeps it; `host` is where it settles. It is seen by both, by
    every unit with a share in it, and by the units above them."""

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    national_code = models.CharField(
        _("investment project code"), max_length=24, blank=True, help_text=_("24 characters, GB/T 40058.")
    )
    lead = models.OneToOneField(Lead, models.PROTECT, related_name="project", verbose_name=_("lead"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="projects", verbose_name=_("unit"))
    host = models.ForeignKey(Unit, models.PROTECT, related_name="hosted", verbose_name=_("landing place"))
    name = models.CharField(_("name"), max_length=120)
    pinyin = models.CharField(max_length=300, blank=True, editable=False, db_collation="C")
    normal = models.CharField(max_length=120, editable=False, db_collation="C")
    grams = ArrayField(models.CharField(max_length=8), default=list, editable=False)
    code_name = models.CharField(_("code name"), max_length=60, blank=True)
    confidential_until = models.DateField(_("confidential until"), null=True, blank=True)
    industry = models.ForeignKey(Industry, models.PROTECT, related_name="+", verbose_name=_("industry"))
    sector = models.CharField(_("sector"), max_length=9, choices=Sector.choices, editable=False)
    mode = models.CharField(
        pgettext_lazy("project", "mode"), max_length=20, choices=Mode.choices, default=Mode.NEW
    )
    signed_on = models.DateField(_("signed on"))
    contract_amount = money(_("contract amount"), editable=False)  # sum of the agreements
    currency = currency_field()
    registered_capital = optional_money(_("registered capital"))
    registered_currency = currency_field(_("currency of the registered capital"))
    fixed_assets = optional_money(_("planned fixed assets"))
    land_mu = area(_("land in mu"))
    start_due = models.DateField(_("start planned"), null=True, blank=True)
    completion_due = models.DateField(_("completion planned"), null=True, blank=True)
    production_due = models.DateField(_("production planned"), null=True, blank=True)
    capacity_due = models.DateField(_("full capacity planned"), null=True, blank=True)
    leader = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="led", verbose_name=_("liaison leader")
    )
    registered_name = models.CharField(_("registered enterprise"), max_length=120, blank=True)
    registered_code = models.CharField(_("its credit code"), max_length=18, blank=True)
    is_opening = models.BooleanField(_("taken over while running"), default=False, editable=False)
    note = models.TextField(_("note"), max_length=4000, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", editable=False
    )

    class Scope(scope.Scope):
        kind = "project"
        path = "unit__path"
        owner = "leader_id"

        @staticmethod
        def members(grant: Any) -> Q:
            return Q(host__path__startswith=grant.path) | Q(
                attributions__superseded_by=None, attributions__shares__unit__path__startswith=grant.path
            )

    class Meta:
        db_table = "prj_project"
        ordering = ("-signed_on", "-id")
        verbose_name = _("project")
        constraints = [
            models.CheckConstraint(
                condition=Q(confidential_until__isnull=True) | ~Q(code_name=""),
                name="prj_project_code_name_ck",
                violation_error_message=_("A confidential project needs a code name."),
            ),
            models.CheckConstraint(condition=Q(contract_amount__gte=0), name="prj_project_amount_ck"),
        ]
        indexes = [
            models.Index(fields=["unit", "stage"], name="prj_project_unit_ix"),
            models.Index(fields=["signed_on"], name="prj_project_signed_ix"),
            GinIndex(fields=["grams"], name="prj_project_grams_ix"),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectMove(Move):
    project = models.ForeignKey(Project, models.PROTECT, related_name="moves", verbose_name=_("project"))

    class Meta(Move.Meta):
        db_table = "prj_move"
        ordering = ("-id",)
        verbose_name = _("stage move")
        indexes = [models.Index(fields=["project", "-id"], name="prj_move_project_ix")]


@track("prj_agreement_event")
class Agreement(RowModel):
    """A signed document. The main agreement sets the contract amount, supplements add to it or take away."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="agreements")
    kind = models.CharField(pgettext_lazy("agreement", "kind"), max_length=10, choices=AgreementKind.choices)
    number = models.CharField(_("agreement number"), max_length=60)
    signed_on = models.DateField(_("signed on"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    file = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        db_table = "prj_agreement"
        ordering = ("signed_on", "id")
        verbose_name = _("agreement")
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(kind="main", archived_at=None),
                name="prj_agreement_main_uq",
                violation_error_message=_("The project already has its investment agreement."),
            ),
            models.UniqueConstraint(
                fields=["project", "number"],
                name="prj_agreement_number_uq",
                violation_error_message=_("This agreement is already entered."),
            ),
            models.CheckConstraint(
                condition=Q(kind="supplement") | Q(amount__gte=0), name="prj_agreement_amount_ck"
            ),
        ]

    def __str__(self) -> str:
        return self.number


@track("prj_investor_event")
class ProjectInvestor(RowModel):
    """An investor's part in a project, in percent of the investment."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="investors")
    investor = models.ForeignKey(
        Investor, models.PROTECT, related_name="projects", verbose_name=_("investor")
    )
    percent = models.DecimalField(
        _("part in per cent"),
        max_digits=7,
        decimal_places=4,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )

    class Meta:
        db_table = "prj_investor"
        ordering = ("-percent", "id")
        constraints = [
            models.UniqueConstraint(fields=["project", "investor"], name="prj_investor_uq"),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="prj_investor_pct_ck"),
        ]

    def __str__(self) -> str:
        return f"{self.investor} {self.percent:f} %"


@track("prj_plan_event")
class PlannedPayment(RowModel):
    """The capital that the investor means to bring in a month, in the project's currency."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="plan")
    month = models.DateField(_("month"))  # its first day
    amount = money(_("amount"))

    class Meta:
        db_table = "prj_plan"
        ordering = ("month",)
        constraints = [
            models.UniqueConstraint(fields=["project", "month"], name="prj_plan_month_uq"),
            models.CheckConstraint(condition=Q(month__day=1), name="prj_plan_month_ck"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

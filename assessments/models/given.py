"""Figures that people enter with their evidence: jury and survey scores, a confirmer's letter (DOMAIN §4, §8)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.choices import Span
from assessments.models.figures import Measure
from common import scope
from common.changelog import track
from common.models import ScopedModel, StoredFile
from organizations.models import Unit


@track("ast_given_event")
class GivenFigure(ScopedModel):
    """What one giver says of a unit for a month, or from January up to it. It is never overwritten: a later one of
    the same giver supersedes it and both stay. Several givers have a mean (`assessments.measures.given`).

    `value` is in the unit of its measure: yuan, pieces, marks. `giver_class`: the kind of giver ("park", "town"),
    a code of the bureau's own, by which a scheme weighs them.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+", verbose_name=_("measure"))
    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("month"))
    span = models.CharField(_("span"), max_length=5, choices=Span.choices, default=Span.YEAR_TO_DATE)
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=6)
    giver = models.CharField(_("given by"), max_length=100)
    giver_class = models.SlugField(_("kind of giver"), max_length=20, blank=True)
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("evidence"))
    file_name = models.CharField(_("file name"), max_length=200)
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    entered_by = models.BigIntegerField(null=True, editable=False)
    entered_name = models.CharField(_("entered by"), max_length=150, editable=False)
    recorded_at = models.DateTimeField(_("recorded"), editable=False)
    superseded_at = models.DateTimeField(_("superseded"), null=True, editable=False)
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="supersedes"
    )
    withdrawn = models.CharField(_("taken back because"), max_length=200, blank=True, editable=False)

    class Scope(scope.Scope):
        kind = "given_figure"
        path = "unit__path"

    class Meta:
        db_table = "ast_given"
        ordering = ("-year", "-month", "measure__sort", "id")
        verbose_name = _("given figure")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "measure", "year", "month", "span", "giver"],
                condition=Q(superseded_at__isnull=True),
                name="ast_given_current_uq",
            ),
            models.CheckConstraint(condition=Q(month__range=(1, 12)), name="ast_given_month_ck"),
            models.CheckConstraint(condition=~Q(giver=""), name="ast_given_giver_ck"),
            models.CheckConstraint(
                condition=~Q(superseded_by=F("pk")) | Q(superseded_by=None), name="ast_given_self_ck"
            ),
        ]
        indexes = [models.Index(fields=["measure", "year", "month"], name="ast_given_month_ix")]

    def __str__(self) -> str:
        return f"{self.unit} {self.measure} {self.year}-{self.month:02d}"

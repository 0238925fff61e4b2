"""Measures and imported figures (DOMAIN §4, §8). Each figure knows the cell it came from."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.choices import Credit, Direction, FigureSource, FigureState, MeasureUnit, Nature, Span
from capital.choices import Basis, Level
from common import scope
from common.changelog import track
from common.models import ImportBatch, ImportRow, ScopedModel
from ledger.choices import Role
from organizations.models import Unit


@track("ast_measure_event")
class Measure(ScopedModel):
    """What is counted: capital in place, completed projects, a rate of two other measures."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    definition = models.TextField(_("definition"), blank=True)
    unit = models.CharField(_("counts in"), max_length=10, choices=MeasureUnit.choices)
    nature = models.CharField(_("nature"), max_length=10, choices=Nature.choices, default=Nature.FLOW)
    direction = models.CharField(
        _("direction"), max_length=4, choices=Direction.choices, default=Direction.MORE
    )
    numerator = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("numerator")
    )
    denominator = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("denominator")
    )
    defined_since = models.PositiveSmallIntegerField(
        _("present definition since year"),
        null=True,
        blank=True,
        help_text=_("Growth over a change of definition is not shown."),
    )
    words = models.CharField(
        _("header words"),
        max_length=300,
        blank=True,
        help_text=_("Words in a sender's header that mean this measure, separated by spaces."),
    )
    source = models.CharField(
        _("figures from"), max_length=8, choices=FigureSource.choices, default=FigureSource.IMPORTED
    )
    rule_code = models.SlugField(
        _("counting rule"),
        max_length=40,
        blank=True,
        help_text=_("Code of the rule that says what counts. Empty: everything that was recognised."),
    )
    basis = models.CharField(_("basis"), max_length=8, choices=Basis.choices, blank=True)
    level = models.CharField(_("state counted"), max_length=11, choices=Level.choices, blank=True)
    role = models.CharField(
        _("dimension of attribution"),
        max_length=10,
        choices=Role.choices,
        blank=True,
        help_text=_("Whose the capital is: that of the assessed unit, the landing place, who brought it."),
    )
    base = models.CharField(
        _("counts"),
        max_length=40,
        blank=True,
        help_text=_("What is counted from the books: one of the definitions that the guide lists."),
    )
    filters = models.JSONField(_("only"), default=dict, blank=True)  # assessments.measures.filters reads it
    credit = models.CharField(
        _("a shared project counts"), max_length=5, choices=Credit.choices, default=Credit.SHARE
    )
    of_measure = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("of the measure"),
        help_text=_("For growth, completion and points to schedule: whose."),
    )
    sort = models.PositiveIntegerField(_("order"), default=0)

    class Scope(scope.Scope):
        kind = "measure"

    class Meta:
        db_table = "ast_measure"
        ordering = ("sort", "code")
        verbose_name = _("measure")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    ~Q(source__in=("counted", "given")),
                    nature="ratio",
                    numerator__isnull=False,
                    denominator__isnull=False,
                )
                | (
                    (~Q(nature="ratio") | Q(source__in=("counted", "given")))
                    & Q(numerator__isnull=True, denominator__isnull=True)
                ),
                name="ast_measure_ratio_ck",
                violation_error_message=_(
                    "A ratio needs numerator and denominator; other measures have neither."
                ),
            ),
            models.CheckConstraint(condition=~Q(numerator=F("denominator")), name="ast_measure_parts_ck"),
            models.CheckConstraint(
                condition=Q(
                    source__in=("imported", "given"),
                    rule_code="",
                    basis="",
                    level="",
                    role="",
                    base="",
                    of_measure__isnull=True,
                )
                | (
                    Q(source="ledger", nature="flow", unit__in=("yuan", "usd"))
                    & Q(basis__in=("arrived", "formed"), level__in=("preliminary", "final"))
                    & Q(role__in=Role.values, base="", of_measure__isnull=True)
                )
                | (Q(source="counted", rule_code="", basis="", level="", role__in=Role.values) & ~Q(base="")),
                name="ast_measure_source_ck",
                violation_error_message=_(
                    "A measure from the books is a flow in yuan or dollars and names its basis, the state that it "
                    "counts and the dimension of attribution; one that is counted names what it counts and the "
                    "dimension; an imported or given one names none of them."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SourcedFact(ScopedModel):
    """A figure from a sender's cell. It is never overwritten: a later one supersedes it and both stay."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="+", verbose_name=_("measure"))
    row = models.ForeignKey(ImportRow, models.PROTECT, related_name="+", verbose_name=_("row"))
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="+", verbose_name=_("import"))
    ref = models.CharField(_("cell"), max_length=12)
    quantum = models.DecimalField(
        max_digits=24, decimal_places=6, default=0
    )  # one unit of the last printed digit
    recorded_at = models.DateTimeField(_("recorded"))
    superseded_at = models.DateTimeField(_("superseded"), null=True, editable=False)
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="supersedes"
    )
    withdrawn = models.BooleanField(default=False, editable=False)  # its import was undone

    class Scope(scope.Scope):
        path = "unit__path"

    class Meta:
        abstract = True


class ImportedFigure(SourcedFact):
    """A unit's published or confirmed figure of a month: a source of its own, never mixed into postings.

    `value` is in yuan, dollars, or pieces; None unless the state is filed or nil (then 0). `published`
    keeps what the sender printed beside it ({"rate": {"value": "36.2", "ref": "D4"}}), for comparison.
    """

    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("month"))
    span = models.CharField(_("span"), max_length=5, choices=Span.choices)
    state = models.CharField(
        _("return"), max_length=14, choices=FigureState.choices, default=FigureState.FILED
    )
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=6, null=True)
    published = models.JSONField(default=dict)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    class Scope(SourcedFact.Scope):
        kind = "figure"

    class Meta:
        db_table = "ast_figure"
        ordering = ("-year", "-month", "measure__sort", "id")
        verbose_name = _("figure")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "measure", "year", "month", "span"],
                condition=Q(superseded_at__isnull=True),
                name="ast_figure_current_uq",
            ),
            models.CheckConstraint(condition=Q(month__range=(1, 12)), name="ast_figure_month_ck"),
            models.CheckConstraint(
                condition=Q(state="filed", value__isnull=False)
                | Q(state="nil", value=0)
                | (~Q(state__in=("filed", "nil")) & Q(value__isnull=True)),
                name="ast_figure_state_ck",
            ),
        ]
        indexes = [models.Index(fields=["measure", "year", "month"], name="ast_figure_month_ix")]

    def __str__(self) -> str:
        return f"{self.unit} {self.measure} {self.year}-{self.month:02d}"

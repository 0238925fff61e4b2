"""Schemes (考核办法) as dated versions of a document, what came out of them, and what was said against it (DOMAIN §4)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.choices import ObjectionState, Step, VersionState
from common import clock, scope, versions
from common.changelog import track
from common.models import AppendOnlyModel, RowModel, ScopedModel
from common.scope import ScopedQuerySet
from organizations.models import CompetitionGroup, Unit

ANNUAL = 13  # the month of a run of the year's final account


def bound_to(path: str) -> Any:
    """Schemes (ids) that assess a unit at or below a path now: neither binding nor membership was taken back."""
    return SchemeGroup.objects.filter(
        archived_at=None,
        group__memberships__archived_at=None,
        group__memberships__valid__contains=clock.today(),
        group__memberships__unit__path__startswith=path,
    ).values("scheme")


def told_to(path: str) -> Any:
    """Published runs with a line of a unit at or below a path: what was told stays readable."""
    return SchemeRun._base_manager.filter(SchemeRunScope.members_at(path))


@track("ast_scheme_event")
class Scheme(ScopedModel):
    """A method by which units are assessed year after year; its versions say how."""

    owner = models.ForeignKey(Unit, models.PROTECT, related_name="schemes", verbose_name=_("run by"))
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)

    class Scope(scope.Scope):
        kind = "scheme"
        path = "owner__path"

        @staticmethod
        def members(grant: Any) -> Q:
            return Q(pk__in=bound_to(grant.path)) | Q(pk__in=told_to(grant.path).values("version__scheme"))

    class Meta:
        db_table = "ast_scheme"
        ordering = ("code",)
        verbose_name = _("scheme")

    def __str__(self) -> str:
        return self.name


@track("ast_scheme_group_event")
class SchemeGroup(RowModel):
    """Which competition group of this installation a group of the document is. It isn't part of the document: a
    published method is the same everywhere."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="groups", verbose_name=_("scheme"))
    code = models.CharField(_("group of the document"), max_length=40)
    group = models.ForeignKey(
        CompetitionGroup, models.PROTECT, related_name="schemes", verbose_name=_("competition group")
    )

    class Meta:
        db_table = "ast_scheme_group"
        ordering = ("id",)
        verbose_name = _("group of a scheme")
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "code"], condition=Q(archived_at=None), name="ast_scheme_group_code_uq"
            ),
            models.UniqueConstraint(
                fields=["scheme", "group"], condition=Q(archived_at=None), name="ast_scheme_group_uq"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.group}"


@track("ast_scheme_version_event")
class SchemeVersion(ScopedModel):
    """One version of a scheme; immutable once published. `document` is read by rules/scheme/; no two published
    versions of a scheme overlap in time."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="versions", verbose_name=_("scheme"))
    number = models.PositiveSmallIntegerField(_("version"), editable=False, default=1)
    source = models.CharField(_("source"), max_length=300, blank=True, help_text=_("Document and clause."))
    since = models.DateField(_("in force from"))
    until = models.DateField(_("until"), null=True, blank=True)
    document = models.JSONField(default=dict, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)  # of the document's normal form
    state = models.CharField(
        _("state"), max_length=9, choices=VersionState.choices, default=VersionState.DRAFT, editable=False
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_name = models.CharField(_("published by"), max_length=150, blank=True, editable=False)

    class Scope(scope.Scope):
        """Who runs the scheme sees its drafts; those whom it assesses see what is published."""

        kind = "scheme"
        path = "scheme__owner__path"

        @staticmethod
        def members(grant: Any) -> Q:
            told = Q(pk__in=told_to(grant.path).values("version"))
            return (Q(scheme__in=bound_to(grant.path)) | told) & Q(state=VersionState.PUBLISHED)

    class Meta:
        db_table = "ast_scheme_version"
        ordering = ("scheme__code", "-number")
        verbose_name = _("version of a scheme")
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="ast_scheme_number_uq"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="ast_scheme_dates_ck"
            ),
            versions.once(
                "ast_scheme_once",
                F("scheme"),
                message=_("Another published version of this scheme holds on these days."),
            ),
        ]
        triggers = [
            versions.kept(
                "ast_scheme_published", "scheme_id", "number", "source", "since", "document", "sha256"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scheme} ({self.number})"

    @property
    def key(self) -> str:
        """As traces and runs name it: "code/number"."""
        return f"{self.scheme.code}/{self.number}"

    @property
    def superseded(self) -> bool:
        """Published, and its days are over."""
        return self.state == VersionState.PUBLISHED and self.until is not None and self.until < clock.today()


class SchemeTrial(AppendOnlyModel):
    """A dry run of a draft against the version in force: who would move, and why. It holds for the document with this
    hash only."""

    version = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="trials")
    against = models.ForeignKey(
        SchemeVersion, models.PROTECT, null=True, related_name="+"
    )  # None: the first version
    sha256 = models.CharField(max_length=64)
    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("month"))
    document = models.JSONField(default=dict)  # totals, places and moves, canonical
    at = models.DateTimeField(_("tried"))
    actor_name = models.CharField(_("by"), max_length=150)

    class Meta(AppendOnlyModel.Meta):
        db_table = "ast_scheme_trial"
        ordering = ("-id",)
        verbose_name = _("dry run")

    def __str__(self) -> str:
        return f"{self.version} {self.year}-{self.month:02d}"


class SchemeRunScope(scope.Scope):
    """Who runs the scheme sees every run; those whom it assesses see published ones: the units of the run itself,
    whatever is bound since."""

    kind = "scheme_run"
    path = "version__scheme__owner__path"

    @staticmethod
    def members_at(path: str) -> Q:
        return Q(lines__unit__path__startswith=path, publications__isnull=False)

    @staticmethod
    def members(grant: Any) -> Q:
        return SchemeRunScope.members_at(grant.path)


class SchemeRun(AppendOnlyModel):
    """A version scored for a period. Keyed by its inputs: the same facts give the same run again, and it replays to the
    same bytes from `facts` and the version's document."""

    version = models.ForeignKey(
        SchemeVersion, models.PROTECT, related_name="runs", verbose_name=_("version of a scheme")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("last month"))  # 13: the year's final account
    data_through = models.PositiveSmallIntegerField(_("data through month"))
    number = models.PositiveIntegerField(_("number"))  # 1, 2, … for each scheme and period
    watermark = models.BigIntegerField(_("last line"))  # the largest posting (seq) that was read
    input_hash = models.CharField(max_length=64)
    facts = models.JSONField(
        default=dict
    )  # a facts file (docs/schemes.md), with where each figure comes from
    result_hash = models.CharField(max_length=64)  # of the whole result with its traces
    restates = models.ForeignKey("self", models.PROTECT, null=True, related_name="restated_by")
    reason = models.CharField(_("reason"), max_length=500, blank=True)  # why it was restated
    computed_at = models.DateTimeField(_("computed"))
    actor_name = models.CharField(_("computed by"), max_length=150)

    objects = ScopedQuerySet.as_manager()
    Scope = SchemeRunScope

    class Meta(AppendOnlyModel.Meta):
        db_table = "ast_scheme_run"
        ordering = ("-year", "-month", "-id")
        verbose_name = _("run of a scheme")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "year", "month", "number"], name="ast_scheme_run_number_uq"
            ),
            models.UniqueConstraint(
                fields=["version", "year", "month", "input_hash"], name="ast_scheme_run_input_uq"
            ),
            models.CheckConstraint(
                condition=Q(
                    month__range=(1, ANNUAL), data_through__range=(1, ANNUAL), data_through__lte=F("month")
                ),
                name="ast_scheme_run_month_ck",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.year}-{self.month:02d}"


class SchemeLine(AppendOnlyModel):
    """A unit's result in a run, with the name it had then. The calculation is replayed when it is asked for."""

    run = models.ForeignKey(SchemeRun, models.PROTECT, related_name="lines")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit_name = models.CharField(max_length=100)
    group = models.CharField(max_length=40)  # of the document
    position = models.PositiveIntegerField()  # in the printed list of its group, 1 …
    place = models.PositiveIntegerField(null=True)
    tied = models.BooleanField(default=False)
    total = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    reason = models.CharField(max_length=30, blank=True)  # why there is no place
    grade = models.CharField(max_length=40, blank=True)
    points = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    document = models.JSONField(default=dict)  # marks by indicator, vetoes, unqualified, boards, decided_by

    class Meta(AppendOnlyModel.Meta):
        db_table = "ast_scheme_line"
        ordering = ("group", "position")
        constraints = [models.UniqueConstraint(fields=["run", "unit"], name="ast_scheme_line_unit_uq")]

    def __str__(self) -> str:
        return f"{self.unit_name} {self.place or '—'}"


class SchemePublication(AppendOnlyModel):
    """A run is told: first open to objections, then final."""

    run = models.ForeignKey(SchemeRun, models.PROTECT, related_name="publications")
    step = models.CharField(_("step"), max_length=11, choices=Step.choices)
    objections_until = models.DateField(_("objections until"), null=True)  # the last day, with the first step
    at = models.DateTimeField(_("published"))
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("published by"), max_length=150)

    class Meta(AppendOnlyModel.Meta):
        db_table = "ast_scheme_publication"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["run", "step"], name="ast_scheme_publication_uq"),
            models.CheckConstraint(
                condition=Q(step="preliminary", objections_until__isnull=False) | Q(step="final"),
                name="ast_scheme_publication_ck",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.step}"


@track("ast_objection_event")
class Objection(ScopedModel):
    """A unit says that its result, or one figure in it, is wrong; who runs the scheme answers."""

    run = models.ForeignKey(SchemeRun, models.PROTECT, related_name="objections", verbose_name=_("run"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    indicator = models.CharField(_("indicator"), max_length=40, blank=True)  # empty: the whole result
    text = models.TextField(_("objection"), max_length=2000)
    filed_at = models.DateTimeField(_("filed"), editable=False)
    filed_id = models.BigIntegerField(editable=False)
    filed_name = models.CharField(_("filed by"), max_length=150, editable=False)
    state = models.CharField(
        _("state"), max_length=9, choices=ObjectionState.choices, default=ObjectionState.FILED, editable=False
    )
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    answered_id = models.BigIntegerField(null=True, editable=False)
    answered_name = models.CharField(_("answered by"), max_length=150, blank=True, editable=False)

    class Scope(scope.Scope):
        kind = "objection"
        path = "unit__path"

    class Meta:
        db_table = "ast_objection"
        ordering = ("-id",)
        verbose_name = _("objection")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("accepted", "rejected"), answered_at__isnull=False) & ~Q(answer="")
                | Q(state__in=("filed", "withdrawn"), answered_at__isnull=True),
                name="ast_objection_answer_ck",
            ),
            models.CheckConstraint(
                condition=Q(answered_id=None) | ~Q(answered_id=F("filed_id")), name="ast_objection_other_ck"
            ),
            models.UniqueConstraint(
                fields=["run", "unit", "indicator"],
                condition=Q(state="filed", archived_at=None),
                name="ast_objection_open_uq",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.indicator}".strip()


class ScoreOverride(AppendOnlyModel):
    """A published value that people set, with reason and signatory; the computed one stays beside it. A later one of the
    same thing replaces it."""

    run = models.ForeignKey(SchemeRun, models.PROTECT, related_name="overrides")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    what = models.CharField(_("what"), max_length=40)  # "total", "place" or an indicator's code
    computed = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    value = models.DecimalField(_("published value"), max_digits=24, decimal_places=8)
    reason = models.CharField(_("reason"), max_length=500)
    signatory = models.CharField(_("signed by"), max_length=100)
    paper = models.CharField(_("document"), max_length=200, blank=True)
    at = models.DateTimeField(_("when"))
    actor_id = models.BigIntegerField()
    actor_name = models.CharField(_("entered by"), max_length=150)

    class Meta(AppendOnlyModel.Meta):
        db_table = "ast_score_override"
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(signatory=""), name="ast_score_override_ck")
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.unit} {self.what}"

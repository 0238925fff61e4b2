"""What of an entry counts, who said so, and what was asked before (DOMAIN §3: reported is not recognised)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from capital.choices import Check, EntryState, Level, Verdict
from common import scope
from common.changelog import track
from common.models import AppendOnlyModel, RowModel, ScopedModel
from common.scope import ScopedQuerySet
from leads.models.fields import money
from ledger.models import Period
from organizations.models import Unit, User

from .entries import CapitalEntry


class Bulk(AppendOnlyModel):
    """Entries of a month that were recognised together, after a sample of them was looked at."""

    sample = models.OneToOneField("Sample", models.PROTECT, related_name="bulk", verbose_name=_("sample"))
    count = models.PositiveIntegerField(_("entries"))
    total = models.DecimalField(_("total in yuan"), max_digits=24, decimal_places=2)
    at = models.DateTimeField(_("when"))
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("decided by"), max_length=150)

    class Meta(AppendOnlyModel.Meta):
        db_table = "cap_bulk"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.sample}"


@track("cap_sample_event")
class Sample(ScopedModel):
    """A drawn sample of a month's waiting entries of a unit and those below it, before they are recognised
    together. `seed` and `chosen` make the draw repeatable."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    period = models.ForeignKey(Period, models.PROTECT, related_name="+", verbose_name=_("month"))
    level = models.CharField(_("level"), max_length=11, choices=Level.choices)
    percent = models.DecimalField(_("sample in per cent"), max_digits=5, decimal_places=2)
    seed = models.CharField(max_length=64, editable=False)
    entries = models.JSONField(default=list, editable=False)  # ids of all that waited, in their order
    drawn_at = models.DateTimeField(_("drawn"), editable=False)
    drawn_name = models.CharField(_("drawn by"), max_length=150, editable=False)

    class Scope(scope.Scope):
        kind = "recognition"
        path = "unit__path"

    class Meta:
        db_table = "cap_sample"
        ordering = ("-id",)
        verbose_name = _("sample")

    def __str__(self) -> str:
        return f"{self.unit} {self.period}"


@track("cap_sampled_event")
class Sampled(RowModel):
    """A drawn entry and what was found when somebody looked at it."""

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="drawn")
    entry = models.ForeignKey(CapitalEntry, models.PROTECT, related_name="+", verbose_name=_("entry"))
    check_result = models.CharField(
        _("finding"), max_length=4, choices=Check.choices, default=Check.OPEN, db_column="found"
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    checked_name = models.CharField(_("checked by"), max_length=150, blank=True, editable=False)
    checked_at = models.DateTimeField(_("checked"), null=True, editable=False)

    class Meta:
        db_table = "cap_sampled"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["sample", "entry"], name="cap_sampled_uq")]

    def __str__(self) -> str:
        return str(self.entry)


class Recognition(AppendOnlyModel):
    """One decision about an entry, at one level: by how much its recognised amount changes, in the entry's own
    currency. The deltas of a level stay within 0 and the amount, except where two people signed an
    override; nobody decides what he entered (trigger)."""

    entry = models.ForeignKey(
        CapitalEntry, models.PROTECT, related_name="recognitions", verbose_name=_("entry")
    )
    ordinal = models.PositiveIntegerField(_("number"))
    level = models.CharField(_("level"), max_length=11, choices=Level.choices)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    delta = models.DecimalField(_("change"), max_digits=18, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    request_key = models.CharField(max_length=80, unique=True, null=True)  # noqa: DJ001
    bulk = models.ForeignKey(Bulk, models.PROTECT, null=True, related_name="recognitions")
    inspection = models.ForeignKey(
        "Inspection", models.PROTECT, null=True, related_name="recognitions", verbose_name=_("inspection")
    )
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_name = models.CharField(_("decided by"), max_length=150)
    decided_at = models.DateTimeField(_("decided"))
    second_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("second signature")
    )
    second_name = models.CharField(_("second signature"), max_length=150, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Scope(scope.Scope):
        kind = "recognition"
        path = "entry__unit__path"

    class Meta(AppendOnlyModel.Meta):
        db_table = "cap_recognition"
        ordering = ("-id",)
        verbose_name = _("recognition")
        constraints = [
            models.UniqueConstraint(fields=["entry", "ordinal"], name="cap_recognition_uq"),
            models.CheckConstraint(
                condition=(
                    Q(verdict="override", second_by__isnull=False)
                    & ~Q(reason="")
                    & ~Q(decided_by=F("second_by"))
                )
                | ~Q(verdict="override"),
                name="cap_recognition_two_ck",
            ),
            models.CheckConstraint(
                condition=~Q(verdict__in=("partial", "refused", "reversal"), reason=""),
                name="cap_recognition_reason_ck",
            ),
        ]
        indexes = [models.Index(fields=["decided_at"], name="cap_recognition_at_ix")]
        triggers = [
            *AppendOnlyModel.Meta.triggers,
            pgtrigger.Trigger(
                name="within_amount",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("e", "RECORD"), ("total", "numeric")],
                func="""
                    SELECT amount, entered_by_id INTO e FROM cap_entry WHERE id = NEW.entry_id FOR UPDATE;
                    IF NEW.decided_by_id IS NOT NULL AND NEW.decided_by_id = e.entered_by_id
                        OR NEW.second_by_id IS NOT NULL AND NEW.second_by_id = e.entered_by_id THEN
                        RAISE EXCEPTION 'nobody decides what he entered (entry %)', NEW.entry_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'cap_recognition_other';
                    END IF;
                    SELECT COALESCE(sum(delta), 0) + NEW.delta INTO total FROM cap_recognition
                        WHERE entry_id = NEW.entry_id AND level = NEW.level;
                    IF total < 0 OR (total > e.amount AND NEW.verdict <> 'override' AND NEW.delta > 0) THEN
                        RAISE EXCEPTION 'recognised % of % (entry %)', total, e.amount, NEW.entry_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'cap_recognition_within';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry}/{self.ordinal}"


@track("cap_query_event")
class Query(RowModel):
    """A question about an entry, asked by who recognises and answered by who reported."""

    entry = models.ForeignKey(CapitalEntry, models.PROTECT, related_name="queries", verbose_name=_("entry"))
    stood_at = models.CharField(
        _("stood at"),
        max_length=12,
        choices=EntryState.choices,
        default=EntryState.REPORTED,
        editable=False,
    )  # where the entry goes back to
    text = models.TextField(_("question"), max_length=1000)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    asked_name = models.CharField(_("asked by"), max_length=150, editable=False)
    asked_at = models.DateTimeField(_("asked"), editable=False)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_name = models.CharField(_("answered by"), max_length=150, blank=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)

    class Meta:
        db_table = "cap_query"
        ordering = ("id",)
        verbose_name = pgettext_lazy("capital", "query")
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(answered_at=None, archived_at=None), name="cap_query_open_uq"
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


@track("cap_override_event")
class Override(RowModel):
    """Somebody asks to recognise more than was reported; a second person signs it or says no. Kept either way."""

    entry = models.ForeignKey(CapitalEntry, models.PROTECT, related_name="overrides", verbose_name=_("entry"))
    level = models.CharField(_("level"), max_length=11, choices=Level.choices)
    amount = money(_("to recognise in all"))
    reason = models.CharField(_("reason"), max_length=500)
    asked_by = models.ForeignKey(User, models.PROTECT, editable=False, related_name="+")
    asked_name = models.CharField(_("asked by"), max_length=150, editable=False)
    asked_at = models.DateTimeField(_("asked"), editable=False)
    signed = models.BooleanField(_("signed"), null=True, editable=False)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    answered_name = models.CharField(_("second signature"), max_length=150, blank=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    remark = models.CharField(_("remark"), max_length=500, blank=True)

    class Meta:
        db_table = "cap_override"
        ordering = ("-id",)
        verbose_name = _("override")
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(answered_at=None, archived_at=None), name="cap_override_open_uq"
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("asked_by")), name="cap_override_two_ck"
            ),
        ]

    def __str__(self) -> str:
        return str(self.entry)


class RolledForward(AppendOnlyModel):
    """An entry that still waited when its month was cut off or closed: it goes on in the next, by name."""

    entry = models.ForeignKey(CapitalEntry, models.PROTECT, related_name="rolls", verbose_name=_("entry"))
    from_period = models.ForeignKey(Period, models.PROTECT, related_name="+", verbose_name=_("from"))
    to_period = models.ForeignKey(Period, models.PROTECT, related_name="+", verbose_name=_("to"))
    state = models.CharField(_("stood at"), max_length=12)
    at = models.DateTimeField(_("when"))
    actor_name = models.CharField(_("closed by"), max_length=150)

    class Meta(AppendOnlyModel.Meta):
        db_table = "cap_roll"
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["entry", "from_period"], name="cap_roll_uq")]

    def __str__(self) -> str:
        return str(self.entry)

"""Capital in place as it is reported: entries, the vouchers that prove them, returns of a month (DOMAIN §3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from capital.choices import Basis, EntryKind, EntryState, ReturnState, VoucherType
from common import scope
from common.changelog import track
from common.models import RowModel, ScopedModel, StoredFile
from leads.models import Investor
from leads.models.fields import currency_field, money
from ledger.choices import FundSource, Mode, Zone
from ledger.models import Period
from organizations.models import Unit, User
from projects.models import Project

PAID_IN = (EntryKind.REGISTERED, EntryKind.OTHER_MONEY)
BUILT = (EntryKind.EQUIPMENT, EntryKind.PLANT, EntryKind.LAND)


@track("cap_entry_event")
class CapitalEntry(ScopedModel):
    """An amount of one kind on one day, in its own currency. `unit` reports it, `period` is the month of its
    return. What of it counts is said by recognitions alone."""

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    project = models.ForeignKey(
        Project, models.PROTECT, related_name="capital_entries", verbose_name=_("project")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="capital_entries", verbose_name=_("unit"))
    period = models.ForeignKey(
        Period, models.PROTECT, related_name="capital_entries", verbose_name=_("month of the return")
    )
    kind = models.CharField(pgettext_lazy("capital", "kind"), max_length=12, choices=EntryKind.choices)
    basis = models.CharField(_("basis"), max_length=8, choices=Basis.choices)
    occurred_on = models.DateField(_("date"))
    amount = money(_("amount"), validators=[MinValueValidator(Decimal("0.01"))])
    currency = currency_field()
    rate = models.DecimalField(
        _("rate"), max_digits=18, decimal_places=8, null=True, blank=True, editable=False
    )  # yuan for one, set when it is reported and kept
    rate_note = models.CharField(_("rate, from"), max_length=120, blank=True, editable=False)
    funder = models.ForeignKey(
        Investor, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("funder")
    )
    zone = models.CharField(_("zone of the funder"), max_length=20, choices=Zone.choices)
    fund_source = models.CharField(
        _("source of funds"), max_length=20, choices=FundSource.choices, default=FundSource.OWN
    )
    mode = models.CharField(
        pgettext_lazy("project", "mode"), max_length=20, choices=Mode.choices, default=Mode.NEW
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=EntryState.choices, default=EntryState.DRAFT, editable=False
    )
    is_opening = models.BooleanField(_("opening balance"), default=False, editable=False)
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        editable=False,
        verbose_name=_("in place of"),
    )
    request_key = models.CharField(  # noqa: DJ001  (no key is no value: keys are unique)
        max_length=80, unique=True, null=True, editable=False
    )
    entered_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("entered by")
    )
    entered_name = models.CharField(_("entered by"), max_length=150, editable=False)
    reported_at = models.DateTimeField(_("reported"), null=True, editable=False)
    reported_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("reported by")
    )

    class Scope(scope.Scope):
        kind = "capital_entry"
        path = "unit__path"

        @staticmethod
        def members(grant: Any) -> Q:
            return Q(project__host__path__startswith=grant.path) | Q(
                project__attributions__superseded_by=None,
                project__attributions__shares__unit__path__startswith=grant.path,
            )

    class Meta:
        db_table = "cap_entry"
        ordering = ("-occurred_on", "-id")
        verbose_name = _("capital entry")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="cap_entry_amount_ck"),
            models.CheckConstraint(
                condition=~Q(kind__in=PAID_IN, basis="formed") & ~Q(kind__in=BUILT, basis="arrived"),
                name="cap_entry_basis_ck",
                violation_error_message=_(
                    "Money paid in has arrived; equipment, plant and land are assets formed."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(rate__gt=0),
                name="cap_entry_rate_ck",
            ),
            models.UniqueConstraint(
                F("project"),
                F("basis"),
                ExtractYear("occurred_on"),
                condition=Q(is_opening=True, archived_at=None),
                name="cap_entry_opening_uq",
                violation_error_message=_("There is an opening balance of this project, basis and year."),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "period", "state"], name="cap_entry_unit_ix"),
            models.Index(fields=["project", "occurred_on"], name="cap_entry_project_ix"),
            models.Index(fields=["state", "period"], name="cap_entry_state_ix"),
        ]

    def __str__(self) -> str:
        return self.number


@track("cap_voucher_event")
class Voucher(ScopedModel):
    """A document about money: type, issuer, number and date make it one, its file's hash too. What it proves is
    divided among entries by allocations, never beyond its amount, whichever unit they are of."""

    type = models.CharField(pgettext_lazy("voucher", "type"), max_length=14, choices=VoucherType.choices)
    issuer = models.CharField(_("issuer"), max_length=120)
    issuer_key = models.CharField(max_length=120, editable=False, db_collation="C")  # normalised
    number = models.CharField(_("voucher number"), max_length=60)
    number_key = models.CharField(max_length=60, editable=False, db_collation="C")
    dated = models.DateField(_("date of the voucher"))
    amount = money(_("amount of the voucher"), validators=[MinValueValidator(Decimal("0.01"))])
    currency = currency_field()
    payer = models.CharField(_("payer"), max_length=120, blank=True)
    payee = models.CharField(_("payee"), max_length=120, blank=True)
    stored = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    file_name = models.CharField(_("file name"), max_length=200, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="vouchers", verbose_name=_("unit"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    entered_name = models.CharField(_("entered by"), max_length=150, editable=False)

    class Scope(scope.Scope):
        kind = "voucher"
        path = "unit__path"

        @staticmethod
        def members(grant: Any) -> Q:
            return Q(allocations__archived_at=None, allocations__entry__unit__path__startswith=grant.path)

    class Meta:
        db_table = "cap_voucher"
        ordering = ("-dated", "-id")
        verbose_name = _("voucher")
        constraints = [
            models.UniqueConstraint(
                fields=["type", "issuer_key", "number_key", "dated"],
                condition=Q(archived_at=None),
                name="cap_voucher_once_uq",
                violation_error_message=_("This voucher is already recorded."),
            ),
            models.UniqueConstraint(
                fields=["stored"],
                condition=Q(archived_at=None),
                name="cap_voucher_file_uq",
                violation_error_message=_("This file is already the proof of another voucher."),
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cap_voucher_amount_ck"),
        ]
        indexes = [models.Index(fields=["number_key"], name="cap_voucher_number_ix")]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.number}"


@track("cap_allocation_event")
class Allocation(RowModel):
    """The part of a voucher that proves an entry. The parts of a voucher never exceed it (trigger, which locks
    the voucher); when two units share one, the written split is on file (到位资金分割证明)."""

    voucher = models.ForeignKey(
        Voucher, models.PROTECT, related_name="allocations", verbose_name=_("voucher")
    )
    entry = models.ForeignKey(
        CapitalEntry, models.PROTECT, related_name="allocations", verbose_name=_("entry")
    )
    amount = money(_("amount used"), validators=[MinValueValidator(Decimal("0.01"))])
    split_file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written split")
    )
    split_name = models.CharField(_("file name"), max_length=200, blank=True)

    class Meta:
        db_table = "cap_allocation"
        ordering = ("id",)
        verbose_name = _("allocation")
        constraints = [
            models.UniqueConstraint(
                fields=["voucher", "entry"], condition=Q(archived_at=None), name="cap_allocation_once_uq"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="cap_allocation_amount_ck"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="within_voucher",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    PERFORM 1 FROM cap_voucher WHERE id = NEW.voucher_id FOR UPDATE;
                    IF NEW.archived_at IS NULL AND NEW.amount + COALESCE((
                        SELECT sum(amount) FROM cap_allocation
                        WHERE voucher_id = NEW.voucher_id AND archived_at IS NULL AND id <> NEW.id
                    ), 0) > (SELECT amount FROM cap_voucher WHERE id = NEW.voucher_id) THEN
                        RAISE EXCEPTION 'allocations exceed voucher %', NEW.voucher_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'cap_allocation_within';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.voucher} {self.amount}"


@track("cap_entry_file_event")
class EntryFile(RowModel):
    """A document that supports an entry and isn't money itself: an agreement, a photograph, a letter."""

    entry = models.ForeignKey(CapitalEntry, models.PROTECT, related_name="files", verbose_name=_("entry"))
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("file"))
    name = models.CharField(_("file name"), max_length=200)
    note = models.CharField(_("note"), max_length=200, blank=True)
    entered_name = models.CharField(_("entered by"), max_length=150, editable=False)

    class Meta:
        db_table = "cap_entry_file"
        ordering = ("id",)
        verbose_name = _("file")
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "stored"], condition=Q(archived_at=None), name="cap_entry_file_uq"
            )
        ]

    def __str__(self) -> str:
        return self.name


@track("cap_duty_event")
class ReportingDuty(ScopedModel):
    """A unit that has to hand in a return every month, from a month on and until another."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="duties", verbose_name=_("unit"))
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Scope(scope.Scope):
        kind = "reporting_duty"
        path = "unit__path"

    class Meta:
        db_table = "cap_duty"
        ordering = ("unit__path", "since")
        verbose_name = _("duty to report")
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(until=None, archived_at=None), name="cap_duty_unit_uq"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="cap_duty_dates_ck"
            ),
        ]

    def __str__(self) -> str:
        return str(self.unit)


@track("cap_return_event")
class MonthlyReturn(ScopedModel):
    """A unit's return of a month: filed, or nothing to report. One that isn't here is missing. The signed
    paper is attached as a scan."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="returns", verbose_name=_("unit"))
    period = models.ForeignKey(Period, models.PROTECT, related_name="returns", verbose_name=_("month"))
    state = models.CharField(_("return"), max_length=5, choices=ReturnState.choices, editable=False)
    preparer = models.CharField(_("prepared by"), max_length=60)
    checker = models.CharField(_("checked by"), max_length=60, blank=True)
    responsible = models.CharField(_("person responsible"), max_length=60, blank=True)
    scan = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed scan")
    )
    scan_name = models.CharField(_("file name"), max_length=200, blank=True, editable=False)
    filed_at = models.DateTimeField(_("filed"), editable=False)
    filed_name = models.CharField(_("filed by"), max_length=150, editable=False)
    late = models.BooleanField(_("after the cut-off"), default=False, editable=False)

    class Scope(scope.Scope):
        kind = "capital_return"
        path = "unit__path"

    class Meta:
        db_table = "cap_return"
        ordering = ("-period", "unit__path", "id")
        verbose_name = _("monthly return")
        constraints = [models.UniqueConstraint(fields=["unit", "period"], name="cap_return_uq")]

    def __str__(self) -> str:
        return f"{self.unit} {self.period}"

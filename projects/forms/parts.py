"""Groups of rows and fields that several forms of projects use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import clock
from common.pickers import PickerField
from leads.forms.fields import DAY, WanField
from leads.models import Investor
from ledger.choices import Role
from organizations.choices import Role as Job
from organizations.models import Officer, Unit, User
from projects.choices import ObligationKind
from projects.services import Share

from .rows import ALL, Rows

WAN = Decimal(10_000)
UNITS_ONLY = (Role.PLACE, Role.ASSESSED, Role.DEPARTMENT)
# Obligations in money: typed in ten thousand yuan, kept in yuan.
IN_WAN = frozenset(
    {
        ObligationKind.CAPITAL,
        ObligationKind.INVESTMENT_PER_MU,
        ObligationKind.TAX_PER_MU,
        ObligationKind.OUTPUT_PER_MU,
    }
)


class MonthField(forms.DateField):
    """A month, as its first day."""

    widget = forms.DateInput(attrs={"type": "month"}, format="%Y-%m")
    input_formats = ("%Y-%m", "%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=self.input_formats, **kwargs)


def percent() -> forms.DecimalField:
    """A part of the whole in per cent; six decimals are eight of a share."""
    return forms.DecimalField(
        label=_("part in per cent"), min_value=0, max_value=100, max_digits=9, decimal_places=6
    )


def unit(label: Any = None) -> PickerField:
    return PickerField(Unit.objects.none(), picker="unit_pick", label=label or _("unit"))


def investor() -> PickerField:
    return PickerField(Investor.objects.none(), picker="investor_pick", label=_("investor"))


def officer() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(Officer.objects.none(), label=_("officer"))


def day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DAY)


def line(label: Any, length: int) -> forms.CharField:
    return forms.CharField(label=label, max_length=length)


INVESTORS = Rows(
    "investors",
    _("Investors"),
    {"investor": investor, "percent": percent},
    needed=("investor", "percent"),
    whole="percent",
)
PLAN = Rows(
    "plan",
    _("Payment plan by month"),
    {
        "month": lambda: MonthField(label=pgettext_lazy("calendar", "month")),
        "amount": lambda: WanField(label=_("amount, ten thousands")),
    },
    needed=("month", "amount"),
    blank=3,
    hint=_(
        "In the currency of the agreement. Together at most the contract amount; less may stand, the rest can follow."
    ),
    told="amount",
)
OFFICERS = Rows(
    str(Role.OFFICER),
    _("Officers with their shares"),
    {"officer": officer, "percent": percent},
    needed=("officer", "percent"),
    whole="percent",
)
PARCELS = Rows(
    "parcels",
    _("Land parcels"),
    {
        "parcel": lambda: line(_("parcel number"), 60),
        "area_mu": lambda: forms.DecimalField(
            label=_("area in mu"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
        ),
        "plot_ratio": lambda: forms.DecimalField(
            label=_("plot ratio"), min_value=0, max_digits=6, decimal_places=2
        ),
        "grant_fee": lambda: WanField(label=_("land-grant fee, ten thousand yuan")),
        "granted_on": lambda: day(_("granted on")),
    },
    needed=("parcel", "area_mu"),
    hint=_("What is granted already; the rest can follow."),
)
COMMITMENTS = Rows(
    "commitments",
    _("What we promise"),
    {
        "text": lambda: forms.CharField(
            label=_("what is promised"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
        ),
        "incentive": lambda: forms.BooleanField(label=_("an incentive to this company"), initial=True),
        "legal_basis": lambda: line(_("legal basis"), 300),
        "review_number": lambda: line(_("fair-competition review, number"), 60),
        "review_on": lambda: day(_("reviewed on")),
        "responsible": lambda: unit(_("responsible")),
        "due_on": lambda: day(pgettext_lazy("promise", "due")),
    },
    needed=("text",),
    given=("incentive",),
    hint=_("Money, land or tax for a named company needs its legal basis and its fair-competition review."),
)
OBLIGATIONS = Rows(
    "obligations",
    _("What the investor owes"),
    {
        "kind": lambda: forms.ChoiceField(
            label=pgettext_lazy("obligation", "kind"), choices=[("", "—"), *ObligationKind.choices]
        ),
        "target": lambda: forms.DecimalField(
            label=_("to reach"), min_value=0, max_digits=16, decimal_places=6
        ),
        "due_on": lambda: day(pgettext_lazy("promise", "due")),
        "text": lambda: line(_("in words"), 300),
    },
    needed=("kind", "due_on"),
    hint=_(
        "Money in ten thousand yuan, per mu where the kind says so; jobs in people; a step needs its day only."
    ),
)


def of_units(role: Role) -> Rows:
    """A dimension that is shared by units."""
    return Rows(
        str(role),
        role.label,
        {"unit": unit, "percent": percent},
        needed=("unit", "percent"),
        whole="percent",
    )


def law_kept(form: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    """An incentive to a named company names its legal basis and its review; the refusal stands in its row."""
    for row in rows:
        if row["incentive"]:
            for name in ("legal_basis", "review_number", "review_on"):
                if row[name] in (None, ""):
                    form.add_error(
                        form.key("commitments", row["number"], name),
                        _(
                            "An incentive to a named company needs its legal basis and its fair-competition review."
                        ),
                    )


def in_yuan(kind: str, target: Decimal | None) -> Decimal | None:
    """A target as it is kept: what is typed in ten thousand yuan becomes yuan."""
    if target is None:
        return None
    return (target * WAN if kind in IN_WAN else target).quantize(Decimal("0.01"))


def as_typed(kind: str, target: Decimal | None) -> Decimal | None:
    """The other way round."""
    return target / WAN if target is not None and kind in IN_WAN else target


def of_hundred(share: Decimal) -> Decimal:
    """A share as per cent, without zeros behind."""
    return (share * ALL).normalize() + 0


def shares_of_units(rows: Iterable[Mapping[str, Any]]) -> list[Share]:
    return [Share(row["unit"].pk, row["percent"] / ALL) for row in rows]


def shares_of_officers(rows: Iterable[Mapping[str, Any]]) -> list[Share]:
    """Each officer's part stays with the unit in which he is now."""
    return [Share(row["officer"].unit_id, row["percent"] / ALL, officer=row["officer"].pk) for row in rows]


def leaders(*units: Unit | None) -> Any:
    """Who may be liaison leader: accounts with the role of a leader at these units or above them."""
    today = clock.today()
    paths = {path for one in units if one is not None for path in _line(one.path)}
    return (
        User.objects.unscoped(reason="names of the leaders above a project")
        .filter(
            Q(role_grants__valid_to=None) | Q(role_grants__valid_to__gte=today),
            role_grants__role=Job.LEADER,
            role_grants__valid_from__lte=today,
            role_grants__unit__path__in=paths,
            is_active=True,
            archived_at=None,
        )
        .distinct()
        .order_by("name", "pk")
    )


def _line(path: str) -> list[str]:
    """The paths of a unit and of those above it."""
    parts = path.rstrip(".").split(".")
    return [".".join(parts[: number + 1]) + "." for number in range(len(parts))]

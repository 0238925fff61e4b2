from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(TextChoices):
    """What a posting counts. Counts are in pieces, amounts in the currency's unit (yuan)."""

    LEAD_HANDED_IN = "lead.handed_in", _("leads handed in")
    LEAD_VALID = "lead.valid", _("leads found valid")
    SIGNED = "project.signed", _("projects signed")
    REGISTERED = "project.registered", _("projects registered")
    PERMITTED = "project.permitted", _("projects with all permits")
    STARTED = "project.started", _("projects started")
    COMPLETED = "project.completed", _("projects completed")
    IN_PRODUCTION = "project.in_production", _("projects in production")
    AT_CAPACITY = "project.at_capacity", _("projects at capacity")
    CONTRACT = "contract.amount", _("contract amount")
    REGISTERED_CAPITAL = "contract.registered", _("registered capital agreed")
    CAPITAL_REPORTED = "capital.reported", _("capital reported")
    CAPITAL_PRELIMINARY = "capital.preliminary", _("capital, at least preliminarily recognised")
    CAPITAL_RECOGNISED = "capital.recognised", _("capital, finally recognised")
    TAX_NET = "tax.net", _("tax paid less refunded")


class Role(TextChoices):
    """The dimensions of attribution (DOMAIN §2). Totals come from one dimension, never from adding two."""

    PLACE = "place", _("landing place")
    ASSESSED = "assessed", _("assessed unit")
    DEPARTMENT = "department", _("department or outpost that brought it")
    LEADER = "leader", _("leader")
    REFERRER = "referrer", _("first referrer")
    OFFICER = "officer", _("officers")


class Cause(TextChoices):
    NORMAL = "normal", _("as it happened")
    OPENING = "opening", _("opening balance")
    CORRECTION = "correction", _("correction")
    REVERSAL = "reversal", _("reversal")


class PeriodState(TextChoices):
    OPEN = "open", pgettext_lazy("period", "open")
    CUT_OFF = (
        "cut_off",
        pgettext_lazy("period", "cut off"),
    )  # only what was reported before is still counted in it
    CLOSED = "closed", pgettext_lazy("period", "closed")


class Zone(TextChoices):
    """Where the investor is at home: it decides at which level his money counts (DOMAIN §3)."""

    ABROAD = "abroad", _("abroad")
    OUTSIDE_PROVINCE = "outside_province", _("outside the province")
    OUTSIDE_CITY = "outside_city", _("in the province, outside the city")
    INSIDE_CITY = "inside_city", _("inside the city")


class Mode(TextChoices):
    NEW = "new", _("new enterprise")
    INCREASE = "increase", _("capital increase")
    MERGER = "merger", _("merger or acquisition")


class FundSource(TextChoices):
    """Whose money it is (DOMAIN §3)."""

    OWN = "own", _("own funds")
    LOAN = "loan", _("loan")
    PARTNER = "partner", _("local partner")
    GOVERNMENT = "government", _("government fund")


# Capital is told by one of two bases, which are never added (DOMAIN §3): what `Posting.basis` says in words.
BASES = {"arrived": _("arrived"), "formed": _("formed as fixed assets")}

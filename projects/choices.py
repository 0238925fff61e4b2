from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AgreementKind(TextChoices):
    MAIN = "main", _("investment agreement")
    SUPPLEMENT = "supplement", _("supplementary agreement")


class ObligationKind(TextChoices):
    """What an investor owes (标准地): measured values, or a date."""

    CAPITAL = "capital", _("capital in place")
    INVESTMENT_PER_MU = "investment_mu", _("investment per mu")
    TAX_PER_MU = "tax_mu", _("tax per mu and year")
    OUTPUT_PER_MU = "output_mu", _("output per mu and year")
    START = "start", _("start by the date")
    COMPLETION = "completion", _("completion by the date")
    PRODUCTION = "production", _("production by the date")
    JOBS = "jobs", _("jobs")
    OTHER = "other", pgettext_lazy("obligation", "other")


class Finding(TextChoices):
    OPEN = "open", pgettext_lazy("obligation", "not due or not checked")
    MET = "met", _("met")
    MISSED = "missed", _("not met")
    WAIVED = "waived", _("waived")


class Half(TextChoices):
    FIRST = "1", _("first half")
    SECOND = "2", _("second half")

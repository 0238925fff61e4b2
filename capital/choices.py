from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Basis(TextChoices):
    """Money paid in, or fixed assets formed from it. The two are never added together (DOMAIN §3)."""

    ARRIVED = "arrived", _("arrived")
    FORMED = "formed", _("formed")


class EntryKind(TextChoices):
    REGISTERED = "registered", _("registered capital paid in")
    OTHER_MONEY = "other_money", _("other money paid in")
    EQUIPMENT = "equipment", _("equipment")
    PLANT = "plant", _("plant")
    LAND = "land", _("land")
    OTHER = "other", pgettext_lazy("capital", "other")


class EntryState(TextChoices):
    """Where an entry stands. Services move it, nobody types it."""

    DRAFT = "draft", pgettext_lazy("capital", "draft")
    REPORTED = "reported", pgettext_lazy("capital", "reported")
    QUERIED = "queried", pgettext_lazy("capital", "queried")
    PRELIMINARY = "preliminary", _("preliminarily recognised")
    FINAL = "final", _("finally recognised")
    REFUSED = "refused", pgettext_lazy("capital", "refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("capital", "withdrawn")


class VoucherType(TextChoices):
    VERIFICATION = "verification", _("capital verification report")
    BANK_SLIP = "bank_slip", _("bank slip")
    INVOICE = "invoice", _("invoice")
    CUSTOMS = "customs", _("customs form")
    LAND_RECEIPT = "land_receipt", _("land-grant receipt")
    TAX_RECEIPT = "tax_receipt", _("tax receipt")
    OTHER = "other", pgettext_lazy("voucher", "other")


class Level(TextChoices):
    """Who has looked: the first check (初核), or the last word (终核)."""

    PRELIMINARY = "preliminary", pgettext_lazy("recognition", "preliminary")
    FINAL = "final", pgettext_lazy("recognition", "final")


class Verdict(TextChoices):
    FULL = "full", _("recognised in full")
    PARTIAL = "partial", _("recognised in part")
    REFUSED = "refused", pgettext_lazy("recognition", "refused")
    OVERRIDE = "override", _("recognised above the reported amount")
    REVERSAL = "reversal", _("taken back")


class ReturnState(TextChoices):
    """A return that isn't there is missing; that is no row."""

    FILED = "filed", pgettext_lazy("return", "filed")
    NIL = "nil", pgettext_lazy("return", "nothing to report")


class RuleState(TextChoices):
    DRAFT = "draft", pgettext_lazy("rule", "draft")
    PUBLISHED = "published", pgettext_lazy("rule", "published")


class RoundKind(TextChoices):
    COMPLETED = "completed", _("monthly, completed projects")
    ON_SITE = "on_site", _("quarterly, on site")


class RoundState(TextChoices):
    PREPARED = "prepared", pgettext_lazy("round", "prepared")
    RUNNING = "running", pgettext_lazy("round", "running")
    INITIAL = "initial", _("initial results in")
    FINAL = "final", _("decided by the committee")
    PUBLISHED = "published", pgettext_lazy("round", "published")


class Origin(TextChoices):
    """Where a member of an evaluation team comes from (DOMAIN §1)."""

    CONGRESS = "congress", _("people's congress")
    CONFERENCE = "conference", _("political consultative conference")
    BUREAU = "bureau", _("investment bureau")
    SUPERVISION = "supervision", _("supervision")
    AUDIT = "audit", _("audit")
    EXPERT = "expert", _("invited expert")


class InspectionState(TextChoices):
    ASSIGNED = "assigned", pgettext_lazy("inspection", "assigned")
    INSPECTED = "inspected", pgettext_lazy("inspection", "on the form")
    INITIAL = "initial", _("initial result")
    FINAL = "final", _("final result")


class Check(TextChoices):
    """What a person found when he looked at a drawn entry."""

    OPEN = "open", pgettext_lazy("sample", "not looked at")
    GOOD = "good", _("in order")
    BAD = "bad", _("not in order")

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Pipeline(TextChoices):
    LEAD = "lead", _("leads")
    PROJECT = "project", _("projects")


class StageKind(TextChoices):
    OPEN = "open", pgettext_lazy("stage", "under way")
    WON = "won", _("signed")
    HELD = "held", _("suspended")
    ENDED = "ended", pgettext_lazy("stage kind", "ended")


class Source(TextChoices):
    """How an investor was found (DOMAIN §2)."""

    INVESTOR = "investor", _("referral by an investor already here")
    ENTERPRISE = "enterprise", _("referral by an enterprise")
    AGENT = "agent", _("agent")
    OUTPOST = "outpost", _("outpost")
    OUTING = "outing", _("outing")
    EVENT = "event", pgettext_lazy("source", "event")
    APPROACH = "approach", _("investor's own approach")
    CHAIN = "chain", _("chain gap list")
    TIP = "tip", _("department tip")


class Custody(TextChoices):
    HELD = "held", _("with an officer")
    POOL = "pool", _("in the pool")
    CLOSED = "closed", pgettext_lazy("lead", "closed")


class HandoverKind(TextChoices):
    REGISTERED = "registered", pgettext_lazy("lead", "registered")
    ASSIGNED = "assigned", _("assigned")
    RELEASED = "released", _("released to the pool")
    LAPSED = "lapsed", _("protection lapsed")
    CLAIMED = "claimed", _("claimed from the pool")
    TRANSFERRED = "transferred", _("transferred")
    DECIDED = "decided", _("decided in a dispute")


class TransferState(TextChoices):
    PROPOSED = "proposed", _("waiting for consent")
    AGREED = "agreed", _("agreed")
    REFUSED = "refused", pgettext_lazy("transfer", "refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class DisputeState(TextChoices):
    OPEN = "open", pgettext_lazy("dispute", "open")
    HEARD = "heard", _("heard")
    DECIDED = "decided", _("decided")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Ruling(TextChoices):
    KEEP = "keep", _("the lead stays where it is")
    MOVE = "move", _("the lead goes to the claimant")


class ContactKind(TextChoices):
    CALL = "call", _("call")
    MESSAGE = "message", _("message")
    VISIT = "visit", _("visit to the investor")
    RECEPTION = "reception", _("reception here")
    MEETING = "meeting", _("meeting")


class IntroducerKind(TextChoices):
    PERSON = "person", _("person")
    ORGANISATION = "organisation", _("organisation")
    AGENT = "agent", _("agent")


class OfferState(TextChoices):
    OPEN = "open", _("looking for an investor")
    TAKEN = "taken", _("taken")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Evidence(TextChoices):
    """What a file proves. Stages ask for these by code."""

    INTENT = "intent", _("letter of intent")
    SCREENING = "screening", _("screening opinion")
    AGREEMENT = "agreement", _("investment agreement")
    LICENCE = "licence", _("business licence")
    FILING = "filing", _("project filing")
    LAND_CONTRACT = "land_contract", _("land-grant contract")
    PLANNING = "planning", _("planning permit")
    EIA = "eia", _("environmental approval")
    CONSTRUCTION = "construction", _("construction permit")
    START_PHOTO = "start_photo", _("photographs of the start")
    ACCEPTANCE = "acceptance", _("acceptance of completion")
    PRODUCTION = "production", _("proof of production")
    CAPACITY = "capacity", _("proof of capacity")
    MINUTES = "minutes", _("minutes")
    FAIR_REVIEW = "fair_review", _("fair-competition review")
    OTHER = "other", pgettext_lazy("evidence", "other")


class Comparison(TextChoices):
    AT_LEAST = "ge", _("at least")
    AT_MOST = "le", _("at most")
    YES = "yes", _("must be so")
    NO = "no", _("must not be so")


class CheckResult(TextChoices):
    OPEN = "open", pgettext_lazy("check", "open")
    PASSED = "passed", _("passed")
    FAILED = "failed", pgettext_lazy("check", "failed")


class PairKind(TextChoices):
    LEAD = "lead", _("leads")
    INVESTOR = "investor", _("investors")

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MeasureUnit(TextChoices):
    """What a measure counts in. Money is kept in yuan (or dollars); 万元 and 亿元 are display."""

    YUAN = "yuan", _("yuan")
    USD = "usd", _("US dollars")
    COUNT = "count", pgettext_lazy("unit of account", "number")
    TRIPS = "trips", _("outings")
    PERCENT = "percent", _("per cent")
    POINTS = "points", _("percentage points")
    MARKS = "marks", pgettext_lazy("unit of account", "marks")
    MU = "mu", _("mu")
    PER_MU = "per_mu", _("yuan per mu")


MONEY = frozenset({MeasureUnit.YUAN, MeasureUnit.USD})


class Nature(TextChoices):
    FLOW = "flow", _("flow of the year")
    STOCK = "stock", _("stock")
    RATIO = "ratio", _("ratio of two measures")
    CUMULATIVE = "cumulative", _("cumulative over several years")


class Direction(TextChoices):
    MORE = "desc", _("more is better")
    LESS = "asc", _("less is better")


class Scale(TextChoices):
    """The unit in which money is shown and sent."""

    ONE = "yuan", _("yuan (元)")
    WAN = "wan", _("10 thousand (万元)")
    YI = "yi", _("100 million (亿元)")


class Span(TextChoices):
    YEAR_TO_DATE = "ytd", _("year to date")
    MONTH = "month", _("month")


class FigureState(TextChoices):
    """DOMAIN §8: four things that are not the same."""

    FILED = "filed", _("filed")
    NIL = "nil", _("nil return")
    NOT_REPORTED = "missing", _("not reported")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


class TargetKind(TextChoices):
    FIRM = "firm", _("firm")
    STRETCH = "stretch", _("stretch")
    CITY = "city", pgettext_lazy("target", "set by the city")
    COUNTY = "county", pgettext_lazy("target", "set by the county")


class QuartersIn(TextChoices):
    """How a target's own quarterly split was given: in per cent of the year, or as amounts."""

    PERCENT = "percent", pgettext_lazy("quarters", "per cent")
    AMOUNT = "amount", pgettext_lazy("quarters", "amounts")


class RankBy(TextChoices):
    RATE = "completion", _("completion rate")
    AMOUNT = "done", _("amount or value")


class TieBreak(TextChoices):
    NONE = "", _("none: equal values share a place")
    AMOUNT = "done", _("amount")
    RATE = "completion", _("completion rate")
    MEASURE = "tie", _("another measure")


class RoundingMode(TextChoices):
    HALF_UP = "half_up", _("half up")
    TRUNCATE = "truncate", _("cut off")


class ScheduleKind(TextChoices):
    LINEAR = "linear", _("linear: month ÷ 12")
    QUARTERLY = "quarterly", _("by quarters")
    NONE = "none", _("none")


class FigureSource(TextChoices):
    """Where a measure's figures come from."""

    IMPORTED = "imported", _("imported tables")
    LEDGER = "ledger", _("recognised capital in the books")
    COUNTED = "counted", _("counted from the books by a definition")
    GIVEN = "given", _("entered by people, with evidence")


class Credit(TextChoices):
    """How a project that several units share counts for each (DOMAIN §2, §11 "size line and split")."""

    SHARE = "share", _("by share")
    WHOLE = "whole", _("in full for each")
    LEAD = "lead", _("in full for the largest share")


class VersionState(TextChoices):
    """A scheme's version on its way. A published one that a later one took over reads as superseded."""

    DRAFT = "draft", pgettext_lazy("rule", "draft")
    VALIDATED = "validated", pgettext_lazy("rule", "checked")
    PUBLISHED = "published", pgettext_lazy("rule", "published")


class Step(TextChoices):
    """How far a scheme's result is told: open to objections, then final."""

    PRELIMINARY = "preliminary", pgettext_lazy("result", "open to objections")
    FINAL = "final", pgettext_lazy("result", "final")


class ObjectionState(TextChoices):
    FILED = "filed", pgettext_lazy("objection", "filed")
    ACCEPTED = "accepted", pgettext_lazy("objection", "accepted")
    REJECTED = "rejected", pgettext_lazy("objection", "rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("objection", "withdrawn")

"""Figures and rules in the words in which a clerk looks for them, in the order of how often they are used."""

from django.utils.translation import gettext_lazy as _

FIGURE_KINDS = {
    "completion": _("completion of the target, per cent"),
    "ratio": _("ratio of two figures"),
    "growth": _("growth on an earlier figure, per cent"),
    "mean": _("mean of several figures, with weights"),
    "total": _("sum of several figures, with weights"),
    "difference": _("one figure less another"),
    "points_to_schedule": _("points ahead of or behind schedule"),
    "share_of_group": _("share of the group's sum, per cent"),
    "gap_to_mean": _("distance to the group's mean"),
    "position": _("place in the group"),
    "scaled": _("a figure times a factor"),
    "within": _("a figure held between limits"),
    "rounded": _("a figure rounded first"),
    "composed": _("completion of a target made of several counts"),
}
RULE_KINDS = {
    "proportional": (
        _("in proportion: full marks × figure"),
        _("A figure of 80 per cent gives 80 per cent of the full marks."),
    ),
    "at_target": (
        _("marks at the target, more above, less below it"),
        _("Base marks when the target is met; steps over it and short of it."),
    ),
    "bands": (_("marks by bands"), _("From 90 on 10 marks, from 80 on 8 marks …")),
    "per_item": (_("marks for each item"), _("2 marks for each project, at most 6.")),
    "given": (_("marks given by people"), _("A jury, peers or a survey gave the marks.")),
    "classes": (_("marks for each item, by class"), _("8 marks for a large project, 4 for a smaller one.")),
    "counts": (
        _("full marks less some for each item missing"),
        _("So many visits are needed; each missing one costs a mark."),
    ),
    "min_max": (
        _("by distance between the worst and the best"),
        _("The best gets full marks, the worst the lowest."),
    ),
    "share_of_best": (_("in proportion to the best of the group"), _("Full marks × figure ÷ best figure.")),
    "by_position": (_("marks by place"), _("The first gets 10, the second 9 …")),
    "parts": (_("sum of sub-indicators"), _("Each part has its own marks, figure and rule.")),
}

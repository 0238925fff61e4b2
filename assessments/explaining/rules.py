"""An indicator's rule in words: from the figure to the marks, with what it read for this unit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.templatetags.ip import amount
from rules.scheme.document import Indicator
from rules.trace import Operand, Trace

from .figures import Figures
from .numbers import figure as number
from .numbers import marks, plain
from .settings import setting_words

Read = dict[str, str]
Given = dict[str, Operand]


class RuleWords(Figures):
    """One sentence for each rule."""

    def rule(self, row: Indicator, trace: Trace) -> str:
        """What the rule did with the figure; "" where the figure is missing."""
        given = {one.name: one for one in trace.operands}
        prefix = f"{row.code}."
        read = {one.path.removeprefix(prefix): one.value for one in trace.parameters}
        amounts = [one for one in trace.operands if one.name not in ("full", "coefficient")]
        if any(one.amount is None for one in amounts):
            return ""
        return getattr(self, f"_rule_{row.rule.kind}")(row, row.rule, given, read)

    def _unit(self, row: Indicator, given: Given) -> str:
        return given["value"].unit or ""

    def _rule_proportional(self, row: Indicator, rule: Any, given: Given, read: Read) -> str:
        unit = self._unit(row, given)
        said = [
            _("%(full)s marks at %(at)s")
            % {"full": marks(_amount(given["full"])), "at": number(Decimal(read["at"]), unit)}
        ]
        if "most" in read and Decimal(read["most"]) != 100:
            said.append(_("at most %(most)s%% of them") % {"most": plain(Decimal(read["most"]), 0)})
        if "most" not in read:
            said.append(_("without limit"))
        if "least_value" in read:
            said.append(_("nothing below %(line)s") % {"line": number(Decimal(read["least_value"]), unit)})
        return _list(said)

    def _rule_at_target(self, row: Indicator, rule: Any, given: Given, read: Read) -> str:
        unit = self._unit(row, given)
        words = {"at": number(Decimal(read["at"]), unit), "base": marks(Decimal(read["base"]))}
        side = "short" if "below" in read else "over"
        if side == "over":
            said = [_("%(base)s marks at %(at)s") % words]
        elif read["below"] == "nothing":
            return _("below %(at)s there are no marks") % words
        elif read["below"] == "proportional":
            return _("below %(at)s in proportion to the %(base)s marks") % words
        else:
            said = [_("%(base)s marks at %(at)s") % words]
        if f"{side}.steps" in read:
            steps = {
                "n": plain(Decimal(read[f"{side}.steps"]), 0),
                "step": number(Decimal(read[f"{side}.step"]), "points" if unit == "percent" else unit),
                "points": marks(Decimal(read[f"{side}.points"])),
            }
            text = (
                _("plus %(n)s steps of %(step)s × %(points)s")
                if side == "over"
                else _("less %(n)s steps of %(step)s × %(points)s")
            )
            said.append(text % steps)
            if f"{side}.most" in read:
                said.append(_("at most %(most)s") % {"most": marks(Decimal(read[f"{side}.most"]))})
        return _list(said)

    def _rule_bands(self, row: Indicator, rule: Any, given: Given, read: Read) -> str:
        if read["band"] == "below":
            return _("below all bands")
        return _("band from %(line)s on") % {"line": number(Decimal(read["band"]), self._unit(row, given))}

    def _rule_min_max(self, row: Indicator, rule: Any, given: Given, read: Read) -> str:
        unit = self._unit(row, given)
        return _(
            "the group lies between %(least)s and %(most)s, worth %(low)s to %(high)s%% of %(full)s marks"
        ) % {
            "least": number(_amount(given["least"]), unit),
            "most": number(_amount(given["most"]), unit),
            "low": plain(Decimal(read["low"]), 0),
            "high": plain(Decimal(read["high"]), 0),
            "full": marks(_amount(given["full"])),
        }

    def _rule_share_of_best(self, row: Indicator, rule: Any, given: Given, read: Read) -> str:
        return _("%(full)s marks for the best of the group, who has %(best)s") % {
            "full": marks(_amount(given["full"])),
            "best": number(_amount(given["best"]), self._unit(row, given)),
        }

    def _rule_by_position(self, row: Indicator, rule: Any, given: Given, read: Read) -> str:
        return _("marks of place %(place)s") % {"place": plain(Decimal(read["place"]), 0)}

    def _rule_per_item(self, row: Indicator, rule: Any, given: Given, read: Read) -> str:
        words = {
            "n": plain(Decimal(read["items"]), 0),
            "each": plain(Decimal(read["each"]), 0),
            "free": number(_amount(given["free"]), self._unit(row, given)),
        }
        text = _("%(n)s above %(free)s × %(each)s") if _amount(given["free"]) else _("%(n)s × %(each)s")
        return _list([text % words, *_most(read)])

    def _rule_classes(self, row: Indicator, rule: Any, given: Given, read: Read) -> str:
        pieces = [
            _("%(name)s %(n)s × %(each)s")
            % {
                "name": self.noun(line.of),
                "n": plain(Decimal(read[f"{line.of}.items"]), 0),
                "each": plain(Decimal(read[f"{line.of}.each"]), 0),
            }
            for line in rule.classes
        ]
        return _list([" + ".join(pieces), *_most(read)])

    def _rule_counts(self, row: Indicator, rule: Any, given: Given, read: Read) -> str:
        found = [_("%(full)s marks") % {"full": marks(_amount(given["full"]))}]
        for at, line in enumerate(rule.lines):
            found.append(
                _("less %(n)s missing of %(name)s × %(each)s")
                % {
                    "n": plain(Decimal(read[f"line.{at}.lacking"]), 0),
                    "name": self.noun(line.of),
                    "each": plain(Decimal(read[f"line.{at}.each"]), 0),
                }
            )
        return _list(found)

    def _rule_given(self, row: Indicator, rule: Any, given: Given, read: Read) -> str:
        return _list([
            _("given out of %(scale)s, worth %(full)s marks")
            % {"scale": plain(Decimal(read["out_of"]), 0), "full": marks(_amount(given["full"]))},
            *_most(read),
        ])  # fmt: skip

    def _rule_parts(self, row: Indicator, rule: Any, given: Given, read: Read) -> str:
        return _("the sum of %(n)s parts") % {"n": len(rule.parts)}

    def adjustments(self, row: Indicator, trace: Trace) -> list[str]:
        """What was done to the marks after the rule: coefficient, limits, rounding. Each only where it changed something."""
        found, read = [], {one.path.removeprefix(f"{row.code}."): one.value for one in trace.parameters}
        given = {one.name: one for one in trace.operands}
        if "coefficient.factor" in read:
            by = plain(Decimal(read["coefficient.factor"]), 0)
            if "coefficient" in given:
                by = f"{by} × {self.amount(given['coefficient'])}"
            when = setting_words(
                next(one for one in trace.parameters if one.path.endswith("coefficient.when"))
            ).value
            found.append(_("Times the coefficient %(by)s, %(when)s.") % {"by": by, "when": when})
        elif trace.raw is not None and trace.limited is not None and trace.raw != trace.limited:
            found.append(
                _("Held by its limit: %(raw)s → %(limited)s.")
                % {"raw": marks(trace.raw), "limited": marks(trace.limited)}
            )
        found += rounded_words(trace)
        return found


def rounded_words(trace: Trace) -> list[str]:
    """Where a number was rounded: from what to what."""
    if trace.limited is None or trace.rounded is None or trace.limited == trace.rounded:
        return []
    how = next(
        (setting_words(one).value for one in trace.parameters if one.path.endswith("rounding")), _("rounded")
    )
    exponent = trace.rounded.as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return [
        _("%(how)s: %(before)s → %(after)s")
        % {"how": how, "before": plain(trace.limited, 0), "after": amount(trace.rounded, digits)}
    ]


def _most(read: Read) -> list[str]:
    return [_("at most %(most)s") % {"most": marks(Decimal(read["most"]))}] if "most" in read else []


def _amount(operand: Operand) -> Decimal:
    return Decimal(0) if operand.amount is None else operand.amount


def _list(pieces: list[str]) -> str:
    return pgettext("between parts of a sentence", ", ").join(pieces) if len(pieces) > 1 else pieces[0]

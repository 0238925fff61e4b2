"""The bureau's rules of protection: which are in force, and what they say to the rule of arithmetic."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from common import memo
from common.errors import Refused
from leads.models import ProtectionTerms
from rules import protection as rules

SHARED = "the rules of protection are the same for everybody"


class NoTerms(Refused):
    """No rules of protection hold on that day."""

    def __init__(self, day: date) -> None:
        super().__init__(
            _(
                "No protection rules are in force on %(date)s. Enter them under Administration, Protection rules."
            )
            % {"date": day.isoformat()},
            code="no_terms",
        )


def terms_on(day: date) -> ProtectionTerms:
    """The rules that hold on a day: those with the latest beginning. Raises NoTerms."""
    return memo.settled(("terms", day), lambda: _read(day))


def _read(day: date) -> ProtectionTerms:
    rows = ProtectionTerms.objects.unscoped(reason=SHARED).filter(archived_at=None, valid_from__lte=day)
    found = rows.order_by("-valid_from").first()
    if found is None:
        raise NoTerms(day)
    return found


def rules_of(terms: ProtectionTerms) -> rules.Terms:
    """The same as rules.protection takes them. Raises ValueError for numbers that make no sense."""
    return rules.Terms(
        first_days=terms.first_days,
        prolong_days=terms.prolong_days,
        longest_days=terms.longest_days,
        remind_before=tuple(terms.remind_before),
        real_kinds=frozenset(terms.real_kinds),
        claim_limit=terms.claim_limit,
        rest_days=terms.rest_days,
    )

"""Who is told that a closed period is to be opened again, and in what words."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.access import Action, Relation, decide
from ledger.models import ReopeningAsked
from organizations.choices import Role
from organizations.models import RoleGrant
from organizations.reminders import register_kind
from organizations.services import remind, reminders_settle

KIND = "period"
SIGN = "reopening_sign"


def signers() -> list[int]:
    """Accounts that may put the second signature today, by any role."""
    roles = [role for role in Role if decide(role, Relation.GLOBAL, Action.CONFIRM, KIND)]
    today = clock.today()
    rows = RoleGrant._base_manager.filter(
        Q(valid_to=None) | Q(valid_to__gte=today), role__in=roles, valid_from__lte=today, archived_at=None
    )
    return sorted(set(rows.values_list("user_id", flat=True)))


def tell_asked(asked: ReopeningAsked) -> None:
    """Somebody asked to open a period again: whoever may sign is reminded once, but never who asked."""
    period = asked.closing.period
    remind(
        users=[pk for pk in signers() if pk != asked.by_id],
        kind=SIGN,
        key=f"{SIGN}:{asked.pk}",
        params={"period": str(period), "name": asked.by_name},
        url=reverse("period_detail", args=[period.pk]),
        subject=asked,
    )


def settle(asked: ReopeningAsked) -> None:
    """It was signed, refused or taken back: nobody needs to be reminded any more."""
    reminders_settle(subject=asked, kinds=[SIGN])


def register() -> None:
    """Called once, when the app is ready."""
    register_kind(
        SIGN, _("Second signature"), _("%(name)s asks to open %(period)s again: sign it or refuse it.")
    )

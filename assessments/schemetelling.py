"""Who is told about a scheme's result and the objections to it, and in what words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.models import Objection, SchemeRun
from common import changelog, clock
from organizations.choices import Role
from organizations.models import RoleGrant, Unit
from organizations.reminders import register_kind
from organizations.services import remind, reminders_settle

OPEN, FINAL, FILED, ANSWERED = "result_open", "result_final", "objection_filed", "objection_answered"


def _said(run: SchemeRun) -> dict[str, str]:
    return {"scheme": str(run.version.scheme), "period": f"{run.year}-{run.month:02d}"}


def heads_of(units: Iterable[int]) -> list[int]:
    """Accounts of those who head one of the units today."""
    return _holders(Q(unit__in=list(units)), Role.UNIT_HEAD)


def deciders(run: SchemeRun) -> list[int]:
    """Accounts of bureau and committee at the unit that runs the scheme, or above it."""
    path = run.version.scheme.owner.path or ""
    above = [path[:end] for end in range(1, len(path) + 1) if path[end - 1] == "."]
    return _holders(Q(unit__path__in=above), Role.BUREAU_STAFF, Role.COMMITTEE)


def _holders(where: Q, *roles: str) -> list[int]:
    today = clock.today()
    rows = RoleGrant.objects.unscoped(reason="who is told").filter(
        where, role__in=roles, valid_from__lte=today, archived_at=None
    )
    return sorted(
        set(rows.filter(Q(valid_to=None) | Q(valid_to__gte=today)).values_list("user_id", flat=True))
    )


def tell_open(run: SchemeRun, until: date) -> None:
    """The heads of the units that were assessed may look, and object until that day."""
    remind(
        users=heads_of(run.lines.values_list("unit", flat=True)),
        kind=OPEN,
        key=f"{OPEN}:{run.pk}",
        params={**_said(run), "until": until.isoformat()},
        url=reverse("scheme_result", args=[run.pk]),
        subject=run,
        due_on=until,
    )


def tell_final(run: SchemeRun) -> None:
    """The result is final: nobody needs to object any more."""
    reminders_settle(subject=run, kinds=[OPEN])
    remind(
        users=heads_of(run.lines.values_list("unit", flat=True)),
        kind=FINAL,
        key=f"{FINAL}:{run.pk}",
        params=_said(run),
        url=reverse("scheme_result", args=[run.pk]),
        subject=run,
    )


def tell_objection(row: Objection) -> None:
    """Who runs the scheme answers; who filed it doesn't."""
    unit = Unit.objects.unscoped(reason="whose objection it is").get(pk=row.unit_id)
    remind(
        users=[pk for pk in deciders(row.run) if pk != row.filed_id],
        kind=FILED,
        key=f"{FILED}:{row.pk}",
        params={**_said(row.run), "unit": unit.label},
        url=reverse("objection_detail", args=[row.pk]),
        subject=row,
    )


def settle_objection(row: Objection) -> None:
    """It is closed: nobody needs to answer it."""
    reminders_settle(subject=row, kinds=[FILED])


def tell_answered(row: Objection) -> None:
    """Who filed it, and the unit's heads, read the answer."""
    remind(
        users={row.filed_id, *heads_of([row.unit_id])},
        kind=ANSWERED,
        key=f"{ANSWERED}:{row.pk}",
        params={**_said(row.run), "state": str(row.state)},
        url=reverse("objection_detail", args=[row.pk]),
        subject=row,
    )


def register() -> None:
    """Called once, when the app is ready."""
    changelog.tell(
        Objection, "indicator", lambda code: _("one indicator")
    )  # its title is its version's to say
    register_kind(
        OPEN, _("Results"), _("%(scheme)s, %(period)s: look at your result; objections until %(until)s")
    )
    register_kind(FINAL, _("Results"), _("%(scheme)s, %(period)s: the result is final"))
    register_kind(FILED, _("Objections"), _("%(unit)s objects to %(scheme)s, %(period)s"))
    register_kind(ANSWERED, _("Objections"), _("Your objection to %(scheme)s, %(period)s is answered"))

"""Who is told about a lead, and in what words."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from leads.confidential import is_confidential
from leads.models import Dispute, Lead, LeadTransfer, Task
from organizations.choices import Role
from organizations.models import Officer, RoleGrant, Unit
from organizations.reminders import register_kind
from organizations.services import remind, reminders_settle

ENDS, LAPSED, TASK, TRANSFER, DISPUTE = (
    "protection_ends",
    "protection_lapsed",
    "task_due",
    "transfer_waits",
    "dispute_moves",
)


def holders(unit: Unit, *roles: str) -> list[int]:
    """Accounts that hold one of the roles at this very unit today."""
    today = clock.today()
    rows = RoleGrant._base_manager.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=today),
        unit=unit,
        role__in=roles,
        valid_from__lte=today,
        archived_at=None,
    )
    return sorted(set(rows.values_list("user_id", flat=True)))


def followers(lead: Lead) -> list[int]:
    """Who follows the lead: its officer's account, or else the heads of its unit."""
    if lead.officer is not None and lead.officer.user_id:
        return [lead.officer.user_id]
    return holders(lead.unit, Role.UNIT_HEAD)


def tell_ending(lead: Lead, on: date) -> None:
    """Protection ends soon; `on` is the day planned for this reminder. Once for each planned day of each end."""
    remind(
        users=followers(lead),
        kind=ENDS,
        key=f"{ENDS}:{lead.pk}:{lead.protected_until}:{on}",
        params={"lead": _told(lead), "until": str(lead.protected_until)},
        url=lead_url(lead.pk),
        subject=lead,
        due_on=lead.protected_until,
    )


def tell_lapsed(lead: Lead, officer: Officer | None, ended_on: date | None) -> None:
    """The lead fell to the pool: its officer and the heads of its unit hear of it."""
    users = {*holders(lead.unit, Role.UNIT_HEAD), officer.user_id if officer else None}
    remind(
        users=[pk for pk in users if pk],
        kind=LAPSED,
        key=f"{LAPSED}:{lead.pk}:{ended_on}",
        params={"lead": _told(lead)},
        url=reverse("pool_list"),
        subject=lead,
    )


def tell_task(task: Task) -> None:
    """A task is due soon. Once for each due day."""
    remind(
        users=[task.assignee_id] if task.assignee_id else followers(task.lead),
        kind=TASK,
        key=f"{TASK}:{task.pk}:{task.due_on}",
        params={"task": task.title, "lead": _told(task.lead)},
        url=lead_url(task.lead_id),
        subject=task,
        due_on=task.due_on,
    )


def tell_transfer(row: LeadTransfer, users: list[int]) -> None:
    """A transfer waits for consent, or was answered."""
    remind(
        users=users,
        kind=TRANSFER,
        key=f"{TRANSFER}:{row.pk}:{row.state}",
        params={"lead": _told(row.lead), "unit": row.from_unit.label},
        url=reverse("transfer_detail", args=[row.pk]),
        subject=row,
    )


def tell_dispute(row: Dispute, users: list[int]) -> None:
    """Something happened in a dispute that concerns both sides."""
    remind(
        users=users,
        kind=DISPUTE,
        key=f"{DISPUTE}:{row.pk}:{row.state}",
        params={"number": row.number},
        url=reverse("dispute_detail", args=[row.pk]),
        subject=row,
        due_on=row.due_on,
    )


def _told(lead: Lead) -> str:
    """Its name, or its code name while it is confidential: the words lie where anybody's reminders lie."""
    return lead.code_name if is_confidential(lead) else lead.name


def settle(lead: Lead) -> None:
    """The end of protection that was announced holds no longer."""
    reminders_settle(subject=lead, kinds=[ENDS])


def lead_url(pk: int) -> str:
    return reverse("lead_detail", args=[pk])


def register() -> None:
    """Called once, when the app is ready."""
    register_kind(ENDS, _("Protection ends"), _("The protection of “%(lead)s” ends on %(until)s."))
    register_kind(
        LAPSED, _("Fallen to the pool"), _("The protection of “%(lead)s” has lapsed; it lies in the pool.")
    )
    register_kind(TASK, _("Tasks"), _("%(task)s (%(lead)s)"))
    register_kind(TRANSFER, _("Transfers"), _("Transfer of “%(lead)s” from %(unit)s"))
    register_kind(DISPUTE, _("Disputes"), _("Dispute %(number)s"))

"""Who is told about a round, and in what words."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from capital.choices import InspectionState, RoundState
from capital.models import EvaluationRound, Inspection, Team
from leads.reminding import holders
from organizations.choices import Role
from organizations.models import Unit
from organizations.reminders import register_kind
from organizations.services import remind, reminders_settle

TEAM, DECIDE, PUBLISH, PUBLISHED = "round_team", "round_decide", "round_publish", "round_published"


def tell_team(row: EvaluationRound, team: Team, again: Inspection | None = None) -> None:
    """The members with accounts have projects to inspect; once for each round, and for each result sent back."""
    if not Inspection._base_manager.filter(round=row, team=team, archived_at=None).exists():
        return
    users = [pk for pk in team.members.filter(archived_at=None).values_list("user_id", flat=True) if pk]
    key = f"{TEAM}:{team.pk}" + (f":{again.pk}:{again.version}" if again else "")
    remind(
        users=users,
        kind=TEAM,
        key=key,
        params={"round": row.name},
        url=f"{reverse('inspection_list')}?round={row.pk}&mine=yes",
        subject=team,
        due_on=row.due_on,
    )


def settle_team(team: Team | None) -> None:
    """Nothing is left for a team: its reminders are done."""
    if team is None:
        return
    left = Inspection._base_manager.filter(
        team=team, archived_at=None, state__in=(InspectionState.ASSIGNED, InspectionState.INSPECTED)
    )
    if not left.exists():
        reminders_settle(subject=team, kinds=[TEAM])


def tell_stage(row: EvaluationRound) -> None:
    """All teams' results are in: the committee decides. All is decided: the bureau publishes."""
    reminders_settle(subject=row, kinds=[DECIDE, PUBLISH])
    roles = {RoundState.INITIAL: (DECIDE, Role.COMMITTEE), RoundState.FINAL: (PUBLISH, Role.BUREAU_STAFF)}
    if row.state not in roles:
        return
    kind, role = roles[RoundState(row.state)]
    remind(
        users=holders(row.unit, role),
        kind=kind,
        key=f"{kind}:{row.pk}:{row.version}",
        params={"round": row.name},
        url=reverse("round_detail", args=[row.pk]),
        subject=row,
    )


def tell_published(row: EvaluationRound) -> None:
    """The heads of the units whose projects were looked at."""
    reminders_settle(subject=row, kinds=[DECIDE, PUBLISH])
    units = Unit.objects.unscoped(reason="whose projects were looked at").filter(
        projects__inspections__round=row, projects__inspections__archived_at=None
    )
    users = {user for unit in units.distinct() for user in holders(unit, Role.UNIT_HEAD)}
    remind(
        users=users,
        kind=PUBLISHED,
        key=f"{PUBLISHED}:{row.pk}",
        params={"round": row.name},
        url=reverse("round_detail", args=[row.pk]),
        subject=row,
    )


def register() -> None:
    """Called once, when the app is ready."""
    register_kind(TEAM, _("Inspections"), _("Projects wait for your inspection: %(round)s"))
    register_kind(DECIDE, _("Evaluation rounds"), _("The teams' results wait for the committee: %(round)s"))
    register_kind(PUBLISH, _("Evaluation rounds"), _("Decided, to be published: %(round)s"))
    register_kind(PUBLISHED, _("Evaluation rounds"), _("Published: %(round)s"))

"""What a project adds to the one line of time of its lead."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from leads.models import Lead
from leads.tables.columns import wan_text
from leads.timeline import Happened, source
from projects.choices import Finding
from projects.models import Agreement, AttributionVersion, Commitment, Obligation, ProjectMove

MOST = 500


@source
def moves(lead: Lead) -> Iterable[Happened]:
    rows = ProjectMove.objects.filter(project__lead=lead).select_related("to_stage", "reason")[:MOST]
    for row in rows:
        note = ", ".join(filter(None, (row.reason.label if row.reason else "", row.reason_text)))
        text = _("Project: %(stage)s") % {"stage": row.to_stage.label}
        yield Happened(row.at, _("stage"), text, row.actor_name, note, icon="chevron-right", css="key")


@source
def agreements(lead: Lead) -> Iterable[Happened]:
    rows = Agreement.objects.filter(project__lead=lead, archived_at=None).select_related("project")[:MOST]
    for row in rows:
        note = f"{row.number} {wan_text(row.amount, str(row.project.currency_id))}"
        kind = str(row.get_kind_display())
        yield Happened(row.signed_on, _("agreement"), kind, "", note, icon="sheet")


@source
def transfers(lead: Lead) -> Iterable[Happened]:
    """Shares that changed after the signing: the versions that were entered with a reason. What was written
    again because a later one cut it short says nothing new."""
    rows = AttributionVersion.objects.filter(project__lead=lead, supersedes__isnull=False).exclude(reason="")
    for row in rows.distinct()[:MOST]:
        text = _("Attribution changed: %(dimension)s") % {"dimension": row.get_role_display()}
        yield Happened(row.at, _("attribution"), text, row.actor_name, row.reason, icon="groups")


@source
def promises(lead: Lead) -> Iterable[Happened]:
    kept = Commitment.objects.filter(project__lead=lead, archived_at=None, kept_on__isnull=False)[:MOST]
    for one in kept:
        assert one.kept_on is not None
        text = _("Commitment kept: %(text)s") % {"text": one.text[:60]}
        yield Happened(one.kept_on, _("commitment"), text, "", one.outcome, icon="reward")
    found = Obligation.objects.filter(project__lead=lead, archived_at=None).exclude(finding=Finding.OPEN)
    for row in found.filter(checked_on__isnull=False)[:MOST]:
        assert row.checked_on is not None
        words = {"what": str(row), "finding": row.get_finding_display()}
        text = _("Obligation “%(what)s”: %(finding)s") % words
        yield Happened(row.checked_on, _("obligation"), text, row.checked_by, row.remark, icon="check")

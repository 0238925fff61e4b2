"""Whose a project is, in each dimension and from when (DOMAIN §2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from common import clock
from common.access import TREE, Action, decide
from common.actors import Actor
from common.errors import Denied, Refused
from common.scope import may_on
from leads.models import Lead
from ledger.choices import Role
from projects import posting
from projects.models import AttributionShare, AttributionVersion, Project
from projects.services.rows import locked, touched
from rules import money

WHOLE = Decimal(1)
PERSON = {
    Role.OFFICER: "officer",
    Role.LEADER: "leader",
    Role.REFERRER: "introducer",
}  # who a dimension names
# What a project may come to be without. It always lies somewhere and counts for somebody, and who brought it first stays.
ENDABLE = frozenset({Role.DEPARTMENT, Role.LEADER, Role.OFFICER})


@dataclass(frozen=True, slots=True)
class Share:
    """A part of 1, by primary keys: the unit, and in personal dimensions whose. The unit stays when a person
    moves on."""

    unit: int
    share: Decimal
    officer: int | None = None
    leader: int | None = None
    introducer: int | None = None


class KeptCredit(Denied):
    """A unit outside keeps (part of) the assessed credit; only who decides disputes may take it away."""

    def __init__(self) -> None:
        super().__init__(
            _("Another unit keeps credit for this. Only the bureau above both may change whose it is.")
        )
        self.code = "kept_credit"


@transaction.atomic
def attribution_set(
    *,
    actor: Actor,
    project: int,
    role: str,
    valid_from: date,
    shares: Sequence[Share],
    reason: str,
    version: int | None = None,
) -> AttributionVersion:
    """The shares of one dimension from a day on. What held from that day is superseded; what happened on or
    after it is taken back and written anew, in open months.

    Raises NotVisible, Denied (it takes the right to assign), KeptCredit (assessed credit of a unit outside the
    actor's tree would shrink, and the actor may not decide), Archived, Stale, Refused (parts that don't add up
    to 1, a person missing, a day before the signing, no reason).
    """
    row = _changing(actor, project, version, valid_from, reason)
    checked(role, shares)
    if role == Role.ASSESSED and not may_on(actor, Action.DECIDE, row):
        _outside_keep(actor, row, valid_from, shares)
    return _replaced(actor, row, role, valid_from, shares, reason.strip())


@transaction.atomic
def attribution_end(
    *,
    actor: Actor,
    project: int,
    role: str,
    valid_from: date,
    reason: str,
    version: int | None = None,
) -> AttributionVersion:
    """From a day on nobody holds a dimension: its department, leader or officers go and nobody follows. What happened
    on or after the day is taken back in that dimension, in open months, and nothing is written in its place. Shares
    set later begin anew.

    Gives the version without shares that says so. Raises as `attribution_set`, and Refused for a dimension that is never
    without a holder (landing place, assessed unit, first referrer) or has none from that day.
    """
    row = _changing(actor, project, version, valid_from, reason)
    about = {"dimension": Role(role).label}
    if role not in ENDABLE:
        raise Refused(_("%(dimension)s: every project has one. Say who follows.") % about, code="never_ends")
    if not _held(row, role, valid_from).exists():
        raise Refused(_("%(dimension)s: nobody holds it from that day.") % about, code="not_held")
    return _replaced(actor, row, role, valid_from, (), reason.strip())


def _changing(actor: Actor, pk: int, version: int | None, valid_from: date, reason: str) -> Project:
    """The locked project whose shares change from a day, for a reason."""
    row = locked(actor, pk, version, Action.ASSIGN)
    if not reason.strip():
        raise Refused(_("Say why the shares change."), code="reason_needed", fields={"reason": [""]})
    if valid_from < row.signed_on:
        raise Refused(
            _("The project was signed on %(date)s; shares can't hold before.") % {"date": row.signed_on},
            code="before_signing",
            fields={"valid_from": [_now("Not before the day of signing.")]},
        )
    return row


def _replaced(
    actor: Actor, row: Project, role: str, valid_from: date, shares: Sequence[Share], reason: str
) -> AttributionVersion:
    """Enter a version, and let the books follow it."""
    found = enter(actor, row, role, valid_from, shares, reason)
    touched(actor, row, reason)
    source = ("attribution", found.pk)
    posting.rewrite(actor=actor, project=row, source=source, since=valid_from, roles={role})
    return found


def credit_kept(actor: Actor, lead: Lead, given: Sequence[Share], usual: Sequence[Share]) -> None:
    """At signing, credit that a handed-over lead left behind stays there. Raises KeptCredit."""
    if lead.credit_unit_id and set(given) != set(usual) and not may_on(actor, Action.DECIDE, lead):
        raise KeptCredit


def _outside_keep(actor: Actor, project: Project, valid_from: date, shares: Sequence[Share]) -> None:
    """Raises KeptCredit where a holder outside the units for which the actor assigns would lose a part."""
    own = [
        grant.path
        for grant in actor.grants()
        if any(decide(grant.role, one, Action.ASSIGN, Project.Scope.kind) for one in TREE)
    ]
    new = {one.unit: one.share for one in shares}
    held = _held(project, Role.ASSESSED, valid_from)
    for unit, path, share in held.values_list("unit", "unit__path", "share"):
        if share > new.get(unit, 0) and not any(path.startswith(root) for root in own):
            raise KeptCredit


def _held(project: Project, role: str, since: date) -> QuerySet[AttributionShare]:
    """The shares of a dimension that hold on a day or after it."""
    return AttributionShare._base_manager.filter(
        version__project=project,
        version__role=role,
        version__superseded_by=None,
        version__valid__overlap=(since, None),
    )


def begin(actor: Actor, project: Project, shares: Mapping[str, Sequence[Share]]) -> None:
    """The first shares of a new project, from the day of signing. Raises Refused."""
    for role, some in shares.items():
        checked(role, some)
        enter(actor, project, role, project.signed_on, some, "")


def checked(role: str, shares: Sequence[Share]) -> None:
    """Refuses parts that don't add up to 1, a part without its person, and the same holder twice."""
    about = {"dimension": Role(role).label}
    keys = [(one.unit, one.officer, one.leader, one.introducer) for one in shares]
    if any(one.share <= 0 for one in shares) or money.add(one.share for one in shares) != WHOLE:
        raise Refused(
            _("%(dimension)s: the shares must be above zero and add up to 100 %%.") % about, code="shares"
        )
    if any(one.share != round(one.share, 8) for one in shares):
        raise Refused(_("%(dimension)s: a share has at most 8 decimals.") % about, code="shares")
    if len(set(keys)) < len(keys):
        raise Refused(_("%(dimension)s: somebody is named twice.") % about, code="twice")
    wanted = PERSON.get(Role(role))
    for one in shares:
        named = {name for name in PERSON.values() if getattr(one, name)}
        if named != ({wanted} if wanted else set()):
            raise Refused(
                (_("%(dimension)s: say who.") if wanted else _("%(dimension)s: units only.")) % about,
                code="person",
            )


def enter(
    actor: Actor, project: Project, role: str, valid_from: date, shares: Iterable[Share], reason: str
) -> AttributionVersion:
    """Write a version. A version never changes: of one in force, what held before the day is written again."""
    old = list(
        AttributionVersion.objects.select_for_update()
        .filter(project=project, role=role, superseded_by=None, valid__overlap=(valid_from, None))
        .prefetch_related("shares")
    )
    for one in old:
        one.superseded_by = one  # out of force at once; by whom is known in a moment
        one.save(update_fields=["superseded_by"])
    new = _version(actor, project, role, (valid_from, None), shares, reason)
    for one in old:
        one.superseded_by = new
        one.save(update_fields=["superseded_by"])
        if one.valid.lower < valid_from:
            kept = [
                Share(s.unit_id, s.share, s.officer_id, s.leader_id, s.introducer_id)
                for s in one.shares.all()
            ]
            _version(actor, project, role, (one.valid.lower, valid_from), kept, one.reason)
    return new


def _version(
    actor: Actor,
    project: Project,
    role: str,
    valid: tuple[date, date | None],
    shares: Iterable[Share],
    reason: str,
) -> AttributionVersion:
    row = AttributionVersion.objects.create(
        project=project,
        role=role,
        valid=valid,
        reason=reason,
        at=clock.now(),
        actor_id=actor.pk,
        actor_name=actor.actor_name,
    )
    AttributionShare._base_manager.bulk_create(
        AttributionShare(
            version=row,
            unit_id=one.unit,
            officer_id=one.officer,
            leader_id=one.leader,
            introducer_id=one.introducer,
            share=one.share,
        )
        for one in shares
    )
    return row

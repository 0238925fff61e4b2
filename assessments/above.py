"""Who is assessed doesn't set its own target and doesn't write its own figure (DOMAIN §4): that is done from strictly
above. A unit with nobody above it, a city's own bureau, may do it for itself."""

from __future__ import annotations

from django.utils.translation import gettext as _

from common.access import Action, Relation, decide
from common.actors import Actor, relation
from common.errors import Refused
from organizations.models import Unit


def from_above(actor: Actor, action: Action, kind: str, unit: Unit) -> bool:
    """Does a role that is held strictly above the unit allow this? Also true at the root of the tree, where whether the
    actor may at all is asked as everywhere else."""
    if actor.is_system or unit.parent_id is None:
        return True
    return any(
        relation(grant, unit.path) == Relation.BELOW and decide(grant.role, Relation.BELOW, action, kind)
        for grant in actor.grants()
    )


def refuse_own_target(actor: Actor, action: Action, unit: Unit) -> None:
    """Raises Refused: own_target."""
    if not from_above(actor, action, "target", unit):
        said = _("The target of %(unit)s is set by the unit above it, not by itself.")
        raise Refused(said % {"unit": unit}, code="own_target")


def refuse_own_figure(actor: Actor, action: Action, unit: Unit) -> None:
    """Raises Refused: own_figure."""
    if not from_above(actor, action, "given_figure", unit):
        said = _("A figure about %(unit)s is entered by the unit above it, not by itself.")
        raise Refused(said % {"unit": unit}, code="own_figure")

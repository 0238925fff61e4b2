"""Saved views: which tabs stand above a list, and how one is kept, given to others, and removed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from common import changelog
from common.access import Action, Relation
from common.actors import Actor, may, may_somewhere
from common.errors import Denied, Refused
from common.models import SavedView
from common.pickers import extra_names
from common.services import authorize, get_visible

KIND = SavedView.Scope.kind
PASSING = {"page", "format", "save_view"}  # parameters that are no part of a view
MOST = 20  # own views of one list
Reach = SavedView.Reach


def normal(query: str | QueryDict) -> str:
    """A query string in one spelling: sorted, without empty values, page number, export format and what a
    picker sends beside its key."""
    given = QueryDict(query) if isinstance(query, str) else query
    passing = PASSING.union(
        *(extra_names(name) for name in given if given[name])
    )  # a picker's key says it all
    pairs = sorted(
        (name, value) for name, values in given.lists() for value in values if value and name not in passing
    )
    found = QueryDict(mutable=True)
    for name, value in pairs:
        found.appendlist(name, value)
    return found.urlencode()


def list_page(page: str) -> Any:
    """The view class of a list by its url name. Raises Refused when there is no such list."""
    try:
        found = getattr(resolve(reverse(page)).func, "view_class", None)
    except (NoReverseMatch, Resolver404):
        found = None
    if found is None or not hasattr(found, "table_class"):
        raise Refused(_("There is no such list."))
    return found


def reaches(actor: Actor) -> tuple[Reach, ...]:
    """For whom the actor may keep a view; empty when he may keep none."""
    if not may(actor, Action.CREATE, KIND, extra=frozenset({Relation.SELF})):
        return ()
    found = [Reach.OWN]
    if unit_path(actor):
        found.append(Reach.UNIT)
    if may(actor, Action.PUBLISH, KIND, path=None):
        found.append(Reach.SHARED)
    return tuple(found)


def unit_path(actor: Actor) -> str:
    """The unit to which the actor may give a view: where he holds a role that may. "" when there is none."""
    return next((g.path for g in actor.grants() if may(actor, Action.PUBLISH, KIND, path=g.path)), "")


def of_page(actor: Actor, page: str) -> list[SavedView]:
    """The views of a list that the actor sees: his own, his unit's, the shared ones. One query."""
    return list(SavedView.objects.visible_to(actor).filter(page=page))


@transaction.atomic
def view_save(*, actor: Actor, page: str, name: str, query: str, reach: str = Reach.OWN) -> SavedView:
    """Keep a list's filters, columns and order under a name; the same name again replaces one's own.

    `page` is the url name of the list. Raises Refused (no such list, too many), Denied (reach, list),
    ValidationError.
    """
    target = list_page(page)
    if reach not in reaches(actor) or not may_somewhere(actor, Action.VIEW, target.kind):
        raise Denied
    own = SavedView._base_manager.select_for_update().filter(owner_id=actor.pk, page=page)
    view = own.filter(name=name).first() or SavedView(owner_id=actor.pk, page=page, name=name)
    if view.pk is None and len(own) >= MOST:
        raise Refused(_("You keep %(most)s views of this list already. Remove one first.") % {"most": MOST})
    view.query, view.reach = normal(query), reach
    view.unit_path = unit_path(actor) if reach == Reach.UNIT else ""
    if view.pk:
        view.version += 1
    view.full_clean()
    with changelog.acting(actor):
        view.save()
    return view


@transaction.atomic
def view_remove(*, actor: Actor, pk: int) -> str:
    """Remove a view; returns the url name of its list. Raises NotVisible, Denied."""
    view = get_visible(SavedView, pk, actor, lock=True)
    authorize(actor, Action.ARCHIVE, view)
    with changelog.acting(actor):
        view.delete()
    return view.page


def tabs(presets: Iterable[tuple[Any, str, int | None]], kept: Iterable[SavedView], now: str) -> list[Any]:
    """What stands above the table: presets of the code first, then saved views. `now` is the query on screen.

    [{label, url, active, count}], empty when there is only one tab.
    """
    every = [*presets]
    if not every:
        every.append((_("All"), "", None))
    found = [
        {"label": label, "url": f"?{query}", "active": normal(query) == normal(now), "count": count}
        for label, query, count in (*every, *((v.name, v.query, None) for v in kept))
    ]
    return found if len(found) > 1 else []

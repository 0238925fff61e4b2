"""The gate: a scoped model's rows can be read only after someone said for whom, or why for nobody.

`Model.objects.visible_to(actor)` narrows to the actor's scope; `Model.objects.unscoped(reason="...")`
opens the gate and leaves the reason in the code. Everything else raises `ScopeMissing` when the query
is compiled, also when it is nested in another query. `_base_manager` stays plain for Django itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q
from django.db.models.sql import Query

from common.access import Action, Relation, decide
from common.actors import Actor, may

M = TypeVar("M", bound=models.Model)
_open: ContextVar[bool] = ContextVar("scope_open", default=False)


class ScopeMissing(RuntimeError):
    """A scoped model was queried without visible_to() or unscoped(). This is a bug, never bad input."""


class ScopedQuery(Query):
    scope_given = False

    def _check(self) -> None:
        if not (self.scope_given or _open.get()):
            name = self.model._meta.label if self.model else "?"
            raise ScopeMissing(f"{name}: call visible_to(actor) or unscoped(reason=...) before reading.")

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        self._check()
        return super().get_compiler(*args, **kwargs)

    def chain(self, klass: Any = None) -> Any:
        if klass is not None and not issubclass(klass, ScopedQuery):
            self._check()  # UPDATE, DELETE: the new class no longer knows of the gate
        return super().chain(klass)

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        self._check()
        return super().resolve_expression(*args, **kwargs)


class ScopedQuerySet(models.QuerySet[M]):
    """Filters of the app's own stand in subclasses; the scope stands here.

    The model says by `Scope` (see `ScopedModel`) its kind and where its unit path is found.
    """

    def __init__(self, model: Any = None, query: Any = None, using: Any = None, hints: Any = None) -> None:
        super().__init__(
            model, query if query is not None or model is None else ScopedQuery(model), using, hints
        )

    def _granted(self) -> Any:
        found = self._chain()  # type: ignore[attr-defined]
        found.query.scope_given = True
        return found

    def visible_to(self, actor: Actor) -> Any:
        """Rows that the actor may see. Aggregates, counts, exports and choices go through it too."""
        return self._granted().filter(visible_q(self.model, actor, Action.VIEW))

    def allowed_to(self, actor: Actor, action: Action) -> Any:
        """Rows on which the actor may do `action`: the choices of a form."""
        return self._granted().filter(visible_q(self.model, actor, action))

    def unscoped(self, *, reason: str) -> Any:
        """All rows. The reason stands in the code and is read in reviews."""
        if not reason.strip():
            raise ValueError("unscoped() needs a reason.")
        return self._granted()

    def _raw_delete(self, using: Any) -> Any:
        self.query._check() if isinstance(self.query, ScopedQuery) else None
        return super()._raw_delete(using)


@contextmanager
def uniqueness() -> Iterator[None]:
    """Inside: uniqueness may be checked against all rows. It answers taken or free and shows nothing."""
    token = _open.set(True)
    try:
        yield
    finally:
        _open.reset(token)


def visible_q(model: Any, actor: Actor, action: Action) -> Q:
    """The actor's scope over a model as a filter: the tree, his own records, groups he belongs to."""
    if actor.is_system:
        return Q()
    scope, found = model.Scope, Q(pk__in=())
    for grant in actor.grants():
        allowed = {r for r in Relation if decide(grant.role, r, action, scope.kind)}
        if Relation.NONE in allowed and Relation.BELOW in allowed and Relation.OWN in allowed:
            return Q()
        if scope.path is None:
            if Relation.GLOBAL in allowed:
                return Q()
        else:
            if Relation.BELOW in allowed and Relation.OWN in allowed:
                found |= Q(**{f"{scope.path}__startswith": grant.path})
            elif Relation.OWN in allowed:
                found |= Q(**{scope.path: grant.path})
            elif Relation.BELOW in allowed:
                found |= Q(**{f"{scope.path}__startswith": grant.path}) & ~Q(**{scope.path: grant.path})
        if Relation.SELF in allowed and scope.owner:
            found |= Q(**{scope.owner: actor.pk})
        if Relation.MEMBER in allowed and scope.members:
            # As a subquery: a join to many members would repeat the row.
            found |= Q(pk__in=model._base_manager.filter(scope.members(grant)).values("pk"))
    return found


def plain_scope(model: Any, actor: Actor, action: Action) -> tuple[str, ...] | None:
    """The unit paths at and below which the actor may do this to every row, and to every row that is a member there,
    when his scope is just that; None where it is anything else. For finding faster what `visible_q` then lets through.
    """
    scope, paths = model.Scope, []
    whole = {Relation.OWN, Relation.BELOW} | ({Relation.MEMBER} if scope.members else set())
    if actor.is_system or scope.path is None or scope.owner:
        return None
    for grant in actor.grants():
        allowed = {r for r in Relation if decide(grant.role, r, action, scope.kind)} - {
            Relation.GLOBAL,
            Relation.SELF,
        }
        if allowed == whole:
            paths.append(grant.path)
        elif allowed:
            return None
    return tuple(paths)


class Scope:
    """How a model's rows belong to people. Subclass it inside the model as `class Scope(scope.Scope)`."""

    kind = ""
    path: str | None = None  # lookup of the unit path, for example "unit__path"; None: belongs to no unit
    owner: str = ""  # lookup of the user id for SELF
    members: Any = None  # staticmethod(grant) -> Q for MEMBER
    member: Any = None  # optional staticmethod(obj, grant) -> bool: the same, where the row itself tells it


def path_of(obj: Any) -> str | None:
    """The unit path of a row, read over its Scope's lookup. None for rows that belong to no unit."""
    if obj.Scope.path is None:
        return None
    value = obj
    for part in obj.Scope.path.split("__"):
        value = getattr(value, part)
    return value


def relations_of(obj: Any, actor: Actor) -> frozenset[Relation]:
    """Relations of an actor to a row that the tree does not tell."""
    found = set()
    if obj.Scope.owner and actor.pk is not None:
        value = obj
        for part in obj.Scope.owner.split("__"):
            value = getattr(value, part, None)
        if getattr(value, "pk", value) == actor.pk:
            found.add(Relation.SELF)
    if obj.Scope.member:
        if any(obj.Scope.member(obj, g) for g in actor.grants()):
            found.add(Relation.MEMBER)
    elif obj.Scope.members and obj.pk:
        manager = type(obj)._base_manager
        if any(manager.filter(obj.Scope.members(g), pk=obj.pk).exists() for g in actor.grants()):
            found.add(Relation.MEMBER)
    return frozenset(found)


def may_on(actor: Actor, action: Action, obj: Any) -> bool:
    """May the actor do this to this row?"""
    return may(actor, action, obj.Scope.kind, path=path_of(obj), extra=relations_of(obj, actor))

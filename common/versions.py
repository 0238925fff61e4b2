"""Dated versions of a document that is law once it is published: never changed, never two at a time.

A model with `number`, `since`, `until`, `state`, `published_at`, `published_name` and `archived_at` takes its
constraint and its trigger from here (counting rules, schemes).
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db.models import F, Func, Q, Value

PUBLISHED = "published"


class SameId(Func):
    """int8range(id, id, '[]'): equality inside an exclusion constraint, without the btree_gist extension."""

    function = "int8range"
    template = "%(function)s(%(expressions)s, %(expressions)s, '[]')"

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # type: ignore[override]
        one, params = compiler.compile(self.source_expressions[0])
        return f"int8range({one}, {one}, '[]')", [*params, *params]


def once(name: str, key: Any, message: Any) -> ExclusionConstraint:
    """No two published versions with the same `key` (a whole number) hold on one day."""
    days = Func(F("since"), F("until"), Value("[]"), function="daterange", output_field=DateRangeField())
    return ExclusionConstraint(
        name=name,
        expressions=[(SameId(key), RangeOperators.OVERLAPS), (days, RangeOperators.OVERLAPS)],
        condition=Q(state=PUBLISHED, archived_at=None),
        violation_error_message=message,
    )


def kept(constraint: str, *fields: str) -> pgtrigger.Trigger:
    """A published row stays as it is, and stays. Its last day may be brought forward: a later version took over.

    `fields`: the columns of the model's own besides state, publication and archiving. A violation names `constraint`.
    """
    columns = (*fields, "state", "published_at", "published_name", "archived_at")
    new, old = (", ".join(f"{row}.{column}" for column in columns) for row in ("NEW", "OLD"))
    return pgtrigger.Trigger(
        name="published",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Q(old__state=PUBLISHED),
        func=f"""
            IF TG_OP = 'DELETE'
                OR ({new}) IS DISTINCT FROM ({old})
                OR (NEW.until IS DISTINCT FROM OLD.until
                    AND (NEW.until IS NULL OR NEW.until > OLD.until)) THEN
                RAISE EXCEPTION 'version % is published', OLD.number
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';
            END IF;
            RETURN NEW;
        """,  # noqa: S608 - column names of models, no input
    )

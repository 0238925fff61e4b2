"""The list of targets, and a target's page with all its versions."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.above import from_above
from assessments.choices import QuartersIn
from assessments.filters import TargetFilterSet
from assessments.models import Measure, Target
from assessments.tables import TargetTable
from assessments.targets import composed as made
from assessments.targets.numbers import box, shown
from assessments.targets.places import holder_of
from assessments.targets.saying import said_of
from assessments.views.records import ASSESSMENT, SourcedDetail, SourcedList
from common.access import Action
from common.scope import may_on
from common.views import Crumbs, action


class TargetNouns:
    model = Target
    kind = "target"
    url_prefix = "target"
    table_class = TargetTable
    crumbs: Crumbs = (ASSESSMENT, (_("Targets"), "target_list"))


class TargetList(TargetNouns, SourcedList):
    title = _("Targets")
    sub = _("Annual targets, each with the month from which it holds")
    filterset_class = TargetFilterSet
    create_label = _("New target")
    empty = (_("No targets yet."), _("Type them into the grid, or import a sheet with a target column."))
    crumbs: Crumbs = (ASSESSMENT,)

    def rows(self, queryset: Any) -> Any:
        return super().rows(queryset).select_related("post__unit", "officer", "group")

    def actions(self) -> list[dict[str, Any]]:
        return [action(_("Grid of targets"), reverse("target_grid"), icon="sheet"), *super().actions()]


class TargetDetail(TargetNouns, SourcedDetail):
    """A target and all its versions: who set which from which month on, and why."""

    columns = (
        "unit", "value", "counts", "holds_from", "source", "ref", "entered_name", "reason", "document_no", "recorded_at",
        "superseded_at",
    )  # fmt: skip

    def same(self, rows: Any, fact: Target) -> Any:
        rows = rows.filter(
            kind=fact.kind, post=fact.post, officer=fact.officer, group=fact.group, residual=fact.residual
        )
        return rows.select_related("post__unit", "officer", "group")

    def actions(self) -> list[dict[str, Any]]:
        fact, found = self.get_object(), super().actions()
        if fact.superseded_at is not None:
            return found
        if may_on(self.actor, Action.CHANGE, fact) and self.from_above(Action.CHANGE):
            found.append(
                action(_("Change"), reverse("target_update", args=[fact.pk]), icon="edit", primary=True)
            )
        if (
            fact.batch_id is None
            and may_on(self.actor, Action.ARCHIVE, fact)
            and self.from_above(Action.ARCHIVE)
        ):
            found.append(action(_("Withdraw"), reverse("target_archive", args=[fact.pk])))
        return found

    def from_above(self, action: Action) -> bool:
        """A unit's own target is set above it."""
        fact = self.get_object()
        return holder_of(fact).sort != "unit" or from_above(self.actor, action, self.kind, fact.unit)

    def source(self) -> dict[str, Any]:
        fact = self.get_object()
        if fact.batch_id is not None:
            return super().source()
        rows = [
            (_("entered by"), fact.entered_name),
            (_("reason"), fact.reason),
            (_("document number"), fact.document_no),
            (_("recorded"), fact.recorded_at),
        ]
        if fact.withdrawn:
            rows.append((_("taken back"), f"{fact.withdrawn_name}: {fact.withdrawn_reason}"))
        elif fact.superseded_by_id:
            rows.append((_("superseded"), fact.superseded_at))
        return {"title": _("Where it comes from"), "rows": rows}

    def panels(self) -> list[dict[str, Any]]:
        fact = self.get_object()
        table = TargetTable([])
        rows: list[tuple[Any, Any]] = [
            (_("holder"), fact.holder),
            *([(_("unit"), fact.unit)] if fact.holder != str(fact.unit) else []),
            (_("measure"), fact.measure),
            (_("year"), fact.year),
            (_("holds from month"), fact.holds_from),
            (_("kind"), fact.get_kind_display()),
            (_("target"), table.render_value(fact) + " " + table.render_counts(fact)),
            (
                _("implied"),
                _("yes: derived from published amount and rate, not printed") if fact.implied else _("no"),
            ),
        ]
        if composed := made.read(fact.composed):
            names = dict(Measure.objects.visible_to(self.actor).values_list("code", "name"))
            rows.append((_("made of"), composed.said(names)))
        rows += [(_("by quarter"), quarters(fact)), (_("as a completion says it"), said_of(fact))]
        return [{"title": _("Target"), "rows": rows}, self.source()]


def quarters(fact: Target) -> str:
    """A target's own split, as it was given."""
    if fact.quarters is None:
        return str(_("by the schedule of the scheme"))
    if fact.quarters_in == QuartersIn.PERCENT:
        return " / ".join(f"{box(one, money=False)}%" for one in fact.quarters)
    return " / ".join(shown(fact.measure, one) for one in fact.quarters)

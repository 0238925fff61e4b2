"""How a ranking is made: gather the facts, compute, store. The arithmetic stands in `rules/ranking/`."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.models import RankingLine, RankingRun, RankingTable, RunPublication
from assessments.rankings import Computed, comparison_document, compute, digest
from assessments.selectors import gather, unit_ids
from common import clock, jobs, services
from common.access import Action
from common.actors import Actor
from common.errors import Refused
from common.models import JobRun
from common.services import authorize
from organizations.models import CompetitionGroup
from rules.facts import Value
from rules.periods import Month

JOB = "assessments.rank"


@transaction.atomic
def run_compute(
    *, actor: Actor, table: RankingTable, month: Month, data_through: Month | None = None
) -> tuple[RankingRun, bool]:
    """Compute a table for a month. Returns the run and whether it is new: the same inputs give the same run."""
    if not actor.is_system:
        authorize(actor, Action.VIEW, table)
    locked = RankingTable._base_manager.select_for_update(of=("self",)).select_related(
        "group__owner", "measure__numerator", "measure__denominator", "tie_measure__numerator", "tie_measure__denominator", "reported_total"
    )  # fmt: skip
    table = locked.get(pk=table.pk)
    inputs = gather(table, month, data_through)
    if not inputs["lines"]:
        raise Refused(
            _("The group “%(group)s” has no units in %(month)s.") % {"group": table.group, "month": month},
            code="empty",
        )
    key = digest(inputs)
    latest = latest_run(table, month)
    if latest is not None and latest.input_hash == key:
        return latest, False
    computed = compute(inputs)
    run = RankingRun.objects.create(
        table=table,
        year=month.year,
        month=month.number,
        data_through=(data_through or month).number,
        number=latest.number + 1 if latest else 1,
        input_hash=key,
        inputs=inputs,
        document=computed.to_document(),
        computed_at=clock.now(),
        actor_name=actor.actor_name,
    )
    RankingLine.objects.bulk_create(_lines(run, computed))
    return run, True


def latest_run(table: RankingTable, month: Month) -> RankingRun | None:
    rows = RankingRun.objects.unscoped(reason="the table's own earlier run")
    return rows.filter(table=table, year=month.year, month=month.number).order_by("-number").first()


def _lines(run: RankingRun, computed: Computed) -> list[RankingLine]:
    """Rows of a run, in the order of the printed list."""
    names = {line["unit"]: line["name"] for line in run.inputs["lines"]}
    ids = unit_ids(names)

    def number(cell: Any) -> Any:
        return cell.fact.amount if isinstance(cell.fact, Value) else None

    return [
        RankingLine(
            run=run,
            unit_id=ids[line.unit],
            unit_name=names[line.unit],
            position=position,
            rank=line.rank.ranked.position,
            state=str(line.return_state),
            target=number(line.target),
            done=number(line.done),
            completion=number(line.completion),
            points=number(line.points),
            growth=number(line.growth),
            document={
                **line.to_document(),
                "comparisons": {
                    column: comparison_document(one)
                    for column, one in computed.comparisons.get(line.unit, {}).items()
                },
            },
        )
        for position, line in enumerate(computed.table.lines, start=1)
    ]


@transaction.atomic
def runs_request(*, actor: Actor, groups: list[CompetitionGroup], month: Month) -> JobRun:
    """Ask for all tables of some groups in a month. One job; asking twice in the same second is one."""
    for group in groups:
        probe = RankingRun(table=RankingTable(group=group))
        services.authorize(actor, Action.RUN, probe)
    ids = sorted(g.pk for g in groups)
    stamp = clock.now().strftime("%Y%m%d%H%M%S")
    key = f"{JOB}:{month}:{'-'.join(map(str, ids))}:{stamp}"[:200]
    return jobs.enqueue(JOB, params={"month": str(month), "groups": ids}, key=key, actor=actor)


@transaction.atomic
def run_publish(*, actor: Actor, pk: int) -> RunPublication:
    """Publish a run: its group's members see it from now on. Refused when a newer one exists."""
    run = RankingRun.objects.visible_to(actor).select_related("table__group__owner").filter(pk=pk).first()
    if run is None:
        raise services.NotVisible
    authorize(actor, Action.PUBLISH, run)
    newest = latest_run(run.table, Month(run.year, run.month))
    if newest is not None and newest.pk != run.pk:
        raise Refused(
            _("Figures changed since: run %(n)s is newer. Look at it and publish that one.")
            % {"n": newest.number},
            code="newer",
        )
    if hasattr(run, "publication"):
        return run.publication
    return RunPublication.objects.create(
        run=run, at=clock.now(), actor_id=actor.pk, actor_name=actor.actor_name
    )

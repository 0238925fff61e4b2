"""What the home page says about assessments: work that waits, where my unit stands, what happened."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import RankingLine, RankingRun, RankingTable, RunPublication
from assessments.reading import RELATED, RunReader
from common.access import Action
from common.actors import may_somewhere
from common.models import ImportBatch, ImportRow

SHOWN = 6


def tasks(user: Any) -> list[dict[str, Any]]:
    """Imports that wait for a decision, parked rows, rankings that are not published."""
    found = []
    if may_somewhere(user, Action.IMPORT, "import"):
        found += _imports(user)
    if may_somewhere(user, Action.PUBLISH, "ranking_run"):
        found += _drafts(user)
    return found


def _imports(user: Any) -> list[dict[str, Any]]:
    states = ImportBatch.State
    batches = ImportBatch.objects.allowed_to(user, Action.IMPORT)
    parked = Count("rows", filter=Q(rows__fate=ImportRow.Fate.PARKED))
    rows = batches.annotate(parked=parked).filter(
        Q(state__in=(states.MAPPING, states.PREVIEW)) | Q(state=states.CONFIRMED, parked__gt=0)
    )
    found = []
    for batch in rows.order_by("-id")[:20]:
        url = reverse("import_detail", args=[batch.pk])
        if batch.state == states.CONFIRMED:
            title = ngettext("%(n)s parked row: %(file)s", "%(n)s parked rows: %(file)s", batch.parked)
            title, label, state = title % {"n": batch.parked, "file": batch.filename}, _("Mend"), "waiting"
        elif batch.state == states.MAPPING:
            title, label, state = _("Match columns: %(file)s") % {"file": batch.filename}, _("Match"), "todo"
        else:
            title, label, state = (
                _("Confirm the preview: %(file)s") % {"file": batch.filename},
                _("Check"),
                "progress",
            )
        note = f"{batch.sheet} · {batch.actor_name}"
        found.append(
            {
                "state": state,
                "title": title,
                "url": url,
                "note": note,
                "due": f"{localtime(batch.created_at):%m-%d}",
                "action_label": label,
                "action_url": url,
            }
        )
    return found


def _drafts(user: Any) -> list[dict[str, Any]]:
    rows = (
        RankingRun.objects.allowed_to(user, Action.PUBLISH)
        .filter(publication=None)
        .select_related("table__group__owner")
    )
    newest: dict[tuple[int, int, int], RankingRun] = {}
    for run in rows.order_by("number"):
        newest[run.table_id, run.year, run.month] = run
    later = set(
        RankingRun.objects.allowed_to(user, Action.PUBLISH)
        .filter(publication__isnull=False)
        .values_list("table_id", "year", "month", "number")
    )
    found = []
    for key, run in newest.items():
        if any(other[:3] == key and other[3] > run.number for other in later):
            continue
        url = ranking_url(run)
        title = _("Publish the ranking: %(group)s, %(table)s") % {
            "group": run.table.group,
            "table": run.table.name,
        }
        note = _("%(month)s, computed %(at)s") % {
            "month": f"{run.year}-{run.month:02d}",
            "at": f"{localtime(run.computed_at):%m-%d %H:%M}",
        }
        found.append(
            {
                "state": "todo",
                "title": title,
                "url": url,
                "note": note,
                "due": "",
                "action_label": _("Look"),
                "action_url": url,
            }
        )
    return found[:20]


def ranking_url(run: RankingRun, unit: str = "") -> str:
    """The ranking page of a run, with a unit's explanation open on request."""
    url = f"{reverse('ranking')}?group={run.table.group.code}&table={run.table.code}&period={run.year}-{run.month:02d}"
    return f"{url}&unit={unit}" if unit else url


def latest_published(user: Any) -> list[RankingRun]:
    """The newest published run of each table that the user may see."""
    rows = RankingRun.objects.visible_to(user).filter(publication__isnull=False, table__archived_at=None)
    rows = rows.select_related(*RELATED)
    newest: dict[int, RankingRun] = {}
    for run in rows.distinct().order_by("year", "month", "number"):
        newest[run.table_id] = run
    return sorted(
        newest.values(),
        key=lambda r: (-r.year, -r.month, r.table.group.owner.path or "", r.table.group.sort, r.table.sort),
    )


def standings(user: Any, runs: list[RankingRun]) -> list[dict[str, Any]]:
    """Where the user's own units stand in other people's rankings, from `latest_published`. One query."""
    place = {run.pk: (number, run) for number, run in enumerate(runs) if not _runs_group(user, run.table)}
    own = Q(pk__in=())
    for grant in user.grants():
        own |= Q(unit__path__startswith=grant.path)
    lines = RankingLine.objects.filter(own, run__in=place, document__ranked=True)
    found = sorted(lines, key=lambda line: (place[line.run_id][0], line.position))[:SHOWN]
    readers = [RunReader(place[line.run_id][1], [line]) for line in found]
    return [_standing(reader, reader.lines[0], reader.run) for reader in readers]


def _runs_group(user: Any, table: RankingTable) -> bool:
    owner = table.group.owner.path or ""
    return any(owner.startswith(g.path) for g in user.grants())


def _standing(reader: RunReader, line: Any, run: RankingRun) -> dict[str, Any]:
    cells = line.cells
    return {
        "title": f"{line.name} {run.year}-{run.month:02d} {reader.table.name}",
        "url": ranking_url(run, line.unit),
        "rank": line.ranks["rank"],
        "move": None,
        "done": cells["done"].value,
        "target": cells["target"].value,
        "unit": reader.unit_label,
        "completion": cells["completion"].value,
        "time": reader.progress,
        "points": cells["points"].value,
    }


def figures(user: Any, runs: list[RankingRun]) -> list[dict[str, Any]]:
    """For who runs groups or leads: of `latest_published`, first and last of each. One query."""
    kept = [run for run in runs if _runs_group(user, run.table)]
    ranked = RankingLine.objects.filter(run__in=[run.pk for run in kept], rank__isnull=False).order_by(
        "position"
    )
    by_run: dict[int, list[str]] = {}
    for run_id, name in ranked.values_list("run_id", "unit_name"):
        by_run.setdefault(run_id, []).append(name)
    rows = []
    for run in kept:
        lines = by_run.get(run.pk, [])
        if lines:
            what = {
                "main": f"{run.table.group.owner.label} {run.table.group}",
                "sub": f"{run.table.name} {run.year}-{run.month:02d}",
                "url": ranking_url(run),
            }
            rows.append([what, lines[0], lines[-1]])
    if not rows:
        return []
    return [
        {
            "title": _("Published rankings"),
            "url": reverse("ranking"),
            "link_label": _("All rankings"),
            "heads": [_("Table"), _("First"), _("Last")],
            "rows": rows[:8],
            "note": "",
        }
    ]


def recent(user: Any) -> list[dict[str, Any]]:
    """Publications and imports, newest first."""
    runs = RankingRun.objects.visible_to(user).filter(publication__isnull=False)
    found: list[dict[str, Any]] = [
        {
            "when": p.at,
            "text": _("%(who)s published %(what)s")
            % {
                "who": p.actor_name,
                "what": f"{p.run.table.group} {p.run.table.name} {p.run.year}-{p.run.month:02d}",
            },
            "url": ranking_url(p.run),
            "css": "key",
        }
        for p in RunPublication.objects.filter(run__in=runs.values("pk"))
        .select_related("run__table__group")
        .order_by("-at")[:SHOWN]
    ]
    if may_somewhere(user, Action.VIEW, "import"):
        batches = (
            ImportBatch.objects.visible_to(user)
            .filter(confirmed_at__isnull=False)
            .order_by("-confirmed_at")[:SHOWN]
        )
        found += [
            {
                "when": b.confirmed_at,
                "text": _("%(who)s imported %(file)s, %(sheet)s")
                % {"who": b.actor_name, "file": b.filename, "sheet": b.sheet},
                "url": reverse("import_detail", args=[b.pk]),
                "css": "",
            }
            for b in batches
        ]
    return sorted(found, key=lambda entry: entry["when"], reverse=True)[:SHOWN]

"""What the books say of a project: signed with its amounts, supplemented, and each stage that it reached
(docs/algorithms/ledger.md). Nothing here authorises: the services do.

Lines are divided by the attribution of the day on which the thing happened. `rewrite` is the one way to follow
a later change (other shares, another industry): it takes back and writes anew what would read otherwise now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from common import clock
from common.actors import Actor
from leads.stages import Moved
from ledger.choices import Cause, Kind
from ledger.models import Facet, Posting
from ledger.services import Entry, Look, Part, Subject, lines_of, post, repost, standing_of, take_back
from organizations.choices import UnitKind
from projects.models import (
    Agreement,
    AttributionShare,
    AttributionVersion,
    HalfYear,
    Project,
    ProjectInvestor,
)
from reference.selectors import rate_on

TYPE = "project"
ONE = Decimal(1)
STAGE_KINDS: Mapping[str, str] = {
    str(kind).removeprefix("project."): str(kind)
    for kind in (
        Kind.REGISTERED, Kind.PERMITTED, Kind.STARTED, Kind.COMPLETED, Kind.IN_PRODUCTION, Kind.AT_CAPACITY,
    )
}  # fmt: skip
Parts = dict[str, list[Part]]
_own: dict[str, tuple[str, ...]] = {}  # kinds, by their beginning → fields of the look that are their own


def subject_of(project: Project) -> Subject:
    return TYPE, project.pk


def holder_of(share: AttributionShare) -> str:
    """Whose a part is in a personal dimension: "officer:7", "user:3", "introducer:5"; "" for units alone."""
    for name, pk in (
        ("officer", share.officer_id),
        ("user", share.leader_id),
        ("introducer", share.introducer_id),
    ):
        if pk:
            return f"{name}:{pk}"
    return ""


def parts_on(project: Project, day: date) -> Parts:
    """The shares in every dimension that hold on a day; one that has ended isn't among them."""
    return parts_of([project.pk], [(project.pk, day)])[project.pk, day]


def parts_of(projects: Collection[int], wanted: Iterable[tuple[int, date]]) -> dict[tuple[int, date], Parts]:
    """The shares of many projects on many days, in one query. Before the day of signing those of that day hold: what
    came earlier came for them. A dimension that begins later has nobody before."""
    rows = AttributionShare._base_manager.filter(
        version__project__in=projects, version__superseded_by=None
    ).select_related("version__project")
    kept: dict[tuple[int, str], dict[int, tuple[AttributionVersion, list[Part]]]] = {}
    for one in rows.order_by("version__valid", "version_id", "-share", "id"):
        dated = kept.setdefault((one.version.project_id, one.version.role), {})
        parts = dated.setdefault(one.version_id, (one.version, []))[1]
        parts.append(Part(one.unit_id, one.share, holder_of(one)))
    days: dict[int, set[date]] = {}
    for project, day in wanted:
        days.setdefault(project, set()).add(day)
    found: dict[tuple[int, date], Parts] = {(key, day): {} for key, some in days.items() for day in some}
    for (project, role), versions in kept.items():
        for day in days.get(project, ()):
            fits = next(
                (
                    some
                    for version, some in versions.values()
                    if max(day, version.project.signed_on) in version.valid
                ),
                None,
            )
            if fits is not None:
                found[project, day][role] = fits
    return found


def look_of(project: Project, zone: str | None = None) -> Look:
    """What the project is like now. The zone is that of the investor with the largest part, unless given."""
    if zone is None:
        parts = ProjectInvestor.objects.filter(project=project, archived_at=None)
        main = parts.select_related("investor").first()
        zone = (main.investor if main else project.lead.investor).zone
    host = project.host
    return Look(
        sector=project.sector,
        industry=project.industry.code,
        source=project.lead.source,
        zone=zone,
        mode=project.mode,
        park_id=host.pk if host.kind == UnitKind.PARK else None,
    )


def signing_event(project: Project) -> str:
    return f"{TYPE}:{project.pk}:signing"


def post_signing(
    *, actor: Actor, project: Project, amount: Decimal, cause: str = Cause.NORMAL
) -> list[Posting]:
    """One project signed, its contract amount, and the registered capital when it is agreed.

    Raises RateMissing (it says what to enter) for foreign money without a rate on the day of signing.
    """
    parts = parts_on(project, project.signed_on)
    entries = [
        Entry(Kind.SIGNED, ONE, parts),
        _money(Kind.CONTRACT, amount, str(project.currency_id), project.signed_on, parts),
    ]
    if project.registered_capital is not None:
        entries.append(_registered(project, parts))
    return post(
        actor=actor,
        event=signing_event(project),
        subject=subject_of(project),
        source=subject_of(project),
        entries=entries,
        occurred_on=project.signed_on,
        facet=look_of(project),
        cause=cause,
    )


def post_agreement(*, actor: Actor, agreement: Agreement) -> list[Posting]:
    """A supplement's amount, which may be negative, on its date with the shares of that day."""
    project, day = agreement.project, agreement.signed_on
    entry = _money(Kind.CONTRACT, agreement.amount, str(project.currency_id), day, parts_on(project, day))
    return post(
        actor=actor,
        event=f"agreement:{agreement.pk}",
        subject=subject_of(project),
        source=("agreement", agreement.pk),
        entries=[entry],
        occurred_on=day,
        facet=look_of(project),
    )


def tax_event(half: HalfYear) -> str:
    return f"tax:{half.pk}"


def post_tax(*, actor: Actor, half: HalfYear) -> None:
    """Net tax of a half-year in yuan, on its last day (today while it is still running), with the shares of that
    day. A correction takes the old lines back; nothing paid is no line."""
    project, net = half.project, half.tax_paid - half.tax_refunded
    day = max(min(half.last_day, clock.today()), project.signed_on)
    there = bool(lines_of(tax_event(half)))
    source: Subject = ("half_year", half.pk)
    if net:
        entries = [Entry(Kind.TAX_NET, net, parts_on(project, day), "CNY", ONE)]
        values: dict[str, Any] = {
            "actor": actor,
            "event": tax_event(half),
            "source": source,
            "entries": entries,
            "occurred_on": day,
            "facet": look_of(project),
        }
        if there:
            repost(**values)
        else:
            post(subject=subject_of(project), **values)
    elif there:
        take_back(actor=actor, event=tax_event(half), source=source)


def post_stages(
    *,
    actor: Actor,
    project: Project,
    reached: Iterable[tuple[str, date]],
    move: int,
    cause: str = Cause.NORMAL,
) -> None:
    """One project for every stage reached on a day; `move` is the row of the stage log that says so."""
    look = look_of(project)
    for code, day in reached:
        if code in STAGE_KINDS:
            post(
                actor=actor,
                event=f"{TYPE}:{project.pk}:{code}:{move}",
                subject=subject_of(project),
                source=("move", move),
                entries=[Entry(STAGE_KINDS[code], ONE, parts_on(project, day))],
                occurred_on=day,
                facet=look,
                cause=cause,
            )


def take_back_stages(*, actor: Actor, project: Project, codes: Collection[str], move: int) -> None:
    """What the stages `codes` had counted goes: the project stepped back before them."""
    kinds = {STAGE_KINDS[code] for code in codes if code in STAGE_KINDS}
    for event in _events(standing_of(subject_of(project), kinds=kinds)):
        take_back(actor=actor, event=event, source=("move", move))


def follow(*, actor: Actor, moved: Moved) -> None:
    """After each move of a project. The way of one that is taken over while running is booked by its service."""
    project, move = moved.row, moved.move
    if project.is_opening and move.from_stage_id is None:
        return
    take_back_stages(actor=actor, project=project, codes=moved.left, move=move.pk)
    reached = [(code, move.on) for code in moved.entered]
    post_stages(actor=actor, project=project, reached=reached, move=move.pk)


def own_look(prefix: str, fields: Collection[str]) -> None:
    """Lines whose kind begins with `prefix` have these fields of their look from themselves, not from the
    project: an upper app says so once, and `rewrite` leaves them as they are."""
    _own[prefix] = tuple(fields)


def _look_kept(look: Look, line: Posting, facets: Mapping[int, Facet]) -> Look:
    kept = [name for prefix, names in _own.items() if line.kind.startswith(prefix) for name in names]
    return replace(look, **{name: getattr(facets[line.facet_id], name) for name in kept})


def rewrite(
    *,
    actor: Actor,
    project: Project,
    source: Subject,
    since: date | None = None,
    roles: Collection[str] | None = None,
) -> None:
    """Everything that happened since a day, as attribution, look and registered capital read now; in `roles`
    only, or all. Lines that say the same stay. Raises RateMissing."""
    look = look_of(project)
    events = _events(standing_of(subject_of(project), since=since))
    shares = parts_of([project.pk], {(project.pk, lines[0].occurred_on) for lines in events.values()})
    facets = Facet.objects.in_bulk({lines[0].facet_id for lines in events.values()})
    for event, lines in events.items():
        day = lines[0].occurred_on
        parts = {
            role: some for role, some in shares[project.pk, day].items() if roles is None or role in roles
        }
        if not parts:  # nobody holds these dimensions any more
            take_back(actor=actor, event=event, source=source, cause=Cause.CORRECTION, roles=roles)
            continue
        wholes = {(line.kind, line.basis): line for line in lines}
        entries = [
            Entry(one.kind, one.whole, parts, one.currency, one.rate, one.basis)
            for one in wholes.values()
            if one.kind != Kind.REGISTERED_CAPITAL
        ]
        if event == signing_event(project) and project.registered_capital is not None:
            entries.append(_registered(project, parts, wholes.get((Kind.REGISTERED_CAPITAL, ""))))
        repost(
            actor=actor,
            event=event,
            source=source,
            entries=entries,
            occurred_on=day,
            facet=_look_kept(look, lines[0], facets),
            # What was taken over stays marked as such.
            cause=Cause.OPENING if lines[0].cause == Cause.OPENING else Cause.CORRECTION,
            roles=roles,
        )


def _events(lines: Iterable[Posting]) -> dict[str, list[Posting]]:
    """Standing lines by the event that they are revisions of."""
    found: dict[str, list[Posting]] = {}
    for line in lines:
        found.setdefault(line.event.partition("#")[0], []).append(line)
    return found


def _registered(project: Project, parts: Parts, before: Any = None) -> Entry:
    """The registered capital at the rate of the day of signing; at the rate used before when there was one."""
    assert project.registered_capital is not None
    currency = str(project.registered_currency_id)
    if before is not None and before.currency == currency:
        return Entry(Kind.REGISTERED_CAPITAL, project.registered_capital, parts, currency, before.rate)
    return _money(Kind.REGISTERED_CAPITAL, project.registered_capital, currency, project.signed_on, parts)


def _money(kind: str, amount: Decimal, currency: str, day: date, parts: Parts) -> Entry:
    return Entry(kind, amount, parts, currency, rate_on(currency, day).rate)


def withdraw(*, actor: Actor, project: Project) -> None:
    """Nothing about the project counts any longer."""
    for event in _events(standing_of(subject_of(project))):
        take_back(actor=actor, event=event, source=subject_of(project))

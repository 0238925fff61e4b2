"""A question about an entry goes back to who reported it; the answer lets it wait for a decision again."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from capital.choices import EntryState
from capital.models import CapitalEntry, Query
from capital.services.deciding import RIGHT, Case, hold_one, must, open_matters, right
from capital.services.recognition import must_be_current
from common import changelog, clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Denied, NotVisible, Refused, ServiceError
from leads.reminding import holders
from organizations.choices import Role
from organizations.reminders import register_kind
from organizations.services import remind, reminders_settle

ASKED, ANSWERED = "capital_query", "capital_answer"


@transaction.atomic
def query_ask(*, actor: Actor, entry: int, text: str, version: int | None = None) -> Query:
    """Ask the unit about an entry that waits for a decision. Whoever may decide at one of the levels may ask; who
    entered it, who reported it and the unit's heads hear of it.

    Raises NotVisible, Archived, Stale, Denied, Refused: own_entry, own_unit, query_open, override_open,
    not_waiting, text.
    """
    case = hold_one(actor, entry)
    must_be_current(case, version)
    must(may_ask(actor, case) or open_matters(case))
    row = case.entry
    if row.state not in (EntryState.REPORTED, EntryState.PRELIMINARY):
        raise Refused(
            _("%(number)s waits for no decision, so there is nothing to ask. Take the decision back first.")
            % {"number": row.number},
            code="not_waiting",
        )
    if not text.strip():
        raise Refused(
            _("Write down what the unit should explain or hand in."),
            code="text",
            fields={"text": [str(_("Needed here."))]},
        )
    query = Query(
        entry=row,
        stood_at=row.state,
        text=text.strip(),
        asked_by_id=actor.pk,
        asked_name=actor.actor_name,
        asked_at=clock.now(),
    )
    with changelog.acting(actor):
        query.full_clean()
        query.save(force_insert=True)
        _moved(row, EntryState.QUERIED)
    remind(
        users=_reporters(row),
        kind=ASKED,
        key=f"{ASKED}:{query.pk}",
        params={"number": row.number, "name": actor.actor_name},
        url=reverse("query_answer", args=[query.pk]),
        subject=query,
    )
    return query


@transaction.atomic
def query_answer(*, actor: Actor, pk: int, answer: str) -> Query:
    """The unit answers; the entry waits for a decision again. Raises NotVisible, Denied, Archived, Refused:
    query_closed, text."""
    query, case = _open(actor, pk)
    services.authorize(actor, Action.CHANGE, case.entry)
    if case.kept_back:
        raise Denied
    if not answer.strip():
        raise Refused(_("Write the answer."), code="text", fields={"answer": [str(_("Needed here."))]})
    query.answer, query.answered_name, query.answered_at = answer.strip(), actor.actor_name, clock.now()
    query.version += 1
    with changelog.acting(actor):
        query.full_clean()
        query.save()
        _moved(case.entry, query.stood_at)
    reminders_settle(subject=query, kinds=[ASKED])
    if query.asked_by_id:
        remind(
            users=[query.asked_by_id],
            kind=ANSWERED,
            key=f"{ANSWERED}:{query.pk}",
            params={"number": case.entry.number, "name": actor.actor_name},
            url=f"{reverse('desk')}?entry={case.entry.pk}",
            subject=query,
        )
    return query


@transaction.atomic
def query_withdraw(*, actor: Actor, pk: int) -> Query:
    """Take a question back without an answer. Raises NotVisible, Denied, Refused: own_entry, own_unit,
    query_closed."""
    query, case = _open(actor, pk)
    must(may_ask(actor, case))
    _taken_back(actor, query)
    with changelog.acting(actor):
        _moved(case.entry, query.stood_at)
    return query


def queries_drop(*, actor: Actor, entry: CapitalEntry) -> None:
    """The entry is withdrawn: its open question asks for nothing any more. The caller holds the entry."""
    for query in entry.queries.filter(answered_at=None, archived_at=None):
        _taken_back(actor, query)


def may_ask(actor: Actor, case: Case) -> ServiceError | None:
    """Why this actor may ask nothing about the entry; None when he may decide at one of the levels."""
    problems = [right(actor, level, case) for level in RIGHT]
    return None if None in problems else problems[0]


def _open(actor: Actor, pk: int) -> tuple[Query, Case]:
    """A question that is still open, with its entry held. Raises NotVisible, Refused."""
    entry = Query._base_manager.filter(pk=pk).values_list("entry", flat=True).first()
    if entry is None:
        raise NotVisible
    case = hold_one(actor, entry)
    query = Query._base_manager.select_for_update().get(pk=pk)
    if query.answered_at is not None or query.archived_at is not None:
        raise Refused(
            _("This query about %(number)s is closed: it was answered or taken back.")
            % {"number": case.entry.number},
            code="query_closed",
        )
    return query, case


def _taken_back(actor: Actor, query: Query) -> None:
    query.archived_at = clock.now()
    query.version += 1
    with changelog.acting(actor):
        query.save(update_fields=["archived_at", "version", "updated_at"])
    reminders_settle(subject=query, kinds=[ASKED])


def _moved(entry: CapitalEntry, state: str) -> None:
    entry.state = state
    entry.version += 1
    entry.save(update_fields=["state", "version", "updated_at"])


def _reporters(entry: CapitalEntry) -> list[int]:
    named = {entry.entered_by_id, entry.reported_by_id} - {None}
    return sorted({pk for pk in named if pk} | set(holders(entry.unit, Role.UNIT_HEAD)))


def register() -> None:
    """At start-up."""
    register_kind(ASKED, _("Queries to answer"), _("%(name)s asks about the capital entry %(number)s."))
    register_kind(
        ANSWERED, _("Queries answered"), _("%(name)s answered your query about the capital entry %(number)s.")
    )

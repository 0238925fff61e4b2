"""Counting rules: drawn up, changed, published, superseded; projects that they leave out
(docs/algorithms/counting.md, DOMAIN §3, §4: rules are data)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from capital.choices import RuleState
from capital.models import CountingRule, Excluded
from capital.rulebook import SHARED, digest, problem_text
from common import changelog, clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Archived, Denied, NotVisible, Refused, Stale
from common.scope import may_on
from ledger.choices import PeriodState
from ledger.models import Period
from projects import confidential
from projects.models import Project
from rules.counting import empty, read

DAY = timedelta(days=1)


@transaction.atomic
def countingrule_draft(
    *,
    actor: Actor,
    code: str,
    name: str,
    since: date,
    until: date | None = None,
    source: str = "",
    document: dict[str, Any] | None = None,
) -> CountingRule:
    """A draft of a rule's next version: it may have problems, they are shown and keep it from being published.

    Raises Denied, ValidationError, Refused (draft_there: one draft of a code at a time).
    """
    every = CountingRule.objects.unscoped(reason=SHARED).filter(code=code)
    if every.filter(state=RuleState.DRAFT, archived_at=None).exists():
        raise Refused(
            _("There is a draft of this rule already. Change that one, or close it first."),
            code="draft_there",
            fields={"code": [""]},
        )
    number = (every.aggregate(last=Max("number"))["last"] or 0) + 1
    content = empty() if document is None else document
    return services.create(
        CountingRule,
        actor=actor,
        values={
            "code": code,
            "number": number,
            "name": name,
            "since": since,
            "until": until,
            "source": source,
            "document": content,
            "sha256": digest(content),
        },
    )


@transaction.atomic
def countingrule_change(*, actor: Actor, pk: int, version: int | None, **values: Any) -> CountingRule:
    """Change a draft: name, source, days, document. Raises NotVisible, Denied, Stale, Archived,
    ValidationError, Refused (published: a published version is never changed, draw up the next one)."""
    if strange := set(values) - {"name", "source", "since", "until", "document"}:
        raise TypeError(f"countingrule_change changes no {', '.join(sorted(strange))}")
    _must_be_draft(services.get_visible(CountingRule, pk, actor, lock=True))
    if "document" in values:
        values["sha256"] = digest(values["document"])
    return services.update(CountingRule, actor=actor, pk=pk, version=version, values=values)


@transaction.atomic
def countingrule_publish(*, actor: Actor, pk: int, version: int | None) -> CountingRule:
    """The draft holds from its day on and can't be changed any more. The version that held until then ends on the
    day before.

    Raises NotVisible, Denied, Stale, Archived, and Refused: published, problems (the first of them is named),
    closed (a rule doesn't reach back into closed months of figures that an earlier version counted), overlaps
    (a later version is there already).
    """
    row = services.get_visible(CountingRule, pk, actor, lock=True)
    if not may_on(actor, Action.PUBLISH, row):
        raise Denied
    if row.archived_at is not None:
        raise Archived
    _must_be_draft(row)
    if version is not None and row.version != version:
        raise Stale(row)
    _rule, problems = read(row.document)
    if problems:
        said = _("%(n)s things have to be mended first: %(first)s")
        raise Refused(said % {"n": len(problems), "first": problem_text(problems[0])}, code="problems")
    with changelog.acting(actor, reason="published"):
        _supersede(row)
        row.state = RuleState.PUBLISHED
        row.sha256 = digest(row.document)
        row.published_at, row.published_name = clock.now(), actor.actor_name
        row.version += 1
        row.full_clean()
        row.save()
    return row


@transaction.atomic
def countingrule_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> CountingRule:
    """Close a draft that nobody wants. Raises as `common.services.archive`, Refused (published)."""
    _must_be_draft(services.get_visible(CountingRule, pk, actor, lock=True))
    return services.archive(CountingRule, actor=actor, pk=pk, version=version, reason=reason)


@transaction.atomic
def exclusion_add(*, actor: Actor, code: str, project: Project, since: date, reason: str) -> Excluded:
    """Leave a project out of what a rule counts, from a day on. Raises Denied, ValidationError, NotVisible,
    Refused (no_such_rule, confidential, excluded)."""
    _may_change(actor, code)
    services.authorize(actor, Action.VIEW, project)
    if confidential.kept_back(project, actor):
        raise Refused(_("This project is confidential, and you don't belong to it."), code="confidential")
    there = Excluded.objects.filter(code=code, project=project, archived_at=None)
    if there.exists():
        raise Refused(_("This project is on the list already."), code="excluded", fields={"project": [""]})
    row = Excluded(code=code, project=project, since=since, reason=reason.strip())
    with changelog.acting(actor, reason=row.reason):
        row.full_clean()
        row.save(force_insert=True)
    return row


@transaction.atomic
def exclusion_end(*, actor: Actor, pk: int, version: int | None, reason: str) -> Excluded:
    """Take a project off the list; that it stood there stays readable. Raises NotVisible, Denied, Stale."""
    row = Excluded.objects.select_for_update().filter(pk=pk, archived_at=None).first()
    if row is None:
        raise NotVisible
    _may_change(actor, row.code)
    if version is not None and row.version != version:
        raise Stale(row)
    row.archived_at = clock.now()
    row.version += 1
    with changelog.acting(actor, reason=reason):
        row.save(update_fields=["archived_at", "version", "updated_at"])
    return row


def _supersede(row: CountingRule) -> None:
    """The version in force on the day on which the new one begins ends on the day before."""
    rows = CountingRule.objects.unscoped(reason=SHARED).select_for_update().filter(code=row.code)
    others = list(rows.filter(state=RuleState.PUBLISHED, archived_at=None).order_by("since"))
    if others and (closed := _closed_until()) is not None and row.since <= closed:
        said = _(
            "Months until %(day)s are closed and were counted by an earlier version. Let this one begin later."
        )
        raise Refused(said % {"day": closed.isoformat()}, code="closed", fields={"since": [""]})
    for other in others:
        if other.since < row.since and (other.until is None or other.until >= row.since):
            other.until = row.since - DAY
            other.version += 1
            other.save(update_fields=["until", "version", "updated_at"])
        elif other.since >= row.since and (row.until is None or row.until >= other.since):
            said = _("Version %(n)s holds from %(day)s on. Let this one begin later, or end before that day.")
            raise Refused(
                said % {"n": other.number, "day": other.since.isoformat()},
                code="overlaps",
                fields={"since": [""]},
            )


def _closed_until() -> date | None:
    """The last day of the closed months."""
    last = Period.objects.filter(state=PeriodState.CLOSED, number__lte=12).order_by("-code").first()
    if last is None:
        return None
    return date(last.year + last.number // 12, last.number % 12 + 1, 1) - DAY


def _must_be_draft(row: CountingRule) -> None:
    if row.state == RuleState.PUBLISHED:
        raise Refused(
            _("A published version is never changed: figures were counted by it. Draw up the next version."),
            code="published",
        )


def _may_change(actor: Actor, code: str) -> None:
    row = CountingRule.objects.visible_to(actor).filter(code=code, archived_at=None).first()
    if row is None:
        raise Refused(
            _("There is no counting rule with the code “%(code)s”.") % {"code": code}, code="no_such_rule"
        )
    if not may_on(actor, Action.CHANGE, row):
        raise Denied

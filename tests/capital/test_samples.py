"""A month recognised together after a sample was looked at (docs/algorithms/recognition.md)."""

import hashlib
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from capital.models import Bulk, CapitalEntry, Recognition, RecognitionTerms, Sample, Sampled
from capital.services import samples
from capital.services.recognition import recognise, refuse
from capital.services.samples import bulk_start, chosen, recognise_batch, sample_check, sample_draw, size
from common import jobs
from common.errors import Archived, Denied
from common.models import JobRun
from ledger.choices import Kind
from ledger.models import Posting
from organizations.choices import Role
from tests.capital.recognising import counted, many_reported, now, reported
from tests.support.clients import user_with
from tests.support.refusals import refused

D = Decimal
FIRST, LAST = "preliminary", "final"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


def drawn(actor, unit, level=FIRST, good=True):
    """A sample of November, looked at."""
    sample = sample_draw(actor=actor, unit=unit, period=202611, level=level)
    for row in sample.drawn.all() if good else ():
        sample_check(actor=actor, pk=row.pk, result="good")
    return sample


def work(bulk):
    """What the worker does."""
    run = JobRun.objects.get(key=f"capital.bulk:{bulk.pk}")
    jobs.execute(run.pk)
    run.refresh_from_db()
    assert run.state == JobRun.State.DONE, run.error
    return run.result


@pytest.mark.parametrize(
    ("total", "percent", "least", "expected"),
    [
        (500, 5, 3, 25),
        (501, 5, 3, 26),  # 25.05, rounded up
        (40, 5, 3, 3),  # 2 would be too few
        (2, 5, 3, 2),  # there are no more
        (10, 100, 3, 10),
    ],
)
def test_how_many_are_looked_at(total, percent, least, expected):
    assert size(total, D(percent), least) == expected


def test_the_draw_depends_on_seed_and_entries_alone():
    """By the hash of "seed:entry", written out here once more."""
    by_hash = sorted(range(1, 50), key=lambda pk: hashlib.sha256(f"abc:{pk}".encode()).hexdigest())
    assert chosen("abc", range(1, 50), 5) == chosen("abc", reversed(range(1, 50)), 5) == by_hash[:5]
    assert chosen("abd", range(1, 50), 5) != by_hash[:5]


def test_drawn_looked_at_and_recognised_together(tree, project, checker):
    rows = [reported(project, 100 + number) for number in range(5)]
    reported(project, 7, proof=False)  # without a voucher: not in bulk
    other = reported(project, 9, occurred_on=date(2026, 10, 9))  # another month
    sample = drawn(checker, tree.city, good=False)
    assert (sample.entries, sample.percent) == ([row.pk for row in rows], 5)
    assert set(sample.drawn.values_list("entry", flat=True)) == set(chosen(sample.seed, sample.entries, 3))
    refused("sample_open", sample_draw, actor=checker, unit=tree.city, period=202611, level=FIRST)
    assert "3 drawn" in refused("sample_unchecked", bulk_start, actor=checker, sample=sample.pk)
    first, *rest = sample.drawn.all()
    refused("reason_needed", sample_check, actor=checker, pk=first.pk, result="bad")
    sample_check(actor=checker, pk=first.pk, result="bad", note="付款方不是投资人")
    for row in rest:
        sample_check(actor=checker, pk=row.pk, result="good")
    assert "draw again" in refused("sample_bad", bulk_start, actor=checker, sample=sample.pk)
    sample_check(actor=checker, pk=first.pk, result="good", note="已核实")
    gone = rows[0] if rows[0].pk != first.entry_id else rows[1]
    refuse(actor=checker, entry=gone.pk, level=FIRST, reason="重复")  # decided by itself meanwhile
    bulk = bulk_start(actor=checker, sample=sample.pk)
    kept = [row for row in rows if row != gone]
    assert (bulk.count, bulk.total) == (4, sum(row.amount for row in kept))
    assert bulk_start(actor=checker, sample=sample.pk) == bulk  # pressed twice
    assert work(bulk) == {"recognised": 4, "left": 1}
    assert {now(row).state for row in kept} == {"preliminary"}
    assert (now(gone).state, now(other).state) == ("refused", "reported")
    assert [counted(row) for row in kept] == [(row.amount, row.amount, 0) for row in kept]
    said = Recognition._base_manager.filter(bulk=bulk)
    assert {(x.decided_by, x.verdict, x.level) for x in said} == {(checker, "full", FIRST)}
    assert recognise_batch(actor=checker, bulk=bulk, entries=[row.pk for row in rows]) == []
    refused("sample_closed", sample_check, actor=checker, pk=first.pk, result="bad", note="晚了")


def test_the_last_word_in_bulk_says_what_the_first_check_said(tree, project, checker, head):
    whole, part, none = reported(project, 100), reported(project, 200), reported(project, 300)
    recognise(actor=checker, entry=whole.pk, level=FIRST)
    recognise(actor=checker, entry=part.pk, level=FIRST, amount=D(150), reason="缺票")
    with pytest.raises(Denied):
        sample_draw(actor=checker, unit=tree.city, period=202611, level=LAST)
    bulk = bulk_start(actor=head, sample=drawn(head, tree.county, LAST).pk)
    assert work(bulk) == {"recognised": 2, "left": 0}
    assert [counted(one) for one in (whole, part, none)] == [(100, 100, 100), (200, 150, 150), (300, 0, 0)]
    assert Recognition._base_manager.get(entry=part, level=LAST).verdict == "partial"


def test_who_draws_and_what_is_left_out(tree, project, checker):
    mine, other = reported(project, 100), reported(project, 200)
    CapitalEntry._base_manager.filter(pk=mine.pk).update(entered_by=checker)
    for stranger in (user_with(Role.EVALUATOR, tree.other_county), user_with(Role.UNIT_HEAD, tree.town)):
        with pytest.raises(Denied):
            sample_draw(actor=stranger, unit=tree.town, period=202611, level=FIRST)
    near = user_with(Role.EVALUATOR, tree.town)
    assert "can be recognised together" in refused(
        "nothing_waits", sample_draw, actor=near, unit=tree.town, period=202611, level=FIRST
    )
    sample = drawn(checker, tree.city)
    assert sample.entries == [other.pk]
    refused("reason_needed", samples.sample_give_up, actor=checker, pk=sample.pk, reason="")
    samples.sample_give_up(actor=checker, pk=sample.pk, reason="月份选错")
    with pytest.raises(Archived):
        bulk_start(actor=checker, sample=sample.pk)
    assert drawn(checker, tree.city).pk != sample.pk
    assert (Sample._base_manager.count(), Sampled.objects.count(), Bulk.objects.count()) == (2, 2, 0)


def test_terms_say_how_many_are_looked_at(tree, project, checker):
    RecognitionTerms._base_manager.create(since=date(2026, 1, 1), sample_percent=D(50), sample_least=1)
    many_reported(project, 7)
    assert drawn(checker, tree.city).drawn.count() == 4  # 3.5, rounded up


def test_500_entries_take_as_many_queries_as_5(tree, project, checker):
    """At most 15 with their lines; what begins and ends transactions is not counted."""
    one = reported(project)  # the look of these entries is known to the books
    recognise(actor=checker, entry=one.pk, level=FIRST)

    def queries(number):
        rows = many_reported(project, number)
        sample = drawn(checker, tree.city)
        bulk = Bulk.objects.create(
            sample=sample, count=number, total=0, at=sample.drawn_at, actor_id=checker.pk
        )
        with CaptureQueriesContext(
            connection,
        ) as seen:
            recognise_batch(actor=checker, bulk=bulk, entries=rows)
        marks = ("SAVEPOINT", "RELEASE")
        return [query["sql"] for query in seen if not query["sql"].startswith(marks)]

    few, many = queries(5), queries(500)
    assert len(many) == len(few) <= 15, "\n".join(sql[:200] for sql in many)
    assert Recognition._base_manager.count() == 506
    assert Posting._base_manager.filter(kind=Kind.CAPITAL_PRELIMINARY, role="assessed").count() == 506

"""People and machines at once, with real commits on real PostgreSQL: decided once, taken back once, nothing half
done when a process dies."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Event, Thread

import pytest
from django.db import connection, connections, transaction

from capital.choices import EntryKind
from capital.models import CapitalEntry, Recognition, Voucher
from capital.services import samples
from capital.services.overrides import override_ask, override_sign
from capital.services.recognition import recognise, refuse, reverse
from capital.services.vouchers import entry_file_add, voucher_create
from common import clock, files, imports, jobs
from common.errors import Refused
from common.models import JobRun
from ledger.choices import Kind, PeriodState
from ledger.models import Posting
from organizations.choices import Role
from projects.services import attribution_set
from tests.capital.dying import dies
from tests.capital.recognising import counted, many_reported, now, reported
from tests.support.clients import user_with
from tests.support.factories import TESTS, Tree
from tests.support.factories_capital import CapitalEntryFactory, period
from tests.support.factories_projects import all_of, signed_project
from tests.support.factories_work import pdf
from tests.support.pipeline import ship
from tests.support.world import sheet

D = Decimal
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
FIRST, LAST = "preliminary", "final"
PATIENCE = 60  # seconds; a slow machine is no failure, a lock that never ends is
pytestmark = pytest.mark.commits

# pg_stat_activity would say the same for the whole transaction; pg_locks is always of now.
WAITS = """
    SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
"""


def one_waits():
    """Another connection waits for this one: the two really overlap."""
    with connection.cursor() as cursor:
        cursor.execute(WAITS)
        return bool(cursor.fetchone()[0])


def overlapping(first, second):
    """`first` does its work and holds its transaction until `second` waits for it, or has ended; gives what both
    gave or raised."""
    begun, found = Event(), [None, None]

    def hold():
        try:
            with clock.at(NOW), transaction.atomic():
                found[0] = first()
                begun.set()
                for _ in range(PATIENCE * 20):
                    if one_waits() or not follower.is_alive():
                        break
                    follower.join(0.05)
        except Exception as problem:
            found[0] = problem
        finally:
            begun.set()
            connections.close_all()

    def follow():
        try:
            begun.wait(PATIENCE)
            with clock.at(NOW):
                found[1] = second()
        except Exception as problem:
            found[1] = problem
        finally:
            connections.close_all()

    follower, holder = Thread(target=follow), Thread(target=hold)
    holder.start()
    follower.start()
    holder.join()
    follower.join()
    return found


@pytest.fixture
def world():
    """A project, two who check, two who have the last word."""
    with clock.at(NOW):
        ship()
        tree = Tree()
        made = {
            "tree": tree,
            "project": signed_project(tree.town),
            "checkers": [user_with(Role.EVALUATOR, tree.city) for _ in range(2)],
            "heads": [user_with(Role.COMMITTEE, tree.city) for _ in range(2)],
        }
        yield type("World", (), made)


def code(problem):
    assert isinstance(problem, Refused), problem
    return problem.code


def test_two_decide_two_take_back_two_sign(world):
    """All with forced overlap: the second stands before the first one's commit."""
    one, two = world.checkers
    entry = reported(world.project)
    found = overlapping(
        lambda: recognise(actor=one, entry=entry.pk, level=FIRST),
        lambda: refuse(actor=two, entry=entry.pk, level=FIRST, reason="迟了"),
    )
    assert (found[0].delta, code(found[1])) == (1000, "decided")
    assert (Recognition._base_manager.count(), counted(entry)) == (1, (1000, 1000, 0))

    found = overlapping(  # 600 + 600 of 1000 can't flow back
        lambda: reverse(actor=one, entry=entry.pk, amount=D(600), reason="退回"),
        lambda: reverse(actor=two, entry=entry.pk, amount=D(600), reason="退回"),
    )
    assert (found[0].delta, code(found[1])) == (-600, "amount")
    found = overlapping(  # 100 and 200 can: nothing is lost
        lambda: reverse(actor=one, entry=entry.pk, amount=D(100), reason="退回"),
        lambda: reverse(actor=two, entry=entry.pk, amount=D(200), reason="退回"),
    )
    assert ([row.ordinal for row in found], counted(entry)) == ([3, 4], (1000, 100, 0))

    more = reported(world.project)
    wish = override_ask(actor=one, entry=more.pk, level=FIRST, amount=D(1500), reason="回单")
    found = overlapping(
        lambda: override_sign(actor=world.heads[0], pk=wish.pk, signed=True),
        lambda: override_sign(actor=world.heads[1], pk=wish.pk, signed=False, remark="不"),
    )
    assert (found[0].delta, code(found[1])) == (1500, "override_closed")
    assert counted(more) == (1000, 1500, 0)

    asked = reported(world.project)
    found = overlapping(
        lambda: override_ask(actor=one, entry=asked.pk, level=FIRST, amount=D(1500), reason="回单"),
        lambda: recognise(actor=two, entry=asked.pk, level=FIRST),
    )
    assert (code(found[1]), counted(asked)) == ("override_open", (1000, 0, 0))


def test_shares_change_and_months_close_while_somebody_decides(world):
    entry, head = reported(world.project), world.heads[0]
    found = overlapping(
        lambda: recognise(actor=head, entry=entry.pk, level=LAST),
        lambda: attribution_set(
            actor=TESTS, project=world.project.pk, role="assessed", valid_from=date(2026, 11, 1),
            shares=all_of(world.tree.other_town), reason="移交",
        ),
    )  # fmt: skip
    assert not any(isinstance(one, Exception) for one in found), found
    lines = Posting._base_manager.filter(
        kind=Kind.CAPITAL_RECOGNISED, role="assessed", reverses=None, reversed_by=None
    )
    assert [(x.unit_id, x.qty) for x in lines] == [(world.tree.other_town.pk, 1000)]

    late = reported(world.project, 500)
    month = period(202611)

    def close():
        row = type(month).objects.select_for_update().get(pk=month.pk)
        row.state = PeriodState.CLOSED
        row.save()

    found = overlapping(close, lambda: recognise(actor=head, entry=late.pk, level=LAST))
    assert found[1].delta == 500
    assert set(
        Posting._base_manager.filter(event=f"capital:{late.pk}:r1").values_list("posted_in", flat=True)
    ) == {202612}


def bulk_of(world, number):
    many_reported(world.project, number)
    actor = world.checkers[0]
    sample = samples.sample_draw(actor=actor, unit=world.tree.city, period=202611, level=FIRST)
    for row in sample.drawn.all():
        samples.sample_check(actor=actor, pk=row.pk, result="good")
    return samples.bulk_start(actor=actor, sample=sample.pk)


def test_killed_at_each_commit_of_a_bulk_recognition(broker, world, monkeypatch):
    """Seven entries, three in a batch. Commits: the job is taken, three batches, a look that finds nothing left, the
    job is done, whoever started it is told; the process dies before and after each of them, fourteen times. After every death the books are whole;
    the tick hands the job over again, and each entry is recognised once."""
    monkeypatch.setattr(samples, "BATCH", 3)
    deaths = 0
    for boundary in range(40):
        bulk = bulk_of(world, 7)
        run = JobRun.objects.get(key=f"capital.bulk:{bulk.pk}")
        JobRun.objects.filter(pk=run.pk).update(state=JobRun.State.QUEUED)
        died = dies(boundary, lambda run=run: jobs.execute(run.pk))
        assert whole(bulk) in (0, 3, 6, 7)
        if not died:
            break
        deaths += 1
        with clock.at(clock.now() + jobs.LOST_AFTER + timedelta(seconds=1)):
            jobs.tick()
            jobs.execute(run.pk)
        run.refresh_from_db()
        assert (run.state, run.result) == (JobRun.State.DONE, {"recognised": 7, "left": 0})
        assert whole(bulk) == 7
    assert deaths == 14


def whole(bulk):
    """How many entries of a bulk are recognised: rows, states and lines say the same."""
    rows = Recognition._base_manager.filter(bulk=bulk)
    done = rows.count()
    entries = CapitalEntry._base_manager.filter(pk__in=bulk.sample.entries)
    assert entries.filter(state="preliminary").count() == done
    lines = Posting._base_manager.filter(
        kind=Kind.CAPITAL_PRELIMINARY,
        role="assessed",
        source_type="recognition",
        source_id__in=list(rows.values_list("pk", flat=True)),
    )
    assert [line.qty for line in lines] == [1000] * done
    strangers = Posting._base_manager.filter(source_type="recognition").exclude(
        source_id__in=Recognition._base_manager.values("pk")
    )
    assert not strangers.exists()
    return done


def test_what_was_decided_meanwhile_stays(world):
    """A batch waits for a decision that is about to be committed, and leaves that entry alone."""
    bulk = bulk_of(world, 3)
    pks = bulk.sample.entries
    found = overlapping(
        lambda: refuse(actor=world.checkers[1], entry=pks[1], level=FIRST, reason="重复"),
        lambda: samples.recognise_batch(actor=world.checkers[0], bulk=bulk, entries=pks),
    )
    assert [row.entry_id for row in found[1]] == [pks[0], pks[2]]
    assert now(CapitalEntry(pk=pks[1])).state == "refused"


def test_killed_at_each_commit_of_an_import_of_entries(broker, world):
    """Whatever the moment, either nothing of the file is there or all of it, once."""
    clerk = user_with(Role.BUREAU_STAFF, world.tree.county)
    number, kind = world.project.number, str(EntryKind.REGISTERED.label)
    rows = [[number, kind, "2026-11-05", amount] for amount in ("100", "200", "300")]
    batch = imports.start(
        actor=clerk,
        importer="capital",
        data=sheet([["项目编号", "到位类别", "到位日期", "到位金额"], *rows]),
        filename="到位.xlsx",
        scope_path=world.tree.county.path,
        params={},
    )
    deaths = 0
    for boundary in range(40):
        done = type(batch).objects.unscoped(reason="test").get(pk=batch.pk).state == "confirmed"
        assert CapitalEntry._base_manager.count() == (3 if done else 0)
        if done:
            break
        deaths += dies(boundary, lambda: imports.confirm(actor=clerk, pk=batch.pk))
    assert done
    assert deaths >= 1
    with pytest.raises(Refused):
        imports.confirm(actor=clerk, pk=batch.pk)
    amounts = CapitalEntry._base_manager.order_by("amount").values_list("amount", flat=True)
    assert list(amounts) == [1_000_000, 2_000_000, 3_000_000]


def test_two_record_one_voucher(world):
    """The same slip under two spellings, the same file under two slips, the same file as a voucher and as a paper of an
    entry: whoever comes second waits, and is refused with a pointer to what he may see."""
    tree, papers = world.tree, [files.store(pdf(mark=mark)) for mark in (b"one", b"two")]
    officer, stranger = user_with(Role.OFFICER, tree.town), user_with(Role.OFFICER, tree.other_town)
    staff = user_with(Role.BUREAU_STAFF, tree.city)
    entry = CapitalEntryFactory(unit=tree.town, project=world.project)

    def record(actor, unit, number, issuer="示例银行（云川）", **values):
        given = {"type": "bank_slip", "dated": date(2026, 11, 5), "amount": D(100), **values}
        return lambda: voucher_create(actor=actor, unit=unit, number=number, issuer=issuer, **given)

    def taken(problem, expected, *told, kept=()):
        assert code(problem) == expected
        words = str(problem)
        assert [name in words for name in (*told, *kept)] == [True] * len(told) + [False] * len(kept), words

    first, other = overlapping(
        record(officer, tree.town, "No.00123"),
        record(stranger, tree.other_town, "no 00123", "示例银行(云川)"),
    )
    taken(other, "voucher_taken", tree.town.name, "2026-11-05", kept=["00123"])  # its name isn't his to see
    second, other = overlapping(
        record(officer, tree.town, "A-1", stored=papers[0]),
        record(staff, tree.other_town, "B-2", stored=papers[0]),
    )
    taken(other, "file_taken", tree.town.name, "A-1")
    paper, other = overlapping(
        lambda: entry_file_add(actor=officer, entry=entry.pk, stored=papers[1], name="合同.pdf"),
        record(staff, tree.town, "C-3", stored=papers[1]),
    )
    taken(other, "file_taken", entry.number)
    assert list(Voucher._base_manager.order_by("pk")) == [first, second]
    assert paper.stored == papers[1]

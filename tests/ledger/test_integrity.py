"""`manage.py ledger check`, `manage.py period …`, and what moved since a closing."""

import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from ledger import closings, integrity, restatement, subjects
from ledger.choices import Kind, Role
from ledger.closings import reopening_ask, reopening_sign
from ledger.models import Period
from ledger.services import Entry, Look, Part, post, repost, take_back
from organizations.choices import Role as Job
from tests.ledger.support import arrived, close, noon
from tests.support.clients import user_with
from tests.support.factories import TESTS

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_registered(monkeypatch):
    for name, value in (("_checks", {}), ("_before_cut_off", []), ("_before_closing", [])):
        monkeypatch.setattr(closings, name, value)
    monkeypatch.setattr(integrity, "_checks", {})
    integrity.ship()


def command(*words):
    """(what was printed, exit code)"""
    out = io.StringIO()
    try:
        call_command(*words, stdout=out)
    except SystemExit as ended:
        return out.getvalue(), ended.code
    except CommandError as refused:
        return out.getvalue() + str(refused), refused.returncode
    return out.getvalue(), 0


def found():
    return {one.code: [str(x.text) for x in one.findings] for one in integrity.run() if one.findings}


@pytest.fixture
def books(tree):
    """Two closed months, one of them twice, a line taken back in the third."""
    staff, leader = user_with(Job.BUREAU_STAFF, tree.bureau), user_with(Job.LEADER, tree.city)
    shared = [Part(tree.town.pk, D("0.6")), Part(tree.park.pk, D("0.4"))]
    dollars = Entry(Kind.CAPITAL_RECOGNISED, D("1000.01"), {Role.ASSESSED: shared, Role.PLACE: shared},
                    "USD", D("7.1"), "arrived")  # fmt: skip
    with noon(2026, 12, 5):
        first = arrived(tree.town, 100, (2026, 9, 20))[0]
        arrived(tree.town, 200, (2026, 10, 20), subject=("project", 8))
        repost(
            actor=TESTS, event=first.event, source=("recognition", 99), entries=[dollars],
            occurred_on=first.occurred_on, facet=Look(zone="abroad"),
        )  # fmt: skip
        close(202609, 202610)
        asked = reopening_ask(actor=staff, code=202610, reason="补记")
        reopening_sign(actor=leader, pk=asked.pk)
        late = arrived(tree.town, 30, (2026, 10, 25), subject=("project", 8))[0]
        close(202610)
        take_back(actor=TESTS, event=late.event, source=("recognition", 100))
    return first.event, late.event


def test_sound_books_print_zero_and_exit_0(books):
    text, code = command("ledger", "check")
    assert code == 0
    assert text.split()[-1] == "0"
    text, code = command("ledger", "check", "--format", "json")
    told = json.loads(text)
    # 9 lines: 1 + 1 of the two entries, −1 and 4 of the first written anew, 1 late and its mirror
    assert {one["code"]: (one["looked_at"], one["found"]) for one in told["checks"]} == {
        "chain": (3, 0), "closed": (3, 0), "lines": (9, 0), "mirrored": (2, 0), "facets": (2, 0),
    }  # fmt: skip
    assert (code, told["found"], told["schema"]) == (0, 0, 1)


def test_each_way_of_bending_the_books_is_found(books):
    """Somebody with the owner's rights switches the triggers off and alters, removes or slips in rows. Each
    bending is undone before the next one."""
    first, late = books
    columns = "event, subject_type, subject_id, source_type, source_id, kind, basis, role, unit_id, holder, facet_id, share, qty, whole, currency, rate, base_qty, occurred_on, posted_in_id, posted_at, cause, actor_id, actor_name"
    slip = f"INSERT INTO led_posting (line, {columns}) SELECT 9, {columns.replace('event,', chr(39) + 'x' + chr(39) + ',', 1)} FROM led_posting WHERE event = '{first}'"  # fmt: skip
    ways = {
        # a figure made larger, consistently in every column: only the hash tells
        f"UPDATE led_posting SET qty = 2 * qty, whole = 2 * whole, base_qty = 2 * base_qty WHERE event = '{late}'": {"chain", "mirrored"},
        f"UPDATE led_posting SET actor_name = '某人' WHERE event = '{first}'": {"chain"},
        f"UPDATE led_posting SET base_qty = base_qty + 1 WHERE event = '{first}#2' AND line = 1": {"chain", "lines"},
        f"UPDATE led_posting SET share = 0.5 WHERE event = '{first}#2' AND line = 1": {"chain", "lines"},
        f"DELETE FROM led_posting WHERE event = '{first}#2' AND role = 'place' AND line > 3": {"chain", "lines"},
        f"UPDATE led_posting SET posted_in_id = 202611 WHERE event = '{first}#2'": {"chain"},
        f"UPDATE led_posting SET posted_in_id = 202610 WHERE event = '{late}#2-'": {"closed"},
        f"UPDATE led_posting SET occurred_on = '2026-10-26' WHERE event = '{late}#2-'": {"mirrored"},
        slip: {"closed", "lines"},
        "UPDATE led_facet SET zone = 'inside_city'": {"facets"},
        "UPDATE led_facet SET sha = md5(sha) || md5(sha) WHERE zone = 'abroad'": {"chain", "facets"},
        "UPDATE led_closing SET watermark = watermark - 1 WHERE revision = 2": {"chain", "closed"},
        "DELETE FROM led_closing WHERE period_id = 202609": {"chain", "closed"},
        "UPDATE led_period SET state = 'open' WHERE code = 202609": {"closed"},
        "DELETE FROM led_reopening; DELETE FROM led_reopening_ask; DELETE FROM led_closing WHERE period_id = 202610 AND revision = 1": {"chain", "closed"},
    }  # fmt: skip
    assert found() == {}
    for way, wanted in ways.items():
        with transaction.atomic(), connection.cursor() as owner:
            owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in ("led_posting", "led_facet", "led_closing", "led_reopening"):
                owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            owner.execute(way)
            assert owner.rowcount
            assert set(found()) == wanted, way
            text, code = command("ledger", "check")
            assert (code, text.split()[-1]) == (1, str(sum(map(len, found().values()))))
            transaction.set_rollback(True)
    assert found() == {}


def test_whatever_the_services_write_is_sound(tree):
    """Odd amounts, rates and shares, negative wholes, things counted, lines taken back and written anew in one
    dimension or all, months closed in between: nothing of it looks bent."""
    chance = Random(7)
    units = [tree.town, tree.park, tree.second_town, tree.other_town]
    looks = [Look(zone=zone, park_id=park) for zone in ("abroad", "") for park in (None, tree.park.pk)]

    def parts():
        cuts = sorted({D(chance.randrange(1, 10**8)).scaleb(-8) for _n in range(chance.randrange(4))})
        edges = [D(0), *cuts, D(1)]
        return [
            Part(unit.pk, b - a)
            for unit, a, b in zip(chance.sample(units, 4), edges, edges[1:], strict=False)
        ]

    def entries():
        money, rate = (
            D(chance.randrange(-(10**9), 10**9)).scaleb(-2),
            D(chance.randrange(1, 10**7)).scaleb(-5),
        )
        dimensions = {Role.ASSESSED: parts(), Role.PLACE: parts()}
        return [
            Entry(Kind.CONTRACT, money, dimensions, "USD", rate),
            Entry(Kind.SIGNED, D(1), dimensions),
        ]

    with noon(2026, 12, 5):
        for number in range(40):
            about = {"facet": chance.choice(looks), "occurred_on": date(2026, 1 + number % 11, 5)}
            event, source = f"project:{number}:signing", ("project", number)
            said = entries()
            post(actor=TESTS, event=event, subject=("project", number), source=source, entries=said, **about)
            for role in chance.sample([None, Role.ASSESSED, Role.PLACE], chance.randrange(4)):
                if role:  # the same wholes, divided otherwise in one dimension
                    divided = parts()
                    said = [replace(one, parts={**one.parts, role: divided}) for one in said]
                    new = [replace(one, parts={role: divided}) for one in said]
                else:
                    new = said = entries()
                repost(
                    actor=TESTS, event=event, source=source, entries=new, roles={role} if role else None, **about
                )  # fmt: skip
            if number % 4 == 3:
                take_back(actor=TESTS, event=event, source=source)
            if number == 25:
                close(*range(202601, 202607))
    assert found() == {}


def test_upper_apps_add_checks(books):
    integrity.register("files", "孤立的文件", lambda: (3, [integrity.Finding("abc.pdf", "无人引用")]))
    text, code = command("ledger", "check", "--format", "json")
    assert code == 1
    assert json.loads(text)["checks"][-1] == {
        "code": "files", "looked_at": 3, "found": 1, "findings": [{"where": "abc.pdf", "text": "无人引用"}],
    }  # fmt: skip
    with pytest.raises(ValueError, match="twice"):
        integrity.register("files", "", lambda: (0, []))


# ---------------------------------------------------------------- both clocks


def test_what_moved_and_why(tree, monkeypatch):
    """October closed with 100 and 200 in two towns; in November 30 more of October come in and 200 goes."""
    monkeypatch.setattr(subjects, "_types", {})
    staff = user_with(Job.BUREAU_STAFF, tree.city)
    with noon(2026, 11, 5):
        arrived(tree.town, 100, (2026, 10, 20))
        gone = arrived(tree.park, 200, (2026, 10, 21), subject=("project", 8))[0]
        arrived(tree.town, 40, (2026, 3, 2))
        closing = close(202603, 202610)
        arrived(tree.town, 30, (2026, 10, 22))
        take_back(actor=TESTS, event=gone.event, source=("recognition", 9))
        arrived(tree.town, 5, (2025, 5, 5))
        arrived(tree.town, 6, (2026, 11, 2))
    (row,) = restatement.restated(closing, actor=staff)
    assert (row.kind, row.basis, row.published, row.known, row.moved) == (
        Kind.CAPITAL_RECOGNISED, "arrived", D(3_000_000), D(1_300_000), D(-1_700_000),
    )  # fmt: skip
    (row,) = restatement.restated(closing, actor=staff, year=True)
    assert (row.published, row.known) == (D(3_400_000), D(1_700_000))
    moved = restatement.moved(closing, actor=staff)
    assert {(x.unit.code, str(x.subject), x.cause, x.posted_in, x.amount, x.lines) for x in moved} == {
        ("longjuzhai", "project 7", "normal", 202611, D(300_000), 1),
        ("park", "project 8", "reversal", 202611, D(-2_000_000), 1),
    }
    assert sum(x.amount for x in moved) == D(-1_700_000)
    # A town's own staff see their lines only.
    town = user_with(Job.UNIT_HEAD, tree.town)
    assert [x.amount for x in restatement.moved(closing, actor=town)] == [D(300_000)]
    # 2025's late money is no figure of 2026: it stands apart in November, and not yet in October.
    october = restatement.figures(202610, actor=staff)
    assert sorted((x.unit.code, x.month, x.year, x.prior_year) for x in october) == [
        ("longjuzhai", D(1_300_000), D(1_700_000), None), ("park", D(0), D(0), None),
    ]  # fmt: skip
    november = {x.unit.code: x for x in restatement.figures(202611, actor=staff)}
    assert (november["longjuzhai"].month, november["longjuzhai"].prior_year) == (D(60_000), D(50_000))
    assert november["park"].month is None


def test_whom_a_subject_is_kept_from_reads_sums_without_it(tree, monkeypatch):
    monkeypatch.setattr(subjects, "_types", {})
    keys = Period.objects.filter(code=202610)  # any rows: they give the keys of what is kept back
    subjects.register(
        "project", label="项目", url_name="x", numbers=lambda pks: {}, hidden=lambda actor: keys
    )
    staff = user_with(Job.BUREAU_STAFF, tree.city)
    with noon(2026, 11, 5):
        arrived(tree.town, 100, (2026, 10, 20), subject=("project", 202610))
        arrived(tree.town, 20, (2026, 10, 20), subject=("project", 8))
        closing = close(202610)
    assert restatement.restated(closing, actor=staff)[0].known == D(200_000)
    assert restatement.left_out(staff, closing) == 1
    assert restatement.restated(closing, actor=TESTS)[0].known == D(1_200_000)


# ---------------------------------------------------------------- from the shell


def test_closing_and_reporting_from_the_shell(tree):
    with noon(2026, 11, 5):
        arrived(tree.town, 100, (2026, 9, 20))
        arrived(tree.town, 200, (2026, 10, 20))
        text, code = command("period", "report", "2026-10", "--as-published")
        assert code == 1
        text, code = command("period", "close", "2026-10", "--format", "json")
        assert (code, json.loads(text)["error"]["code"]) == (1, "earlier_open")
        text, code = command("period", "cut-off", "2026-09")
        assert (code, text.split()) == (0, ["2026-09", "cut_off"])
        text, code = command("period", "close", "2026-10", "--earlier", "--format", "json")
        told = json.loads(text)
        assert (code, told["state"], [x["period"] for x in told["closings"]]) == (
            0, "closed", ["2026-09", "2026-10"],
        )  # fmt: skip
        assert told["closings"][1]["prev_hash"] == told["closings"][0]["hash"]
        assert command("period", "close", "2026-10")[1] == 1
        arrived(tree.town, 3, (2026, 10, 22))
        line = {"unit": "longjuzhai", "name": "龙驹寨镇", "kind": "capital.recognised", "basis": "arrived",
                "measured_in": "yuan"}  # fmt: skip
        text, code = command("period", "report", "2026-10", "--as-published", "--format", "json")
        told = json.loads(text)
        assert (code, told["clock"], told["moved"]) == (0, "published", [])
        assert told["lines"] == [{**line, "month": "2000000", "year": "3000000", "prior_year": None}]
        text, code = command("period", "report", "2026-10", "--as-known", "--format", "json")
        told = json.loads(text)
        assert told["lines"] == [{**line, "month": "2030000", "year": "3030000", "prior_year": None}]
        assert [(x["amount"], x["counted_in"], x["cause"]) for x in told["moved"]] == [
            ("30000", "2026-11", "normal")
        ]
        text, code = command("period", "report", "2026-10")
        assert "203.00" in text
        text, code = command("period", "reopen-status", "2026-10", "--format", "json")
        assert (json.loads(text)["reopenings"], len(json.loads(text)["closings"])) == ([], 1)
        stranger = user_with(Job.AUDIT_ADMIN, tree.city).username
        for verb in ("reopen-status", "report"):
            text, code = command("period", verb, "2026-10", "--actor", stranger)
            assert code == 1
            assert "2026-10" not in text
    for wrong in (("period", "close", "2026-14"), ("period", "close", "October")):
        with pytest.raises(CommandError):
            call_command(*wrong)
    assert command("period", "report", "2031-01")[1] == 1
    assert command("period", "cut-off", "2026-12", "--actor", "nobody")[1] == 1

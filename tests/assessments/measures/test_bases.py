"""Every base: its cell is what a statement of the test's own sums, and its rows are those lines and no others. A line
altered in a copy turns it red (DOMAIN §4, §8)."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from assessments.measures import BASES, FactKey
from assessments.measures.passing import Lines
from assessments.measures.rows import rows
from assessments.measures.seeking import Sought
from common import clock
from ledger.choices import Kind
from ledger.services import Look
from projects.models import LandParcel
from tests.assessments.measures.support import D, asked, book, cell, gone, measure
from tests.support.factories_projects import signed_project

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline")]

# What each base adds up, written a second time from the definitions of DOMAIN §3 and §4: kind, basis, more.
OWN = {
    "signed_projects": ("project.signed", "", ""),
    "registered_projects": ("project.registered", "", ""),
    "permitted_projects": ("project.permitted", "", ""),
    "started_projects": ("project.started", "", ""),
    "completed_projects": ("project.completed", "", ""),
    "producing_projects": ("project.in_production", "", ""),
    "capacity_projects": ("project.at_capacity", "", ""),
    "leads_handed_in": ("lead.handed_in", "", ""),
    "leads_valid": ("lead.valid", "", ""),
    "contract_amount": ("contract.amount", "", ""),
    "foreign_contracted": ("contract.amount", "", "USD"),
    "registered_capital": ("contract.registered", "", ""),
    "foreign_registered": ("contract.registered", "", "USD"),
    "arrived_reported": ("capital.reported", "arrived", ""),
    "arrived_preliminary": ("capital.preliminary", "arrived", ""),
    "arrived": ("capital.recognised", "arrived", ""),
    "formed_reported": ("capital.reported", "formed", ""),
    "formed_preliminary": ("capital.preliminary", "formed", ""),
    "formed": ("capital.recognised", "formed", ""),
    "foreign_used": ("capital.recognised", "arrived", "USD"),
    "tax_net": ("tax.net", "", ""),
    "land_granted": ("project.signed", "", "mu"),
}
MINE = """
    SELECT coalesce(sum(CASE %(more)s WHEN 'USD' THEN p.qty WHEN 'mu' THEN p.base_qty * (
            SELECT sum(area_mu) FROM prj_parcel l WHERE l.project_id = p.subject_id AND l.archived_at IS NULL
        ) ELSE p.base_qty END), 0), count(*)
    FROM {table} p, led_facet f, org_unit u
    WHERE p.kind = %(kind)s AND p.role = 'assessed' AND p.basis = %(basis)s AND f.id = p.facet_id AND u.id = p.unit_id
        AND (%(more)s = 'mu' OR p.occurred_on BETWEEN '2026-01-01' AND '2026-10-31') AND p.posted_in_id <= 202610
        AND (%(more)s <> 'USD' OR (p.currency = 'USD' AND f.zone = 'abroad'))
        AND (%(more)s <> 'mu' OR p.subject_id IN (SELECT project_id FROM prj_parcel WHERE archived_at IS NULL))
        AND u.path LIKE %(path)s
"""
ABROAD = Look("tertiary", "7010", "agent", "abroad", "own", "increase")


@pytest.fixture
def world(tree):
    """Lines of every kind, shared and whole, at home and from abroad, this year, last year and in November."""
    with clock.at(datetime(2026, 11, 20, 4, tzinfo=UTC)):
        shared = [(tree.town, "0.6"), (tree.park, "0.4")]
        days = (date(2025, 10, 30), date(2026, 2, 3), date(2026, 10, 31), date(2026, 11, 1))
        for at, day in enumerate(days):
            for kind in Kind:
                share = shared if at == 1 else (tree.second_town, tree.town, tree.other_town)[at % 3]
                look = {"look": ABROAD} if at == 2 else {}
                if kind.startswith(("capital.", "contract.", "tax.")):
                    pay = (
                        {"currency": "USD", "rate": D("7.1")}
                        if at == 2
                        else {"currency": "CNY", "rate": D(1)}
                    )
                    for basis in ("arrived", "formed") if kind.startswith("capital.") else ("",):
                        book(kind, day, share, D(1000 + at) * 7, basis=basis, **pay, **look)
                else:
                    book(kind, day, share, **look)
        gone(book(Kind.STARTED, date(2026, 3, 1), tree.town))
        project = signed_project(tree.town)
        for number, area in (("甲", "30.5"), ("乙", "20")):
            LandParcel._base_manager.create(project=project, number=number, area_mu=D(area))
        yield tree


def mine(base, unit, table="led_posting"):
    kind, basis, more = OWN[base]
    with connection.cursor() as cursor:
        cursor.execute(
            MINE.format(table=table), {"kind": kind, "basis": basis, "more": more, "path": unit.path + "%"}
        )
        return cursor.fetchone()


def test_every_base_is_its_lines_and_a_changed_line_shows(world):
    """One world for all bases: the statement of this test, the cell, the rows and their contributions agree for a town,
    a county and the city; with one line altered in a copy they don't."""
    assert {base.code for base in BASES} == set(OWN)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE copied ON COMMIT DROP AS SELECT * FROM led_posting")
    for base in BASES:
        measure(f"t-{base.code}".replace("_", "-"), base.code)
    for base in BASES:
        code, touched = f"t-{base.code}".replace("_", "-"), 0
        for unit in (world.town, world.county, world.city):
            amount, number = mine(base.code, unit)
            found = cell(code, unit, "2026-10")
            assert (0 if found in ("no_land", "not_reported") else found) == amount, (base.code, unit.name)
            (behind,) = rows(FactKey(code), unit, asked("2026-10"))
            seqs = list(behind.lines.values_list("seq", flat=True))
            assert len(seqs) == number
            assert sum(behind.counts().values(), D(0)) == amount
            if seqs:
                touched += 1
                with connection.cursor() as cursor:
                    cursor.execute(
                        "UPDATE copied SET base_qty = base_qty + 1, qty = qty + 1 WHERE seq = %s", [seqs[0]]
                    )
                assert mine(base.code, unit, "copied")[0] != amount
                with connection.cursor() as cursor:
                    cursor.execute(
                        "UPDATE copied SET base_qty = base_qty - 1, qty = qty - 1 WHERE seq = %s", [seqs[0]]
                    )
        assert touched, f"nothing counts for {base.code}: the world is too small"


@pytest.mark.parametrize("credit", ["whole", "lead"])
def test_lines_say_how_a_whole_is_credited(world, credit):
    """1,001 × 7 is shared 60/40 by the town and the park. Town and park each have the whole, or the town alone."""
    units = (world.town, world.park, world.city)
    sought = [Sought("contract_amount", credit=credit)]
    question = asked("2026-10")
    from assessments.measures.passing import sums

    for unit in units:
        behind = Lines.of(sought[0], unit, question)
        total = sums(sought, [unit], question).amounts[sought[0]][unit.pk]
        assert sum(behind.counts().values(), D(0)) == total
    park = sums(sought, [world.park], question).amounts[sought[0]][world.park.pk]
    assert park == (7007 if credit == "whole" else 0)
    city = sums(sought, [world.city], question).amounts[sought[0]][world.city.pk]
    assert city == mine("contract_amount", world.city)[0], "the city has every whole once"


def test_the_number_of_queries_depends_neither_on_units_nor_on_keys(world, django_assert_num_queries):
    from assessments.measures import cells

    for base in BASES:
        measure(f"t-{base.code}".replace("_", "-"), base.code)
        measure(
            f"x-{base.code}".replace("_", "-"),
            base.code,
            filters={"sector": ["secondary"], "size_from": "1"} if "size_from" in base.allowed else {},
        )
    keys = [FactKey(f"t-{base.code}".replace("_", "-")) for base in BASES]
    question = asked("2026-10")
    with django_assert_num_queries(5):
        cells([keys[0], FactKey("t-arrived")], [world.town], question)
    more = [FactKey(f"x-{base.code}".replace("_", "-")) for base in BASES]
    with django_assert_num_queries(5):
        cells([*keys, *more], [world.town, world.county, world.city, world.park], question)

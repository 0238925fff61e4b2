"""Runs: the same inputs give the same run, published ones stay, everything replays (DESIGN §4, DOMAIN §11)."""

import json
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments import services
from assessments.models import RankingLine, RankingRun, RankingTable, RunPublication
from assessments.rankings import compute
from assessments.reading import read
from assessments.selectors import gather
from common import imports, jobs
from common.errors import Refused
from organizations import services as org
from rules.facts import MissingReason
from rules.periods import Month
from rules.trace import canonical_json
from tests.assessments.support import TESTS

D = Decimal
JUNE_ROWS = (("棣花镇", 25000, 9050), ("商镇", 25000, 9020), ("竹林关镇", 25000, 8920))


def cell(run, name, unit="dihua"):
    return next(line for line in read(run).lines if line.unit == unit).cells[name]


def figures(run, unit="dihua"):
    """(completion, points) of a unit."""
    return cell(run, "completion", unit).value, cell(run, "points", unit).value


def runs():
    return RankingRun.objects.unscoped(reason="tests")


# ---------------------------------------------------------------- one run for one set of inputs


def test_the_same_inputs_give_the_same_run_and_a_changed_figure_a_new_one(county):
    county.write(*JUNE_ROWS)
    first = county.compute()
    assert county.compute().pk == first.pk
    county.write(("棣花镇", 25000, 8000), filename="更正.xlsx")
    second = county.compute()
    assert (second.number, second.input_hash == first.input_hash) == (2, False)
    assert [(line.unit_name, line.rank) for line in second.lines.all()] == [
        ("商镇", 1),
        ("竹林关镇", 2),
        ("棣花镇", 3),
    ]
    assert [(line.unit_name, line.rank) for line in first.lines.all()] == [
        ("棣花镇", 1),
        ("商镇", 2),
        ("竹林关镇", 3),
    ]


def test_undoing_the_correction_gives_the_first_figures_again(county):
    county.write(*JUNE_ROWS)
    first = county.compute()
    batch = county.write(("棣花镇", 25000, 8000), filename="更正.xlsx")
    county.compute()
    imports.undo(actor=county.clerk, pk=batch.pk, reason="发错")
    third = county.compute()
    assert (third.number, third.input_hash) == (3, first.input_hash)


def test_as_published_and_as_known_now_stand_side_by_side(county, page):
    county.write(*JUNE_ROWS)
    first = county.compute()
    services.run_publish(actor=county.clerk, pk=first.pk)
    county.write(("棣花镇", 25000, 8000), filename="更正.xlsx")
    second = county.compute()
    address = {"group": "towns", "table": "towns-capital", "period": "2023-06"}
    then = page.get(reverse("ranking"), address).context
    assert [row["name"] for row in then["rows"]] == ["棣花镇", "商镇", "竹林关镇"]
    assert [clock["active"] for clock in then["clocks"]] == [True, False]
    now = page.get(reverse("ranking"), {**address, "as": "now"}).context
    assert [row["name"] for row in now["rows"]] == ["商镇", "竹林关镇", "棣花镇"]
    services.run_publish(actor=county.clerk, pk=second.pk)
    assert RunPublication.objects.filter(run__table=county.table).count() == 2
    with pytest.raises(Refused, match="run 2 is newer"):
        services.run_publish(actor=county.clerk, pk=first.pk)


def test_publishing_needs_the_right(county):
    county.write(*JUNE_ROWS)
    run = county.compute()
    for role, unit in (
        ("unit_head", county.dihua),
        ("leader", county.unit),
        ("bureau_staff", county.elsewhere),
    ):
        user = county.person(role, role, unit)
        with pytest.raises(Exception, match="no such record|does not allow"):
            services.run_publish(actor=user, pk=run.pk)
    assert not RunPublication.objects.filter(run=run).exists()


# ---------------------------------------------------------------- replay


def test_a_run_replays_to_the_same_bytes_later_elsewhere_and_under_another_hash_seed(county):
    """After a later import, a renamed unit and changed settings; in a fresh process."""
    county.write(*JUNE_ROWS)
    run = county.compute()
    county.write(("棣花镇", 26000, 1), filename="更正.xlsx")
    org.unit_update(actor=TESTS, pk=county.dihua.pk, version=None, name="棣花古镇")
    services.rankingtable_update(actor=TESTS, pk=county.table.pk, version=None, rate_digits=0, rank_by="done")
    stored = RankingRun._base_manager.get(pk=run.pk)
    expected = canonical_json(stored.document)
    assert canonical_json(compute(stored.inputs).to_document()) == expected
    assert [line.unit_name for line in stored.lines.all()][0] == "棣花镇"
    env = {**os.environ, "PYTHONHASHSEED": "4711", "DJANGO_SETTINGS_MODULE": "investpro.settings.test"}
    command = [sys.executable, "-m", "tests.assessments.replay_run"]
    told = subprocess.run(
        command, input=json.dumps(stored.inputs).encode(), capture_output=True, check=True, env=env
    )
    assert told.stdout == expected


@pytest.mark.parametrize("model", [RankingRun, RankingLine, RunPublication])
@pytest.mark.parametrize("verb", ["UPDATE {table} SET {key} = {key}", "DELETE FROM {table}"])
@pytest.mark.parametrize("role", ["owner", "application"])
def test_runs_lines_and_publications_are_written_once(county, settings, model, verb, role):
    county.write(*JUNE_ROWS)
    services.run_publish(actor=county.clerk, pk=county.compute().pk)
    statement = verb.format(table=model._meta.db_table, key=model._meta.pk.column)
    become = f'SET LOCAL ROLE "{settings.DATABASE_APP_ROLE}"' if role == "application" else "SELECT 1"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(become)
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(statement)
        cursor.execute("RESET ROLE")
    assert model._base_manager.exists()


# ---------------------------------------------------------------- how much is read


@pytest.mark.parametrize("more", [0, 27])
def test_gathering_asks_the_database_as_often_for_30_units_as_for_3(county, more):
    rows = list(JUNE_ROWS)
    for n in range(more):
        town = org.unit_create(actor=TESTS, parent=county.unit, name=f"第{n}镇", code=f"t{n}", kind="town")
        org.membership_add(actor=TESTS, group=county.group, unit=town, begins=date(2020, 1, 1), sort=10 + n)
        rows.append((f"第{n}镇", 25000, 100 + n))
    county.write(*rows)
    table = RankingTable._base_manager.select_related(
        "group", "measure", "tie_measure", "reported_total"
    ).get(pk=county.table.pk)
    with CaptureQueriesContext(connection) as queries:
        inputs = gather(table, Month(2023, 6))
    assert len(inputs["lines"]) == 3 + more
    # Members, figures, what people entered, targets with their groups and units taken over, who reported at all.
    assert len(queries) == 7, [q["sql"][:80] for q in queries]


# ---------------------------------------------------------------- traps of DOMAIN §11


def test_a_target_raised_inside_the_year_leaves_july_as_it_was(county):
    """1,000 → 1,200 from August; July 700, August 800: 70.00 / +11.67 stays, then 66.67 / 0.00."""
    county.write(("棣花镇", 1000, 700), month=7)
    july = county.compute("2023-07")
    assert figures(july) == (D("70.00"), D("11.67"))
    county.write(("棣花镇", 1200, 800), month=8, holds_from=8)
    assert figures(county.compute("2023-08")) == (D("66.67"), D("0.00"))
    assert county.compute("2023-07").pk == july.pk  # also when July is asked for again
    assert county.targets(unit=county.dihua, superseded_at=None).count() == 2


def test_a_circular_on_older_data_is_measured_against_the_month_of_the_data(county):
    """March circular, data to February, 100 of 600: 0.00, not −8.33."""
    county.write(("棣花镇", 600, 100), month=2)
    march = county.compute("2023-03", through="2023-02")
    assert figures(march)[1] == D("0.00")
    assert (march.month, march.data_through) == (3, 2)
    assert cell(county.compute("2023-03"), "done").reason == MissingReason.NOT_REPORTED


@pytest.mark.parametrize(("schedule", "points"), [("linear", "-6.67"), ("quarterly", "3.33")])
def test_the_schedule_is_linear_or_follows_the_quarters(county, schedule, points):
    """15/25/30/30 % of 1,000, May 350: linear 35 − 41.67; by quarters 35 − (15 + 25 × 2/3)."""
    quarters = ["15", "25", "30", "30"] if schedule == "quarterly" else []
    table = county.make_table(f"towns-{schedule}", schedule=schedule, quarters=quarters)
    county.write(("棣花镇", 1000, 350), month=5)
    assert figures(county.compute("2023-05", table=table)) == (D("35.00"), D(points))


def test_growth_on_a_blank_says_why_there_is_none(county):
    """Nothing, nil and a figure last year: no base, a base of zero, +25.00 by hand (125 of 100)."""
    county.write(("商镇", None, "零报告"), ("竹林关镇", None, 100), year=2022)
    county.write(("棣花镇", 500, 125), ("商镇", 500, 125), ("竹林关镇", 500, 125))
    run = county.compute()
    assert cell(run, "growth").reason == MissingReason.NO_BASE
    assert cell(run, "growth", "shangzhen").reason == MissingReason.ZERO_BASE
    assert cell(run, "growth", "zhulinguan").value == D("25.00")


def test_growth_over_a_break_in_definition_is_a_dash_with_the_reason(county):
    """Arrived 5.7, next year 5.5 by another definition: "—" with the reason, not −3.51 (100 million USD)."""
    county.write(("棣花镇", None, 57000), year=2022)
    county.write(("棣花镇", 100000, 55000))
    assert cell(county.compute(), "growth").value == D("-3.51")
    measure = county.capital
    services.measure_update(actor=TESTS, pk=measure.pk, version=measure.version, defined_since=2023)
    assert cell(county.compute(), "growth").reason == MissingReason.BREAK_IN_DEFINITION
    county.write(
        ("棣花镇", 100000, 60000), year=2024
    )  # both years by the present definition: 5,000 of 55,000
    assert cell(county.compute("2024-06"), "growth").value == D("9.09")


def test_figures_of_single_months_add_up_only_when_none_is_lacking(county):
    header = ["单位", "年度目标（万元）", "本月完成（万元）"]
    for month in (1, 2):
        county.write(
            ("棣花镇", 1200, 100), ("商镇", 1200, 50 if month == 1 else "未报"), header=header, month=month
        )
    run = county.compute("2023-02")
    assert cell(run, "done").value == 200
    assert cell(run, "done", "shangzhen").value is None


def test_the_month_of_its_own_is_this_month_less_the_last(county):
    county.write(("棣花镇", 1200, 300), ("商镇", 1200, 300), month=5)
    county.write(("棣花镇", 1200, 420), ("竹林关镇", 1200, 70), month=6)
    run = county.compute()
    assert cell(run, "month").value == 120
    assert cell(run, "month", "zhulinguan").value is None  # nothing to subtract, so not 70


# ---------------------------------------------------------------- the shell


def test_rank_computes_a_new_run_when_a_figure_changed(county, capsys):
    county.write(*JUNE_ROWS)
    call_command("rank", "--period", "2023-06", "--group", "towns", "--format", "json")
    county.write(("棣花镇", 25000, 8000), filename="更正.xlsx")
    call_command("rank", "--period", "2023-06", "--group", "towns", "--format", "json")
    first, second = capsys.readouterr().out.split("\n{\n")
    documents = json.loads(first), json.loads("{\n" + second)
    assert [d["groups"][0]["tables"][0]["run"]["number"] for d in documents] == [1, 2]
    assert [d["groups"][0]["tables"][0]["lines"][0]["unit"] for d in documents] == ["dihua", "shangzhen"]
    assert runs().filter(table=county.table, actor_name="manage.py rank").count() == 2


def test_the_circular_of_the_shell_shows_the_newest_figures(county, tmp_path):
    """A published run and a newer unpublished one: the shell computed the newer one, so it prints that."""
    county.write(*JUNE_ROWS)
    services.run_publish(actor=county.clerk, pk=county.compute().pk)
    county.write(("棣花镇", 25000, 8000), filename="更正.xlsx")
    file = tmp_path / "circular.xlsx"
    call_command("rank", "--period", "2023-06", "--group", "towns", "--format", "xlsx", "--output", str(file))
    page = openpyxl.load_workbook(file, data_only=True).worksheets[0]
    names = [row[1] for row in page.iter_rows(values_only=True) if row[0] in (1, 2, 3)]
    assert names == ["商镇", "竹林关镇", "棣花镇"]


@pytest.mark.parametrize(("month", "tables"), [("2023-06", 1), ("2023-07", 0)])
def test_a_regular_run_ranks_groups_for_which_something_was_filed(county, month, tables):
    county.write(("棣花镇", 25000, 9050))
    run = jobs.enqueue("assessments.rank", params={"month": month}, key=f"regular {month}", actor=TESTS)
    assert jobs.execute(run.pk) == "done"
    run.refresh_from_db()
    assert (run.result["tables"], run.result["new"]) == (tables, tables)
    assert RankingRun._base_manager.filter(month=int(month[-2:])).count() == tables


def test_home_asks_as_often_for_three_tables_as_for_one(county, page, client):
    head = county.person("head", "unit_head", county.dihua)
    county.write(("棣花镇", 25000, 9050), ("商镇", 25000, 9020))
    services.run_publish(actor=county.clerk, pk=county.compute().pk)

    def home(user):
        client.force_login(user, backend="organizations.auth.Backend")
        with CaptureQueriesContext(connection) as asked:
            shown = client.get(reverse("home"))
        return len(asked), shown.context

    home(county.clerk), home(head)
    before = [home(user)[0] for user in (county.clerk, head)]
    for code in ("second", "third"):
        table = county.make_table(code)
        services.run_publish(actor=county.clerk, pk=county.compute(table=table).pk)
    (clerk, desk), (member, own) = home(county.clerk), home(head)
    assert [clerk, member] == before
    assert [row[1:] for row in desk["figures"][0]["rows"]] == [["棣花镇", "商镇"]] * 3
    assert [one["rank"] for one in own["standings"]] == [1, 1, 1]
    assert (desk["standings"], own["figures"]) == ([], [])


def test_the_api_lists_three_rankings_with_as_many_queries_as_one(county, page):
    county.write(("棣花镇", 25000, 9050))

    def asked():
        with CaptureQueriesContext(connection) as queries:
            answer = page.get(reverse("api-ranking-list"))
        return len(queries), answer.json()["count"]

    county.compute()
    asked()
    first, one = asked()
    for code in ("second", "third"):
        county.compute(table=county.make_table(code))
    assert (one, asked()) == (1, (first, 3))

"""From imported figures to a scheme's result: who is assessed, with which figures, and that it replays (DOMAIN §4)."""

import json
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments import services
from assessments.models import ImportedFigure, SchemeRun, SchemeVersion
from assessments.schemes.compare import compare
from assessments.schemes.due import due_in
from assessments.schemes.gather import known_lines, plain
from assessments.schemes.periods import period_of, through_of
from assessments.schemes.replay import digest, result_of
from assessments.schemes.rulebook import read_version
from assessments.targets.places import Given
from common import clock
from common.errors import Denied, NotVisible, Refused
from ledger.choices import Kind
from ledger.models import Closing, Period
from organizations import services as org
from organizations.models import GroupMembership
from rules import scheme as rules
from tests.assessments.measures.support import book, measure
from tests.assessments.support import TESTS
from tests.support.scheme_towns import compute, facts_of, publish, scheme_of, towns

HEADER = ["单位", "年度目标（万元）", "累计完成（万元）"]


def closed(year, number, watermark=0):
    period, _new = Period._base_manager.get_or_create(
        code=year * 100 + number, defaults={"year": year, "number": number}
    )
    return Closing._base_manager.create(
        period=period,
        revision=1,
        watermark=watermark,
        lines=0,
        hash=f"{year}{number}",
        at=clock.now(),
        actor_name="t",
    )


def test_figures_and_targets_come_with_their_reference_and_what_is_missing_says_why(county, scheme):
    units = facts_of(scheme)
    assert [*units] == ["dihua", "shangzhen", "zhulinguan"]
    done = units["dihua"].facts["capital"]
    assert (done.value, done.ref) == (
        Decimal(1_500_000), f"figure:{county.current(county.dihua).pk}",
    )  # fmt: skip
    goal = units["dihua"].targets["capital"]["firm"]
    assert (goal.value, goal.ref) == (
        Decimal(2_000_000),
        f"target:{county.targets(unit=county.dihua).get().pk}",
    )
    assert goal.schedule is None
    old = county.targets(unit=county.dihua).get()
    new = services.target_change(
        actor=county.clerk, pk=old.pk, version=old.version, holds_from=6, reason="调整",
        given=Given(Decimal(3_000_000), (Decimal(15), Decimal(25), Decimal(30), Decimal(30)), "percent"),
    )  # fmt: skip
    raised = facts_of(scheme)["dihua"].targets["capital"]["firm"]
    assert (raised.value, raised.schedule, raised.ref) == (3_000_000, (15, 25, 30, 30), f"target:{new.pk}")
    assert units["zhulinguan"].facts["capital"].missing == "not_reported"
    assert units["dihua"].facts["jury"].missing == "not_reported"  # nobody entered marks


def test_not_reported_is_a_unit_without_any_report_of_the_month(county, scheme):
    """As the rankings say it: a row that says "not reported" is no report, one of any measure is."""

    def why():
        facts = facts_of(scheme)["shangzhen"].facts
        return [getattr(facts[code], "missing", None) for code in ("capital", "signed")]

    row = county.figures(unit=county.shangzhen)
    assert why() == [None, "not_in_table"]
    row.update(measure=county.measure(code="other", name="其他", unit="yuan"))
    assert why() == ["not_in_table", "not_in_table"]
    row.update(measure=county.capital, state="missing", value=None)
    assert why() == ["not_reported", "not_reported"]


def test_a_result_ranks_by_the_figures_and_keeps_what_is_missing(county, scheme):
    run = compute(county, scheme)
    lines = {line.unit.code: line for line in run.lines.select_related("unit")}
    # 150 of 200 = 75 marks; 100 of 100 = 100.
    assert {code: (line.place, line.total) for code, line in lines.items()} == {
        "shangzhen": (1, Decimal(100)), "dihua": (2, Decimal(75)), "zhulinguan": (None, None),
    }  # fmt: skip
    assert lines["zhulinguan"].reason == "no_target"
    assert compute(county, scheme).pk == run.pk


def test_a_posting_that_changes_no_figure_gives_the_same_run(county):
    """A project signed, and then another completed, which no input counts: the run that is there. A signing: a new one."""
    measure("projects", "signed_projects")
    document = towns()
    document["inputs"]["signed"]["measure"] = "projects"
    row = scheme_of(county.clerk, county.unit, document, county.group)
    publish(county.clerk, row)
    june = date(2023, 6, 10)
    book(Kind.SIGNED, june, county.dihua)
    first = compute(county, row)
    book(Kind.COMPLETED, june, county.shangzhen)
    assert known_lines(period_of(read_version(first.version), 2023, 6)) > first.watermark
    assert compute(county, row).pk == first.pk
    assert str(first.watermark) in json.dumps(first.facts), "the references are kept"
    book(Kind.SIGNED, june, county.dihua)
    assert compute(county, row).pk != first.pk


def test_figures_are_read_while_no_other_computation_of_the_method_runs(county, scheme):
    """Else a slower one would store older figures after, and as the newer run."""
    with CaptureQueriesContext(connection) as seen:
        compute(county, scheme)
    asked = [one["sql"] for one in seen.captured_queries]
    locks = [n for n, sql in enumerate(asked) if "FOR UPDATE" in sql and SchemeVersion._meta.db_table in sql]
    figures = [n for n, sql in enumerate(asked) if f'FROM "{ImportedFigure._meta.db_table}"' in sql]
    assert min(locks) < min(figures)


def test_as_many_queries_for_more_units(county, scheme):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            facts_of(scheme)
        return len(seen)

    few = count()
    for number in range(6):
        unit = org.unit_create(
            actor=TESTS, parent=county.unit, name=f"标记{number}镇", code=f"t{number}", kind="town"
        )
        org.membership_add(actor=TESTS, group=county.group, unit=unit, begins=date(2020, 1, 1))
    assert count() == few


def test_what_stands_in_the_way_is_said(county):
    row = scheme_of(county.clerk, county.unit)
    publish(county.clerk, row)
    with pytest.raises(Refused) as refused:
        compute(county, row)
    assert (refused.value.code, "镇组" in str(refused.value)) == ("unbound", True)
    services.scheme_bind(actor=county.clerk, scheme=row, code="towns", group=county.group)
    for more, code in (
        ({"month": 13}, "wrong_month"),
        ({"data_through": 7}, "too_late"),
        ({"year": 2019}, "no_version"),
    ):
        with pytest.raises(Refused) as refused:
            compute(county, row, **more)
        assert refused.value.code == code
    GroupMembership.objects.all().update(valid=(date(2024, 1, 1), None))
    with pytest.raises(Refused) as refused:
        compute(county, row)
    assert refused.value.code == "nobody"
    head = county.person("head", "unit_head", county.dihua)
    with pytest.raises((Denied, NotVisible)):
        services.schemerun_compute(actor=head, scheme=row, year=2023, month=6)
    assert not SchemeRun.objects.unscoped(reason="tests").exists()


def test_lagged_data_and_the_final_account(county):
    document = {**towns(), "period": "year"}
    row = scheme_of(county.clerk, county.unit, document, county.group)
    publish(county.clerk, row)
    county.write(("棣花镇", 200, 150), month=11)
    run = compute(county, row, month=13, data_through=11)
    assert (run.month, run.data_through, run.facts["month"], run.facts["data_through"]) == (
        13, 11, "2023-12", "2023-11",
    )  # fmt: skip


def test_data_reach_into_the_period(county):
    """Half a year from July cannot be told from data up to February; a month's own year to date may lag."""
    row = scheme_of(county.clerk, county.unit, {**towns(), "period": "half"}, county.group)
    publish(county.clerk, row)
    for ask in (services.schemerun_compute, services.schemerun_request):
        with pytest.raises(Refused) as refused:
            ask(actor=county.clerk, scheme=row, year=2023, month=12, data_through=2)
        assert (refused.value.code, "7" in str(refused.value)) == ("too_early", True)
    assert compute(county, row, month=12, data_through=7).data_through == 7
    document, _problems = rules.read(towns())
    june = period_of(document, 2023, 6)
    assert str(through_of(document, june, 5)) == "2023-05"
    of_period = towns()
    of_period["inputs"]["capital"]["window"] = "period"
    with pytest.raises(Refused):
        through_of(rules.read(of_period)[0], june, 5)


def test_a_run_replays_elsewhere_after_a_rename_and_later_figures(county, scheme):
    run = compute(county, scheme)
    county.write(("棣花镇", 200, 190))
    org.unit_update(actor=TESTS, pk=county.dihua.pk, version=None, name="棣花新镇")
    again = SchemeRun.objects.unscoped(reason="tests").get(pk=run.pk)
    assert digest(result_of(again)) == run.result_hash
    assert again.lines.get(unit=county.dihua).unit_name == "棣花镇"
    given = {"document": again.version.document, "facts": again.facts, "version": again.version.key}
    env = {**os.environ, "PYTHONHASHSEED": "4711", "DJANGO_SETTINGS_MODULE": "investpro.settings.test"}
    told = subprocess.run(
        [sys.executable, "-m", "tests.assessments.replay_scheme_run"],
        input=json.dumps(given).encode(),
        capture_output=True,
        check=True,
        env=env,
    )
    assert told.stdout.decode() == run.result_hash


def test_runs_compared_say_who_moved_and_which_fact_differs(county, scheme):
    first = compute(county, scheme)
    county.write(("棣花镇", 200, 220))
    second = compute(county, scheme)
    assert second.number == 2
    found = {one.unit: one for one in compare(first, second)}
    # 220 of 200 is capped at 100: level with the other town.
    assert (found["dihua"].move.before, found["dihua"].move.after) == (2, 1)
    assert [(one.code, one.before, one.after) for one in found["dihua"].facts] == [
        ("capital", "1500000", "2200000")
    ]
    assert "zhulinguan" not in found


def test_a_published_result_is_restated_by_a_new_run(county, scheme):
    first = compute(county, scheme)
    with pytest.raises(Refused) as refused:
        services.schemerun_restate(actor=county.clerk, pk=first.pk, reason="更正")
    assert refused.value.code == "not_told"
    first.publications.create(
        step="preliminary", objections_until=date(2023, 7, 20), at=first.computed_at, actor_name="tests"
    )
    for reason, code in ((" ", "no_reason"), ("更正", "same")):
        with pytest.raises(Refused) as refused:
            services.schemerun_restate(actor=county.clerk, pk=first.pk, reason=reason)
        assert refused.value.code == code
    county.write(("棣花镇", 200, 220))
    stray = compute(county, scheme)  # the regular run was faster; it corrects nothing by itself
    second = services.schemerun_restate(actor=county.clerk, pk=first.pk, reason="更正")
    assert (second.restates_id, second.reason, second.number) == (first.pk, "更正", 3)
    assert second.input_hash == stray.input_hash
    assert services.schemerun_restate(actor=county.clerk, pk=first.pk, reason="再").pk == second.pk
    assert first.lines.get(unit=county.dihua).place == 2


def test_a_dry_run_says_who_would_move_and_why_and_keeps_nothing_else(county, scheme):
    # Half the marks from 60 % on only: 75 % stays, the town with 100 % as well; the cap of 80 moves totals.
    document = towns(most="80")
    draft = services.schemeversion_draft(
        actor=county.clerk, scheme=scheme, since=date(2023, 6, 1), document=document
    )
    services.schemeversion_validate(actor=county.clerk, pk=draft.pk, version=None)
    with pytest.raises(Refused):  # checked, but nobody looked who would move
        services.schemeversion_publish(actor=county.clerk, pk=draft.pk, version=None)
    trial = services.schemeversion_try(actor=county.clerk, pk=draft.pk, year=2023, month=6)
    assert trial.against.number == 1
    moves = {one["unit"]: one for one in trial.document["moves"]}
    assert moves["shangzhen"]["marks"] == [["capital", "100", "80"]]
    assert (moves["shangzhen"]["total_before"], moves["shangzhen"]["total_after"]) == ("100", "80")
    assert "dihua" not in moves
    assert not SchemeRun.objects.unscoped(reason="tests").exists()
    published = services.schemeversion_publish(actor=county.clerk, pk=draft.pk, version=None)
    assert published.state == "published"


def test_a_trial_of_a_first_version_has_nobody_to_move(county):
    county.write(("棣花镇", 200, 150))
    row = scheme_of(county.clerk, county.unit, group=county.group)
    draft = row.versions.unscoped(reason="tests").get()
    trial = services.schemeversion_try(actor=county.clerk, pk=draft.pk, year=2023, month=6)
    assert trial.against is None
    assert [one["place"] for one in trial.document["units"]] == [1, None, None]
    assert rules.read(draft.document)[1] == ()


def test_the_shell_computes_and_prints(county, scheme, capsys):
    call_command("scheme", "run", "towns", "--period", "2023-06", "--format", "json")
    told = json.loads(capsys.readouterr().out)
    run = SchemeRun.objects.unscoped(reason="tests").get()
    assert told["result_sha256"] == run.result_hash
    assert [(one["unit"], one["place"], one["total"]) for one in told["lines"]] == [
        ("shangzhen", 1, "100"), ("dihua", 2, "75"), ("zhulinguan", None, None),
    ]  # fmt: skip
    call_command("scheme", "run", "towns", "--period", "2023-06")
    assert "商镇" in capsys.readouterr().out
    for code, period in (("none", "2023-06"), ("towns", "2023-14"), ("towns", "2019-06")):
        with pytest.raises(CommandError):
            call_command("scheme", "run", code, "--period", period)


def test_the_annual_run_follows_the_closed_final_account_once(county):
    yearly = scheme_of(county.clerk, county.unit, {**towns(), "period": "year"}, county.group)
    publish(county.clerk, yearly)
    assert due_in([yearly], 2024, 1) == []
    closed(2023, 13)
    assert due_in([yearly], 2024, 1) == [(yearly, 2023, 13)]
    compute(county, yearly, month=13)
    assert due_in([yearly], 2024, 2) == []


def test_a_closed_period_counts_lines_up_to_its_closing(county, scheme):
    assert known_lines(period_of(read_version(scheme.versions.unscoped(reason="tests").get()), 2023, 6)) == 0
    closed(2023, 6, watermark=17)
    assert compute(county, scheme).watermark == 17


def test_a_rate_is_kept_to_as_many_digits_as_a_facts_file_holds():
    assert plain(Decimal(500) / 7) == Decimal("71.4285714286")
    assert str(plain(Decimal("1500000.000000"))) == "1500000"

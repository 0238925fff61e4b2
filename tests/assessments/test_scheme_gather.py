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
from assessments.models import SchemeRun
from assessments.schemes.compare import compare
from assessments.schemes.due import due_in
from assessments.schemes.gather import gather, known_lines, plain
from assessments.schemes.periods import period_of, through_of
from assessments.schemes.replay import digest, result_of
from assessments.schemes.rulebook import read_version
from assessments.targets.places import Given
from common import clock
from common.errors import Denied, NotVisible, Refused
from ledger.choices import Kind
from ledger.models import Closing, Period
from organizations import services as org
from organizations.models import GroupMembership, Unit
from rules import scheme as rules
from tests.assessments.measures.support import book, measure
from tests.assessments.support import TESTS
from tests.support.scheme_towns import publish, scheme_of, towns

HEADER = ["单位", "年度目标（万元）", "累计完成（万元）"]


@pytest.fixture
def scheme(county):
    county.write(("棣花镇", 200, 150), ("商镇", 100, 100))
    row = scheme_of(county.clerk, county.unit, group=county.group)
    publish(county.clerk, row)
    return row


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


def facts_of(scheme, **more):
    version = scheme.versions.unscoped(reason="tests").get()
    document = read_version(version)
    found = gather(scheme, document, period_of(document, 2023, 6), **more)
    return {unit.code: unit for unit in found.facts.units}


def compute(county, scheme, **more):
    return services.schemerun_compute(actor=county.clerk, scheme=scheme, **{"year": 2023, "month": 6, **more})


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


def test_who_is_a_member_on_the_last_day_is_assessed(county, scheme):
    row = GroupMembership.objects.get(unit=county.dihua)
    row.valid = (date(2020, 1, 1), date(2023, 6, 15))
    row.save()
    new = GroupMembership.objects.get(unit=county.shangzhen)
    new.ranked = False
    new.save()
    units = facts_of(scheme)
    assert {code: unit.ranked for code, unit in units.items()} == {"shangzhen": False, "zhulinguan": True}


def test_a_composite_has_the_figures_of_its_parts(county, scheme):
    whole = org.unit_create(actor=TESTS, parent=county.unit, name="联合镇", code="joint", kind="department")
    GroupMembership.objects.filter(unit__in=[county.dihua, county.shangzhen]).update(counts_in=whole)
    run = compute(county, scheme)
    lines = {line.unit.code: line for line in run.lines.select_related("unit")}
    # (150 + 100) of (200 + 100) = 83.33
    assert lines["joint"].total == Decimal("83.33")
    assert lines["joint"].place == 1
    assert lines["dihua"].place is None
    assert lines["dihua"].reason == "not_ranked"


def test_a_member_that_others_are_part_of_does_not_lose_its_own_figures(county):
    """One signed by a town, scored as part of another: fine while that one has none of its own, else refused."""
    measure("projects", "signed_projects")
    document = towns()
    document["inputs"]["signed"]["measure"] = "projects"
    row = scheme_of(county.clerk, county.unit, document, county.group)
    publish(county.clerk, row)
    GroupMembership.objects.filter(unit=county.dihua).update(counts_in=county.shangzhen)
    june = date(2023, 6, 10)
    book(Kind.SIGNED, june, county.dihua)
    assert facts_of(row)["shangzhen"].made_of == ("dihua",)
    # Below it in the tree, its part's figures stand in its own as well: nothing is lost.
    Unit.objects.unscoped(reason="tests").filter(pk=county.dihua.pk).update(
        parent=county.shangzhen, path=county.shangzhen.path + f"{county.dihua.pk}."
    )
    assert facts_of(row)["shangzhen"].made_of == ("dihua",)
    book(Kind.SIGNED, june, county.shangzhen)
    with pytest.raises(Refused) as refused:
        compute(county, row)
    assert (refused.value.code, "签约项目" in str(refused.value)) == ("own_figures", True)


def test_a_unit_that_changed_its_type_has_its_spells(county):
    document = towns()
    document |= {"types": {"town": "镇", "park": "园区"}, "period": "half"}
    row = scheme_of(county.clerk, county.unit, document, county.group)
    publish(county.clerk, row)
    member = GroupMembership.objects.get(unit=county.dihua)
    member.valid = (date(2020, 1, 1), date(2023, 3, 15))
    member.save()
    # A town on the last days of January and February, a park on those of March to June.
    GroupMembership.objects.create(
        group=county.group, unit=county.dihua, valid=(date(2023, 3, 15), None), unit_type="park"
    )
    units = facts_of(row)
    assert units["dihua"].type == "park"
    assert [(one.type, one.months) for one in units["dihua"].spells] == [("town", 2), ("park", 4)]
    assert units["shangzhen"].type == "town"
    assert units["shangzhen"].spells == ()


def test_figures_of_a_unit_that_is_gone_follow_its_successor(county, scheme):
    GroupMembership.objects.filter(unit=county.dihua).update(valid=(date(2020, 1, 1), date(2023, 2, 1)))
    Unit.objects.unscoped(reason="tests").filter(pk=county.dihua.pk).update(
        successor=county.zhulinguan, valid_to=date(2023, 1, 31)
    )
    found = facts_of(scheme)["zhulinguan"]
    assert found.facts["capital"].value == Decimal(1_500_000)
    assert found.targets["capital"]["firm"].value == Decimal(2_000_000)
    for still in (date(2023, 6, 30), None):  # its last day is still its own, and without one it isn't gone
        Unit.objects.unscoped(reason="tests").filter(pk=county.dihua.pk).update(valid_to=still)
        found = facts_of(scheme)["zhulinguan"]
        assert found.facts["capital"].missing == "not_reported"
        assert not found.targets


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

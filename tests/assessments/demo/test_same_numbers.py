"""One run, four faces: page, API, shell and circular give the same numbers."""

import io
import json
import shutil
import subprocess
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter.worksheet
from django.core.management import CommandError, call_command
from django.urls import reverse

from assessments.circulars.compose import compose
from assessments.circulars.workbook import build_workbook
from assessments.models import RankingRun
from assessments.printing import aligned, width
from assessments.reading import read

TABLES = [
    ("danfeng-towns", "danfeng-towns-capital", "2023-06", 10_000),
    ("danfeng-departments", "danfeng-departments-capital", "2023-06", 10_000),
    ("suzhou-counties", "suzhou-counties-output", "2019-08", 100_000_000),
    ("kaiping-projects", "kaiping-investment", "2024-03", 100_000_000),
    ("luan-counties", "luan-start-rate", "2024-06", 1),
]


def rank(*args):
    out = io.StringIO()
    call_command("rank", *args, stdout=out)
    return out.getvalue()


def table_of(document, code):
    return next(t for g in document["groups"] for t in g["tables"] if t["table"]["code"] == code)


def pages(data):
    """The rows of each sheet, with the stored results of formulas."""
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return [list(page.iter_rows(values_only=True)) for page in book]


def decimal(text):
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(("group", "table", "period", "scale"), TABLES)
def test_shell_page_and_api_agree(demo, as_user, group, table, period, scale):
    before = RankingRun.objects.unscoped(reason="tests").count()
    document = json.loads(rank("--period", period, "--group", group, "--format", "json"))
    assert (document["schema"], document["period"]) == (1, period)
    assert RankingRun.objects.unscoped(reason="tests").count() == before  # the same inputs: the same run
    shell = table_of(document, table)["lines"]

    browser = as_user("clerk")
    context = browser.get(reverse("ranking"), {"group": group, "table": table, "period": period}).context
    page = {row["name"]: row for row in (*context["rows"], *context["unranked"])}
    assert list(page) == sorted(page, key=[line["name"] for line in shell].index)
    for line in shell:
        row = page[line["name"]]
        assert row["rank"] == line["ranks"]["rank"]
        for column in ("target", "done", "completion", "points", "growth"):
            wanted = decimal(line["cells"][column]["value"])
            if line["state"] == "nil" and column == "done":
                assert (row[column]["missing"], wanted) == ("nil", 0)
            else:
                assert row.get(column, {}).get("value") == wanted, (line["unit"], column)

    year, month = map(int, period.split("-"))
    answer = browser.get("/api/v1/rankings/", {"table": table, "year": year, "month": month}).json()
    api = {line["unit_name"]: line for line in answer["results"][0]["lines"]}
    assert list(api) == [line["name"] for line in shell]
    for line in shell:
        other = api[line["name"]]
        assert (other["rank"], other["state"]) == (line["ranks"]["rank"], line["state"])
        for column, factor in (("target", scale), ("completion", 1), ("points", 1), ("growth", 1)):
            wanted = decimal(line["cells"][column]["value"])
            assert decimal(other[column]) == (None if wanted is None else wanted * factor), (
                line["unit"],
                column,
            )


@pytest.mark.parametrize(("group", "table", "period", "scale"), TABLES)
def test_the_circular_carries_the_numbers_of_its_runs(demo, run, person, group, table, period, scale):
    """Every table of the group stands in it, with all lines in order and each shown value in its column."""
    found = run(table, period)
    data = build_workbook(compose(found, actor=person("clerk")))
    reader = read(found)
    title = f"{reader.table.group.name}　{reader.table.name}"
    rows = next(rows for rows in pages(data) if any(row[0] == title for row in rows))
    top = next(n for n, row in enumerate(rows) if row[0] == title)
    head = rows[top - 1]
    ranked = [line.name for line in reader.lines if line.ranked]
    assert [row[1] for row in rows[top + 1 : top + 1 + len(ranked)]] == ranked
    # The sum stands between ranked and unranked lines.
    below = {row[1]: row for row in rows[top + 1 : top + 3 + len(reader.lines)]}
    for line in reader.lines:
        row = below[line.name]
        if line.ranks["rank"] is not None:
            assert row[head.index("排名")] == line.ranks["rank"]
        if reader.has_targets and line.cells["completion"].value is not None:
            assert Decimal(str(row[head.index("完成率（%）")])) == line.cells["completion"].value
        value = line.cells["done"].value
        if value is not None and line.state != "nil":
            assert value in [Decimal(str(v)) for v in row if isinstance(v, int | float)]


def test_the_misprint_stands_in_circular_and_json(demo, run, person):
    document = json.loads(rank("--period", "2023-06", "--group", "danfeng-departments", "--format", "json"))
    line = document["groups"][0]["tables"][0]["lines"][0]
    assert line["cells"]["completion"] | {"sources": []} == {
        "value": "33.04", "reason": None, "sources": [],
        "published": {"value": "32.14", "difference": "-0.9", "kind": "differs"},
    }  # fmt: skip
    assert (line["target_implied"], line["cells"]["target"]["value"]) == (True, "60000.00")
    data = build_workbook(compose(run("danfeng-departments-capital", "2023-06"), actor=person("clerk")))
    center = next(row for rows in pages(data) for row in rows if row[1] == "县招商服务中心")
    assert {33.04, 32.14, -0.9} <= set(center)


@pytest.mark.office
def test_an_office_program_calculates_the_same_numbers(run, person, tmp_path, monkeypatch):
    """The same file without stored results: only a real calculation of every live formula can fill it."""
    document = compose(run("danfeng-departments-capital", "2023-06"), actor=person("clerk"))
    stored = openpyxl.load_workbook(io.BytesIO(build_workbook(document)), data_only=True)
    write_formula = xlsxwriter.worksheet.Worksheet.write_formula

    def without_result(self, row, col, formula, cell_format=None, value=0):
        return write_formula(self, row, col, formula, cell_format, "")

    monkeypatch.setattr(xlsxwriter.worksheet.Worksheet, "write_formula", without_result)
    (tmp_path / "circular.xlsx").write_bytes(build_workbook(document))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        shutil.which("soffice"),
        profile,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(tmp_path / "out"),
    ]
    subprocess.run([*command, str(tmp_path / "circular.xlsx")], check=True, capture_output=True, timeout=180)
    again = openpyxl.load_workbook(tmp_path / "out" / "circular.xlsx", data_only=True)
    numbers = 0
    for page in stored:
        for cell in (c for row in page.iter_rows() for c in row if isinstance(c.value, int | float)):
            found = again[page.title][cell.coordinate].value
            assert round(Decimal(str(found)), 4) == round(Decimal(str(cell.value)), 4), cell.coordinate
            numbers += 1
    assert numbers > 50


# ---------------------------------------------------------------- the command


def test_the_table_is_aligned_for_wide_characters(demo):
    lines = rank("--period", "2023-06", "--group", "danfeng-towns").splitlines()
    assert "镇（办）组" in lines[0]
    assert len({width(line[: line.index("filed")]) for line in lines[2:6]}) == 1
    assert [line.split()[1] for line in lines[2:6]] == ["棣花镇", "商镇", "竹林关镇", "丹凤县"]
    assert "25,000.00*" in lines[2]
    assert lines[-1].startswith("* implied")


def test_widths_and_alignment():
    assert [width(text) for text in ("商镇", "ab", "—", "（）")] == [4, 2, 1, 4]
    assert aligned([("商镇", "1"), ("a", "10")], (False, True)) == ["商镇   1", "a     10"]


def test_without_a_group_every_group_with_figures_is_ranked(demo):
    document = json.loads(rank("--period", "2023-06", "--format", "json"))
    assert [g["code"] for g in document["groups"]] == ["danfeng-towns", "danfeng-departments"]


def test_output_goes_to_a_file(demo, tmp_path):
    assert (
        rank(
            "--period",
            "2023-06",
            "--group",
            "danfeng-towns",
            "--format",
            "xlsx",
            "--output",
            str(tmp_path / "a.xlsx"),
        )
        == ""
    )
    assert "棣花镇" in {row[1] for rows in pages((tmp_path / "a.xlsx").read_bytes()) for row in rows}
    rank(
        "--period",
        "2023-06",
        "--group",
        "danfeng-towns",
        "--format",
        "json",
        "--output",
        str(tmp_path / "a.json"),
    )
    assert json.loads((tmp_path / "a.json").read_text())["schema"] == 1


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (
            ["--period", "2023-06", "--group", "nowhere"],
            1,
            "There is no group “nowhere”. There are: danfeng-towns",
        ),
        (
            ["--period", "2023-07", "--group", "danfeng-towns"],
            1,
            "There are no figures for danfeng-towns, 2023-07.",
        ),
        (["--period", "1999-01"], 1, "There are no figures for 1999-01."),
        (["--period", "2023-06", "--format", "xlsx"], 2, "name --group and --output"),
        (
            ["--period", "2023-06", "--group", "danfeng-towns", "--output", "/nowhere/a.json"],
            1,
            "No such file",
        ),
    ],
)
def test_refusals_say_why_and_set_the_exit_code(demo, args, code, words):
    with pytest.raises(CommandError, match=words) as refused:
        rank(*args)
    assert refused.value.returncode == code


def test_wrong_use_ends_with_2(capsys):
    from assessments.management.commands.rank import Command

    for period in ("2023-13", "June"):
        with pytest.raises(SystemExit) as ended:
            Command().run_from_argv(["manage.py", "rank", "--period", period])
        assert ended.value.code == 2
        assert "month" in capsys.readouterr().err

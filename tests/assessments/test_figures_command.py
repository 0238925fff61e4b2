"""manage.py figures import: the page's services, exit codes, and a dry run that leaves nothing behind."""

import io
import json

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from common.models import ImportBatch, ImportFile, ImportMapping
from tests.assessments.support import HEADER, sheet

RIGHT = (("棣花镇", 25000, 9050), ("商镇", 25000, 9020))
WRONG = ("竹林关镇", 25000, "9O50")


class Told:
    """What a call wrote, and the exit code of the process."""

    def __init__(self, out, code):
        self.text, self.code = out, code

    @property
    def json(self):
        return json.loads(self.text)


@pytest.fixture
def run(county, tmp_path):
    """run(data, "--dry-run") → Told."""

    def call(data, *args, name="六月.xlsx", unit="danfeng", period="2023-06", measures="capital"):
        file = tmp_path / name
        if data is not None:
            file.write_bytes(data)
        out = io.StringIO()
        command = [
            "figures",
            "import",
            str(file),
            "--unit",
            unit,
            "--period",
            period,
            "--measures",
            measures,
            *args,
        ]
        try:
            call_command(*command, stdout=out)
        except SystemExit as ended:
            return Told(out.getvalue(), ended.code)
        except CommandError as refused:
            return Told(out.getvalue() + str(refused), refused.returncode)
        return Told(out.getvalue(), 0)

    return call


def batches():
    return ImportBatch.objects.unscoped(reason="tests")


def stored():
    return {p for p in (settings.MEDIA_ROOT / "imports").rglob("*") if p.is_file()}


def test_a_file_is_written_and_told(county, run):
    told = run(sheet(HEADER, *RIGHT))
    assert told.code == 0
    assert "new 2, changed 0, unchanged 0, wrong 0. Written." in told.text
    assert "ytd:capital 90500000" in told.text
    assert county.current(county.dihua).value == 90_500_000
    assert batches().get().actor_name == "manage.py figures"


def test_a_dry_run_shows_the_preview_and_leaves_nothing(county, run):
    before = stored()
    told = run(sheet(HEADER, *RIGHT), "--dry-run", "--format", "json")
    assert told.code == 0
    assert told.json["written"] is False
    assert told.json["counts"] == {"total": 2, "new": 2, "changed": 0, "unchanged": 0, "wrong": 0}
    assert not county.figures().exists()
    assert not batches().exists()
    assert not ImportFile.objects.exists()
    assert stored() == before


def test_the_json_document(county, run):
    county.write(("棣花镇", 25000, 9000), filename="先前.xlsx")
    told = run(sheet([*HEADER, "联系人"], RIGHT[0], WRONG), "--dry-run", "--format", "json")
    assert told.code == 1
    found = told.json
    assert found["schema"] == 1
    assert (found["file"], found["sheet"], found["period"]) == ("六月.xlsx", "Sheet1", "2023-06")
    assert found["columns"]["C"] == {"title": "累计完成（万元）", "field": "ytd:capital"}
    assert found["ignored"] == ["联系人"]
    right, wrong = found["rows"]
    assert (right["row"], right["unit"], right["result"]) == (3, "棣花镇", "changed")
    assert {
        "field": "ytd:capital",
        "state": "filed",
        "value": "90500000",
        "before": "9000",
        "cell": "C3",
    } in right["values"]
    assert (wrong["result"], wrong["problems"][0]["field"], wrong["problems"][0]["cell"]) == (
        "wrong",
        "ytd:capital",
        "C4",
    )


def test_a_wrong_row_stops_the_whole_file_unless_it_is_parked(county, run):
    data = sheet(HEADER, *RIGHT, WRONG)
    told = run(data)
    assert told.code == 1
    assert "C5: “9O50”: character 2 is the letter “O”" in told.text
    assert "Nothing is written. Mend the rows, or park them with --park." in told.text
    assert not county.figures().exists()
    assert not batches().exists()
    assert run(data, "--park", "--dry-run").code == 0
    told = run(data, "--park", "--format", "json")
    assert (told.code, told.json["written"]) == (0, True)
    assert county.figures().count() == 2
    assert batches().get(pk=told.json["batch"]).rows.filter(fate="parked").count() == 1


def test_a_column_is_matched_by_title_or_letters_and_remembered(county, run):
    data = sheet(["乡镇", "任务", "实绩"], *RIGHT)
    told = run(data)
    assert told.code == 1
    assert "No column holds a figure" in told.text
    told = run(data, "--map", "乡镇=unit", "--map", "B=target:capital", "--map", "实绩=ytd:capital")
    assert told.code == 0, told.text
    assert county.targets().count() == 2
    assert set(ImportMapping.objects.values_list("header", "field")) >= {
        ("乡镇", "unit"),
        ("实绩", "ytd:capital"),
    }
    assert run(data, period="2023-07").code == 0  # without --map


def test_options_reach_the_figures(county, run):
    data = sheet(
        ["单位", "年度目标", "累计完成"],
        ("棣花镇", "2.5", "0.9"),
        name="镇",
        others=[("别的", [("甲", "乙")])],
    )
    told = run(data, "--sheet", "镇", "--scale", "yi", "--holds-from", "4", "--implied", "--actor", "clerk")
    assert told.code == 0, told.text
    target = county.targets().get()
    assert (target.value, target.holds_from, target.implied) == (250_000_000, 4, True)
    assert county.current(county.dihua).value == 90_000_000
    assert batches().get().actor_name == "clerk"


@pytest.mark.parametrize(
    ("changes", "args", "words"),
    [
        ({"unit": "nowhere"}, [], "There is no unit with the code “nowhere”."),
        (
            {"measures": "capital,gold"},
            [],
            "No measure that can be imported has this code: gold. There are: capital, signed.",
        ),
        ({"measures": " , "}, [], "Name at least one measure."),
        ({}, ["--sheet", "七月"], "There is no sheet “七月” in the file. It has: Sheet1."),
        ({}, ["--map", "实绩=ytd:capital"], "The sheet has no column “实绩”."),
        ({}, ["--map", "A=gold"], "There is no field “gold”."),
        ({}, ["--actor", "nobody"], "There is no active account “nobody”."),
    ],
)
def test_refusals_are_sentences_and_exit_code_1(county, run, changes, args, words):
    told = run(sheet(HEADER, *RIGHT), *args, **changes)
    assert told.code == 1
    assert words.replace(", signed", "、signed") in told.text
    assert not batches().exists()


def test_files_that_cannot_be_read(county, run, tmp_path):
    assert "No such file" in run(None, name="fehlt.xlsx").text
    told = run(b"%PDF-1.7", "--format", "json")
    assert (told.code, told.json["error"]["code"]) == (1, "wrong_type")
    large = tmp_path / "gross.xlsx"
    with large.open("wb") as file:
        file.truncate(100 * 2**20)
    told = run(None, "--format", "json", name="gross.xlsx")
    assert (told.code, told.json["error"]["code"]) == (1, "too_large")


def test_an_account_imports_into_its_own_scope_only(county, run):
    county.person("neighbour", "bureau_staff", county.elsewhere)
    county.person("reader", "leader", county.unit)
    for name in ("neighbour", "reader"):
        told = run(sheet(HEADER, *RIGHT), "--actor", name)
        assert (told.code, "does not allow" in told.text) == (1, True)
    assert not county.figures().exists()


@pytest.mark.parametrize(
    "args",
    [
        ["--period", "2023-13"],
        ["--period", "2023-06", "--map", "A"],
        ["--period", "2023-06", "--scale", "qian"],
    ],
)
def test_wrong_use_ends_with_2(args, capsys):
    from assessments.management.commands.figures import Command

    with pytest.raises(SystemExit) as ended:
        Command().run_from_argv(
            ["manage.py", "figures", "import", "a.xlsx", "--unit", "a", "--measures", "b", *args]
        )
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err

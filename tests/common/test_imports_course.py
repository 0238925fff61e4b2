"""The course of an import: match, preview, confirm or park, mend, undo, discard. With an importer of two columns."""

import io

import pytest
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from common import imports
from common.changelog import history
from common.errors import Denied, NotVisible, Refused
from common.forms import ActorForm
from common.imports import Field, Plan, Problem, registry
from common.models import ImportBatch, ImportMapping, ImportRow
from organizations.choices import Role
from organizations.models import Post, RoleGrant, Unit
from tests.support.clients import user_with

pytestmark = pytest.mark.django_db

State, Result, Fate = ImportBatch.State, ImportRow.Result, ImportRow.Fate


class Posts:
    """Posts of units: a name that is wrong when it is too long."""

    code, kind, label, form_class = "tests.posts", "directory", "Posts", ActorForm

    def fields(self, batch):
        return [
            Field("unit", "Unit", required=True, words=("单位",)),
            Field("name", "Post", required=True, words=("岗位",)),
        ]

    def about(self, batch):
        return ""

    def matched(self, batch, titles):
        pass

    def units(self, batch):
        return Unit.objects.unscoped(reason="tests").below(batch.scope_path)

    def unknown_names(self, batch, rows):
        known = {*self.units(batch).values_list("name", flat=True), *batch.names}
        return sorted({r["unit"].value for r in rows if "unit" in r} - known)

    def name_choices(self, batch, actor):
        return list(self.units(batch).values_list("pk", "name"))

    def remember_name(self, batch, name, unit_id, actor):
        pass

    def plan(self, batch, rows):
        found = []
        for cells in rows:
            name = cells["unit"].value
            unit = (
                batch.names.get(name)
                or self.units(batch).filter(name=name).values_list("pk", flat=True).first()
            )
            problems = [] if unit else [Problem("unit", cells["unit"].ref, "unknown unit")]
            if len(cells["name"].value) > 6:
                problems.append(Problem("name", cells["name"].ref, "too long"))
            there = Post.objects.unscoped(reason="tests").filter(unit=unit, name=cells["name"].value).exists()
            steps = [] if there else [{"unit": unit, "name": cells["name"].value}]
            found.append(Plan(Result.UNCHANGED if there else Result.NEW, steps, problems))
        return found

    def write(self, batch, row, actor):
        for step in row.plan:
            Post._base_manager.create(unit_id=step["unit"], name=step["name"], sort=batch.pk)

    def undo(self, batch, actor):
        Post._base_manager.filter(sort=batch.pk).delete()


@pytest.fixture(autouse=True)
def importer(monkeypatch):
    monkeypatch.setitem(registry._importers, Posts.code, Posts())


@pytest.fixture
def clerk(tree):
    return user_with(Role.BUREAU_STAFF, tree.county)


def sheet(*rows, header=("单位", "岗位")):
    book = Workbook()
    for row in (header, *rows):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


GOOD = ("龙驹寨镇", "镇长")
BAD = ("棣花镇", "一个太长的岗位名称")


def start(clerk, *rows, header=("单位", "岗位"), **values):
    return imports.start(
        actor=clerk, importer=Posts.code, data=sheet(*rows, header=header), filename="岗位.xlsx",
        scope_path=clerk.unit.path, params={}, **values,
    )  # fmt: skip


def posts():
    return sorted(Post._base_manager.values_list("unit__name", "name"))


def test_known_columns_lead_straight_to_the_preview_and_nothing_is_written(clerk):
    batch = start(clerk, GOOD)
    assert batch.state == State.PREVIEW
    assert [(r.number, r.result, r.cells["name"]) for r in batch.rows.all()] == [
        (2, "new", {"value": "镇长", "ref": "B2"})
    ]
    assert posts() == []


def test_who_went_to_another_unit_leaves_his_file_behind(tree, monkeypatch):
    """An officer may go on with his own file. His role at the town ends: he still sees it, and writes nothing there."""
    monkeypatch.setattr(Posts, "kind", "lead")
    officer = user_with(Role.OFFICER, tree.town)
    going_on, done = (start(officer, GOOD if n else (GOOD[0], "书记")) for n in range(2))
    imports.confirm(actor=officer, pk=done.pk)
    RoleGrant._base_manager.filter(user=officer).update(unit=tree.other_town)
    moved = type(officer)._base_manager.get(pk=officer.pk)
    remapped = {"sheet": "Sheet", "header_row": 1, "columns": {"0": "unit", "1": "name"}, "names": {}}
    for call, pk, given in (
        (imports.confirm, going_on.pk, {}),
        (imports.remap, going_on.pk, remapped),
        (imports.undo, done.pk, {"reason": "x"}),
        (imports.mend, done.pk, {"number": 2, "cells": {}}),
    ):
        assert ImportBatch.objects.visible_to(moved).filter(pk=pk).exists()
        with pytest.raises(Denied):
            call(actor=moved, pk=pk, **given)
    assert posts() == [GOOD]


def test_confirm_writes_once(clerk):
    batch = start(clerk, GOOD, ("棣花镇", "书记"))
    done = imports.confirm(actor=clerk, pk=batch.pk)
    assert (done.state, done.actor_name, done.confirmed_at is not None) == (State.CONFIRMED, clerk.name, True)
    assert posts() == [("棣花镇", "书记"), ("龙驹寨镇", "镇长")]
    assert set(done.rows.values_list("fate", flat=True)) == {Fate.APPLIED}
    with pytest.raises(Refused) as refused:
        imports.confirm(actor=clerk, pk=batch.pk)
    assert refused.value.code == "state"
    assert len(posts()) == 2
    assert history(done)[0].actor == clerk.name


def test_wrong_rows_stop_the_batch_unless_they_are_parked(clerk):
    batch = start(clerk, GOOD, BAD)
    with pytest.raises(Refused) as refused:
        imports.confirm(actor=clerk, pk=batch.pk)
    assert refused.value.code == "wrong"
    assert posts() == []
    imports.confirm(actor=clerk, pk=batch.pk, park=True)
    assert posts() == [GOOD]
    assert imports.counts(batch) == {
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "wrong": 1,
        "parked": 1,
        "applied": 1,
        "total": 2,
    }


def test_a_batch_of_wrong_rows_is_not_imported(clerk):
    batch = start(clerk, BAD)
    with pytest.raises(Refused):
        imports.confirm(actor=clerk, pk=batch.pk, park=True)
    assert ImportBatch._base_manager.get(pk=batch.pk).state == State.PREVIEW


def test_a_parked_row_is_mended_later(clerk):
    batch = imports.confirm(actor=clerk, pk=start(clerk, GOOD, BAD).pk, park=True)
    with pytest.raises(Refused) as refused:
        imports.mend(actor=clerk, pk=batch.pk, number=3, cells={"name": "仍然太长的岗位"})
    assert set(refused.value.fields) == {"name"}
    row = imports.mend(actor=clerk, pk=batch.pk, number=3, cells={"name": "书记"})
    assert (row.fate, row.cells["name"]) == (Fate.APPLIED, {"value": "书记", "ref": "B3", "sent": BAD[1]})
    assert ("棣花镇", "书记") in posts()
    with pytest.raises(Refused) as refused:
        imports.mend(actor=clerk, pk=batch.pk, number=3, cells={"name": "主任"})
    assert refused.value.code == "fate"


def test_undo_needs_a_reason_and_happens_once(clerk):
    batch = imports.confirm(actor=clerk, pk=start(clerk, GOOD).pk)
    with pytest.raises(Refused) as refused:
        imports.undo(actor=clerk, pk=batch.pk, reason=" ")
    assert refused.value.code == "reason"
    done = imports.undo(actor=clerk, pk=batch.pk, reason="错表")
    assert (done.state, done.undone_by, done.undo_reason) == (State.UNDONE, clerk.name, "错表")
    assert posts() == []
    assert history(done)[0].reason == "错表"
    with pytest.raises(Refused):
        imports.undo(actor=clerk, pk=batch.pk, reason="再来")


def test_discard_before_confirming_only(clerk):
    batch = imports.discard(actor=clerk, pk=start(clerk, GOOD).pk)
    assert (batch.state, batch.rows.count()) == (State.DISCARDED, 1)
    confirmed = imports.confirm(actor=clerk, pk=start(clerk, GOOD).pk)
    for refused in (
        lambda: imports.discard(actor=clerk, pk=confirmed.pk),
        lambda: imports.confirm(actor=clerk, pk=batch.pk),
    ):
        with pytest.raises(Refused):
            refused()


def test_a_preview_that_no_longer_holds_is_made_anew_and_not_written(clerk, tree):
    batch = start(clerk, GOOD)
    Post._base_manager.create(
        unit=tree.town, name=GOOD[1], created_at=timezone.now()
    )  # somebody else was faster
    with pytest.raises(Refused) as refused:
        imports.confirm(actor=clerk, pk=batch.pk)
    assert refused.value.code == "changed"
    assert [r.result for r in batch.rows.all()] == [Result.UNCHANGED]
    imports.confirm(actor=clerk, pk=batch.pk)
    assert posts() == [GOOD]


def test_headers_are_matched_once_and_remembered(clerk, tree):
    batch = start(clerk, GOOD, header=("责任主体", "职务（全称）"))
    assert (batch.state, batch.columns) == (State.MAPPING, {})
    with pytest.raises(Refused) as refused:
        imports.remap(
            actor=clerk, pk=batch.pk, sheet=batch.sheet, header_row=1, columns={"0": "unit"}, names={}
        )
    assert refused.value.code == "columns"
    with pytest.raises(Refused):
        imports.remap(
            actor=clerk,
            pk=batch.pk,
            sheet=batch.sheet,
            header_row=1,
            columns={"0": "unit", "1": "unit"},
            names={},
        )
    assert not ImportMapping.objects.exists()
    imports.remap(
        actor=clerk,
        pk=batch.pk,
        sheet=batch.sheet,
        header_row=1,
        columns={"0": "unit", "1": "name"},
        names={},
    )
    again = start(clerk, GOOD[::-1], header=("职务(全称)", "责任主体"))  # other brackets, other order
    assert (again.state, again.columns) == (State.PREVIEW, {"0": "name", "1": "unit"})
    elsewhere = user_with(Role.BUREAU_STAFF, tree.other_county)
    assert start(elsewhere, ("河口镇", "镇长"), header=("责任主体", "职务（全称）")).state == State.MAPPING


def test_an_unknown_name_is_matched_or_left_open(clerk, tree):
    batch = start(clerk, ("龙驹寨", "镇长"), ("没有此镇", "书记"))
    assert batch.state == State.MAPPING
    assert imports.unknown_names(batch) == ["没有此镇", "龙驹寨"]
    names = {"龙驹寨": tree.town.pk, "没有此镇": None}
    batch = imports.remap(
        actor=clerk, pk=batch.pk, sheet=batch.sheet, header_row=1, columns=batch.columns, names=names
    )
    assert [r.result for r in batch.rows.all()] == [Result.NEW, Result.WRONG]
    imports.confirm(actor=clerk, pk=batch.pk, park=True)
    assert posts() == [GOOD]


def test_the_wrong_cells_come_back_marked(clerk):
    batch = start(clerk, GOOD, BAD)
    cell = load_workbook(io.BytesIO(imports.marked_file(batch))).active["B3"]
    assert cell.value == BAD[1]
    assert "too long" in cell.comment.text


def test_equal_files_are_kept_once(clerk):
    data = sheet(GOOD)
    first, second = (
        imports.start(
            actor=clerk, importer=Posts.code, data=data, filename=n, scope_path=clerk.unit.path, params={}
        )
        for n in ("a.xlsx", "b.xlsx")
    )
    assert first.file_id == second.file_id


@pytest.mark.parametrize(
    ("role", "place"), [("leader", "county"), ("officer", "county"), ("bureau_staff", "other_county")]
)
def test_others_start_nothing_here(tree, role, place):
    someone = user_with(role, getattr(tree, place))
    with pytest.raises(Denied):
        imports.start(
            actor=someone,
            importer=Posts.code,
            data=sheet(GOOD),
            filename="a.xlsx",
            scope_path=tree.county.path,
            params={},
        )
    assert not ImportBatch._base_manager.exists()


def test_others_touch_nothing_here(clerk, tree):
    batch = start(clerk, GOOD)
    for someone, error in (
        (user_with(Role.LEADER, tree.county), Denied),
        (user_with(Role.BUREAU_STAFF, tree.other_county), NotVisible),
    ):
        for step in (
            lambda s: imports.confirm(actor=s, pk=batch.pk),
            lambda s: imports.discard(actor=s, pk=batch.pk),
        ):
            with pytest.raises(error):
                step(someone)
    assert ImportBatch._base_manager.get(pk=batch.pk).state == State.PREVIEW


def test_an_empty_sheet_and_an_unknown_importer_are_refused(clerk):
    with pytest.raises(Refused):
        imports.start(
            actor=clerk,
            importer="nothing",
            data=sheet(GOOD),
            filename="a.xlsx",
            scope_path=clerk.unit.path,
            params={},
        )
    with pytest.raises(Refused):
        imports.start(
            actor=clerk,
            importer=Posts.code,
            data=b"MZ\x90",
            filename="a.exe",
            scope_path=clerk.unit.path,
            params={},
        )
    assert not ImportBatch._base_manager.exists()

"""The suite that every model with pages inherits: declare nouns, get the proof."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from common.changelog import DONE
from common.models import ExportLog
from tests.support.clients import client_for
from tests.support.suite import Nouns, shown_changes, state_of

FORMULA = "=1+cmd"


def filled(response):
    """What a browser would send back: the values of the form on a page."""
    found = {}
    for bound in response.context["form"]:
        value = bound.value()
        if value is None or value is False:
            continue
        found[bound.html_name] = "on" if value is True else value
    return found


def results(response):
    """The part of a list page that shows rows."""
    return response.content.decode().partition('id="results"')[2]


def heads(response):
    """The heads of the columns, without the one above the boxes."""
    return re.findall(r"<th scope=\"col\"(?! class=\"pick\")", response.content.decode())


@pytest.mark.django_db
class ListSuite(Nouns):
    """A list page: filter, sort, pages, columns, exports, fragments."""

    prefix = ""  # "unit": the list page is unit_list
    sort = "name"  # a sortable column that shows `text`
    column = "name"  # a column for the column choice
    exports = True
    filters = ()  # query strings that must find the row, e.g. ("is_head=false",)
    misses = ()  # query strings that must not find it

    def url(self, page="list", *args):
        return reverse(f"{self.prefix}_{page}", args=args)

    def page(self, client, query=""):
        response = client.get(f"{self.url()}?{query}" if query else self.url())
        assert response.status_code == 200
        return response

    def pks(self, client, query=""):
        """The rows of the table on the page, in its order."""
        return [row.record.pk for row in self.page(client, query).context["table"].rows]

    def test_anonymous_is_sent_to_sign_in(self, client, tree):
        self.row(tree)
        response = client.get(self.url())
        assert (response.status_code, response["Location"]) == (302, f"{reverse('login')}?next={self.url()}")

    def test_without_any_right_the_list_is_closed(self, tree):
        if self.nobody is None:
            return
        self.row(tree)
        response = client_for(self.nobody, tree.city).get(self.url())
        assert response.status_code == 403
        assert "标记甲" not in response.content.decode()

    def test_keeper_and_reader_see_the_row(self, tree):
        row = self.row(tree)
        for client in (self.as_keeper(tree), self.as_reader(tree)):
            assert row.pk in self.pks(client)
            assert "标记甲" in results(self.page(client))

    def test_rows_of_other_units_stay_out(self, tree):
        if self.outsider is None:
            return
        row = self.row(tree)
        client = self.as_outsider(tree)
        for query in ("", "q=标记", "archived=yes"):
            assert row.pk not in self.pks(client, query)
            assert "标记甲" not in self.page(client, query).content.decode()

    def test_whole_page_and_fragment(self, tree):
        self.row(tree)
        client = self.as_keeper(tree)
        whole = self.page(client).content.decode()
        assert "<html" in whole
        assert 'id="results"' in whole
        part = client.get(self.url(), headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in part
        assert 'id="results"' in part
        assert "标记甲" in part
        boosted = client.get(
            self.url(), headers={"HX-Request": "true", "HX-Boosted": "true"}
        ).content.decode()
        assert "<html" in boosted

    def test_search(self, tree):
        where = self.place(tree)
        wanted = self.make(where, "标记甲")
        self.make(self.another(tree, where), "另外乙")
        assert self.pks(self.as_keeper(tree), "q=标记甲") == [wanted.pk]

    def another(self, tree, where):
        """Where a second row fits beside the first one."""
        return where

    def test_filters(self, tree):
        row = self.row(tree)
        client = self.as_keeper(tree)
        for query in self.filters:
            assert row.pk in self.pks(client, query.format(tree=tree)), query
        for query in self.misses:
            assert row.pk not in self.pks(client, query.format(tree=tree)), query

    def test_a_wrong_filter_shows_nothing_and_does_not_break(self, tree):
        self.row(tree)
        response = self.as_keeper(tree).get(f"{self.url()}?page=999&archived=perhaps&sort=nothing")
        assert response.status_code == 200

    def test_sort_both_ways(self, tree):
        where = self.place(tree)
        first = self.make(where, "标记甲")  # before the other one in pinyin (biaojijia, biaojiyi) ...
        second = self.make(self.another(tree, where), "标记疑")  # ... and by code point (7532 < 7591)
        client = self.as_keeper(tree)
        up, down = (self.pks(client, f"q=标记&sort={s}{self.sort}") for s in ("", "-"))
        assert up == [first.pk, second.pk]
        assert down == [second.pk, first.pk]

    def test_pages(self, tree):
        rows = self.many(tree, 45)
        client = self.as_keeper(tree)
        first = client.get(f"{self.url()}?sort={self.sort}").context["table"]
        second = client.get(f"{self.url()}?sort={self.sort}&page=2").context["table"]
        on_first, on_second = ({r.record.pk for r in t.paginated_rows} for t in (first, second))
        assert len(on_first) == 40
        assert not on_first & on_second
        assert {r.pk for r in rows} <= on_first | on_second

    def many(self, tree, n):
        where, rows = self.place(tree), []
        for _number in range(n):
            rows.append(self.make(where))
            where = self.another(tree, where)
        return rows

    def test_column_choice(self, tree):
        self.row(tree)
        client = self.as_keeper(tree)
        assert len(heads(client.get(self.url()))) > 1
        chosen = client.get(f"{self.url()}?columns={self.column}")
        assert len(heads(chosen)) == 1
        assert len(heads(client.get(f"{self.url()}?columns=password"))) > 1  # an unknown name changes nothing
        assert "标记甲" in chosen.content.decode()

    def test_as_many_queries_for_30_rows_as_for_3(self, tree):
        client = self.as_keeper(tree)
        rows = self.many(tree, 3)
        self.page(client)
        with CaptureQueriesContext(connection) as three:
            self.page(client)
        where = self.place(tree)
        for _number in range(27):
            where = self.another(tree, where)
            rows.append(self.make(where))
        with CaptureQueriesContext(connection) as thirty:
            self.page(client)
        assert len(three) == len(thirty), "\n".join(q["sql"][:300] for q in thirty)

    # exports

    def exported(self, client, fmt, query=""):
        response = client.get(f"{self.url()}?format={fmt}{query}")
        assert response.status_code == 200
        if fmt == "csv":
            text = b"".join(response.streaming_content).decode("utf-8-sig")
            return list(csv.reader(io.StringIO(text)))
        sheet = load_workbook(io.BytesIO(response.content)).active
        return [list(row) for row in sheet.iter_rows(values_only=True)]

    @pytest.mark.parametrize("fmt", ["csv", "xlsx"])
    def test_export_is_what_is_on_screen(self, tree, fmt):
        if not self.exports:
            return
        where = self.place(tree)
        self.make(where, "标记甲")
        self.make(self.another(tree, where), "另外乙")
        client = self.as_keeper(tree)
        rows = self.exported(client, fmt, "&q=标记甲")
        assert len(rows) == 2
        assert any("标记甲" in str(cell) for cell in rows[1])
        log = ExportLog.objects.get()
        assert (log.actor_id, log.rows) == (client.user.pk, 1)
        assert "q=" in log.query

    @pytest.mark.parametrize("fmt", ["csv", "xlsx"])
    def test_export_runs_no_formula(self, tree, fmt):
        if not self.exports:
            return
        self.make(self.place(tree), FORMULA)
        response = self.as_keeper(tree).get(f"{self.url()}?format={fmt}")
        if fmt == "csv":
            rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
            cells = [cell for row in rows for cell in row if "1+cmd" in cell]
            assert cells
            assert not any(cell.startswith("=") for cell in cells)
        else:
            sheet = load_workbook(io.BytesIO(response.content)).active
            cells = [c for row in sheet.iter_rows() for c in row if "1+cmd" in str(c.value)]
            assert cells
            assert {c.data_type for c in cells} == {"s"}

    def test_export_leaves_out_other_units(self, tree):
        if not self.exports or self.outsider is None:
            return
        self.row(tree)
        self.make(self.elsewhere(tree), "别处丙")
        rows = self.exported(self.as_keeper(tree), "csv")
        text = str(rows)
        assert "标记甲" in text
        assert "别处丙" not in text

    def test_export_needs_its_right(self, tree):
        if not self.exports or self.reader is None:
            return
        self.row(tree)
        response = self.as_reader(tree).get(f"{self.url()}?format=csv")
        assert response.status_code == 403
        assert "标记甲" not in response.content.decode()
        assert not ExportLog.objects.exists()

    def test_an_unknown_format_is_refused(self, tree):
        if not self.exports:
            return
        self.row(tree)
        response = self.as_keeper(tree).get(f"{self.url()}?format=exe")
        assert response.status_code < 500
        assert not ExportLog.objects.exists()


class DetailSuite(ListSuite):
    """A page about one row."""

    history = True  # does the keeper see the change log of a row?

    def test_detail(self, tree):
        row = self.row(tree)
        for client in (self.as_keeper(tree), self.as_reader(tree)):
            response = client.get(self.url("detail", row.pk))
            assert response.status_code == 200
            assert "标记甲" in response.content.decode()

    def test_detail_of_another_unit_is_not_there(self, tree):
        if self.outsider is None:
            return
        row = self.row(tree)
        client = self.as_outsider(tree)
        gone = client.get(self.url("detail", row.pk))
        assert gone.status_code == 404
        assert "标记甲" not in gone.content.decode()
        missing = client.get(self.url("detail", 987654321))
        assert missing.status_code == 404

    def test_history_needs_its_right(self, tree):
        if not self.history:
            return
        row = self.row(tree)
        assert "history" in self.as_keeper(tree).get(self.url("detail", row.pk)).context
        assert "history" not in self.as_reader(tree).get(self.url("detail", row.pk)).context


class CreateSuite(DetailSuite):
    """Entering a row."""

    change = ("name", "改后丁")  # field and its new value
    label = "name"  # the field's label in the change log, as a msgid

    def form(self, tree):
        """Valid values for a new row whose text is 标记甲."""
        raise NotImplementedError

    def created(self):
        return self.model._base_manager.order_by("-pk").first()

    def test_create(self, tree):
        client = self.as_keeper(tree)
        assert client.get(self.url("create")).status_code == 200
        before = self.model._base_manager.count()
        response = client.post(self.url("create"), self.form(tree))
        assert response.status_code == 302, response.context["form"].errors
        assert self.model._base_manager.count() == before + 1
        row = self.created()
        assert response["Location"] == self.url("detail", row.pk)
        assert row.version == 1
        changes, line = shown_changes(row, first=True)
        assert (line.action, line.actor) == (DONE["insert"], client.user.actor_name)
        assert line.request_id == response["X-Request-Id"]
        assert all(before == "" for before, _after in changes.values())
        assert any("标记甲" in after for _before, after in changes.values())

    def test_create_without_values(self, tree):
        client, before = self.as_keeper(tree), state_of(self.model)
        response = client.post(self.url("create"), {})
        assert response.status_code == 422
        assert response.context["form"].errors
        assert state_of(self.model) == before

    def test_create_keeps_what_was_typed(self, tree):
        sent = self.form(tree)
        missing = next(k for k in sent if k != self.change[0])
        rest = {k: v for k, v in sent.items() if k != missing}
        response = self.as_keeper(tree).post(self.url("create"), rest)
        if response.status_code == 422:
            assert response.context["form"][self.change[0]].value() == sent[self.change[0]]

    def test_create_needs_its_right(self, tree):
        client = self.as_reader(tree)
        assert client.get(self.url("create")).status_code == 403
        before = state_of(self.model)
        assert client.post(self.url("create"), self.form(tree)).status_code == 403
        assert state_of(self.model) == before

    def test_create_asks_anonymous_to_sign_in(self, client, tree):
        sent = self.form(tree)
        before = state_of(self.model)
        assert client.post(self.url("create"), sent).status_code == 302
        assert state_of(self.model) == before

    def test_nobody_creates_at_another_unit(self, tree):
        if self.outsider is None:
            return
        role, place = self.outsider
        client = client_for(self.keeper, getattr(tree, place))
        sent = self.form(tree)
        before = state_of(self.model)
        response = client.post(self.url("create"), sent)
        assert response.status_code in {403, 422}
        assert state_of(self.model) == before


class RowSuite(CreateSuite):
    """Changing and closing a row."""

    def edit(self, client, row, **values):
        page = client.get(self.url("update", row.pk))
        assert page.status_code == 200
        return {**filled(page), **values}

    def test_update(self, tree):
        client, row = self.as_keeper(tree), self.row(tree)
        field, value = self.change
        before = row.version
        response = client.post(self.url("update", row.pk), self.edit(client, row, **{field: value}))
        assert response.status_code == 302, response.context["form"].errors
        row = self.model._base_manager.get(pk=row.pk)
        assert str(getattr(row, field)) == value
        assert row.version == before + 1
        changes, line = shown_changes(row)
        assert (line.action, line.actor) == (DONE["update"], client.user.actor_name)
        assert line.request_id == response["X-Request-Id"]
        assert [after for _old, after in changes.values() if after == value]

    def test_saving_without_a_change_writes_nothing(self, tree):
        client, row = self.as_keeper(tree), self.row(tree)
        sent = self.edit(client, row)
        before = state_of(self.model)
        assert client.post(self.url("update", row.pk), sent).status_code == 302
        assert state_of(self.model) == before

    def test_update_needs_its_right(self, tree):
        row, client = self.row(tree), self.as_reader(tree)
        sent = self.edit(self.as_keeper(tree), row, **dict([self.change]))
        before = state_of(self.model)
        assert client.get(self.url("update", row.pk)).status_code == 403
        assert client.post(self.url("update", row.pk), sent).status_code == 403
        assert state_of(self.model) == before

    def test_update_of_another_unit_is_not_there(self, tree):
        if self.outsider is None:
            return
        row, client = self.row(tree), self.as_outsider(tree)
        sent = self.edit(self.as_keeper(tree), row, **dict([self.change]))
        before = state_of(self.model)
        for response in (
            client.get(self.url("update", row.pk)),
            client.post(self.url("update", row.pk), sent),
        ):
            assert response.status_code == 404
            assert "标记甲" not in response.content.decode()
        assert state_of(self.model) == before

    def stale(self, client, tree):
        """A row that somebody else changed after it was opened; what was opened."""
        row = self.row(tree)
        field, value = self.change
        mine = self.edit(client, row, **{field: value})
        theirs = self.edit(client, row, **{field: self.theirs()})
        assert client.post(self.url("update", row.pk), theirs).status_code == 302
        return row, mine

    def theirs(self):
        return f"{self.change[1]}他"

    def test_a_stale_save_shows_both_sides(self, tree):
        client = self.as_keeper(tree)
        row, mine = self.stale(client, tree)
        before = self.untouched(row)
        response = client.post(self.url("update", row.pk), mine)
        assert response.status_code == 409
        sides = {d["name"]: (d["mine"], d["theirs"]) for d in response.context["conflict"]}
        assert sides == {self.change[0]: (self.change[1], self.theirs())}
        assert self.theirs() in response.content.decode()
        assert self.untouched(row) == before

    @pytest.mark.parametrize("side", ["mine", "theirs"])
    def test_the_chosen_side_is_saved(self, tree, side):
        client = self.as_keeper(tree)
        row, mine = self.stale(client, tree)
        again = filled(client.post(self.url("update", row.pk), mine)) | {f"take_{self.change[0]}": side}
        assert client.post(self.url("update", row.pk), again).status_code == 302
        row = self.model._base_manager.get(pk=row.pk)
        assert str(getattr(row, self.change[0])) == {"mine": self.change[1], "theirs": self.theirs()}[side]

    def test_archive(self, tree):
        client, row = self.as_keeper(tree), self.row(tree)
        url = self.url("archive", row.pk)
        assert client.get(url).status_code == 200
        assert client.post(url, {"version": row.version, "reason": ""}).status_code == 422
        assert client.post(url, {"version": row.version + 1, "reason": "重复"}).status_code == 409
        assert self.model._base_manager.get(pk=row.pk).archived_at is None
        response = client.post(url, {"version": row.version, "reason": "重复录入"})
        assert response.status_code == 302
        row = self.model._base_manager.get(pk=row.pk)
        assert row.archived_at is not None
        _changes, line = shown_changes(row)
        assert (line.reason, line.actor) == ("重复录入", client.user.actor_name)
        assert row.pk not in self.pks(client)
        assert row.pk in self.pks(client, "archived=yes")

    def test_archive_needs_its_right(self, tree):
        row, sent = self.row(tree), {"version": 1, "reason": "无权"}
        reader, outsider = self.as_reader(tree), self.outsider and self.as_outsider(tree)
        before = state_of(self.model)
        url = self.url("archive", row.pk)
        assert reader.post(url, sent).status_code == 403
        if outsider:
            assert outsider.post(url, sent).status_code == 404
        assert state_of(self.model) == before

    def test_an_archived_row_refuses_edits(self, tree):
        client, row = self.as_keeper(tree), self.row(tree)
        sent = self.edit(client, row, **dict([self.change]))
        client.post(self.url("archive", row.pk), {"version": row.version, "reason": "关闭"})
        before = state_of(self.model)
        response = client.post(self.url("update", row.pk), sent)
        assert response.status_code == 422
        assert response.context["form"].non_field_errors()
        again = client.post(self.url("archive", row.pk), {"version": row.version, "reason": "再关"})
        assert again.status_code == 422
        assert state_of(self.model) == before

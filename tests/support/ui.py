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


def shown_pks(response):
    return [row.record.pk for row in response.context["table"].rows]


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

    def part(self, client, query=""):
        """Only the results, as a filter asks for them: half the work of a page."""
        response = client.get(f"{self.url()}?{query}", headers={"HX-Request": "true"})
        assert response.status_code == 200
        return response

    def pks(self, client, query=""):
        """The rows of the table, in its order."""
        return shown_pks(self.part(client, query))

    def test_anonymous_is_sent_to_sign_in(self, client, tree):
        self.row(tree)
        response = client.get(self.url())
        assert (response.status_code, response["Location"]) == (302, f"{reverse('login')}?next={self.url()}")

    def test_without_any_right_the_list_is_closed(self, tree):
        if self.nobody is None:
            return
        self.row(tree)
        response = self.as_nobody(tree).get(self.url())
        assert response.status_code == 403
        assert "标记甲" not in response.content.decode()

    def test_keeper_and_reader_see_the_row(self, tree):
        """On the whole page, and in the part that a filter asks for."""
        row = self.row(tree)
        client = self.as_keeper(tree)
        for browser in (client, self.as_reader(tree)):
            whole = self.page(browser)
            assert row.pk in shown_pks(whole)
            assert "标记甲" in results(whole)
            assert "<html" in whole.content.decode()
        part = self.part(client).content.decode()
        assert "<html" not in part
        assert 'id="results"' in part
        assert "标记甲" in part
        boosted = client.get(self.url(), headers={"HX-Request": "true", "HX-Boosted": "true"})
        assert "<html" in boosted.content.decode()

    def test_rows_of_other_units_stay_out(self, tree):
        if self.outsider is None:
            return
        row = self.row(tree)
        client = self.as_outsider(tree)
        for response in (self.page(client), self.part(client, "q=标记"), self.part(client, "archived=yes")):
            assert row.pk not in shown_pks(response)
            assert "标记甲" not in response.content.decode()

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

    def test_sort_both_ways(self, tree):
        where = self.place(tree)
        first = self.make(where, "标记甲")  # before the other one in pinyin (biaojijia, biaojiyi) ...
        second = self.make(self.another(tree, where), "标记疑")  # ... and by code point (7532 < 7591)
        client = self.as_keeper(tree)
        up, down = (self.pks(client, f"q=标记&sort={s}{self.sort}") for s in ("", "-"))
        assert up == [first.pk, second.pk]
        assert down == [second.pk, first.pk]

    def test_pages_ask_as_often_for_forty_rows_as_for_three(self, tree):
        client = self.as_keeper(tree)
        rows = self.many(tree, 3, self.place(tree))
        query = f"sort={self.sort}"
        self.page(client, query)
        with CaptureQueriesContext(connection) as three:
            self.page(client, query)
        rows += self.many(tree, 42, self.another(tree, self.place(tree)))
        with CaptureQueriesContext(connection) as forty:
            first = self.page(client, query).context["table"]
        assert len(three) == len(forty), "\n".join(q["sql"][:300] for q in forty)
        second = self.part(client, f"{query}&page=2").context["table"]
        on_first, on_second = ({r.record.pk for r in t.paginated_rows} for t in (first, second))
        assert len(on_first) == 40
        assert not on_first & on_second
        assert {r.pk for r in rows} <= on_first | on_second

    def many(self, tree, n, where):
        rows = []
        for _number in range(n):
            rows.append(self.make(where))
            where = self.another(tree, where)
        return rows

    def test_column_choice(self, tree):
        self.row(tree)
        client = self.as_keeper(tree)
        assert len(heads(self.part(client))) > 1
        chosen = self.part(client, f"columns={self.column}")
        assert len(heads(chosen)) == 1
        assert len(heads(self.part(client, "columns=password"))) > 1  # an unknown name changes nothing
        assert "标记甲" in chosen.content.decode()

    # exports

    def exported(self, client, fmt, query=""):
        """The rows of a file as text, and the types of its cells ("" where there are none)."""
        response = client.get(f"{self.url()}?format={fmt}{query}")
        assert response.status_code == 200
        if fmt == "csv":
            text = b"".join(response.streaming_content).decode("utf-8-sig")
            return [[(cell, "") for cell in row] for row in csv.reader(io.StringIO(text))]
        sheet = load_workbook(io.BytesIO(response.content)).active
        return [[(str(cell.value), cell.data_type) for cell in row] for row in sheet.iter_rows()]

    def test_export_is_what_is_on_screen_and_runs_no_formula(self, tree):
        if not self.exports:
            return
        where = self.place(tree)
        for text in ("标记甲", "另外乙", FORMULA):
            self.make(where, text)
            where = self.another(tree, where)
        client = self.as_keeper(tree)
        for number, fmt in enumerate(("csv", "xlsx")):
            rows = self.exported(client, fmt, "&q=标记甲")
            assert len(rows) == 2
            assert any("标记甲" in text for text, _kind in rows[1])
            log = ExportLog.objects.order_by("pk")[2 * number]
            assert (log.actor_id, log.rows) == (client.user.pk, 1)
            assert "q=" in log.query
            cells = [cell for row in self.exported(client, fmt) for cell in row if "1+cmd" in cell[0]]
            assert cells
            if fmt == "csv":
                assert not any(text.startswith("=") for text, _kind in cells)
            else:
                assert {kind for _text, kind in cells} == {"s"}
        assert ExportLog.objects.count() == 4

    def test_export_leaves_out_other_units(self, tree):
        if not self.exports or self.outsider is None:
            return
        self.row(tree)
        self.make(self.elsewhere(tree), "别处丙")
        text = str(self.exported(self.as_keeper(tree), "csv"))
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

    def test_what_is_wrong_in_the_address_does_not_break(self, tree):
        self.row(tree)
        client = self.as_keeper(tree)
        assert client.get(f"{self.url()}?page=999&archived=perhaps&sort=nothing").status_code == 200
        if self.exports:
            assert client.get(f"{self.url()}?format=exe").status_code < 500
            assert not ExportLog.objects.exists()


class DetailSuite(ListSuite):
    """A page about one row."""

    history = True  # does the keeper see the change log of a row?

    def test_detail(self, tree):
        """Both read the row; the change log needs its right."""
        row = self.row(tree)
        pages = [
            client.get(self.url("detail", row.pk)) for client in (self.as_keeper(tree), self.as_reader(tree))
        ]
        for page in pages:
            assert page.status_code == 200
            assert "标记甲" in page.content.decode()
        if self.history:
            assert ["history" in page.context for page in pages] == [True, False]

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
        """Nothing is written, and what was typed is still there."""
        sent = self.form(tree)
        missing = next(k for k in sent if k != self.change[0])
        client, before = self.as_keeper(tree), state_of(self.model)
        response = client.post(self.url("create"), {})
        assert response.status_code == 422
        assert response.context["form"].errors
        assert state_of(self.model) == before
        response = client.post(self.url("create"), {k: v for k, v in sent.items() if k != missing})
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
        """First nothing is changed, and nothing written; then one field is."""
        client, row = self.as_keeper(tree), self.row(tree)
        field, value = self.change
        sent, before = self.edit(client, row), state_of(self.model)
        assert client.post(self.url("update", row.pk), sent).status_code == 302
        assert state_of(self.model) == before
        response = client.post(self.url("update", row.pk), {**sent, field: value})
        assert response.status_code == 302, response.context["form"].errors
        version = row.version
        row = self.model._base_manager.get(pk=row.pk)
        assert str(getattr(row, field)) == value
        assert row.version == version + 1
        changes, line = shown_changes(row)
        assert (line.action, line.actor) == (DONE["update"], client.user.actor_name)
        assert line.request_id == response["X-Request-Id"]
        assert [after for _old, after in changes.values() if after == value]

    def test_update_needs_its_right(self, tree):
        """Who only reads is refused; for somebody of another unit the row is not there."""
        row, refused = self.row(tree), [(self.as_reader(tree), 403)]
        if self.outsider is not None:
            refused.append((self.as_outsider(tree), 404))
        sent = self.edit(self.as_keeper(tree), row, **dict([self.change]))
        before = state_of(self.model)
        url = self.url("update", row.pk)
        for client, status in refused:
            for response in (client.get(url), client.post(url, sent)):
                assert response.status_code == status
                assert status == 403 or "标记甲" not in response.content.decode()
        assert state_of(self.model) == before

    def theirs(self):
        return f"{self.change[1]}他"

    def test_a_stale_save_shows_both_sides(self, tree):
        """Somebody else changes a row that is open in a form. Then either side can be taken."""
        client, row = self.as_keeper(tree), self.row(tree)
        field, value = self.change
        url, mine = self.url("update", row.pk), self.edit(client, row, **{field: value})
        assert client.post(url, {**mine, field: self.theirs()}).status_code == 302
        before = self.untouched(row)
        response = client.post(url, mine)
        assert response.status_code == 409
        sides = {d["name"]: (d["mine"], d["theirs"]) for d in response.context["conflict"]}
        assert sides == {field: (value, self.theirs())}
        assert self.theirs() in response.content.decode()
        assert self.untouched(row) == before
        again = filled(response)
        for side, wanted in (("theirs", self.theirs()), ("mine", value)):
            assert client.post(url, {**again, f"take_{field}": side}).status_code == 302
            assert str(self.untouched(row)[field]) == wanted

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

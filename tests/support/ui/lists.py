"""The suite of list pages: filter, sort, pages, columns, exports, fragments."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from common.models import ExportLog
from tests.support.suite import Nouns

FORMULA = "=1+cmd"


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
        # Fewer where the rows are what a filter offers: among many it searches instead of listing them.
        assert len(forty) <= len(three), "\n".join(q["sql"][:300] for q in forty)
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

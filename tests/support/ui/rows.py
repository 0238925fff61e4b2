"""The suites of pages about one row: reading, entering, changing, archiving."""

from common.changelog import DONE
from tests.support.clients import client_for
from tests.support.suite import shown_changes, state_of
from tests.support.ui.lists import ListSuite


def filled(response):
    """What a browser would send back: the values of the form on a page."""
    found = {}
    for bound in response.context["form"]:
        value = bound.value()
        if value is None or value is False:
            continue
        found[bound.html_name] = "on" if value is True else value
    return found


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
        else:
            assert response.status_code == 302, f"{missing} isn't asked for, so the row is there"

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

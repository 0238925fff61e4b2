"""What the suites of pages and of the API have in common: nouns, people, and looking whether anything changed."""

from django.db.models import DateTimeField
from pghistory.models import Event

from common.changelog import history
from organizations.choices import Role
from tests.support.clients import client_for


def state_of(model):
    """Everything in a table and its change log, to prove that nothing changed."""
    rows = list(model._base_manager.order_by("pk").values())
    tracker = next(
        (e for e in Event.__subclasses__() if getattr(e, "pgh_tracked_model", None) is model), None
    )
    return rows, tracker.objects.count() if tracker else 0


def shown_changes(obj, *, first=False):
    """The newest line of a row's history (or its first one) as {field label: (before, after)}, and the line itself."""
    line = history(obj)[-1 if first else 0]
    return {c.field: (c.before, c.after) for c in line.changes}, line


class Nouns:
    """A leaf declares these; every test below is inherited."""

    model = None
    factory = None
    text = "name"  # the text field by which a test finds its row on a page
    keeper = Role.BUREAU_STAFF  # may do everything, at the county
    reader = Role.LEADER  # sees the row but may not change it, at the county
    outsider = (Role.BUREAU_STAFF, "other_county")  # None: the kind belongs to no unit
    nobody = Role.AUDIT_ADMIN  # has no right to this kind at all; None: there is no such role

    def place(self, tree):
        """Where a row in the county's scope belongs."""
        return {"unit": tree.town}

    def elsewhere(self, tree):
        """Where a row out of the county's scope belongs."""
        return {"unit": tree.other_town}

    def make(self, where, text=None):
        """A row at a place; `text` is what a page shows of it."""
        return self.factory(**where, **({self.text: text} if text else {}))

    def row(self, tree, text="标记甲"):
        return self.make(self.place(tree), text)

    # people

    def as_keeper(self, tree):
        return client_for(self.keeper, tree.county)

    def as_reader(self, tree):
        return client_for(self.reader, tree.county)

    def as_outsider(self, tree):
        role, place = self.outsider
        return client_for(role, getattr(tree, place))

    def untouched(self, row):
        """The row as it stands in the database, without the times that Django keeps."""
        times = {f.name for f in self.model._meta.fields if isinstance(f, DateTimeField)}
        found = self.model._base_manager.filter(pk=row.pk).values().get()
        return {k: v for k, v in found.items() if k not in times}

"""What the suites of pages and of the API have in common: nouns, people, and looking whether anything changed."""

from contextlib import nullcontext
from copy import copy, deepcopy

import pytest
from django.conf import settings
from django.db.models import DateTimeField
from django.test import Client
from pghistory.models import Event

from common.changelog import history
from organizations.choices import Role
from tests.support import pipeline as shipping
from tests.support.clients import session_of, user_with
from tests.support.factories import Tree
from tests.support.kept import kept_for_several_tests


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


class Kept:
    """What every test of a class starts from: the units, the shipped stages, and who comes, already signed in."""

    def __init__(self, nouns, ships):
        self.tree, self._people = Tree(), {}
        if ships:
            shipping.ship()
        for who in {
            (nouns.keeper, "county"),
            (nouns.reader, "county"),
            (nouns.nobody, "city"),
            nouns.outsider,
        }:
            if who and who[0]:
                user = user_with(who[0], getattr(self.tree, who[1]))
                self._people[who] = user, session_of(user)

    def sign_in(self, client, role, place):
        """The client has the session of somebody with this role at this place; he is `client.user`."""
        user, client.cookies[settings.SESSION_COOKIE_NAME] = self._people[role, place]
        client.user = copy(user)
        return client


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

    @pytest.fixture(scope="class")
    @classmethod
    def kept(cls, request, django_db_setup, django_db_blocker):
        """Made once for all tests of a class. Stages are shipped where its tests ask for them."""
        first = next(item for item in request.session.items if item.cls is cls)
        ships = bool({"pipeline", "stages"} & set(first.fixturenames))
        standing = shipping.standing() if ships else nullcontext()
        with kept_for_several_tests(django_db_blocker, lambda: Kept(cls, ships)) as made, standing:
            yield made

    @pytest.fixture
    def tree(self, kept, db):
        """A copy: what a test changes in it is known to no other."""
        found = deepcopy(kept.tree)
        found.kept = kept
        return found

    # people

    def as_keeper(self, tree):
        return tree.kept.sign_in(Client(), self.keeper, "county")

    def as_reader(self, tree):
        return tree.kept.sign_in(Client(), self.reader, "county")

    def as_outsider(self, tree):
        return tree.kept.sign_in(Client(), *self.outsider)

    def as_nobody(self, tree):
        return tree.kept.sign_in(Client(), self.nobody, "city")

    def untouched(self, row):
        """The row as it stands in the database, without the times that Django keeps."""
        times = {f.name for f in self.model._meta.fields if isinstance(f, DateTimeField)}
        found = self.model._base_manager.filter(pk=row.pk).values().get()
        return {k: v for k, v in found.items() if k not in times}

"""The parts of the demo: loaded in order, once, with their accounts."""

import io
from contextlib import suppress

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from organizations import demo
from organizations.choices import Role
from organizations.models import Unit, User
from tests.support.factories import UnitFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def parts(monkeypatch):
    """Two invented parts in the place of the real ones: the second makes an account."""
    made = []
    account = demo.Account("tester", "演示·测试", Role.OFFICER, "demo-test")

    def load():
        UnitFactory(code="demo-test", name="示例单位")
        demo.account_make(account)
        made.append("second")
        return {"units": 1}

    monkeypatch.setattr(demo, "_parts", {})
    there = lambda: User._base_manager.filter(username="tester").exists()  # noqa: E731
    demo.register(demo.Part("second", 20, there, load, (account,)))
    demo.register(
        demo.Part("first", 10, lambda: "first" in made, lambda: made.append("first") or {"rows": 2})
    )
    return made


def run(*arguments):
    out = io.StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def test_parts_are_loaded_in_order_and_once(parts):
    assert run("load") == "first: 2 rows\nsecond: 1 units\n"
    assert run("load") == "first: there already\nsecond: there already\n"
    assert parts == ["first", "second"]


def test_one_part_alone(parts):
    assert run("load", "--only", "second") == "second: 1 units\n"
    assert parts == ["second"]


def test_accounts_get_new_passwords(parts):
    with pytest.raises(CommandError, match="not loaded"):
        run("accounts", "--new-passwords")
    run("load")
    assert run("accounts").split() == ["tester", "officer", "演示·测试"]
    name, password = run("accounts", "--new-passwords").split()[:2]
    user = User._base_manager.get(username=name)
    assert user.check_password(password)
    assert [grant.role for grant in demo.user("tester").grants()] == [Role.OFFICER]


def test_a_part_that_fails_leaves_nothing_and_savepoints_come_back(parts, django_assert_num_queries):
    """A service inside fails and its loader goes on: refused by the database, and all of the part is gone."""

    def load():
        UnitFactory(code="demo-half", name="示例一半")
        with suppress(ZeroDivisionError), transaction.atomic():
            1 / 0  # noqa: B018
        UnitFactory(code="demo-rest", name="示例其余")
        return {}

    demo.register(demo.Part("third", 30, lambda: False, load))
    with pytest.raises(transaction.TransactionManagementError):
        demo.load(["third"])
    assert not Unit._base_manager.filter(code__startswith="demo-").exists()
    with django_assert_num_queries(2), transaction.atomic():
        """SAVEPOINT and RELEASE SAVEPOINT."""

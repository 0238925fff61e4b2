"""The parts of the demo: loaded in order, once, with their accounts."""

import io

import pytest
from django.core.management import CommandError, call_command

from organizations import demo
from organizations.choices import Role
from organizations.models import User
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

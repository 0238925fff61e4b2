"""Questions and second signatures (docs/algorithms/recognition.md, DOMAIN §3)."""

from decimal import Decimal

import pytest

from capital.models import CapitalEntry, Override, Query
from capital.services.entries import entry_withdraw
from capital.services.overrides import override_ask, override_sign, override_withdraw
from capital.services.queries import query_answer, query_ask, query_withdraw
from capital.services.recognition import recognise, refuse, reverse
from common.errors import Denied, NotVisible
from organizations.choices import Role
from organizations.models import Reminder
from tests.capital.recognising import counted, now, refused, reported
from tests.support.clients import user_with
from tests.support.factories import TESTS

D = Decimal
FIRST, LAST = "preliminary", "final"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


# ---------------------------------------------------------------- queries


def test_asked_and_answered(tree, project, checker):
    officer, boss = user_with(Role.OFFICER, tree.town), user_with(Role.UNIT_HEAD, tree.town)
    entry = reported(project)
    CapitalEntry._base_manager.filter(pk=entry.pk).update(entered_by=officer)
    refused("text", query_ask, actor=checker, entry=entry.pk, text=" ")
    with pytest.raises(Denied):
        query_ask(actor=boss, entry=entry.pk, text="?")
    refused("own_unit", query_ask, actor=user_with(Role.EVALUATOR, tree.town), entry=entry.pk, text="?")
    query = query_ask(actor=checker, entry=entry.pk, text="请补验资报告", version=2)
    assert now(entry).state == "queried"
    assert set(Reminder._base_manager.values_list("user", flat=True)) == {officer.pk, boss.pk}
    for do, more in ((recognise, {}), (refuse, {"reason": "x"})):
        assert "take the query back" in refused(
            "query_open", do, actor=checker, entry=entry.pk, level=FIRST, **more
        )
    refused("query_open", query_ask, actor=checker, entry=entry.pk, text="还有")
    with pytest.raises(Denied):
        query_answer(actor=user_with(Role.LEADER, tree.county), pk=query.pk, answer="x")
    with pytest.raises(NotVisible):
        query_answer(actor=user_with(Role.OFFICER, tree.other_town), pk=query.pk, answer="x")
    refused("text", query_answer, actor=officer, pk=query.pk, answer="")
    query_answer(actor=officer, pk=query.pk, answer="已补")
    assert now(entry).state == "reported"
    unread = Reminder._base_manager.filter(read_at=None).values_list("user", "kind")
    assert list(unread) == [(checker.pk, "capital_answer")]
    refused("query_closed", query_answer, actor=officer, pk=query.pk, answer="再答")
    recognise(actor=checker, entry=entry.pk, level=FIRST)
    again = query_ask(actor=checker, entry=entry.pk, text="终核前再问")
    query_withdraw(actor=checker, pk=again.pk)
    assert now(entry).state == "preliminary"
    refuse_after = Query._base_manager.get(pk=again.pk)
    assert (refuse_after.archived_at is not None, refuse_after.answer) == (True, "")


def test_an_answer_brings_the_entry_back_to_where_it_stood(project, checker, head):
    """Checked, and all of it flowed back: the first check stands, and only the last word is still to be spoken."""
    entry = reported(project)
    recognise(actor=checker, entry=entry.pk, level=FIRST)
    reverse(actor=checker, entry=entry.pk, reason="资金转出")
    query = query_ask(actor=head, entry=entry.pk, text="为何转出")
    query_answer(actor=TESTS, pk=query.pk, answer="合同解除")
    assert (now(entry).state, counted(entry)) == ("preliminary", (1000, 0, 0))


def test_a_withdrawn_entry_takes_its_question_along(project, checker):
    """Answered afterwards it would wait for a decision again, and the books would say nothing of it."""
    entry = reported(project)
    query = query_ask(actor=checker, entry=entry.pk, text="请补")
    entry_withdraw(actor=TESTS, pk=entry.pk, version=None, reason="录错")
    refused("query_closed", query_answer, actor=TESTS, pk=query.pk, answer="已补")
    refused("query_closed", query_withdraw, actor=checker, pk=query.pk)
    assert (now(entry).state, counted(entry)) == ("withdrawn", (0, 0, 0))
    assert not Reminder._base_manager.filter(kind="capital_query", read_at=None).exists()


# ---------------------------------------------------------------- overrides


def test_more_than_reported_takes_two_people(tree, project, checker, head):
    entry, second = reported(project), user_with(Role.COMMITTEE, tree.city)
    ask = {"actor": checker, "entry": entry.pk, "level": FIRST, "reason": "银行回单显示 1200"}
    refused("not_above", override_ask, **ask, amount=D(1000))
    refused("reason_needed", override_ask, **{**ask, "reason": ""}, amount=D(1200))
    row = override_ask(**ask, amount=D(1200))
    refused("override_open", recognise, actor=head, entry=entry.pk, level=LAST)
    with pytest.raises(Denied):  # it takes the right to confirm
        override_sign(actor=user_with(Role.EVALUATOR, tree.city), pk=row.pk, signed=True)
    refused("reason_needed", override_sign, actor=head, pk=row.pk, signed=False)
    assert override_sign(actor=head, pk=row.pk, signed=False, remark="不认可") is None
    assert (now(entry).state, counted(entry)) == ("reported", (1000, 0, 0))
    refused("override_closed", override_sign, actor=head, pk=row.pk, signed=True)
    row = override_ask(**{**ask, "actor": head, "level": LAST}, amount=D(1200))
    assert "two people" in refused("second_person", override_sign, actor=head, pk=row.pk, signed=True)
    done = override_sign(actor=second, pk=row.pk, signed=True)
    assert (done.verdict, done.delta, done.decided_by, done.second_by) == ("override", 1200, head, second)
    assert (now(entry).state, counted(entry)) == ("final", (1000, 1200, 1200))
    reverse(actor=head, entry=entry.pk, amount=D(700), reason="退回")
    assert counted(entry) == (1000, 500, 500)


def test_a_request_is_taken_back_by_who_asked(project, checker, head):
    entry = reported(project)
    row = override_ask(actor=checker, entry=entry.pk, level=FIRST, amount=D(2000), reason="x")
    with pytest.raises(Denied, match="who asked"):
        override_withdraw(actor=head, pk=row.pk)
    override_withdraw(actor=checker, pk=row.pk)
    assert recognise(actor=checker, entry=entry.pk, level=FIRST).delta == 1000
    assert Override._base_manager.get().archived_at is not None


def test_a_withdrawn_entry_has_nothing_left_to_sign(project, checker, head):
    entry = reported(project)
    row = override_ask(actor=checker, entry=entry.pk, level=FIRST, amount=D(2000), reason="x")
    entry_withdraw(actor=TESTS, pk=entry.pk, version=None, reason="录错")
    assert Override._base_manager.get().archived_at is not None
    refused("override_closed", override_sign, actor=head, pk=row.pk, signed=True)

"""What closing a month does with entries that still wait (docs/algorithms/recognition.md, DOMAIN §3)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from capital.models import RolledForward
from capital.services.queries import query_ask
from capital.services.recognition import recognise, reverse
from capital.services.samples import sample_draw
from common import clock
from common.errors import Refused
from ledger import closings
from ledger.choices import Kind
from ledger.models import Closing, Posting
from organizations.choices import Role
from tests.capital.recognising import now, reported
from tests.support.clients import user_with
from tests.support.factories import TESTS
from tests.support.factories_capital import period
from tests.support.factories_projects import signed_project

OCTOBER, NOVEMBER = date(2026, 10, 9), date(2026, 11, 5)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pipeline", "november", "english")]


def shut(code):
    closings.period_cut_off(actor=TESTS, code=code)
    return closings.period_close(actor=TESTS, code=code)


def lines_of(entry):
    rows = Posting._base_manager.filter(
        event__startswith=f"capital:{entry.pk}:", kind=Kind.CAPITAL_RECOGNISED, role="assessed"
    )
    return list(rows.order_by("seq").values_list("qty", "posted_in"))


def test_what_waits_goes_on_by_name_and_counts_in_the_next_month(tree):
    project = signed_project(tree.town)
    checker, head = user_with(Role.EVALUATOR, tree.city), user_with(Role.COMMITTEE, tree.city)
    done, waits, asked, bare = (
        reported(project, amount, occurred_on=OCTOBER, proof=amount < 400) for amount in (100, 200, 300, 400)
    )
    other = reported(project, 500, occurred_on=NOVEMBER)
    recognise(actor=head, entry=done.pk, level="final")
    query_ask(actor=checker, entry=asked.pk, text="请补材料")
    sample = sample_draw(actor=checker, unit=tree.city, period=202610, level="preliminary")
    assert sample.entries == [waits.pk]
    found = {line.code: line.count for line in closings.checklist(period(202610))}
    own = ("capital_waiting", "capital_queries", "capital_evidence", "capital_samples")
    assert [found[code] for code in own] == [3, 1, 1, 1]
    for code in range(202605, 202610):  # the project was signed in June: earlier months have lines
        if period(code).state == "open":
            shut(code)
    shut(202610)
    rolled = RolledForward.objects.order_by("entry_id")
    assert [(x.entry_id, x.from_period_id, x.to_period_id, x.state) for x in rolled] == [
        (waits.pk, 202610, 202611, "reported"),
        (asked.pk, 202610, 202611, "queried"),
        (bare.pk, 202610, 202611, "reported"),
    ]
    assert now(waits).period_id == 202610  # its return stays what it was
    found = {line.code: line.count for line in closings.checklist(period(202611))}
    assert found["capital_waiting"] == 4
    with clock.at(datetime(2026, 12, 2, tzinfo=UTC)):
        closings.period_cut_off(actor=TESTS, code=202611)
        recognise(actor=head, entry=waits.pk, level="final")
        recognise(actor=head, entry=other.pk, level="final")
        reverse(actor=head, entry=done.pk, reason="退回", amount=Decimal(40))
        # Cut off, November still takes what waited in it; the reversal of October's goes to the open month.
        assert (lines_of(waits), lines_of(other)) == ([(200, 202611)], [(500, 202611)])
        assert lines_of(done) == [(100, 202610), (-40, 202612)]
        drawn = user_with(Role.EVALUATOR, tree.city)
        with pytest.raises(Refused, match="recognised together"):  # a query is open, a voucher is missing
            sample_draw(actor=drawn, unit=tree.city, period=202611, level="preliminary")
    assert Closing.objects.unscoped(reason="test").filter(period=202610).count() == 1

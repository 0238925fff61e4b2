"""What holds whatever people decide in whatever order (docs/algorithms/recognition.md)."""

from collections import defaultdict
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capital.models import Recognition
from capital.posting import _changes, best_known
from capital.services.recognition import recognise, refuse, reverse
from common.errors import Refused
from ledger.choices import Kind
from ledger.models import Posting
from organizations.choices import Role
from projects.services import Share, attribution_set
from tests.capital.recognising import now, reported
from tests.support.clients import user_with
from tests.support.factories import TESTS
from tests.support.factories_projects import signed_project

D = Decimal
AMOUNT = D("1000.01")
FIRST, LAST = "preliminary", "final"
LEVELS = st.sampled_from([FIRST, LAST])
PART = st.integers(1, 100_001).map(lambda cents: D(cents) / 100)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("recognise"), LEVELS, PART),
        st.tuples(st.just("refuse"), LEVELS, st.none()),
        st.tuples(st.just("back"), st.none(), PART),
        st.tuples(st.just("again"), st.none(), st.none()),
    ),
    min_size=1,
    max_size=6,
)


class _Undo(Exception):
    """Rolls an example back."""


@pytest.fixture
def scene(tree, pipeline, november):
    """A project shared 60/40 in one dimension, and its committee."""
    project = signed_project(tree.town)
    parts = [Share(tree.town.pk, D("0.6")), Share(tree.second_town.pk, D("0.4"))]
    attribution_set(
        actor=TESTS,
        project=project.pk,
        role="assessed",
        valid_from=project.signed_on,
        shares=parts,
        reason="约定",
    )
    return project, user_with(Role.COMMITTEE, tree.city)


def walk(head, entry, steps):
    """Do what may be done; what is refused changes nothing."""
    for what, level, amount in steps:
        about = {"actor": head, "entry": entry.pk, "reason": "理由"}
        try:
            with transaction.atomic():
                if what == "recognise":
                    recognise(**about, level=level, amount=amount)
                elif what == "refuse":
                    refuse(**about, level=level)
                else:
                    reverse(**about, amount=amount, again=what == "again")
        except Refused:
            continue


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_sums_stay_within_the_amount_and_the_books_say_the_same(scene, steps):
    """Σ deltas of a level within 0..amount at every step; in each dimension the lines add up to them, also in
    yuan; each unit has its share but for the cent that a split rounds by."""
    project, head = scene
    try:
        with transaction.atomic():
            entry = reported(project, AMOUNT)
            walk(head, entry, steps)
            rows = list(Recognition._base_manager.filter(entry=entry).order_by("ordinal"))
            sums = {FIRST: D(0), LAST: D(0)}
            for row in rows:
                sums[row.level] += row.delta
                assert 0 <= sums[row.level] <= AMOUNT
            assert [row.ordinal for row in rows] == list(range(1, len(rows) + 1))
            spoke = any(row.level == LAST for row in rows)
            wanted = {
                Kind.CAPITAL_REPORTED: AMOUNT,
                Kind.CAPITAL_PRELIMINARY: best_known(sums[FIRST], sums[LAST] if spoke else None),
                Kind.CAPITAL_RECOGNISED: sums[LAST],
            }
            totals, of_unit = defaultdict(Decimal), defaultdict(Decimal)
            lines = Posting._base_manager.filter(event__startswith=f"capital:{entry.pk}:")
            for line in lines:
                totals[line.role, line.kind] += line.qty
                of_unit[line.role, line.kind, line.unit_id] += line.qty
                assert line.qty == line.base_qty  # yuan
            roles = {role for role, _kind in totals}
            assert "assessed" in roles
            assert len(roles) >= 2
            for role in roles:
                for kind, total in wanted.items():
                    assert totals[role, kind] == total
            events = len(rows) + 1
            for (role, kind, unit), total in of_unit.items():
                if role == "assessed":
                    share = D("0.6") if unit == project.unit_id else D("0.4")
                    assert abs(total - wanted[kind] * share) <= D("0.01") * events
            if sums[LAST]:
                assert now(entry).state == "final"
            raise _Undo
    except _Undo:
        pass


@given(
    deltas=st.lists(st.tuples(LEVELS, st.integers(-1000, 1000).map(D)), max_size=8),
    seed=st.randoms(use_true_random=False),
)
def test_the_order_of_decisions_does_not_matter(deltas, seed):
    """The lines of the two kinds add up to the same, in whatever order the same changes were written."""

    def total(order):
        rows = [Recognition(entry_id=1, level=level, delta=delta) for level, delta in order]
        sums = defaultdict(Decimal)
        for change in _changes(rows, {1: (D(0), None)}):
            for kind, whole in change.items():
                sums[kind] += whole
        return {kind: whole for kind, whole in sums.items() if whole}

    mixed = list(deltas)
    seed.shuffle(mixed)
    assert total(mixed) == total(deltas)
    final = [delta for level, delta in deltas if level == LAST]
    best = sum(final) if final else sum(delta for _level, delta in deltas)
    assert total(deltas).get(Kind.CAPITAL_PRELIMINARY, 0) == best

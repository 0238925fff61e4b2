"""`decide()` over its whole cross product, against a matrix that was thought out by hand."""

import csv
from itertools import product
from pathlib import Path

import pytest

from common.access import Action, Relation, decide, kinds
from organizations.choices import Role, excludes

MATRIX = Path(__file__).with_name("access_matrix.csv")


def matrix():
    """{(kind, role, relation): actions}; a cell that is not written allows nothing."""
    found = {}
    with MATRIX.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            for relation in line["relation"].split():
                key = (line["kind"], Role(line["role"]), Relation(relation))
                assert key not in found, f"{key} stands twice in the matrix"
                found[key] = {Action(a) for a in line["actions"].split()}
    return found


def test_the_matrix_knows_every_kind_and_no_other():
    assert {kind for kind, _role, _relation in matrix()} == set(kinds())


@pytest.mark.parametrize("kind", kinds())
def test_cross_product(kind):
    allowed, differing = matrix(), []
    for role, relation, action in product(Role, Relation, Action):
        wanted = action in allowed.get((kind, role, relation), set())
        if decide(role, relation, action, kind) != wanted:
            differing.append(f"{role} {relation} {action}: the matrix says {'yes' if wanted else 'no'}")
    assert not differing


def test_an_unknown_kind_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        decide(Role.LEADER, Relation.OWN, Action.VIEW, "nothing")


def test_an_unknown_role_may_nothing():
    assert not any(decide("stranger", r, a, k) for r, a, k in product(Relation, Action, kinds()))


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_administrators_see_no_business_data(role):
    """GB/T 22239 level 3 (DOMAIN §9): accounts, grants and logs, and nothing of the bureau's work."""
    business = set(kinds()) - {"unit", "user", "role_grant", "change_log", "job", "reminder", "api_token"}
    assert not any(decide(role, r, a, k) for r, a, k in product(Relation, Action, business))


def test_who_enters_figures_never_publishes_what_he_may_not_see():
    for kind, role, relation, action in product(kinds(), Role, Relation, Action):
        if decide(role, relation, action, kind):
            assert decide(role, relation, Action.VIEW, kind), (kind, role, relation, action)


# Pairs of different roles that one person may hold (DESIGN §5: a small office combines roles, never
# entering with approving; administrators and programs stand alone).
TOGETHER = {
    frozenset(pair)
    for pair in (
        ("officer", "unit_head"),
        ("officer", "bureau_staff"),
        ("unit_head", "bureau_staff"),
        ("evaluator", "committee"),
        ("evaluator", "finance"),
        ("committee", "finance"),
        ("leader", "officer"),
        ("leader", "unit_head"),
        ("leader", "bureau_staff"),
        ("leader", "evaluator"),
        ("leader", "committee"),
        ("leader", "finance"),
    )
}


@pytest.mark.parametrize(("one", "other"), list(product(Role.values, Role.values)))
def test_roles_that_exclude_each_other(one, other):
    assert excludes(one, other) == (one != other and frozenset((one, other)) not in TOGETHER)

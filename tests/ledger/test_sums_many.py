"""Several cuts in one pass are the single sums (docs/algorithms/ledger.md): by hand, and over random books."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from ledger.choices import Kind, Role
from ledger.models import Posting
from ledger.selectors import Cut, Size, sums, sums_many
from ledger.services import Entry, Look, Part, post, take_back
from organizations.choices import Role as Job
from rules.shares import Credit
from tests.ledger.test_services import closed
from tests.support.clients import user_with
from tests.support.factories import TESTS

D = Decimal
DAY = date(2025, 1, 1)
KINDS = (Kind.SIGNED, Kind.CONTRACT, Kind.REGISTERED_CAPITAL)

pytestmark = pytest.mark.django_db


def sign(number, amount, roles, on, *, look=Look(), currency="CNY", rate="1", capital=None):  # noqa: B008  (frozen)
    entries = [Entry(Kind.SIGNED, D(1), roles), Entry(Kind.CONTRACT, D(amount), roles, currency, D(rate))]
    if capital:
        entries.append(Entry(Kind.REGISTERED_CAPITAL, D(capital), roles, currency, D(rate)))
    return post(
        actor=TESTS,
        event=f"project:{number}:signing",
        subject=("project", number),
        source=("project", number),
        entries=entries,
        occurred_on=on,
        facet=look,
    )


def of(unit, share="1"):
    return Part(unit.pk, D(share))


def test_a_month_the_year_and_the_year_before_at_once(tree, django_assert_num_queries):
    """Contract amounts by hand: 100 of the town in June 2025, 300 + 40 in May and June 2026; 70/30 with the
    park is 7 + 3 of 5 June's 10."""
    town, park = tree.town, tree.park
    sign(1, 100, {Role.ASSESSED: [of(town)]}, date(2025, 6, 30))
    sign(2, 300, {Role.ASSESSED: [of(town)]}, date(2026, 5, 31))
    sign(3, 40, {Role.ASSESSED: [of(town)]}, date(2026, 6, 1), capital=15)
    sign(4, 10, {Role.ASSESSED: [of(town, "0.7"), of(park, "0.3")]}, date(2026, 6, 5))

    def cut(*kinds, first, last=date(2026, 6, 30)):
        return Cut(kinds, Role.ASSESSED, occurred=(first, last))

    cuts = {
        "month": cut(Kind.CONTRACT, first=date(2026, 6, 1)),
        "year": cut(Kind.CONTRACT, first=date(2026, 1, 1)),
        "year before": cut(Kind.CONTRACT, first=date(2025, 1, 1), last=date(2025, 6, 30)),
        "signed": cut(Kind.SIGNED, first=date(2026, 6, 1)),
        "both amounts": cut(Kind.CONTRACT, Kind.REGISTERED_CAPITAL, first=date(2026, 6, 1)),
        "nothing asked": Cut((), Role.ASSESSED),
    }
    with django_assert_num_queries(1):
        found = sums_many(cuts, [tree.city, town, park], actor=TESTS)
    assert found == {
        (tree.city.pk, "month"): 50,
        (tree.city.pk, "year"): 350,
        (tree.city.pk, "year before"): 100,
        (tree.city.pk, "signed"): 2,
        (tree.city.pk, "both amounts"): 65,
        (town.pk, "month"): 47,
        (town.pk, "year"): 347,
        (town.pk, "year before"): 100,
        (town.pk, "signed"): D("1.7"),
        (town.pk, "both amounts"): 62,
        (park.pk, "month"): 3,  # no entry for the year before: the park had no line then
        (park.pk, "year"): 3,
        (park.pk, "signed"): D("0.3"),
        (park.pk, "both amounts"): 3,
    }
    lead = sums_many(cuts, [tree.city, town, park], actor=TESTS, credit=Credit.LEAD)
    assert (lead[town.pk, "month"], lead[park.pk, "month"], lead[tree.city.pk, "month"]) == (50, 0, 50)
    assert sums_many({}, actor=TESTS) == {}


@pytest.fixture
def random_books(tree):
    """Forty signings of two years, many shared and some between units of one county, some in dollars, in two
    dimensions; ten taken back, some of them when their month was closed. Always the same ones."""
    dice = random.Random(20260731)  # noqa: S311  (a repeatable choice)
    units = [tree.town, tree.second_town, tree.park, tree.county, tree.other_county]
    marks = []
    for number in range(1, 41):
        roles = {}
        for role in (Role.ASSESSED, Role.PLACE):
            chosen = dice.sample(units, dice.randint(1, 3))
            shares = {1: ["1"], 2: ["0.5", "0.5"], 3: ["0.5", "0.3", "0.2"]}[len(chosen)]
            roles[role] = [of(unit, share) for unit, share in zip(chosen, shares, strict=True)]
        foreign = dice.random() < 0.3
        sign(
            number, D(dice.randint(1, 900_000)) / 100, roles, DAY + timedelta(dice.randrange(700)),
            look=Look(industry=dice.choice(["3981", "3990", "0111"]), source=dice.choice(["agent", "event"])),
            currency="USD" if foreign else "CNY", rate=dice.choice(["7", "7.1234"]) if foreign else "1",
            capital=dice.choice([None, dice.randint(1, 5000)]),
        )  # fmt: skip
        if number == 20:
            marks.append(Posting._base_manager.latest("seq").seq)
            for month in (202501, 202506, 202601):
                closed(month)
    for number in dice.sample(range(1, 41), 10):
        take_back(actor=TESTS, event=f"project:{number}:signing", source=("project", number))
    return tree, [tree.city, *units], marks


def random_cut(dice, marks):
    first = DAY + timedelta(dice.randrange(600)) if dice.random() < 0.7 else None
    last = (first or DAY) + timedelta(dice.randrange(400)) if dice.random() < 0.7 else None
    currency = dice.choice(["", "", "", "USD"])
    return Cut(
        tuple(dice.sample(KINDS[1:], dice.randint(1, 2))) if currency else tuple(dice.sample(KINDS, dice.randint(1, 3))),
        dice.choice([Role.ASSESSED, Role.PLACE]),
        occurred=(first, last),
        posted=dice.choice([(None, None), (None, 202512), (202601, 202607)]),
        through=dice.choice([None, None, *marks]),
        facets=dice.choice([{}, {}, {"industry": ["39"]}, {"source": ["agent"], "industry": ["3981", "01"]}, {"zone": []}]),
        currency=currency,
        size=dice.choice([None, None, Size(Kind.CONTRACT, D(4000), {"USD": D(500)})]),
    )  # fmt: skip


def test_random_books_and_cuts_give_the_single_sums(random_books):
    """Thirty rounds of one to six cuts; each figure is what `sums` says of that cut alone, entries included."""
    tree, units, marks = random_books
    dice = random.Random(7)  # noqa: S311
    actors = [TESTS, TESTS, user_with(Job.OFFICER, tree.county)]
    figures = 0
    for round_number in range(30):
        cuts = {n: random_cut(dice, marks) for n in range(dice.randint(1, 6))}
        how = {
            "units": dice.choice([None, units, dice.sample(units, 2)]),
            "actor": dice.choice(actors),
            "below": dice.random() < 0.7,
            "credit": dice.choice(list(Credit)),
        }
        apart = {}
        for key, cut in cuts.items():
            for (unit, _kind), amount in sums(cut, **how).items():
                apart[unit, key] = apart.get((unit, key), 0) + amount
        assert sums_many(cuts, **how) == apart, (round_number, cuts, how)
        figures += len(apart)
    assert figures > 100, "the rounds found next to nothing, so they compare nothing"


def test_the_same_window_at_two_clocks(random_books):
    """What was published after the twentieth signing and what is known now stand beside each other."""
    tree, units, (mark,) = random_books
    cuts = {"then": Cut((Kind.SIGNED,), Role.PLACE, through=mark), "now": Cut((Kind.SIGNED,), Role.PLACE)}
    found = sums_many(cuts, [tree.city], actor=TESTS, credit=Credit.LEAD)
    assert found == {(tree.city.pk, "then"): 20, (tree.city.pk, "now"): 30}


def test_bases_are_never_added(tree):
    """DOMAIN §11, "bases added": 3,000 arrived and 3,500 formed are two figures; 6,500 can't be asked for."""
    roles = {Role.ASSESSED: [of(tree.town)]}
    for number, (basis, amount) in enumerate((("arrived", 3000), ("formed", 2500), ("formed", 1000))):
        post(
            actor=TESTS,
            event=f"capital:{number}:r1",
            subject=("project", 1),
            source=("recognition", number),
            entries=[Entry(Kind.CAPITAL_RECOGNISED, D(amount), roles, "CNY", D(1), basis)],
            occurred_on=date(2026, 5, 1),
            facet=Look(),
        )
    key = (tree.town.pk, Kind.CAPITAL_RECOGNISED)
    boss = user_with(Job.BUREAU_STAFF, tree.city)

    def figure(basis, **more):
        return Cut((Kind.CAPITAL_RECOGNISED,), Role.ASSESSED, basis=basis, **more)

    assert sums(figure("arrived"), [tree.town], actor=boss) == {key: D(3000)}
    assert sums(figure("formed"), [tree.town], actor=boss) == {key: D(3500)}
    both = {basis: figure(basis) for basis in ("arrived", "formed")}
    found = sums_many(both, [tree.town], actor=boss)
    assert found == {(tree.town.pk, "arrived"): D(3000), (tree.town.pk, "formed"): D(3500)}
    # The size line reads the cut's basis too: 3,000 arrived are below 3,200, 3,500 formed reach it.
    line = Size(Kind.CAPITAL_RECOGNISED, D(3200))
    assert sums(figure("arrived", size=line), [tree.town], actor=boss) == {}
    assert sums(figure("formed", size=line), [tree.town], actor=boss) == {key: D(3500)}
    with pytest.raises(ValueError, match="name the basis"):
        figure("")
    with pytest.raises(ValueError, match="name the basis"):
        Cut((Kind.CONTRACT,), Role.ASSESSED, size=line)
    with pytest.raises(ValueError, match="never added"):
        Cut((Kind.CAPITAL_RECOGNISED, Kind.CONTRACT), Role.ASSESSED, basis="formed")

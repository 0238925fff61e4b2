"""A small world of lines for measures: projects of three counties' towns and a park over two years. Amounts in 万元."""

from datetime import date
from decimal import Decimal
from itertools import count

from assessments.measures import Asked, FactKey, cells, facts
from assessments.models import Measure
from common.changelog import acting
from ledger.choices import Kind, Role
from ledger.services import Entry, Look, Part, post, take_back
from rules.facts import Missing
from rules.periods import Month
from tests.support.factories import TESTS

D = Decimal
WAN, YI = D(10_000), D(100_000_000)
LOCAL = Look("secondary", "3981", "investor", "outside_province", "own", "new")
_events = count(1)
_projects = count(1)


def number():
    """A project that only the books know."""
    return next(_projects) * 1_000_000


def parts(*shares):
    """[(unit, "0.6"), …]; one unit alone has all."""
    return [Part(unit.pk, D(share)) for unit, share in shares]


def book(kind, day, shares, whole=1, *, subject=None, look=LOCAL, role=Role.ASSESSED, **money):
    """Lines of one event. `shares`: a unit, or [(unit, share)]; the whole in pieces, or in yuan with its currency."""
    shares = shares if isinstance(shares, list) else [(shares, "1")]
    event = f"tests:{next(_events)}"
    given = {"currency": "", "rate": None, "basis": "", **money}
    about = "lead" if kind.startswith("lead.") else "project"
    post(
        actor=TESTS,
        event=event,
        subject=(about, subject or number()),
        source=(about, 1),
        entries=[Entry(kind, D(whole), {role: parts(*shares)}, **given)],
        occurred_on=day,
        facet=look,
    )
    return event


def gone(event):
    """A line taken back."""
    return take_back(actor=TESTS, event=event, source=("project", 1))


def signed(shares, wan, day=date(2026, 6, 10), *, look=LOCAL, currency="CNY", rate="1", **steps):
    """A project signed for so many ten thousands, with the stages that it reached by day; its number."""
    project = number()
    book(Kind.SIGNED, day, shares, subject=project, look=look)
    book(
        Kind.CONTRACT, day, shares, D(wan) * WAN, subject=project, look=look, currency=currency, rate=D(rate)
    )
    for stage, on in steps.items():
        book(Kind(f"project.{stage}"), on, shares, subject=project, look=look)
    return project


def money(kind, shares, wan, day, *, basis="arrived", currency="CNY", rate="1", **about):
    """Capital of a project."""
    return book(kind, day, shares, D(wan) * WAN, basis=basis, currency=currency, rate=D(rate), **about)


def measure(code, base, *, of=None, credit="share", role="assessed", filters=None, unit=None, **values):
    """A measure that counts a base."""
    from assessments.measures import REGISTRY

    definition = REGISTRY[base]
    given = {
        "name": code,
        "unit": unit or definition.unit,
        "nature": definition.nature,
        "direction": definition.direction,
        **values,
    }
    with acting(TESTS):
        return Measure._base_manager.create(
            code=code, source="counted", base=base, role=role, credit=credit, filters=filters or {},
            of_measure=of, **given,
        )  # fmt: skip


def asked(month="2026-11", **values):
    return Asked.month(Month.parse(month), **values)


def cell(code, unit, month="2026-11", *, window="year_to_date", filters=None, question=None):
    """A measure's figure as a number, or the reason why there is none."""
    key = FactKey.of(code, filters, window)
    found = cells([key], [unit], question or asked(month))[unit.pk, key]
    return str(found.reason) if isinstance(found, Missing) else found.amount


def fact(code, unit, month="2026-11", *, window="year_to_date", filters=None, question=None):
    key = FactKey.of(code, filters, window)
    found = facts([key], [unit], question or asked(month))[unit.pk, key]
    return str(found.reason) if isinstance(found, Missing) else found.amount

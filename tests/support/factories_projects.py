"""Lines of the books and projects to test with."""

from datetime import date
from decimal import Decimal
from itertools import count

from common import memo
from ledger.choices import Kind, Role
from ledger.services import Entry, Look, Part, post
from projects import services
from reference.models import Industry
from reference.sectors import section_of
from tests.support.factories import TESTS, OfficerFactory
from tests.support.factories_leads import InvestorFactory
from tests.support.pipeline import a_lead

_events = count(1)


class _By:
    """An actor of tests under another name."""

    def __init__(self, name):
        self.pk, self.actor_name, self.is_system = None, name, True

    def grants(self):
        return ()


def PostingFactory(*, unit, kind=Kind.SIGNED, role=Role.ASSESSED, actor_name="", **values):
    """One line of one thing counted for a unit."""
    given = {"occurred_on": date(2026, 6, 15), "facet": Look(), "subject": ("project", 1), **values}
    (line,) = post(
        actor=_By(actor_name) if actor_name else TESTS,
        event=f"tests:{next(_events)}",
        source=given["subject"],
        entries=[Entry(kind, Decimal(1), {role: [Part(unit.pk, Decimal(1))]})],
        **given,
    )
    return line


def industry(code="3981", sector="secondary"):
    """A class of GB/T 4754 with what stands above it (398 electronic components, 39 electronics, C manufacturing)."""
    if there := Industry._base_manager.filter(code=code).first():
        return there
    found, section = None, section_of(code)
    for part, level in ((section, "section"), (code[:2], "division"), (code[:3], "group"), (code, "class")):
        found = Industry._base_manager.get_or_create(
            code=part,
            defaults={
                "level": level,
                "parent": found,
                "name": f"行业{part}",
                "pinyin": f"hangye {part}",
                "sector": "" if level == "section" else sector,
            },
        )[0]
    return found


def dollars(rate="7.1", on=date(2026, 6, 1)):
    """The currency, with its rate of one day."""
    from tests.support.world import CurrencyFactory, ExchangeRateFactory

    currency = CurrencyFactory(code="USD")
    ExchangeRateFactory(currency=currency, date=on, rate=Decimal(rate))
    return currency


def ready_lead(unit, **values):
    """A lead that lacks nothing for signing: ready since 1 June 2026, 1.2亿, an officer, a host."""
    given = {
        "officer": OfficerFactory(unit=unit),
        "investor": InvestorFactory(unit=unit, credit_code=f"91TEST{next(_events):012d}"),
        "industry": industry(),
        "sector": "secondary",
        "host": unit,
        **values,
    }
    return a_lead(unit, "ready", on=date(2026, 6, 1), **given)


def terms(**values):
    """What is agreed at signing besides what the lead says: 1.2亿 on 10 June 2026."""
    given = {"agreement_number": "示例协议1", "signed_on": date(2026, 6, 10), "amount": Decimal(120_000_000)}
    return {**given, **values}


def signed_project(unit, *, lead=None, **values):
    """A project signed by the service itself, so that the books know of it. Needs the fixture `pipeline`."""
    lead = lead or ready_lead(unit)
    with memo.block():  # as a request does it
        return services.project_sign(actor=TESTS, lead_pk=lead.pk, version=lead.version, **terms(**values))


def all_of(unit):
    """The whole of a dimension for one unit."""
    return [services.Share(unit.pk, Decimal(1))]


def credited(*units):
    """Attribution of the assessed dimension: (unit, share) pairs."""
    return {Role.ASSESSED: [services.Share(unit.pk, Decimal(share)) for unit, share in units]}

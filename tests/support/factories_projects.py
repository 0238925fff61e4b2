"""Lines of the books and projects to test with."""

from datetime import date
from decimal import Decimal
from itertools import count

from ledger.choices import Kind, Role
from ledger.services import Entry, Look, Part, post
from tests.support.factories import TESTS

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

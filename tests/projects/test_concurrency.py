"""Two people at once, with real commits: one wins, the other is told, and nothing is half done."""

from datetime import UTC, datetime
from decimal import Decimal
from threading import Thread

import pytest
from django.db import connections, transaction

from common import clock, imports
from common.errors import Refused, Stale
from leads.models import Lead
from ledger.choices import Kind, Role
from ledger.services import standing_of
from organizations.choices import Role as Held
from projects.models import Agreement, Project
from projects.services import agreement_add, project_sign
from tests.projects.test_imports import full, start
from tests.support.clients import user_with
from tests.support.factories import TESTS, OfficerFactory, Tree
from tests.support.factories_leads import yuan
from tests.support.factories_projects import industry, ready_lead, signed_project, terms
from tests.support.overlap import at_once, wait_for
from tests.support.pipeline import ship

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
pytestmark = pytest.mark.commits


def then(call):
    """The call on the day of the test: a thread has a clock of its own."""

    def run():
        with clock.at(NOW):
            return call()

    return run


def test_two_signings_and_two_supplements_at_once():
    with clock.at(NOW):
        ship()
        tree = Tree()
        lead = ready_lead(tree.town)

        def sign(number):
            deal = terms(agreement_number=f"示例协议{number}")
            return lambda: project_sign(actor=TESTS, lead_pk=lead.pk, version=lead.version, **deal)

        found = at_once(Lead._base_manager.filter(pk=lead.pk), then(sign(1)), then(sign(2)))
        (project,) = [one for one in found if isinstance(one, Project)]
        (loser,) = [one for one in found if not isinstance(one, Project)]
        assert isinstance(loser, Stale | Refused)
        assert (Project._base_manager.count(), Agreement.objects.count()) == (1, 1)
        assert Lead._base_manager.get(pk=lead.pk).project == project
        kept = standing_of(("project", project.pk), kinds=[Kind.SIGNED])
        assert [x.base_qty for x in kept if x.role == Role.ASSESSED] == [1]

        other = signed_project(tree.town, agreement_number="示例协议3")

        def supplement(number, version):
            return lambda: agreement_add(
                actor=TESTS,
                project=other.pk,
                version=version,
                number=f"补{number}",
                signed_on=other.signed_on,
                amount=Decimal(number),
            )

        row = Project._base_manager.filter(pk=other.pk)
        found = at_once(row, then(supplement(1, other.version)), then(supplement(2, other.version)))
        assert sorted(type(one).__name__ for one in found) == ["Agreement", "Stale"]
        found = at_once(
            row, then(supplement(3, None)), then(supplement(4, None))
        )  # nobody's form: both count
        assert [type(one) for one in found] == [Agreement, Agreement]
        total = Project._base_manager.get(pk=other.pk).contract_amount
        assert total == sum(one.amount for one in Agreement.objects.filter(project=other))
        contract = standing_of(("project", other.pk), kinds=[Kind.CONTRACT])
        assert sum(x.base_qty for x in contract if x.role == Role.PLACE) == total


def test_an_undone_import_takes_the_lead_before_the_project():
    """As signing and archiving do; else the two would wait for each other. While it waits for the lead, the project is
    free."""
    with clock.at(NOW):
        ship()
        yuan()
        industry("3981")
        tree = Tree()
        OfficerFactory(unit=tree.town, name="宋样例")
        clerk = user_with(Held.BUREAU_STAFF, tree.county)
        batch = start(clerk, full(tree))
        imports.confirm(actor=clerk, pk=batch.pk)
        project = Project._base_manager.get()
        done = []

        def undo():
            try:
                done.append(then(lambda: imports.undo(actor=clerk, pk=batch.pk, reason="重复导入"))())
            finally:
                connections.close_all()

        thread = Thread(target=undo)
        try:
            with transaction.atomic():
                assert Lead._base_manager.select_for_update(of=("self",)).get(pk=project.lead_id)
                thread.start()
                wait_for(1, [thread])
                assert Project._base_manager.select_for_update(of=("self",), nowait=True).get(pk=project.pk)
        finally:
            thread.join(timeout=60)
        project.refresh_from_db()
        assert done
        assert project.archived_at is not None

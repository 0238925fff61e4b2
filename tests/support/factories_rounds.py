"""Evaluation rounds to test with, written past the services."""

from datetime import date

import factory

from capital.models import EvaluationRound, Inspection, ScoreSheet, Team, TeamMember
from common.models import StoredFile
from organizations.choices import Role
from tests.projects.support import ProjectFactory
from tests.support.clients import user_with
from tests.support.factories import RowFactory, UnitFactory
from tests.support.factories_capital import period

# 60 and 40 of the score; the amount is the team's result.
ITEMS = [
    {"code": "q1", "label": "形象进度", "kind": "points", "weight": "60", "full": "10", "required": True},
    {
        "code": "q2",
        "label": "凭证与实物相符",
        "kind": "yes_no",
        "weight": "40",
        "good": "yes",
        "required": True,
    },
    {"code": "q3", "label": "核实金额", "kind": "amount", "weight": "0", "counts": True, "required": True},
    {"code": "q4", "label": "说明", "kind": "text", "weight": "0", "required": False},
]


class ScoreSheetFactory(RowFactory):
    class Meta:
        model = ScoreSheet
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"sheet-{n}")
    name = "现场考评表"
    document = factory.LazyFunction(lambda: {"items": ITEMS})


class RoundFactory(RowFactory):
    """A quarter's round, due at the end of October 2026, without teams and projects. `approved=True` puts the
    approval on file."""

    class Meta:
        model = EvaluationRound
        skip_postgeneration_save = True

    class Params:
        approved = False

    unit = factory.SubFactory(UnitFactory)
    kind = "on_site"
    period = factory.LazyFunction(lambda: period(202609))
    name = "三季度现场考评"
    sheet = factory.SubFactory(ScoreSheetFactory)
    due_on = date(2026, 10, 31)
    approval_number = factory.LazyAttribute(lambda row: "示例检字1号" if row.approved else "")
    approval_file = factory.LazyAttribute(lambda row: a_file() if row.approved else None)
    approval_name = factory.LazyAttribute(lambda row: "批件.pdf" if row.approved else "")


class InspectionFactory(RowFactory):
    class Meta:
        model = Inspection
        skip_postgeneration_save = True

    class Params:
        name = ""
        unit = None

    round = factory.SubFactory(RoundFactory)
    project = factory.LazyAttribute(
        lambda row: ProjectFactory(unit=row.unit or row.round.unit, name=row.name)
    )


def a_file(mark="批件"):
    """A stored file that is on nobody's disk."""
    return StoredFile.objects.get_or_create(
        sha256=f"{abs(hash(mark)) % 10**12:064d}", defaults={"size": 1, "media_type": "application/pdf"}
    )[0]


def a_team(round_, *, user=None, works_for=None, name="第一组"):
    """A team with a head from the congress and an evaluator who has an account; he is `team.user`."""
    team = Team.objects.create(round=round_, name=name)
    user = user or user_with(Role.EVALUATOR, round_.unit)
    TeamMember.objects.create(team=team, name="组长甲", origin="congress", is_head=True)
    TeamMember.objects.create(team=team, name=user.name, user=user, origin="audit", works_for=works_for)
    team.user = user
    return team


def running(round_, *projects, team=None):
    """The round as it is after its begin, with these projects given to one team. Gives the inspections."""
    team = team or a_team(round_)
    found = [InspectionFactory(round=round_, project=one, team=team) for one in projects]
    EvaluationRound._base_manager.filter(pk=round_.pk).update(state="running")
    round_.refresh_from_db()
    return found

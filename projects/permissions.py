"""Who may do what with projects. A hosting or sharing unit reads a project, and records what happens on site."""

from common.access import TREE, Relation, register
from common.access import Action as A  # noqa: N817
from leads.permissions import LOOK, RUNS
from organizations.choices import Role as R  # noqa: N817
from organizations.permissions import READ

register(
    "project",
    {
        R.BUREAU_STAFF: {TREE: RUNS | {A.MERGE, A.DECIDE}, Relation.MEMBER: {A.VIEW, A.CHANGE, A.EXPORT}},
        R.UNIT_HEAD: {TREE: RUNS, Relation.MEMBER: {A.VIEW, A.CHANGE, A.EXPORT}},
        R.OFFICER: {
            TREE: LOOK | {A.CREATE, A.CHANGE, A.HISTORY},
            Relation.MEMBER: LOOK | {A.CHANGE},
        },
        R.LEADER: {(*TREE, Relation.MEMBER): LOOK, Relation.SELF: LOOK},
        R.EVALUATOR: {(*TREE, Relation.MEMBER): READ},
        R.COMMITTEE: {(*TREE, Relation.MEMBER): READ},
        R.FINANCE: {(*TREE, Relation.MEMBER): READ},
        R.SERVICE_CLIENT: {TREE: READ},
    },
)

"""Who may do what with capital in place. Units report, the bureau and evaluators check, the committee has the
last word. Who entered a row never decides about it, whatever his role: the services and a trigger see to that."""

from common.access import TREE, Relation, register
from common.access import Action as A  # noqa: N817
from organizations.choices import Role as R  # noqa: N817
from organizations.permissions import KEEP, READ

LOOK = {A.VIEW, A.EXPORT}
SHARED = (*TREE, Relation.MEMBER)
ENTERS = KEEP | {A.IMPORT}

register(
    "capital_entry",
    {
        R.OFFICER: {TREE: ENTERS - {A.ARCHIVE}, Relation.MEMBER: LOOK},
        R.UNIT_HEAD: {TREE: ENTERS, Relation.MEMBER: LOOK},
        R.BUREAU_STAFF: {TREE: ENTERS, Relation.MEMBER: LOOK},
        **{role: {SHARED: LOOK} for role in (R.EVALUATOR, R.COMMITTEE, R.FINANCE, R.LEADER)},
    },
)
# A voucher that another unit shares is read by both, changed by the one that recorded it.
register(
    "voucher",
    {
        R.OFFICER: {TREE: KEEP - {A.ARCHIVE}, Relation.MEMBER: LOOK},
        R.UNIT_HEAD: {TREE: KEEP, Relation.MEMBER: LOOK},
        R.BUREAU_STAFF: {TREE: KEEP, Relation.MEMBER: LOOK},
        **{role: {SHARED: LOOK} for role in (R.EVALUATOR, R.COMMITTEE, R.FINANCE, R.LEADER)},
    },
)
register(
    "capital_return",
    {
        R.OFFICER: {TREE: LOOK | {A.CREATE, A.CHANGE, A.HISTORY}},
        R.UNIT_HEAD: {TREE: KEEP},
        R.BUREAU_STAFF: {TREE: KEEP},
        **{role: {TREE: LOOK} for role in (R.EVALUATOR, R.COMMITTEE, R.FINANCE, R.LEADER)},
    },
)
register(
    "reporting_duty",
    {
        R.BUREAU_STAFF: {TREE: KEEP},
        **{role: {TREE: READ} for role in (R.OFFICER, R.UNIT_HEAD, R.EVALUATOR, R.COMMITTEE, R.LEADER)},
    },
)
# DECIDE: the first check. CONFIRM: the last word, and the second signature under an override.
register(
    "recognition",
    {
        R.BUREAU_STAFF: {TREE: LOOK | {A.DECIDE}},
        R.EVALUATOR: {TREE: LOOK | {A.DECIDE}},
        R.COMMITTEE: {TREE: LOOK | {A.DECIDE, A.CONFIRM}},
        **{role: {TREE: LOOK} for role in (R.OFFICER, R.UNIT_HEAD, R.FINANCE, R.LEADER)},
    },
)
register(
    "capital_rule",
    {
        R.BUREAU_STAFF: {Relation.GLOBAL: KEEP | {A.PUBLISH}},
        **{
            role: {Relation.GLOBAL: READ}
            for role in (R.OFFICER, R.UNIT_HEAD, R.EVALUATOR, R.COMMITTEE, R.FINANCE, R.LEADER)
        },
    },
)
register(
    "capital_signal",
    {
        R.BUREAU_STAFF: {TREE: LOOK | {A.CREATE, A.ARCHIVE}},
        **{role: {TREE: LOOK} for role in (R.EVALUATOR, R.COMMITTEE, R.FINANCE, R.LEADER)},
    },
)
# Rounds are prepared by the bureau, inspected by the teams (evaluators), decided by the committee. Units read
# what was published about their projects.
register(
    "evaluation",
    {
        R.BUREAU_STAFF: {TREE: KEEP | {A.ASSIGN, A.PUBLISH}, Relation.MEMBER: READ},
        R.EVALUATOR: {TREE: LOOK | {A.DECIDE}, Relation.MEMBER: READ},
        R.COMMITTEE: {TREE: LOOK | {A.CONFIRM}, Relation.MEMBER: READ},
        R.LEADER: {TREE: LOOK, Relation.MEMBER: READ},
        R.OFFICER: {Relation.MEMBER: READ},
        R.UNIT_HEAD: {Relation.MEMBER: READ},
    },
)
register(
    "score_sheet",
    {
        R.BUREAU_STAFF: {Relation.GLOBAL: KEEP},
        **{role: {Relation.GLOBAL: READ} for role in (R.EVALUATOR, R.COMMITTEE, R.LEADER)},
    },
)

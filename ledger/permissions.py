"""Who may read the lines of the ledger. Nobody writes them by hand."""

from common.access import TREE, Relation, register
from common.access import Action as A  # noqa: N817
from organizations.choices import Role as R  # noqa: N817

READ = {A.VIEW, A.EXPORT}

register(
    "posting",
    {
        R.BUREAU_STAFF: {TREE: READ},
        R.UNIT_HEAD: {TREE: READ},
        R.OFFICER: {TREE: READ},
        R.LEADER: {TREE: READ},
        R.EVALUATOR: {TREE: READ},
        R.COMMITTEE: {TREE: READ},
        R.FINANCE: {TREE: READ},
    },
)
# The bureau keeps the calendar of the books, cuts off and closes; another person signs a reopening.
register(
    "period",
    {
        R.BUREAU_STAFF: {
            Relation.GLOBAL: {A.VIEW, A.CREATE, A.CHANGE, A.ARCHIVE, A.EXPORT, A.HISTORY, A.RUN, A.PUBLISH}
        },
        R.COMMITTEE: {Relation.GLOBAL: {A.VIEW, A.EXPORT, A.CONFIRM}},
        R.LEADER: {Relation.GLOBAL: {A.VIEW, A.EXPORT, A.CONFIRM}},
        **{
            role: {Relation.GLOBAL: {A.VIEW, A.EXPORT}}
            for role in (R.OFFICER, R.UNIT_HEAD, R.EVALUATOR, R.FINANCE)
        },
    },
)

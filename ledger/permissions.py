"""Who may read the lines of the ledger. Nobody writes them by hand."""

from common.access import TREE, register
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

"""Who may do what with leads, investors, people, the pool, disputes and the rules of the pipeline."""

from common.access import TREE, Relation, register
from common.access import Action as A  # noqa: N817
from organizations.choices import Role as R  # noqa: N817
from organizations.permissions import KEEP, READ

LOOK = {A.VIEW, A.EXPORT}
RUNS = KEEP | {A.UNMASK, A.ASSIGN, A.IMPORT}
READERS = (R.EVALUATOR, R.COMMITTEE)

# An officer changes his own leads; colleagues read them. What lies in the pool can be read and claimed by
# every officer, without the people behind it: their kinds have no MEMBER line.
register(
    "lead",
    {
        R.BUREAU_STAFF: {TREE: RUNS | {A.MERGE, A.DECIDE}, Relation.MEMBER: {A.VIEW, A.ASSIGN}},
        R.UNIT_HEAD: {TREE: RUNS, Relation.MEMBER: {A.VIEW, A.CLAIM}},
        R.OFFICER: {
            TREE: LOOK | {A.CREATE, A.IMPORT},
            Relation.SELF: {A.VIEW, A.CHANGE, A.ARCHIVE, A.UNMASK, A.HISTORY, A.EXPORT},
            Relation.MEMBER: {A.VIEW, A.CLAIM},
        },
        R.LEADER: {TREE: LOOK},
        **{role: {TREE: READ} for role in READERS},
    },
)
register(
    "investor",
    {
        R.BUREAU_STAFF: {TREE: KEEP | {A.MERGE, A.IMPORT}, Relation.MEMBER: READ},
        R.UNIT_HEAD: {TREE: KEEP | {A.IMPORT}, Relation.MEMBER: READ},
        R.OFFICER: {TREE: KEEP | {A.IMPORT}, Relation.MEMBER: READ},
        R.LEADER: {(*TREE, Relation.MEMBER): LOOK},
        **{role: {(*TREE, Relation.MEMBER): READ} for role in READERS},
    },
)
PEOPLE = KEEP | {A.UNMASK}
register(
    "contact",
    {R.BUREAU_STAFF: {TREE: PEOPLE}, R.UNIT_HEAD: {TREE: PEOPLE}, R.OFFICER: {Relation.OWN: PEOPLE}},
)
register(
    "introducer",
    {
        R.BUREAU_STAFF: {TREE: PEOPLE},
        R.UNIT_HEAD: {TREE: PEOPLE},
        R.OFFICER: {Relation.OWN: PEOPLE},
        **{role: {TREE: READ} for role in (R.LEADER, R.EVALUATOR)},
    },
)
register(
    "offer",
    {
        R.BUREAU_STAFF: {TREE: KEEP},
        R.UNIT_HEAD: {TREE: KEEP},
        R.OFFICER: {TREE: LOOK | {A.CREATE, A.CHANGE, A.HISTORY}},
        R.LEADER: {TREE: LOOK},
        **{role: {TREE: READ} for role in READERS},
    },
)
register(
    "lead_transfer",
    {
        R.BUREAU_STAFF: {TREE: {A.VIEW, A.CHANGE, A.HISTORY}, Relation.MEMBER: READ},
        R.UNIT_HEAD: {TREE: {A.VIEW, A.CHANGE, A.HISTORY}, Relation.MEMBER: READ},
        R.OFFICER: {(*TREE, Relation.MEMBER): READ},
    },
)
# Both sides read their dispute; the bureau alone hears and decides it.
register(
    "dispute",
    {
        R.BUREAU_STAFF: {
            TREE: {A.VIEW, A.CHANGE, A.DECIDE, A.HISTORY, A.EXPORT},
            Relation.MEMBER: {A.VIEW, A.CHANGE, A.DECIDE, A.HISTORY, A.EXPORT},
        },
        R.UNIT_HEAD: {(*TREE, Relation.MEMBER): {A.VIEW, A.CREATE, A.CHANGE}},
        R.OFFICER: {(*TREE, Relation.MEMBER): {A.VIEW, A.CREATE, A.CHANGE}},
    },
)
register(
    "screening",
    {
        R.BUREAU_STAFF: {TREE: {A.VIEW, A.CREATE, A.CHANGE, A.HISTORY}},
        R.UNIT_HEAD: {TREE: {A.VIEW, A.CREATE, A.CHANGE, A.HISTORY}},
        R.OFFICER: {TREE: {A.VIEW, A.CREATE, A.CHANGE, A.HISTORY}},
        R.COMMITTEE: {TREE: {A.VIEW, A.DECIDE, A.HISTORY}},
        R.LEADER: {TREE: READ},
        R.EVALUATOR: {TREE: READ},
    },
)
INSIDE = (R.OFFICER, R.UNIT_HEAD, R.EVALUATOR, R.COMMITTEE, R.FINANCE, R.LEADER)
for kind in ("stage", "protection_terms", "gate"):
    register(
        kind,
        {R.BUREAU_STAFF: {Relation.GLOBAL: KEEP}, **{role: {Relation.GLOBAL: READ} for role in INSIDE}},
    )

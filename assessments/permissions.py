"""Who may do what with measures, figures, targets, tables and rankings."""

from common.access import TREE, Relation, register
from common.access import Action as A  # noqa: N817
from organizations.choices import Role as R  # noqa: N817

READ = {A.VIEW}
TAKE = {A.VIEW, A.EXPORT}
KEEP = {A.VIEW, A.CREATE, A.CHANGE, A.ARCHIVE, A.EXPORT, A.HISTORY}
READERS = (R.OFFICER, R.UNIT_HEAD, R.EVALUATOR, R.COMMITTEE, R.FINANCE, R.LEADER)

register(
    "measure",
    {
        R.BUREAU_STAFF: {Relation.GLOBAL: KEEP},
        **{r: {Relation.GLOBAL: READ} for r in (*READERS, R.SERVICE_CLIENT)},
    },
)
for _kind, _staff in (("figure", {A.VIEW, A.IMPORT, A.EXPORT}), ("target", {*KEEP, A.IMPORT})):
    register(
        _kind,
        {
            R.BUREAU_STAFF: {TREE: _staff},
            **{role: {TREE: TAKE} for role in (R.UNIT_HEAD, R.COMMITTEE, R.LEADER)},
            **{role: {TREE: READ} for role in (R.OFFICER, R.EVALUATOR, R.FINANCE, R.SERVICE_CLIENT)},
        },
    )
register(
    "given_figure",
    {
        **{
            role: {TREE: {A.VIEW, A.CREATE, A.ARCHIVE, A.EXPORT, A.HISTORY}}
            for role in (R.BUREAU_STAFF, R.EVALUATOR)
        },
        **{role: {TREE: TAKE} for role in (R.UNIT_HEAD, R.COMMITTEE, R.LEADER)},
        **{role: {TREE: READ} for role in (R.OFFICER, R.FINANCE)},
    },
)
register(
    "ranking_table",
    {
        R.BUREAU_STAFF: {TREE: KEEP, Relation.MEMBER: READ},
        **{r: {(*TREE, Relation.MEMBER): READ} for r in READERS},
        R.SERVICE_CLIENT: {TREE: READ},
    },
)
register(
    "ranking_run",
    {
        R.BUREAU_STAFF: {TREE: {A.VIEW, A.RUN, A.PUBLISH, A.EXPORT}, Relation.MEMBER: TAKE},
        R.COMMITTEE: {TREE: TAKE},
        R.LEADER: {(*TREE, Relation.MEMBER): TAKE},
        **{role: {Relation.MEMBER: TAKE} for role in (R.UNIT_HEAD, R.OFFICER)},
        R.SERVICE_CLIENT: {Relation.MEMBER: READ},
    },
)
register(
    "scheme",
    {
        R.BUREAU_STAFF: {TREE: {*KEEP, A.PUBLISH}, Relation.MEMBER: READ},
        R.COMMITTEE: {TREE: TAKE, Relation.MEMBER: READ},
        **{r: {(*TREE, Relation.MEMBER): READ} for r in (*READERS, R.SERVICE_CLIENT) if r != R.COMMITTEE},
    },
)
register(
    "scheme_run",
    {
        R.BUREAU_STAFF: {TREE: {A.VIEW, A.RUN, A.PUBLISH, A.EXPORT}, Relation.MEMBER: TAKE},
        R.COMMITTEE: {TREE: {*TAKE, A.DECIDE}},
        R.LEADER: {(*TREE, Relation.MEMBER): TAKE},
        **{role: {Relation.MEMBER: TAKE} for role in (R.UNIT_HEAD, R.OFFICER)},
        R.SERVICE_CLIENT: {Relation.MEMBER: READ},
    },
)
register(
    "objection",
    {
        R.UNIT_HEAD: {TREE: {A.VIEW, A.CREATE, A.CHANGE, A.HISTORY}},
        R.BUREAU_STAFF: {TREE: {A.VIEW, A.DECIDE, A.EXPORT, A.HISTORY}},
        R.COMMITTEE: {TREE: {A.VIEW, A.DECIDE, A.HISTORY}},
        R.LEADER: {TREE: READ},
        R.OFFICER: {TREE: READ},
    },
)

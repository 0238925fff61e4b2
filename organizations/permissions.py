"""Who may do what with units, groups, people, accounts and roles."""

from common.access import TREE, Relation, register
from common.access import Action as A  # noqa: N817
from organizations.choices import ADMINISTRATORS
from organizations.choices import Role as R  # noqa: N817

Rights = dict[Relation | tuple[Relation, ...], set[A]]
READ = {A.VIEW}
KEEP = {A.VIEW, A.CREATE, A.CHANGE, A.ARCHIVE, A.EXPORT, A.HISTORY}
EVERYWHERE = (*TREE, Relation.NONE)
INSIDE = (
    R.OFFICER,
    R.UNIT_HEAD,
    R.EVALUATOR,
    R.COMMITTEE,
    R.FINANCE,
    R.LEADER,
    R.SYSTEM_ADMIN,
    R.SECURITY_ADMIN,
)

# The directory of units is readable by everybody inside; a service-centre client sees its own part.
register(
    "unit",
    {
        R.BUREAU_STAFF: {TREE: KEEP, Relation.NONE: READ},
        **{role: {EVERYWHERE: READ} for role in INSIDE},
        R.SERVICE_CLIENT: {TREE: READ},
    },
)
register(
    "group",
    {
        R.BUREAU_STAFF: {TREE: KEEP, Relation.MEMBER: READ},
        **{role: {(*TREE, Relation.MEMBER): READ} for role in INSIDE[:6]},
        R.SERVICE_CLIENT: {TREE: READ},
    },
)
register(
    "post",
    {
        R.BUREAU_STAFF: {TREE: KEEP},
        R.UNIT_HEAD: {TREE: KEEP},
        R.LEADER: {TREE: READ},
        R.OFFICER: {TREE: READ},
        R.EVALUATOR: {TREE: READ},
        R.COMMITTEE: {TREE: READ},
    },
)
register(
    "officer",
    {
        R.BUREAU_STAFF: {TREE: KEEP | {A.UNMASK}},
        R.UNIT_HEAD: {TREE: KEEP | {A.UNMASK}},
        R.LEADER: {TREE: READ},
        R.OFFICER: {TREE: READ, Relation.SELF: {A.VIEW, A.UNMASK}},
    },
)
# Everybody else sees his own account and his own roles.
OWN_ONLY: dict[str, Rights] = {role: {Relation.SELF: READ} for role in R if role not in ADMINISTRATORS}
register(
    "user",
    {
        R.SYSTEM_ADMIN: {TREE: KEEP, Relation.SELF: READ},
        R.SECURITY_ADMIN: {TREE: READ, Relation.SELF: READ},
        R.AUDIT_ADMIN: {TREE: {A.VIEW, A.HISTORY}, Relation.SELF: READ},
        **OWN_ONLY,
    },
)
register(
    "role_grant",
    {
        R.SECURITY_ADMIN: {TREE: KEEP, Relation.SELF: READ},
        R.SYSTEM_ADMIN: {TREE: READ, Relation.SELF: READ},
        R.AUDIT_ADMIN: {TREE: {A.VIEW, A.HISTORY}, Relation.SELF: READ},
        **OWN_ONLY,
    },
)
register("change_log", {R.AUDIT_ADMIN: {Relation.GLOBAL: {A.VIEW, A.EXPORT}}})
register(
    "job",
    {R.BUREAU_STAFF: {Relation.GLOBAL: {A.VIEW, A.RUN}}, R.SYSTEM_ADMIN: {Relation.GLOBAL: {A.VIEW, A.RUN}}},
)
# Whoever may import leads, projects or capital follows his own files; the bureau all of them. What a file may
# write is told by the right to import that kind.
OWN_FILE: Rights = {Relation.SELF: {A.VIEW, A.IMPORT, A.EXPORT}}
register(
    "import",
    {
        R.BUREAU_STAFF: {TREE: {A.VIEW, A.IMPORT, A.EXPORT}},
        R.UNIT_HEAD: OWN_FILE,
        R.OFFICER: OWN_FILE,
        R.LEADER: {TREE: READ},
    },
)
register(
    "reference",
    {
        R.BUREAU_STAFF: {Relation.GLOBAL: KEEP},
        **{role: {Relation.GLOBAL: READ} for role in (*INSIDE[:6], R.SERVICE_CLIENT)},
    },
)
register("directory", {R.BUREAU_STAFF: {TREE: {A.VIEW, A.IMPORT}}})  # units, members and officers from Excel
# A view of a list holds filters, no rows. One's own is one's own; who keeps records may give one to his
# unit, the bureau to everybody. Heads and the bureau clear away what others left.
OWN_VIEW = {A.VIEW, A.CREATE, A.ARCHIVE}
register(
    "saved_view",
    {
        **{role: {Relation.SELF: OWN_VIEW, (Relation.OWN, Relation.MEMBER): READ} for role in INSIDE[:6]},
        R.OFFICER: {Relation.SELF: OWN_VIEW, Relation.OWN: {A.VIEW, A.PUBLISH}, Relation.MEMBER: READ},
        R.UNIT_HEAD: {
            Relation.SELF: OWN_VIEW,
            Relation.OWN: {A.VIEW, A.PUBLISH, A.ARCHIVE},
            Relation.MEMBER: READ,
        },
        R.BUREAU_STAFF: {
            Relation.SELF: OWN_VIEW,
            Relation.OWN: {A.VIEW, A.PUBLISH, A.ARCHIVE},
            Relation.MEMBER: {A.VIEW, A.ARCHIVE},
            Relation.GLOBAL: {A.VIEW, A.PUBLISH},
        },
    },
)
# A person's own tokens are his; the system administrator sees that they are there and revokes them.
OWN_TOKEN = {A.VIEW, A.CREATE, A.ARCHIVE, A.HISTORY}
register(
    "api_token",
    {
        **{role: {Relation.SELF: OWN_TOKEN} for role in R if role != R.SERVICE_CLIENT},
        R.SYSTEM_ADMIN: {Relation.SELF: OWN_TOKEN, TREE: {A.VIEW, A.ARCHIVE, A.HISTORY}},
    },
)
# Messages to a person are his alone; a program has none.
register(
    "reminder",
    {role: {Relation.SELF: {A.VIEW, A.CHANGE}} for role in R if role != R.SERVICE_CLIENT},
)

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class UnitKind(TextChoices):
    """DOMAIN §1: anything that carries a target and can be ranked, and what holds it together."""

    REGION = "region", _("region")
    CITY = "city", _("city")
    COUNTY = "county", _("county or district")
    PARK = "park", _("park or development zone")
    TOWN = "town", _("township")
    DEPARTMENT = "department", _("department")
    BUREAU = "bureau", _("investment bureau")
    TEAM = "team", _("investment group")
    OUTPOST = "outpost", _("outpost")
    LINE = "line", _("statistical line")


class Role(TextChoices):
    OFFICER = "officer", _("officer")
    UNIT_HEAD = "unit_head", _("unit head")
    BUREAU_STAFF = "bureau_staff", _("bureau staff")
    EVALUATOR = "evaluator", _("evaluator")
    COMMITTEE = "committee", _("evaluation committee")
    FINANCE = "finance", _("finance")
    LEADER = "leader", _("leader")
    SERVICE_CLIENT = "service_client", _("service-centre client")
    SYSTEM_ADMIN = "system_admin", _("system administrator")
    SECURITY_ADMIN = "security_admin", _("security administrator")
    AUDIT_ADMIN = "audit_admin", _("audit administrator")


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
ENTERING = frozenset({Role.OFFICER, Role.UNIT_HEAD, Role.BUREAU_STAFF})
APPROVING = frozenset({Role.COMMITTEE, Role.FINANCE, Role.EVALUATOR})


def excludes(one: str, other: str) -> bool:
    """May one person not hold both roles? Administrators exclude every other role (GB/T 22239 level 3),
    and who enters figures never approves them."""
    if one == other:
        return False
    if one in ADMINISTRATORS or other in ADMINISTRATORS:
        return True
    if Role.SERVICE_CLIENT in (one, other):
        return True
    return (one in ENTERING and other in APPROVING) or (one in APPROVING and other in ENTERING)


class ServiceKind(TextChoices):
    FRONT_LINE = "front_line", _("on the investment front line")
    TRAINING = "training", _("training")
    SECONDMENT = "secondment", _("secondment")

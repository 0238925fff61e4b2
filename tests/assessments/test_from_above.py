"""Whose target comes from whom: nobody sets his own (DOMAIN §4). Amounts in yuan."""

import pytest

from assessments import services
from assessments.targets.places import Holder
from common.errors import Denied
from tests.assessments.test_targets import WAN, change, put, refused, unit, wan

pytestmark = pytest.mark.django_db


def test_a_units_own_target_comes_from_above(county):
    """The county's bureau sets its towns' targets and what holds for the others, not the county's own; the city does, and
    its own too, having nobody above it."""
    own, town = unit(county.unit), unit(county.dihua)
    city = county.person("city", "bureau_staff", county.city)
    refused("own_target", put, county=county, holder=own, given=wan(1))
    with pytest.raises(Denied):
        put(county, own, wan(1), actor=county.person("other", "bureau_staff", county.elsewhere))
    row = put(county, own, wan(1000), actor=city)
    refused("own_target", change, county=county, row=row, given=wan(1), holds_from=2)
    refused(
        "own_target", services.target_withdraw, actor=county.clerk, pk=row.pk, version=row.version, reason="x"
    )
    held = county.targets(unit=county.unit, residual=False).get()
    assert (held.value, held.withdrawn) == (1000 * WAN, False)
    put(county, town, wan(1))
    put(county, Holder("rest", county.unit.pk), wan(2))
    put(county, unit(county.city), wan(3), actor=city)
    assert county.targets(superseded_at=None).count() == 4

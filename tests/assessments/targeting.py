"""Targets as tests set them: amounts in 万 (ten thousand yuan), through the services."""

from decimal import Decimal

from assessments import services
from assessments.targets.places import Given, Holder

WAN = 10_000
SHARES = tuple(map(Decimal, (15, 25, 30, 30)))


def wan(amount, **more):
    return Given(Decimal(amount) * WAN, **more)


def unit(row):
    return Holder("unit", row.pk)


def put(county, holder, given, **more):
    more = {"measure": county.capital, "year": 2023, "actor": county.clerk, **more}
    return services.target_set(holder=holder, given=given, **more)


def change(county, row, given, **more):
    more = {"reason": "县政府调整", "document_no": "丹政发〔2023〕8号", **more}
    return services.target_change(actor=county.clerk, pk=row.pk, version=row.version, given=given, **more)

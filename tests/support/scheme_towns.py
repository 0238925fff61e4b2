"""A small method on imported figures: full marks for the target of capital, two marks for each project above five."""

from copy import deepcopy
from datetime import date

from assessments import services
from assessments.schemes.gather import gather
from assessments.schemes.periods import period_of
from assessments.schemes.rulebook import read_version
from tests.assessments.support import TESTS

TOWNS = {
    "schema": 1,
    "code": "towns",
    "title": "镇招商考核",
    "period": "month",
    "inputs": {
        "capital": {"title": "到位资金", "unit": "yuan", "measure": "capital"},
        "signed": {"title": "签约项目", "unit": "count", "measure": "signed"},
        "jury": {"title": "评议分", "unit": "points"},
    },
    "groups": [
        {
            "code": "towns",
            "title": "镇组",
            "indicators": [
                {
                    "code": "capital",
                    "title": "到位资金完成率",
                    "full": "100",
                    "value": {"kind": "completion", "of": "capital", "target": {"of": "capital"}},
                    "rule": {"kind": "proportional"},
                }
            ],
            "bonuses": [
                {
                    "code": "more",
                    "title": "超额项目",
                    "value": "signed",
                    "rule": {"kind": "per_item", "each": "2", "free": "5", "most": "10"},
                },
                {
                    "code": "jury",
                    "title": "评议",
                    "value": "jury",
                    "rule": {"kind": "given", "out_of": "10"},
                },
            ],
        }
    ],
}


def towns(**changes):
    """The document, with other values in its group's first indicator."""
    found = deepcopy(TOWNS)
    found["groups"][0]["indicators"][0].update(changes)
    return found


def scheme_of(actor, owner, document=None, group=None, code="towns"):
    """A scheme with a draft of its first version, its group bound."""
    row = services.scheme_create(actor=actor, owner=owner, code=code, name="镇招商考核")
    if group is not None:
        services.scheme_bind(actor=actor, scheme=row, code="towns", group=group)
    services.schemeversion_draft(
        actor=actor, scheme=row, since=date(2023, 1, 1), document=document or {**towns(), "code": code}
    )
    return row


def publish(actor, scheme):
    """Its draft in force."""
    row = scheme.versions.unscoped(reason="tests").exclude(state="published").get()
    row = services.schemeversion_validate(actor=actor, pk=row.pk, version=None)
    return services.schemeversion_publish(actor=actor, pk=row.pk, version=None)


def facts_of(scheme, **more):
    version = scheme.versions.unscoped(reason="tests").get()
    document = read_version(version)
    found = gather(scheme, document, period_of(document, 2023, 6), **more)
    return {unit.code: unit for unit in found.facts.units}


def compute(county, scheme, **more):
    return services.schemerun_compute(actor=county.clerk, scheme=scheme, **{"year": 2023, "month": 6, **more})


__all__ = ["TESTS", "TOWNS", "compute", "facts_of", "publish", "scheme_of", "towns"]

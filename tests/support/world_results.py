"""Results of a scheme in the county's scope: a part of `World`."""

from datetime import timedelta
from functools import cached_property

from assessments.models import Objection, SchemePublication, SchemeVersion
from assessments.services import scheme_bind
from common import clock
from tests.support.factories import TESTS
from tests.support.schemes import published_version, stored_run

SCHEME = {
    "schema": 1,
    "code": "marked",
    "title": "标记办法",
    "period": "month",
    "full": None,
    "inputs": {"visits": {"title": "标记次数", "unit": "count"}},
    "groups": [
        {
            "code": "towns",
            "title": "标记组",
            "indicators": [
                {
                    "code": "visits",
                    "title": "标记指标",
                    "value": "visits",
                    "rule": {"kind": "per_item", "each": 1},
                }
            ],
        }
    ],
}


class ResultRows:
    """Needs `tree`, `group` and `membership`. The town is the only unit that is assessed."""

    def _scored(self, month):
        """The county's scheme scored for a month; the town is its only unit."""
        version = SchemeVersion._base_manager.filter(scheme__code="marked").select_related("scheme").first()
        if version is None:
            assert self.membership
            version = published_version(TESTS, self.tree.county, SCHEME)
            scheme_bind(actor=TESTS, scheme=version.scheme, code="towns", group=self.group)
        about = {"schema": 1, "month": f"2026-{month:02d}"}
        unit = {"code": self.tree.town.code, "group": "towns", "facts": {"visits": 4}}
        return stored_run(TESTS, version, self.tree.county, {**about, "units": [unit]})

    @cached_property
    def draft_run(self):
        return self._scored(6)

    @cached_property
    def told_run(self):
        run, until = self._scored(5), clock.today() + timedelta(days=9)
        about = {"step": "preliminary", "objections_until": until, "actor_name": "标记人"}
        SchemePublication.objects.create(run=run, at=clock.now(), **about)
        return run

    @cached_property
    def objection(self):
        filed = {"filed_at": clock.now(), "filed_id": 0, "filed_name": "标记人"}
        return Objection._base_manager.create(
            run=self.told_run, unit=self.tree.town, text="标记异议", **filed
        )

"""Schemes in the county's scope: a part of `World`."""

from datetime import date
from functools import cached_property

from assessments import services
from assessments.models import SchemeTrial
from common import clock
from tests.support.factories import TESTS
from tests.support.scheme_towns import publish, scheme_of, towns


class SchemeRows:
    """Needs `tree`, `group` and `membership`."""

    @cached_property
    def scheme(self):
        """With a version in force since 2023."""
        document = towns()
        del document["inputs"]["capital"]["measure"], document["inputs"]["signed"]["measure"]
        assert self.membership
        found = scheme_of(TESTS, self.tree.county, document, self.group)
        publish(TESTS, found)
        return found

    @cached_property
    def scheme_version(self):
        return self.scheme.versions.unscoped(reason="tests").get(state="published")

    @cached_property
    def scheme_draft(self):
        """The next version, checked."""
        row = services.schemeversion_draft(
            actor=TESTS, scheme=self.scheme, since=date(2026, 1, 1), copy_of=self.scheme_version
        )
        return services.schemeversion_validate(actor=TESTS, pk=row.pk, version=None)

    @cached_property
    def scheme_trial(self):
        return SchemeTrial.objects.create(
            version=self.scheme_draft,
            against=self.scheme_version,
            sha256=self.scheme_draft.sha256,
            year=2026,
            month=1,
            document={"units": [], "moves": []},
            at=clock.now(),
            actor_name="t",
        )

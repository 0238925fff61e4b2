"""A scheme with a published version and a run from a facts file, for tests."""

from datetime import date
from pathlib import Path

from assessments import services
from assessments.models import Scheme, SchemeRun, SchemeVersion
from organizations.models import Unit
from rules import scheme as rules
from tests.support.factories import UnitFactory

EXAMPLES = Path("docs/examples")


def document(name: str = "specialist-teams") -> dict:
    """The document of an example of the guide."""
    return rules.parse((EXAMPLES / f"{name}.yaml").read_text())


def published_version(actor, owner: Unit, content: dict | None = None, **more) -> SchemeVersion:
    """A scheme whose first version is in force from 2026 on."""
    content = document() if content is None else content
    scheme: Scheme = services.scheme_create(
        actor=actor, owner=owner, code=content["code"], name=content["title"]
    )
    row = services.schemeversion_draft(
        actor=actor, scheme=scheme, since=date(2026, 1, 1), document=content, **more
    )
    row = services.schemeversion_validate(actor=actor, pk=row.pk, version=row.version)
    return services.schemeversion_publish(actor=actor, pk=row.pk, version=row.version)


def stored_run(actor, version: SchemeVersion, parent: Unit, content: dict | None = None) -> SchemeRun:
    """A run of the facts of the guide's example; its units are made below `parent` where they aren't there."""
    content = document("specialist-teams-2026-09") if content is None else content
    for one in content["units"]:
        if not Unit.objects.unscoped(reason="test").filter(code=one["code"]).exists():
            UnitFactory(parent=parent, code=one["code"], name=one.get("name", one["code"]), kind="department")
    facts, problems = rules.read_facts(content, rules.read(version.document)[0])
    assert facts, problems
    year, month = (int(part) for part in content["month"].split("-"))
    return services.schemerun_store(actor=actor, version=version, year=year, month=month, facts=facts)

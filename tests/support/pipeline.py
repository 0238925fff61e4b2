"""The shipped stages in a test's database, and records on them.

ship()                                  # or the fixture `pipeline`
stage("lead", "visiting")               # a row
ask("lead", "registered", "amount")     # as the bureau would change a stage
"""

from contextlib import contextmanager
from itertools import count

from common import clock
from common.changelog import acting
from common.models import StoredFile
from leads import shipping
from leads.models import Attachment, Stage
from projects.models import Project
from reference.models import HOME_CURRENCY, Industry
from tests.support.factories import TESTS
from tests.support.factories_leads import LeadFactory, yuan

NUMBERS = count(1)


_standing = False


def ship():
    """As `manage.py pipeline load`; nothing is written where everything is there."""
    if not _standing:
        shipping.load(actor=TESTS)


@contextmanager
def standing():
    """The shipped rows stand already, for several tests: meanwhile `ship` does nothing."""
    global _standing
    _standing = True
    yield
    _standing = False


def stage(pipeline, code):
    """One of the stages that are there."""
    return Stage._base_manager.get(pipeline=pipeline, code=code)


def ask(pipeline, code, *facts, **values):
    """Let a stage ask for these facts and no others."""
    Stage._base_manager.filter(pipeline=pipeline, code=code).update(facts=list(facts), **values)


def staged(pipeline, code, on=None):
    """The columns of a record that stands on a stage, since `on` (today)."""
    day = on or clock.today()
    return {"stage": stage(pipeline, code), "stage_on": day, "last_sign_on": day}


def a_lead(unit, code="registered", *, on=None, officer=None, **values):
    """A lead on a stage, of nobody unless an officer is named, with nothing that a later stage asks for."""
    return LeadFactory(unit=unit, officer=officer, **{**staged("lead", code, on), **values})


def a_project(unit, code="signed", *, on=None, **values):
    """A project on a stage, made of a signed lead of the unit, without anything that hangs on it."""
    lead = values.pop("lead", None) or a_lead(unit, "signed", on=on)
    money = lead.currency if lead.currency.code == HOME_CURRENCY else yuan()
    if "industry" not in values:
        about = {"level": "section", "name": "制造业", "pinyin": "zhizaoye zzy"}
        values["industry"] = Industry._base_manager.get_or_create(code="C", defaults=about)[0]
    common = {"number": f"P{lead.number}", "name": lead.name, "normal": lead.normal}
    about = {"sector": "secondary", "contract_amount": lead.amount, "currency": money}
    with acting(TESTS):
        return Project._base_manager.create(
            **{
                **common,
                **about,
                "registered_currency": money,
                "host": unit,
                "signed_on": on or clock.today(),
                **staged("project", code, on),
                **values,
            },
            lead=lead,
            unit=unit,
        )


def paper(lead, *kinds):
    """Files of these kinds in the lead's dossier."""
    for kind in kinds:
        content = StoredFile.objects.create(
            sha256=f"{next(NUMBERS):064d}", size=1, media_type="application/pdf"
        )
        Attachment._base_manager.create(lead=lead, stored=content, name=f"{kind}.pdf", kind=kind)

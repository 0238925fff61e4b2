"""`manage.py pipeline`: what a new installation is shipped with, and that the bureau's changes stay."""

import json

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import doctor
from common.errors import Denied
from leads import facts, naming, shipping
from leads.choices import Evidence, Pipeline
from leads.models import Investor, Lead, Stage, StageReason
from leads.stages import ladder
from organizations.choices import ENTERING, Role
from rules.stages import OTHER
from tests.support.clients import user_with
from tests.support.factories_leads import InvestorFactory, LeadFactory
from tests.support.pipeline import ship, stage

pytestmark = pytest.mark.django_db

# DOMAIN 2: the pipeline of leads and of projects, and what lies beside.
LINES = {
    "lead": ("registered", "screened", "negotiating", "visiting", "intent", "ready", "signed"),
    "project": (
        "signed",
        "registered",
        "permitted",
        "started",
        "completed",
        "in_production",
        "at_capacity",
    ),
}
ASIDE = {
    "lead": {"suspended": "held", "lost": "ended"},
    "project": {"suspended": "held", "terminated": "ended"},
}


def call(capsys, *arguments):
    call_command("pipeline", *arguments, "--format", "json")
    return json.loads(capsys.readouterr().out)


def everything():
    return [list(model._base_manager.order_by("pk").values()) for model in (Stage, StageReason)]


@pytest.mark.parametrize("pipeline", LINES)
def test_the_shipped_stages_are_those_of_the_domain(pipeline):
    ship()
    steps = ladder(pipeline)
    assert tuple(row.code for row in steps.main) == LINES[pipeline]
    aside = {code: row.kind for code, row in steps.rows.items() if code not in LINES[pipeline]}
    assert aside == ASIDE[pipeline]
    for code, row in steps.rows.items():
        assert set(row.facts) <= set(facts.catalogue(pipeline)), code
        assert set(row.evidence) <= set(Evidence.values), code
        assert row.movers
        assert set(row.movers) <= ENTERING, code
        assert row.name != row.name_en, code
        reasons = steps.reasons.get(code, {})
        assert bool(reasons) == (code in ASIDE[pipeline]), code
        assert not reasons or list(reasons)[-1] == OTHER


def test_loading_twice_writes_nothing_the_second_time(capsys):
    (first,) = call(capsys, "load", "--only", "stages")
    assert (first["created"], first["kept"]) == (18 + 28, 0)  # 9 + 9 stages, 6 + 9 + 6 + 7 reasons
    before = everything()
    with CaptureQueriesContext(connection) as queries:
        (second,) = call(capsys, "load", "--only", "stages")
    assert (second["created"], second["kept"]) == (0, 46)
    assert everything() == before
    assert not [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE"))]


def test_what_the_bureau_changed_stays_and_what_is_missing_comes_back():
    ship()
    Stage._base_manager.filter(pipeline="lead", code="visiting").update(name="实地考察", facts=[], due_days=5)
    StageReason._base_manager.filter(code="silent").update(archived_at="2026-01-05T00:00:00Z")
    StageReason._base_manager.filter(stage__pipeline="lead", code="elsewhere").delete()
    ship()
    visiting = stage("lead", "visiting")
    assert (visiting.name, visiting.facts, visiting.due_days) == ("实地考察", [], 5)
    assert StageReason._base_manager.get(code="silent").archived_at is not None
    assert "elsewhere" in ladder(Pipeline.LEAD).reasons["lost"]
    assert "silent" not in ladder(Pipeline.LEAD).reasons["lost"]


def test_only_the_system_loads():
    class Somebody:
        is_system, actor_name, pk = False, "李敏", 5

        def grants(self):
            return ()

    with pytest.raises(Denied):
        shipping.load(actor=Somebody())
    assert not Stage._base_manager.exists()


def test_status_and_doctor_say_when_there_are_no_stages(capsys):
    with pytest.raises(SystemExit):
        call_command("pipeline", "status")
    assert "manage.py pipeline load" in capsys.readouterr().err
    (finding,) = doctor.examine(["pipeline"])
    assert finding.state == doctor.FAILED
    assert "manage.py pipeline load" in finding.advice
    ship()
    found = call(capsys, "status")
    assert found["stages"] == 18
    assert all(found.values())
    (finding,) = doctor.examine(["pipeline"])
    assert (finding.state, finding.advice) == (doctor.OK, "")
    Stage._base_manager.filter(pipeline="project").update(archived_at="2026-01-05T00:00:00Z")
    assert doctor.examine(["pipeline"])[0].state == doctor.FAILED


def test_search_keys_are_made_anew_where_they_no_longer_follow_from_the_name(tree, capsys, monkeypatch):
    """青屿新材料: initials qy yx xc cl; five rows in batches of two. As a release would find them that changed the keys."""
    monkeypatch.setattr(naming, "BATCH", 2)
    rows = [InvestorFactory(unit=tree.town, name=f"青屿新材料{n}有限公司") for n in "甲乙丙丁戊"]
    lead = LeadFactory(unit=tree.town, investor=rows[0])
    assert call(capsys, "names", "--check") == dict.fromkeys(
        ("lds_investor", "lds_introducer", "lds_offer", "lds_lead", "prj_project"), 0
    )
    Investor._base_manager.filter(pk__in=[rows[1].pk, rows[4].pk]).update(grams=["旧"], normal="旧")
    Lead._base_manager.filter(pk=lead.pk).update(pinyin="jiu")
    with pytest.raises(SystemExit):
        call_command("pipeline", "names", "--check")
    assert "lds_investor: 2 stale" in capsys.readouterr().out
    done = call(capsys, "names")
    assert (done["lds_investor"], done["lds_lead"], done["prj_project"]) == (2, 1, 0)
    row = Investor._base_manager.get(pk=rows[4].pk)
    assert {"青屿", "材料", "~qy", "~cl", "=yu"} <= set(row.grams)
    assert (row.normal, row.version) == ("青屿新材料戊", rows[4].version)
    assert not any(call(capsys, "names", "--check").values())
    with pytest.raises(Denied):
        naming.names_renew(actor=user_with(Role.BUREAU_STAFF, tree.city))

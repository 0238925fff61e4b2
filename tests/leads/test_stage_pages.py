"""Pages of the ladders: what the bureau keeps, the move page, the board."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from leads.models import Attachment, Lead, Stage, StageReason
from organizations.choices import Role
from tests.support.api import ReadSuite
from tests.support.clients import client_for, client_of, user_with
from tests.support.factories import OfficerFactory
from tests.support.factories_leads import StageFactory
from tests.support.pipeline import a_lead, ask, paper, stage
from tests.support.ui import DetailSuite

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


class StageNouns:
    model, factory = Stage, StageFactory
    outsider = None  # the same for everybody
    keeper, reader = Role.BUREAU_STAFF, Role.LEADER
    number = 0

    def place(self, tree):
        StageNouns.number += 1
        return {"code": f"step{StageNouns.number}", "sort": 1000 + StageNouns.number}

    def another(self, tree, where):
        return self.place(tree)


class TestStage(StageNouns, DetailSuite):
    prefix = "stage"
    filters, misses = ("pipeline=lead", "kind=open"), ("pipeline=project", "kind=won")


class TestStageApi(StageNouns, ReadSuite):
    base, ordering = "stages", "sort"


class TestReason:
    """Reasons stand on the page of their stage."""

    @pytest.fixture(autouse=True)
    def _shipped(self, pipeline):
        pass

    def test_the_bureau_adds_changes_and_archives(self, tree):
        client, lost = client_for(Role.BUREAU_STAFF, tree.county), stage("lead", "lost")
        page = reverse("stage_detail", args=[lost.pk])
        assert "落户其他地区" in client.get(page).content.decode()
        add = reverse("stagereason_add", args=[lost.pk])
        response = client.post(add, {"name": "选址未定", "code": "site", "sort": 5})
        assert (response.status_code, response["Location"]) == (302, page)
        row = StageReason._base_manager.get(code="site")
        change = {"name": "选址未能确定", "sort": 6, "version": 1}
        assert client.post(reverse("stagereason_update", args=[row.pk]), change).status_code == 302
        gone = {"version": 2, "reason": "不再使用"}
        assert client.post(reverse("stagereason_archive", args=[row.pk]), gone).status_code == 302
        row.refresh_from_db()
        assert (row.name, row.code, row.version) == ("选址未能确定", "site", 3)
        assert "选址" not in client.get(page).content.decode()

    def test_a_stage_under_way_has_no_reasons(self, tree):
        client = client_for(Role.BUREAU_STAFF, tree.county)
        url = reverse("stagereason_add", args=[stage("lead", "intent").pk])
        assert client.post(url, {"name": "甲", "code": "a", "sort": 1}).status_code == 422
        assert not StageReason._base_manager.filter(code="a").exists()

    def test_a_leader_reads_and_keeps_nothing(self, tree):
        client, lost = client_for(Role.LEADER, tree.county), stage("lead", "lost")
        assert "落户其他地区" in client.get(reverse("stage_detail", args=[lost.pk])).content.decode()
        add = reverse("stagereason_add", args=[lost.pk])
        assert client.post(add, {"name": "甲", "code": "a", "sort": 1}).status_code == 403
        row = lost.reasons.model._base_manager.filter(stage=lost).first()
        assert client.post(reverse("stagereason_update", args=[row.pk]), {"version": 1}).status_code == 403


@pytest.mark.usefixtures("pipeline")
class TestStageForm:
    def given(self, client, row):
        page = client.get(reverse("stage_update", args=[row.pk]))
        return {
            bound.html_name: bound.value()
            for bound in page.context["form"]
            if bound.value() not in (None, "")
        }

    def test_boxes_come_from_the_catalogue_and_decide_the_next_move(self, tree):
        client, row = client_for(Role.BUREAU_STAFF, tree.county), stage("lead", "screened")
        form = self.given(client, row)
        assert form["facts"] == ["industry", "amount", "source", "admitted"]
        changed = {**form, "facts": ["land"], "evidence": ["screening"], "due_days": 7}
        assert client.post(reverse("stage_update", args=[row.pk]), changed).status_code == 302
        row.refresh_from_db()
        assert (row.facts, row.evidence, row.due_days, row.version) == (["land"], ["screening"], 7, 2)
        lead = a_lead(tree.town)
        text = client.get(reverse("lead_move", args=[lead.pk])).content.decode()
        assert 'name="land_mu"' in text
        assert 'name="file_screening"' in text
        assert 'name="industry' not in text

    def test_unknown_codes_are_refused(self, tree):
        client, row = client_for(Role.BUREAU_STAFF, tree.county), stage("lead", "screened")
        for name in ("facts", "evidence", "movers"):
            form = {**self.given(client, row), name: ["nonsense"]}
            assert client.post(reverse("stage_update", args=[row.pk]), form).status_code == 422
        row.refresh_from_db()
        assert row.version == 1

    def test_a_stale_save_shows_both_sides_and_boxes_can_be_taken_over(self, tree):
        client, row = client_for(Role.BUREAU_STAFF, tree.county), stage("lead", "screened")
        form = self.given(client, row)
        Stage._base_manager.filter(pk=row.pk).update(facts=["host"], version=2)
        response = client.post(reverse("stage_update", args=[row.pk]), {**form, "facts": ["land"]})
        assert response.status_code == 409
        again = {**form, "version": 2, "take_facts": "theirs"}
        assert client.post(reverse("stage_update", args=[row.pk]), again).status_code == 302
        row.refresh_from_db()
        assert row.facts == ["host"]


@pytest.mark.usefixtures("pipeline")
class TestMovePage:
    @pytest.fixture
    def head(self, tree):
        return client_for(Role.UNIT_HEAD, tree.town)

    def url(self, lead, to=""):
        return reverse("lead_move", args=[lead.pk]) + (f"?to={to}" if to else "")

    def form(self, lead, **values):
        return {"version": lead.version, "on": clock.today().isoformat(), **values}

    def test_it_asks_for_what_is_missing_and_moves_with_it(self, tree, head):
        ask("lead", "screened", "land", evidence=["screening"])
        lead = a_lead(tree.town)
        page = head.get(self.url(lead)).content.decode()
        assert 'name="land_mu"' in page
        assert 'name="file_screening"' in page
        upload = SimpleUploadedFile("评审.pdf", PDF, content_type="application/pdf")
        given = self.form(lead, land_mu="35.5", file_screening=upload)
        response = head.post(self.url(lead), given)
        assert (response.status_code, response["Location"]) == (302, reverse("lead_detail", args=[lead.pk]))
        lead.refresh_from_db()
        assert (lead.stage.code, str(lead.land_mu)) == ("screened", "35.50")
        assert [(f.kind, f.name) for f in Attachment._base_manager.filter(lead=lead)] == [
            ("screening", "评审.pdf")
        ]

    def test_a_refused_move_keeps_no_file_and_no_fact(self, tree, head):
        ask("lead", "screened", "land", evidence=["screening"])
        lead = a_lead(tree.town)
        upload = SimpleUploadedFile("评审.pdf", PDF, content_type="application/pdf")
        given = {**self.form(lead, land_mu="35.5", file_screening=upload), "on": "2020-01-01"}
        response = head.post(self.url(lead), given)
        assert response.status_code == 422
        assert "on" in response.context["form"].errors
        lead.refresh_from_db()
        assert (lead.stage.code, lead.land_mu) == ("registered", None)
        assert not Attachment._base_manager.filter(lead=lead).exists()

    def test_what_comes_from_elsewhere_is_named_and_blocks(self, tree, head, english):
        ask("lead", "screened", "follow_up", "credit_code")
        lead = a_lead(tree.town)
        page = head.get(self.url(lead))
        places = {one.code: url for one, url in page.context["elsewhere"]}
        assert places == {
            "follow_up": reverse("followup_add", args=[lead.pk]),
            "credit_code": reverse("investor_update", args=[lead.investor_id]),
        }
        refused = head.post(self.url(lead), self.form(lead))
        assert refused.status_code == 422
        first, _url = refused.context["elsewhere"][0]
        assert refused.content.decode().count(str(first.label)) == 1, "said once, with its link"
        assert "Nothing was moved" in refused.content.decode()
        lead.refresh_from_db()
        assert lead.stage.code == "registered"

    def test_losing_shows_the_list_of_reasons(self, tree, head):
        lead = a_lead(tree.town)
        url = self.url(lead, stage("lead", "lost").pk)  # as the board names it
        assert "落户其他地区" in head.get(url).content.decode()
        response = head.post(url, self.form(lead, reason_code="other"))
        assert response.status_code == 422
        assert "reason_text" in response.context["form"].errors
        assert head.post(url, self.form(lead, reason_code="elsewhere")).status_code == 302
        lead.refresh_from_db()
        assert (lead.stage.code, lead.custody) == ("lost", "closed")

    def test_the_panel_answers_like_the_page(self, tree, head):
        ask("lead", "screened")
        lead = a_lead(tree.town)
        htmx = {
            "HX-Request": "true",
            "HX-Target": "panel",
            "HX-Current-URL": "http://testserver/leads/board/",
        }
        panel = head.get(self.url(lead), headers=htmx).content.decode()
        assert "<html" not in panel
        assert "<form" in panel
        done = head.post(self.url(lead), self.form(lead), headers=htmx)
        assert (done.status_code, done["HX-Redirect"]) == (200, "/leads/board/")

    def test_why_not_is_said_without_a_form(self, tree, head):
        ask("lead", "screened", movers=["bureau_staff"])
        lead = a_lead(tree.town)
        for headers in ({}, {"HX-Request": "true", "HX-Target": "panel"}):
            page = head.get(self.url(lead), headers=headers)
            assert page.context["why_not"]
            assert 'name="on"' not in page.content.decode()
        assert head.post(self.url(lead), self.form(lead)).status_code == 403
        signing = head.get(self.url(a_lead(tree.town, "ready")))
        assert "Sign the project" in signing.context["why_not"] or signing.context["why_not"]

    def test_four_outcomes(self, tree, client, head):
        lead = a_lead(tree.town)
        assert client.get(self.url(lead)).status_code == 302
        assert client_for(Role.OFFICER, tree.town).get(self.url(lead)).status_code == 403
        assert client_for(Role.BUREAU_STAFF, tree.other_county).get(self.url(lead)).status_code == 404
        assert head.get(self.url(lead)).status_code == 200
        assert head.get(self.url(lead, "nonsense")).status_code == 400


@pytest.mark.usefixtures("pipeline")
class TestBoard:
    def test_cards_stand_in_their_column_with_what_they_lack(self, tree):
        user = user_with(Role.OFFICER, tree.town)
        mine = a_lead(tree.town, "visiting", officer=OfficerFactory(unit=tree.town, user=user), name="标记甲")
        a_lead(tree.town, "lost", name="标记乙", custody="closed")
        a_lead(tree.other_town, name="标记丙")
        others = a_lead(tree.town, name="标记丁")
        response = client_of(user).get(reverse("lead_board"))
        text = response.content.decode()
        assert ("标记甲" in text, "标记乙" in text, "标记丙" in text) == (True, False, False)
        cards = {c["pk"]: c for column in response.context["board"] for c in column["cards"]}
        # land, host and the letter of intent; what the stages before asked for is not asked again
        assert "3" in cards[mine.pk]["badge"]
        ways = {way["label"] for way in cards[mine.pk]["moves"]}
        assert stage("lead", "intent").label in ways
        assert cards[others.pk]["moves"] == []  # he reads it, but it is not his
        assert response.context["create_url"] == reverse("lead_create")
        reader = client_for(Role.EVALUATOR, tree.county).get(reverse("lead_board"))
        assert "create_url" not in reader.context

    def test_as_many_queries_for_thirty_cards_as_for_three(self, tree):
        client = client_for(Role.UNIT_HEAD, tree.town)
        url = reverse("lead_board")
        for _number in range(3):
            a_lead(tree.town)
        client.get(url)
        with CaptureQueriesContext(connection) as three:
            client.get(url)
        for number in range(27):
            a_lead(tree.town, ("registered", "visiting")[number % 2])
        with CaptureQueriesContext(connection) as thirty:
            client.get(url)
        assert len(three) == len(thirty), "\n".join(q["sql"][:200] for q in thirty)


@pytest.mark.usefixtures("pipeline", "fresh_counters")
class TestApi:
    @pytest.fixture
    def api(self, tree):
        from tests.support.clients import session_api

        return session_api(Role.UNIT_HEAD, tree.town)

    def test_missing_and_move(self, tree, api):
        ask("lead", "screened", "land", evidence=["screening"])
        lead = a_lead(tree.town)
        base = f"/api/v1/leads/{lead.pk}"
        said = api.get(f"{base}/missing/").json()
        assert (said["stage"], said["allowed"]) == ("screened", False)
        assert [(n["kind"], n["code"], n["fields"]) for n in said["missing"]] == [
            ("fact", "land", ["land_mu"]),
            ("evidence", "screening", []),
        ]
        body = {"version": lead.version, "target": "screened", "values": {"land_mu": "12.5"}}
        refused = api.post(f"{base}/move/", body, format="json")
        assert (refused.status_code, refused.json()["code"]) == (409, "missing_facts")
        assert [n["code"] for n in refused.json()["fields"]["missing"]] == ["screening"]
        assert Lead._base_manager.get(pk=lead.pk).land_mu is None
        paper(lead, "screening")
        done = api.post(f"{base}/move/", body, format="json")
        assert done.status_code == 200, done.content
        assert Lead._base_manager.get(pk=lead.pk).stage.code == "screened"
        stale = api.post(f"{base}/move/", {**body, "target": "negotiating"}, format="json")
        assert (stale.status_code, stale.json()["code"]) == (409, "stale")

    def test_wrong_values_and_strange_fields(self, tree, api):
        ask("lead", "screened", "land")
        lead = a_lead(tree.town)
        for values, status in (({"land_mu": "much"}, 400), ({"unit": tree.other_town.pk}, 409)):
            body = {"version": lead.version, "target": "screened", "values": values}
            assert api.post(f"/api/v1/leads/{lead.pk}/move/", body, format="json").status_code == status
        assert Lead._base_manager.get(pk=lead.pk).stage.code == "registered"

    def test_rights(self, tree, client):
        from tests.support.clients import session_api

        ask("lead", "screened")
        lead = a_lead(tree.town)
        body = {"version": lead.version, "target": "screened"}
        url = f"/api/v1/leads/{lead.pk}/move/"
        assert client.post(url, body).status_code == 401
        assert session_api(Role.OFFICER, tree.town).post(url, body, format="json").status_code == 403
        away = session_api(Role.BUREAU_STAFF, tree.other_county)
        assert away.post(url, body, format="json").status_code == 404
        assert away.get(f"/api/v1/leads/{lead.pk}/missing/").status_code == 404
        assert Lead._base_manager.get(pk=lead.pk).stage.code == "registered"

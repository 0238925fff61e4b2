"""The dossier in the browser and over the API: what a person does there arrives in the services."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from common import clock
from leads.models import Attachment, FollowUp, Lead, Task
from organizations.choices import Role
from tests.support.clients import client_for, client_of, session_api, user_with
from tests.support.factories import OfficerFactory
from tests.support.factories_leads import LeadFactory
from tests.support.factories_work import TaskFactory, pdf
from tests.support.pipeline import ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(tree):
    ship()
    officer = OfficerFactory(unit=tree.town, user=user_with(Role.OFFICER, tree.town))
    return LeadFactory(unit=tree.town, officer=officer, name="标记项目")


@pytest.fixture
def client(lead):
    return client_of(lead.officer.user)


def test_a_talk_its_points_and_the_next_step_in_one_form(client, lead):
    url = reverse("followup_add", args=[lead.pk])
    today = clock.today().isoformat()
    sent = {
        "kind": "visit",
        "on": today,
        "text": "看厂房",
        "points": "寄方案\n约环评",
        "next_step": "复谈",
        "next_on": "",
    }
    response = client.post(f"{url}?next=/leads/", sent)
    assert (response.status_code, response["Location"]) == (302, "/leads/")
    assert [t.title for t in Task._base_manager.order_by("id")] == ["寄方案", "约环评"]
    assert Lead._base_manager.get().next_step == "复谈"
    page = client.get(reverse("lead_detail", args=[lead.pk])).content.decode()
    assert "寄方案" in page
    assert "看厂房" in page
    away = client.post(f"{url}?next=https://example.com/", sent)
    assert away["Location"] == reverse("lead_detail", args=[lead.pk])


def test_a_refused_talk_keeps_what_was_typed(client, lead):
    response = client.post(
        reverse("followup_add", args=[lead.pk]), {"kind": "visit", "on": "2126-01-01", "text": "看厂房"}
    )
    assert response.status_code == 422
    assert "看厂房" in response.content.decode()
    assert set(response.context["form"].errors) == {"on"}
    assert not FollowUp._base_manager.exists()


def test_a_file_is_kept_shown_and_handed_out_as_a_download(client, lead):
    sent = {"file": pdf("合同.pdf"), "kind": "agreement"}
    assert client.post(reverse("attachment_add", args=[lead.pk]), sent).status_code == 302
    row = Attachment._base_manager.get()
    assert "合同.pdf" in client.get(reverse("lead_detail", args=[lead.pk])).content.decode()
    answer = client.get(reverse("attachment_file", args=[row.pk]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    page = SimpleUploadedFile("x.pdf", b"<html><script>alert(1)</script>", "application/pdf")
    refused = client.post(reverse("attachment_add", args=[lead.pk]), {"file": page, "kind": "other"})
    assert refused.status_code == 422
    assert Attachment._base_manager.count() == 1
    gone = {"version": row.version, "reason": "错了"}
    assert client.post(reverse("attachment_archive", args=[row.pk]), gone).status_code == 302
    assert Attachment._base_manager.get().archived_at


def test_tasks_mine_overdue_done(tree, client, lead):
    mine = TaskFactory(lead=lead, title="我的", assignee=lead.officer.user, due_on="2026-01-05")
    other = TaskFactory(lead=lead, title="别人的", assignee=user_with(Role.OFFICER, tree.town), due_on=None)
    url = reverse("task_list")

    def shown(query):
        return {row.record.pk for row in client.get(f"{url}?{query}").context["table"].rows}

    assert shown("") == shown("state=all") == {mine.pk, other.pk}
    assert shown("whose=me") == {mine.pk}
    assert shown("state=overdue") == {mine.pk}
    page = client.get(url)
    assert [row.record for row in page.context["table"].rows] == [mine, other], "what has no day comes last"
    assert [count for _, _, count in page.context["view"].views()] == [2, 1, 1, None]
    assert page.content.decode().count("ip-st") == 1, "the late one is marked"
    assert client.post(reverse("task_done", args=[mine.pk]), {"outcome": "好了"}).status_code == 302
    assert shown("state=done") == {mine.pk}
    assert shown("") == {other.pk}, "the list opens on what is open"
    assert shown("state=all") == {mine.pk, other.pk}
    assert client.post(reverse("task_reopen", args=[mine.pk])).status_code == 302
    edit = client.get(reverse("task_update", args=[mine.pk])).context["form"]
    sent = {
        "version": edit["version"].value(),
        "title": "改",
        "assignee": lead.officer.user.pk,
        "remind_days": 2,
    }
    assert client.post(reverse("task_update", args=[mine.pk]), sent).status_code == 302
    assert Task._base_manager.get(pk=mine.pk).title == "改"


def test_the_whole_line_of_time_has_a_page(client, lead):
    for _ in range(9):
        TaskFactory(lead=lead, done_on=clock.today())
    page = client.get(reverse("lead_detail", args=[lead.pk])).content.decode()
    assert reverse("lead_timeline", args=[lead.pk]) in page
    whole = client.get(reverse("lead_timeline", args=[lead.pk]))
    assert len(whole.context["entries"]) == 9


def test_the_api_does_what_the_pages_do(tree, lead):
    api = session_api(Role.UNIT_HEAD, tree.county)
    today = clock.today().isoformat()
    made = api.post(
        reverse("api-followup-list"),
        {"lead": lead.pk, "kind": "call", "on": today, "text": "通了话", "points": "寄方案"},
        format="json",
    )
    assert made.status_code == 201, made.json()
    changed = api.patch(
        reverse("api-followup-detail", args=[made.json()["id"]]), {"version": 1, "text": "改"}, format="json"
    )
    assert changed.json()["text"] == "改"
    task = api.get(reverse("api-task-list")).json()["results"][0]
    assert task["title"] == "寄方案"
    done = api.post(reverse("api-task-done", args=[task["id"]]), {"outcome": "已寄"}, format="json")
    assert (done.json()["done_on"], done.json()["outcome"]) == (today, "已寄")
    sent = api.post(
        reverse("api-attachment-list"),
        {"lead": lead.pk, "file": pdf(), "kind": "agreement"},
        format="multipart",
    )
    assert sent.status_code == 201, sent.json()
    assert sent.json()["size"] == pdf().size
    stranger = session_api(Role.UNIT_HEAD, tree.other_county)
    refused = stranger.post(
        reverse("api-attachment-list"), {"lead": lead.pk, "file": pdf(mark=b"2")}, format="multipart"
    )
    assert refused.status_code == 404
    assert Attachment._base_manager.count() == 1


def test_a_colleague_without_the_lead_sees_no_buttons(tree, lead):
    page = client_for(Role.LEADER, tree.county).get(reverse("lead_detail", args=[lead.pk])).content.decode()
    assert reverse("followup_add", args=[lead.pk]) not in page
    assert reverse("attachment_add", args=[lead.pk]) not in page

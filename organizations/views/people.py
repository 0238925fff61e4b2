"""Pages of posts and officers."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import services
from common.access import Action
from common.scope import may_on
from common.views import ArchivePage, CreatePage, Crumbs, DetailPage, ListPage, PersonPage, UpdatePage
from common.views.rows import FormPage
from organizations import services as org
from organizations.filters import OfficerFilterSet, PostFilterSet
from organizations.forms import OfficerForm, PostForm, ServiceForm
from organizations.models import Officer, Post
from organizations.tables import OfficerTable, PostTable, ServiceTable

ADMIN = (_("Administration"), "")


class PostNouns:
    model = Post
    kind = "post"
    url_prefix = "post"
    crumbs: Crumbs = (ADMIN, (_("Posts"), "post_list"))


class PostList(PostNouns, ListPage):
    title = _("Posts")
    table_class = PostTable
    filterset_class = PostFilterSet
    create_label = _("New post")
    crumbs: Crumbs = (ADMIN,)

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("unit")


class PostDetail(PostNouns, DetailPage):
    def panels(self) -> list[dict[str, Any]]:
        post = self.get_object()
        return [
            {
                "title": _("Facts"),
                "rows": [
                    (_("unit"), post.unit),
                    (_("head of the unit"), _("yes") if post.is_head else _("no")),
                ],
            }
        ]


class PostCreate(PostNouns, CreatePage):
    title = _("New post")
    form_class = PostForm
    service = staticmethod(org.post_create)


class PostUpdate(PostNouns, UpdatePage):
    form_class = PostForm
    service = staticmethod(org.post_update)


class PostArchive(PostNouns, ArchivePage):
    service = staticmethod(org.post_archive)


class OfficerNouns:
    model = Officer
    kind = "officer"
    url_prefix = "officer"
    crumbs: Crumbs = (ADMIN, (_("Officers"), "officer_list"))


class OfficerList(OfficerNouns, ListPage):
    title = _("Officers")
    sub = _("Who finds and follows investors")
    table_class = OfficerTable
    filterset_class = OfficerFilterSet
    create_label = _("New officer")
    importer = "officers"
    crumbs: Crumbs = (ADMIN,)

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("unit", "post__unit")


class OfficerDetail(OfficerNouns, PersonPage):
    def panels(self) -> list[dict[str, Any]]:
        officer = self.get_object()
        return [
            {
                "title": _("Facts"),
                "rows": [
                    (_("unit"), officer.unit),
                    (_("post"), officer.post),
                    (_("telephone"), self.shown("phone")),
                    (_("joined on"), officer.joined_on),
                    (_("left on"), officer.left_on),
                ],
            }
        ]

    def related(self) -> list[dict[str, Any]]:
        officer = self.get_object()
        found: dict[str, Any] = {
            "title": _("Service record"),
            "table": ServiceTable(officer.service.filter(archived_at=None)),
        }
        if may_on(self.actor, Action.CHANGE, officer):
            found["add_url"] = reverse("service_add", args=[officer.pk])
        return [found]


class OfficerCreate(OfficerNouns, CreatePage):
    title = _("New officer")
    form_class = OfficerForm
    service = staticmethod(org.officer_create)


class OfficerUpdate(OfficerNouns, UpdatePage):
    form_class = OfficerForm
    service = staticmethod(org.officer_update)


class OfficerArchive(OfficerNouns, ArchivePage):
    service = staticmethod(org.officer_archive)


class ServiceAdd(OfficerNouns, FormPage):
    needs = Action.CHANGE
    title = _("Time served")
    form_class = ServiceForm

    def check(self) -> None:
        self.officer = services.get_visible(Officer, self.kwargs["pk"], self.actor)
        services.authorize(self.actor, Action.CHANGE, self.officer)

    def run(self, form: Any) -> Any:
        return org.service_record_add(actor=self.actor, officer=self.officer, **form.cleaned_data)

    def done_url(self, result: Any) -> str:
        return reverse("officer_detail", args=[self.officer.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sub=self.officer.name, cancel_url=self.done_url(None), **kwargs)

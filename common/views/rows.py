"""List, detail, create, change and archive pages (`FormPage` is in forms.py). A leaf class configures them with nouns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import resolve, reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django_tables2 import RequestConfig

from common import changelog, exporting, imports, saved_views, services
from common.access import Action
from common.errors import Denied, Stale
from common.forms import ActorForm
from common.pickers import extra_names
from common.scope import may_on
from common.views.base import Page, action
from common.views.forms import FormPage, shown

PAGE_SIZE = 40


class ListPage(Page):
    """A table with filter, sort, paging, column choice and export; whole page, or only the results for HTMX."""

    template_name = "common/list.html"
    partial_name = "common/_results.html"
    model: Any = None
    table_class: Any = None
    filterset_class: Any = None
    url_prefix = ""  # "unit" gives unit_create
    create_label: Any = ""
    create_needs = Action.CREATE
    create_panel = False  # the form opens beside the list (its page has `panel = True`)
    importer = ""  # the code of the import that fills this list
    empty: tuple[Any, Any] = (_("Nothing here yet."), "")

    # What can be done with chosen rows: (name, label, icon, url name of a BulkPage).
    bulk: tuple[tuple[str, Any, str, str], ...] = ()

    switch: tuple[tuple[Any, str], ...] = ()  # (label, url name) of the same rows as table, as board

    def bulk_actions(self) -> list[dict[str, Any]]:
        """The actions that this actor may take somewhere. A leaf may narrow them."""
        found = []
        for name, label, icon, url_name in self.bulk:
            url = reverse(url_name)
            page = resolve(url).func.view_class  # type: ignore[attr-defined]
            if self.may(page.needs, page.kind or self.kind):
                found.append({"name": name, "label": label, "icon": icon, "url": url})
        return found

    def views(self) -> list[tuple[Any, str, int | None]]:
        """Ready-made views: (label, query string, count or None). The first is the whole list: ""."""
        return []

    def rows(self, queryset: Any) -> Any:
        """Add what the table joins."""
        return queryset

    def visible(self) -> Any:
        return self.rows(self.model.objects.visible_to(self.actor))

    def found(self) -> Any:
        """The visible rows that fit the filters of the address; none when a filter makes no sense."""
        self.filterset = self.filterset_class(self.request.GET, queryset=self.visible(), request=self.request)
        return self.filterset.qs if self.filterset.is_valid() else self.visible().none()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = self.found()
        if fmt := request.GET.get("format"):
            return self.export(found, fmt)
        table = self.make_table(found)
        RequestConfig(request, paginate={"per_page": PAGE_SIZE}).configure(table)
        context = self.get_context_data(table=table, filter=self.filterset, total=table.paginator.count)
        partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
        return self.response_class(
            request=request,
            template=[self.partial_name if partial else self.template_name],
            context={**context, "is_fragment": partial},
        )

    def make_table(self, rows: Any) -> Any:
        return self.table_class(
            rows,
            chosen=self.request.GET.getlist("columns"),
            selectable=bool(self.bulk_actions()),
            request=self.request,
        )

    def export(self, rows: Any, fmt: str) -> HttpResponseBase:
        """What is on screen (filters, columns, order) as a file. Who took what is logged."""
        if not self.may(Action.EXPORT):
            raise Denied
        rows = rows.filter(pk__in=self.model.objects.allowed_to(self.actor, Action.EXPORT).values("pk"))
        table = self.make_table(rows)
        RequestConfig(self.request, paginate=False).configure(table)
        return exporting.respond(
            table,
            fmt,
            name=slugify(self.url_prefix or "list"),
            kind=self.kind,
            actor=self.actor,
            query=self.request.GET.urlencode(),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("empty", {"title": self.empty[0], "why": self.empty[1]})
        if self.may(Action.EXPORT):
            kwargs.setdefault("export_url", self.request.path)
        if self.create_label and self.may(self.create_needs):
            kwargs |= {"create_url": reverse(f"{self.url_prefix}_create"), "create_label": self.create_label}
            kwargs["create_panel"] = self.create_panel
        kwargs |= self.view_context()
        kwargs.setdefault("switch", switch(self))
        kwargs.setdefault("bulk_actions", self.bulk_actions())
        if self.importer and self.may(Action.IMPORT, imports.importer_of(self.importer).kind):
            kwargs.setdefault("import_url", f"{reverse('import_list')}?importer={self.importer}")
        return super().get_context_data(
            columns=column_choices(kwargs["table"]),
            active_filters=active_filters(self.filterset, self.request),
            **kwargs,
        )

    def view_context(self) -> dict[str, Any]:
        """Tabs of views, and what the "save this view" menu shows."""
        match = self.request.resolver_match
        page = match.url_name if match and not match.kwargs else None
        if not page:  # a list inside another record's address keeps no views
            return {"view_tabs": saved_views.tabs(self.views(), (), self.request.GET.urlencode())}
        kept = saved_views.of_page(self.actor, page) if self.may(Action.VIEW, saved_views.KIND) else []
        return {
            "view_tabs": saved_views.tabs(self.views(), kept, self.request.GET.urlencode()),
            "view_page": page if self.may(Action.CREATE, saved_views.KIND) else "",
            "removable": [view for view in kept if may_on(self.actor, Action.ARCHIVE, view)],
        }


def switch(page: Any) -> list[dict[str, Any]]:
    """What _switch.html draws for a page's `switch`."""
    match = page.request.resolver_match
    return [
        {"label": label, "url": reverse(name), "active": bool(match and match.url_name == name)}
        for label, name in page.switch
    ]


def column_choices(table: Any) -> list[dict[str, Any]]:
    """What the column chooser offers."""
    return [{"name": name, "label": label, "shown": shown} for name, label, shown in table.choices]


def active_filters(filterset: Any, request: HttpRequest) -> list[dict[str, Any]]:
    """Chips above the table: what is filtered, and the address without it."""
    chips = []
    for bound in filterset.form:
        value = filterset.form.cleaned_data.get(bound.name) if filterset.form.is_bound else None
        if value in (None, "", []) or (hasattr(value, "exists") and not value.exists()):
            continue
        rest = request.GET.copy()
        for part in (bound.name, *extra_names(bound.name)):
            rest.pop(part, None)
        rest.pop("page", None)
        words = [
            shown(bound, v) for v in (value if isinstance(value, list) else [getattr(value, "pk", value)])
        ]
        chips.append({"label": bound.label, "value": "、".join(words), "remove_url": f"?{rest.urlencode()}"})
    return chips


class RowPage(Page):
    """A page about one row in the actor's scope."""

    model: Any = None
    url_prefix = ""

    def get_object(self) -> Any:
        if not hasattr(self, "object"):
            self.object = services.get_visible(self.model, self.kwargs["pk"], self.actor)
        return self.object

    def detail_url(self) -> str:
        return reverse(f"{self.url_prefix}_detail", args=[self.get_object().pk])


class DetailPage(RowPage):
    """Facts in panels, related tables, and the history for those who may read it."""

    template_name = "common/detail.html"

    def panels(self) -> list[dict[str, Any]]:
        """[{"title": ..., "rows": [(label, value), ...]}]"""
        return []

    def related(self) -> list[dict[str, Any]]:
        """[{"title": ..., "table": RowTable, "add_url": str}]"""
        return []

    def actions(self) -> list[dict[str, Any]]:
        found, obj = [], self.get_object()
        if obj.archived_at is None:
            if may_on(self.actor, Action.ARCHIVE, obj):
                found.append(action(_("Archive"), reverse(f"{self.url_prefix}_archive", args=[obj.pk])))
            if may_on(self.actor, Action.CHANGE, obj):
                found.append(
                    action(
                        _("Change"),
                        reverse(f"{self.url_prefix}_update", args=[obj.pk]),
                        icon="edit",
                        primary=True,
                    )
                )
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        obj = self.get_object()
        kwargs.setdefault("title", str(obj))
        kwargs.setdefault("object", obj)
        kwargs.setdefault("panels", self.panels())
        related = self.related()
        for one in related:
            one["table"].orderable = False  # its heads would sort by the page's own parameters
        kwargs.setdefault("related", related)
        if may_on(self.actor, Action.HISTORY, obj):
            kwargs.setdefault("history", changelog.history(obj))
        return super().get_context_data(**kwargs)


class CreatePage(FormPage):
    needs = Action.CREATE
    url_prefix = ""
    service: Callable[..., Any]

    def run(self, form: Any) -> Any:
        return type(self).service(actor=self.actor, **form.values())

    def done_url(self, result: Any) -> str:
        return reverse(f"{self.url_prefix}_detail", args=[result.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("cancel_url", reverse(f"{self.url_prefix}_list"))
        return super().get_context_data(**kwargs)


class UpdatePage(RowPage, FormPage):
    """Out of scope 404, in scope without the right 403; a stale save shows both sides."""

    needs = Action.CHANGE
    service: Callable[..., Any]

    def check(self) -> None:
        services.authorize(self.actor, Action.CHANGE, self.get_object())

    def make_form(self, data: Any = None) -> Any:
        if data is not None and any(key.startswith("take_") for key in data):
            data = self.settled(data)
        return self.form_class(data, instance=self.get_object(), actor=self.actor)

    def settled(self, data: Any) -> Any:
        """After a conflict: the present value in every field where theirs was chosen."""
        data, current = data.copy(), self.form_class(instance=self.get_object(), actor=self.actor)
        for name in current.fields:
            if data.get(f"take_{name}") == "theirs":
                value = current[name].value()
                data[name] = "" if value is None else value
        return data

    def run(self, form: Any) -> Any:
        return type(self).service(
            actor=self.actor,
            pk=self.kwargs["pk"],
            version=form.cleaned_data.get("version") or 0,
            **form.values(),
        )

    def done_url(self, result: Any) -> str:
        return self.detail_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("title", _("Change %(name)s") % {"name": self.get_object()})
        kwargs.setdefault("cancel_url", self.detail_url())
        return super().get_context_data(**kwargs)


class ReasonForm(ActorForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ArchivePage(RowPage, FormPage):
    """Close a row with a reason."""

    template_name = "common/confirm.html"
    needs = Action.ARCHIVE
    form_class = ReasonForm
    submit_label = _("Archive")
    saved = _("Archived.")
    service: Callable[..., Any]

    def check(self) -> None:
        services.authorize(self.actor, Action.ARCHIVE, self.get_object())

    def make_form(self, data: Any = None) -> Any:
        return ReasonForm(data, actor=self.actor, initial={"version": self.get_object().version})

    def run(self, form: Any) -> Any:
        given = form.cleaned_data
        return type(self).service(
            actor=self.actor, pk=self.kwargs["pk"], version=given["version"], reason=given["reason"]
        )

    def conflict(self, form: Any, stale: Stale) -> HttpResponse:
        form.add_error(None, str(stale))
        return self.render_to_response(self.get_context_data(form=form), status=409)

    def done_url(self, result: Any) -> str:
        return self.detail_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("title", _("Archive %(name)s") % {"name": self.get_object()})
        kwargs.setdefault("cancel_url", self.detail_url())
        return super().get_context_data(**kwargs)

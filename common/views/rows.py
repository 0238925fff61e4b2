"""List, detail, create, change and archive pages. A leaf class configures them with nouns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_tables2 import RequestConfig

from common import changelog, exporting, services
from common.access import Action
from common.errors import Denied, NotVisible, ServiceError, Stale
from common.forms import ActorForm
from common.scope import may_on
from common.views.base import Page, action, refuse

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
    importer = ""  # the code of the import that fills this list
    empty: tuple[Any, Any] = (_("Nothing here yet."), "")

    def rows(self, queryset: Any) -> Any:
        """Add what the table joins."""
        return queryset

    def visible(self) -> Any:
        return self.rows(self.model.objects.visible_to(self.actor))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.filterset = self.filterset_class(request.GET, queryset=self.visible(), request=request)
        found = self.filterset.qs if self.filterset.is_valid() else self.visible().none()
        if fmt := request.GET.get("format"):
            return self.export(found, fmt)
        table = self.make_table(found)
        RequestConfig(request, paginate={"per_page": PAGE_SIZE}).configure(table)
        context = self.get_context_data(table=table, filter=self.filterset, total=table.paginator.count)
        partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
        return self.response_class(
            request=request, template=[self.partial_name if partial else self.template_name], context=context
        )

    def make_table(self, rows: Any) -> Any:
        return self.table_class(rows, chosen=self.request.GET.getlist("columns"), request=self.request)

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
        if self.create_label and self.may(Action.CREATE):
            kwargs |= {"create_url": reverse(f"{self.url_prefix}_create"), "create_label": self.create_label}
        if self.importer and self.may(Action.IMPORT, "import"):
            kwargs.setdefault("import_url", f"{reverse('import_list')}?importer={self.importer}")
        return super().get_context_data(
            columns=column_choices(kwargs["table"]),
            active_filters=active_filters(self.filterset, self.request),
            **kwargs,
        )


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
        rest.pop(bound.name, None)
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


class FormPage(Page):
    """A form that hands its values to a service and keeps everything typed when it is refused."""

    template_name = "common/form.html"
    form_class: Any = None
    submit_label: Any = _("Save")
    saved: Any = _("Saved.")

    def make_form(self, data: Any = None) -> Any:
        return self.form_class(data, actor=self.actor)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render_to_response(self.get_context_data(form=self.make_form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.make_form(request.POST)
        if form.is_valid():
            try:
                result = self.run(form)
            except Stale as stale:
                return self.conflict(form, stale)
            except (NotVisible, Denied):
                raise
            except (ServiceError, ValidationError) as problem:
                refuse(form, problem)
            else:
                messages.success(
                    request, gettext(self.saved) if isinstance(self.saved, str) else str(self.saved)
                )
                return HttpResponseRedirect(self.done_url(result))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def run(self, form: Any) -> Any:
        raise NotImplementedError

    def done_url(self, result: Any) -> str:
        raise NotImplementedError

    def conflict(self, form: Any, stale: Stale) -> HttpResponse:
        """Both sides beside each other; saving again takes what is chosen in the form."""
        current = self.form_class(instance=stale.current, actor=self.actor)
        differing = [
            {
                "label": field.label,
                "name": field.name,
                "mine": shown(field, field.data),
                "theirs": shown(field, current[field.name].value()),
            }
            for field in form.visible_fields()
            if typed(field.data) != typed(current[field.name].value())
        ]
        form.data = form.data.copy()
        form.data["version"] = stale.current.version
        form.add_error(None, str(stale))
        return self.render_to_response(self.get_context_data(form=form, conflict=differing), status=409)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("submit_label", self.submit_label)
        return super().get_context_data(**kwargs)


def typed(value: Any) -> str:
    """A form value as it would be typed: "0" and 0 are the same, nothing and an empty box are too."""
    return "" if value is None or value is False else str(value)


def shown(bound: Any, value: Any) -> str:
    """A form value in words: the choice's label, not its key."""
    if isinstance(bound.field, forms.ModelChoiceField) and value:
        found = bound.field.queryset.filter(pk=value).first() if bound.field.queryset is not None else None
        return str(found) if found else str(value)
    if isinstance(bound.field, forms.ChoiceField):
        return str(dict(bound.field.choices).get(value, value or ""))  # type: ignore[arg-type]
    return "" if value is None else str(value)


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

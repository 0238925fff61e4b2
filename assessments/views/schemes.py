"""Schemes: the list, a scheme with its groups, versions and runs, and asking for a result."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments import services
from assessments.choices import VersionState
from assessments.models import Scheme, SchemeGroup, SchemeRun, SchemeVersion
from assessments.schemes.forms import DraftForm, GroupsForm, PeriodForm, RestateForm, SchemeForm, periods_of
from assessments.schemes.gather import bindings
from assessments.schemes.rulebook import lately, must_be_open
from assessments.schemes.tables import SchemeFilterSet, SchemeRunTable, SchemeTable, SchemeVersionTable
from common import clock
from common.access import Action
from common.actors import Actor
from common.errors import Denied, Refused
from common.scope import may_on
from common.views import ArchivePage, CreatePage, Crumbs, DetailPage, FormPage, ListPage, UpdatePage, action
from common.views.rows import RowPage

ASSESSMENT = (_("Assessment"), "")
RUNS = 24


class SchemeNouns:
    model = Scheme
    kind = "scheme"
    url_prefix = "scheme"
    crumbs: Crumbs = (ASSESSMENT, (_("Schemes"), "scheme_list"))


class SchemeList(SchemeNouns, ListPage):
    title = _("Schemes")
    sub = _("Methods by which units are assessed, each with its versions")
    table_class = SchemeTable
    filterset_class = SchemeFilterSet
    create_label = _("New scheme")
    empty = (_("No schemes yet."), _("Draw one up: enter it in the editor, or read it from a file."))
    crumbs: Crumbs = (ASSESSMENT,)

    def rows(self, queryset: Any) -> Any:
        today = clock.today()
        now = SchemeVersion.objects.unscoped(reason="the version in force is no secret").filter(
            Q(until=None) | Q(until__gte=today),
            scheme=OuterRef("pk"),
            state=VersionState.PUBLISHED,
            since__lte=today,
            archived_at=None,
        )
        return queryset.select_related("owner").annotate(now=Subquery(now.values("number")[:1])).distinct()


class SchemeDetail(SchemeNouns, DetailPage):
    def versions(self) -> list[SchemeVersion]:
        if not hasattr(self, "_versions"):
            rows = SchemeVersion.objects.visible_to(self.actor).filter(scheme=self.get_object())
            self._versions = list(rows.filter(archived_at=None).select_related("scheme").distinct())
        return self._versions

    def draft(self) -> SchemeVersion | None:
        return next((row for row in self.versions() if row.state != VersionState.PUBLISHED), None)

    def panels(self) -> list[dict[str, Any]]:
        scheme = self.get_object()
        rows = [(_("run by"), scheme.owner.label), (_("code"), scheme.code)]
        bound = {
            one.code: one.group
            for one in SchemeGroup.objects.filter(scheme=scheme, archived_at=None).select_related("group")
        }
        groups = [
            (title, bound[code].name if code in bound else _("not yet said"))
            for code, title in groups_of(self.versions()).items()
        ]
        found = [{"title": _("Facts"), "rows": rows}]
        if groups:
            found.append({"title": _("Groups of the method and competition groups"), "rows": groups})
        return found

    def related(self) -> list[dict[str, Any]]:
        scheme = self.get_object()
        versions: dict[str, Any] = {
            "title": _("Versions"),
            "table": SchemeVersionTable(self.versions()),
            "count": len(self.versions()),
        }
        if len(self.versions()) > 1:
            versions["add_url"] = reverse("schemeversion_compare", args=[scheme.pk])
            versions["add_label"] = _("Compare two versions")
        runs = (
            SchemeRun.objects.visible_to(self.actor)
            .filter(version__scheme=scheme)
            .select_related("version__scheme")
            .prefetch_related("publications")
            .defer("facts")
            .distinct()[:RUNS]
        )
        results: dict[str, Any] = {"title": _("Results"), "table": SchemeRunTable(runs)}
        if len(runs) > 1:
            results["add_url"] = reverse("result_compare", args=[runs[0].pk])
            results["add_label"] = _("Compare two results")
        return [versions, results]

    def actions(self) -> list[dict[str, Any]]:
        scheme = self.get_object()
        found = super().actions()
        for one in found:
            one["primary"] = False
        if scheme.archived_at is not None:
            return found
        if may_on(self.actor, Action.CHANGE, scheme):
            found.append(action(_("Groups"), reverse("scheme_groups", args=[scheme.pk]), icon="groups"))
            if self.draft() is None:
                url = reverse("schemeversion_create", args=[scheme.pk])
                found.append(action(_("New version"), url, icon="plus", primary=not self.versions()))
        if may_compute(self.actor, scheme) and lately(scheme, clock.today()):
            url = reverse("schemerun_create", args=[scheme.pk])
            found.append(action(_("Compute a result"), url, icon="ranking", primary=True))
        return found


def may_compute(actor: Actor, scheme: Scheme) -> bool:
    """Whoever runs the scheme, whichever version is in force."""
    return may_on(actor, Action.RUN, SchemeRun(version=SchemeVersion(scheme=scheme)))


def groups_of(versions: list[SchemeVersion]) -> dict[str, str]:
    """Code → title of the groups of a draft and of what is in force, as far as they can be read."""
    found: dict[str, str] = {}
    for row in versions:
        for group in row.document.get("groups") or () if isinstance(row.document, dict) else ():
            if isinstance(group, dict) and isinstance(group.get("code"), str):
                found.setdefault(group["code"], str(group.get("title") or group["code"]))
    return found


class SchemeCreate(SchemeNouns, CreatePage):
    title = _("New scheme")
    form_class = SchemeForm
    service = staticmethod(services.scheme_create)


class SchemeUpdate(SchemeNouns, UpdatePage):
    form_class = SchemeForm
    service = staticmethod(services.scheme_update)


class SchemeArchive(SchemeNouns, ArchivePage):
    service = staticmethod(services.scheme_archive)


class SchemePart(SchemeNouns, FormPage, RowPage):
    """A form about one scheme."""

    needs = Action.CHANGE

    def done_url(self, result: Any) -> str:
        return self.detail_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("cancel_url", self.detail_url())
        kwargs.setdefault("sub", self.get_object().name)
        return super().get_context_data(**kwargs)

    def need(self, wanted: Action, obj: Any) -> None:
        if not may_on(self.actor, wanted, obj):
            raise Denied


class SchemeGroups(SchemePart):
    """Which competition group each group of the document is."""

    title = _("Groups of the method")

    def check(self) -> None:
        super().check()
        self.need(Action.CHANGE, self.get_object())

    def make_form(self, data: Any = None) -> Any:
        scheme = self.get_object()
        rows = SchemeVersion.objects.visible_to(self.actor).filter(scheme=scheme, archived_at=None)
        bound = bindings(scheme)
        groups = {code: code for code in bound} | groups_of(list(rows))
        return GroupsForm(data, actor=self.actor, groups=groups, bound=bound)

    def run(self, form: Any) -> Any:
        for code, group in form.chosen().items():
            services.scheme_bind(actor=self.actor, scheme=self.get_object(), code=code, group=group)


class SchemeVersionCreate(SchemePart):
    """The draft of the next version."""

    title = _("New version")
    form_class = DraftForm
    submit_label = _("Make the draft")

    def check(self) -> None:
        super().check()
        self.need(Action.CHANGE, self.get_object())

    def make_form(self, data: Any = None) -> Any:
        files = self.request.FILES if data is not None else None
        return DraftForm(data, files, actor=self.actor, scheme=self.get_object())

    def run(self, form: Any) -> Any:
        given = form.cleaned_data
        copied = None if given["file"] else given["copy_of"]
        return services.schemeversion_draft(
            actor=self.actor,
            scheme=self.get_object(),
            since=given["since"],
            until=given["until"],
            source=given["source"],
            document=given["file"],
            copy_of=copied,
        )

    def done_url(self, result: Any) -> str:
        return reverse("schemeversion_detail", args=[result.pk])


class SchemeRunCreate(SchemePart):
    """Ask a worker for a result."""

    kind = "scheme_run"
    needs = Action.RUN
    title = _("Compute a result")
    submit_label = _("Compute")
    saved = _("The result is being computed.")

    def check(self) -> None:
        super().check()
        if not may_compute(self.actor, self.get_object()):
            raise Denied
        must_be_open(self.get_object().pk)

    def make_form(self, data: Any = None) -> Any:
        versions = lately(self.get_object(), clock.today())
        if not versions:
            raise Refused(_("No version of this method is in force. Publish one first."), code="no_version")
        return PeriodForm(data, actor=self.actor, choices=periods_of(versions))

    def run(self, form: Any) -> Any:
        year, month = form.cleaned_data["period"]
        return services.schemerun_request(
            actor=self.actor,
            scheme=self.get_object(),
            year=year,
            month=month,
            data_through=form.cleaned_data["data_through"],
        )

    def done_url(self, result: Any) -> str:
        return reverse("job_detail", args=[result.pk])


class SchemeRunRestate(FormPage, RowPage):
    """A published result computed anew, with the reason."""

    model = SchemeRun
    kind = "scheme_run"
    needs = Action.RUN
    url_prefix = "schemerun"
    crumbs = SchemeNouns.crumbs
    title = _("Compute anew")
    form_class = RestateForm
    submit_label = _("Compute anew")

    def run(self, form: Any) -> Any:
        return services.schemerun_restate(
            actor=self.actor, pk=self.get_object().pk, reason=form.cleaned_data["reason"]
        )

    def done_url(self, result: Any) -> str:
        return reverse("scheme_detail", args=[result.version.scheme_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("cancel_url", reverse("scheme_detail", args=[self.get_object().version.scheme_id]))
        kwargs.setdefault("sub", str(self.get_object()))
        return super().get_context_data(**kwargs)

"""A version of a scheme: its document in words, its problems in place, checking, trying, publishing, files, differences."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from assessments import services
from assessments.choices import VersionState
from assessments.models import Measure, Scheme, SchemeRun, SchemeTrial, SchemeVersion
from assessments.schemes.diff import differences
from assessments.schemes.forms import DaysForm, PeriodForm, periods, version_label
from assessments.schemes.moving import from_trial
from assessments.schemes.periods import period_words
from assessments.schemes.rulebook import version_on
from assessments.schemes.tables import state_text
from assessments.schemes.telling import Item, place_words, tell
from assessments.schemes.words import problem_text
from assessments.schemes.yaml_text import yaml_text
from assessments.services.schemes import tried
from assessments.views.schemes import SchemeNouns
from common import clock
from common.access import Action
from common.actors import Actor
from common.errors import Denied, Refused
from common.models import ExportLog
from common.scope import may_on
from common.services import get_visible
from common.views import ArchivePage, Crumbs, DetailPage, FormPage, Page, UpdatePage, action, write
from common.views.rows import RowPage
from rules import scheme as rules


class VersionNouns:
    model = SchemeVersion
    kind = "scheme"
    url_prefix = "schemeversion"
    crumbs: Crumbs = SchemeNouns.crumbs


class SchemeVersionDetail(VersionNouns, DetailPage):
    template_name = "assessments/scheme_version.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.get_object()
        scheme, _problems = rules.read(row.document)
        problems = [] if row.state == VersionState.PUBLISHED else _told_problems(row)
        css = {VersionState.PUBLISHED: "ok", VersionState.VALIDATED: "acc"}.get(row.state, "line")
        said = _now("Version %(n)s, in force from %(since)s")
        kwargs |= {
            "title": row.scheme.name,
            "sub": said % {"n": row.number, "since": row.since}
            + (" " + _now("until %(day)s") % {"day": row.until} if row.until else ""),
            "badges": [{"label": state_text(row), "css": css}],
            "sections": [] if scheme is None else _sections(scheme, problems),
            "problems": problems,
            "scheme_url": reverse("scheme_detail", args=[row.scheme_id]),
            "tries": may_read_trials(self.actor, row),
            "trials": SchemeTrial.objects.filter(version=row).defer("document")[:5],
        }
        return super().get_context_data(**kwargs)

    def panels(self) -> list[dict[str, Any]]:
        row = self.get_object()
        rows = [(_("hash of the document"), row.sha256[:16] or "—"), (_("source"), row.source)]
        if row.published_at:
            rows.append((_("published"), f"{localdate(row.published_at)} {row.published_name}"))
        return [{"title": _("This version"), "rows": rows}]

    def actions(self) -> list[dict[str, Any]]:
        row, found = self.get_object(), []
        args = [row.pk]
        draft = row.state != VersionState.PUBLISHED and row.archived_at is None
        if may_on(self.actor, Action.EXPORT, row):
            url = reverse("schemeversion_file", args=args)
            found.append(action(_("File (YAML)"), url, icon="download"))
            found.append(action(_("File (JSON)"), f"{url}?as=json", icon="download"))
        if may_on(self.actor, Action.CHANGE, row) and draft:
            found.append(action(_("Archive"), reverse("schemeversion_archive", args=args)))
            found.append(action(_("Days and source"), reverse("schemeversion_update", args=args)))
            found.append(action(_("Read a file"), reverse("schemeversion_import", args=args), icon="upload"))
            found.append(action(_("Edit"), reverse("schemeversion_edit", args=args), icon="edit"))
        if not draft:
            url = reverse("schemeversion_create", args=[row.scheme_id])
            if may_on(self.actor, Action.CHANGE, row.scheme) and not _draft_of(row.scheme):
                found.append(action(_("New draft as a copy"), url, icon="plus"))
            return found
        if may_on(self.actor, Action.CHANGE, row):
            readable = not services.problems_of(row)
            if row.state == VersionState.DRAFT and readable:
                url = reverse("schemeversion_validate", args=args)
                found.append(action(_("Check"), url, icon="check", primary=True, post=True))
            if readable:
                found.append(action(_("Dry run"), reverse("schemeversion_try", args=args), icon="view"))
        if may_on(self.actor, Action.PUBLISH, row) and row.state == VersionState.VALIDATED:
            url = reverse("schemeversion_publish", args=args)
            found.append(action(_("Publish"), url, icon="check", primary=True))
        return found


def may_read_trials(actor: Actor, row: SchemeVersion) -> bool:
    """Dry runs tell totals and places that nobody published: they are for those who compute or draw up the scheme."""
    return may_on(actor, Action.CHANGE, row) or may_on(actor, Action.RUN, SchemeRun(version=row))


def _draft_of(scheme: Scheme) -> bool:
    rows = SchemeVersion.objects.unscoped(reason="one draft at a time").filter(scheme=scheme)
    return rows.exclude(state=VersionState.PUBLISHED).filter(archived_at=None).exists()


def _told_problems(row: SchemeVersion) -> list[dict[str, str]]:
    return [
        {"path": one.path, "place": place_words(one.path, row.document), "text": problem_text(one)}
        for one in services.problems_of(row)
    ]


def _sections(scheme: rules.Scheme, problems: list[dict[str, str]]) -> list[dict[str, Any]]:
    codes = [row.measure for row in scheme.inputs.values() if row.measure]
    rows = Measure.objects.unscoped(reason="names of measures are no secret").filter(code__in=codes)
    names = dict(rows.values_list("code", "name"))
    return [
        {"title": section.title, "rows": [_item(item, problems) for item in section.items]}
        for section in tell(scheme, names)
    ]


def _item(item: Item, problems: list[dict[str, str]]) -> dict[str, Any]:
    here = [one for one in problems if item.path and f"{one['path']}.".startswith(f"{item.path}.")]
    return {"item": item, "problems": here, "rows": [_item(one, here) for one in item.items]}


class VersionButton(VersionNouns, RowPage):
    """A button that does one thing with a version."""

    needs = Action.CHANGE
    http_method_names = ["post"]
    said: Any = ""

    def do(self, row: SchemeVersion) -> Any:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        row = self.get_object()
        write(request, lambda: self.do(row), said=self.said)
        return HttpResponseRedirect(self.detail_url())


class SchemeVersionValidate(VersionButton):
    said = _("The draft has no problem. Make a dry run, then publish it.")

    def do(self, row: SchemeVersion) -> Any:
        return services.schemeversion_validate(actor=self.actor, pk=row.pk, version=row.version)


class SchemeVersionPublish(VersionButton):
    """Asks first: what is published stays."""

    needs = Action.PUBLISH
    http_method_names = ["get", "post"]
    template_name = "common/confirm.html"
    said = _("The version is published. It can't be changed any more; the next one replaces it.")

    def do(self, row: SchemeVersion) -> Any:
        return services.schemeversion_publish(actor=self.actor, pk=row.pk, version=row.version)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.get_object()
        told = [
            _now("It holds from %(day)s on and can't be changed any more.") % {"day": row.since.isoformat()}
        ]
        before = version_on(row.scheme, row.since)
        if before is not None and before.pk != row.pk:
            told.append(_now("Version %(n)s, now in force, ends on the day before.") % {"n": before.number})
        if not tried(row):
            told.append(_now("No dry run was made of it: nobody has seen who would move."))
        kwargs |= {
            "title": _now("Publish %(name)s") % {"name": row},
            "consequences": told,
            "submit_label": _("Publish"),
            "cancel_url": self.detail_url(),
        }
        return super().get_context_data(**kwargs)


class SchemeVersionUpdate(VersionNouns, UpdatePage):
    """Days and source of a draft."""

    form_class = DaysForm
    service = staticmethod(services.schemeversion_change)

    def check(self) -> None:
        super().check()
        must_be_draft(self.get_object())


class SchemeVersionArchive(VersionNouns, ArchivePage):
    service = staticmethod(services.schemeversion_archive)


def must_be_draft(row: SchemeVersion) -> None:
    """Raises Refused for a published version."""
    if row.state == VersionState.PUBLISHED:
        said = _now(
            "A published version is never changed: results were reckoned by it. Draw up the next version."
        )
        raise Refused(said, code="published")


class SchemeVersionFile(VersionNouns, RowPage):
    """The document as a file; read again it has the same hash."""

    needs = Action.EXPORT

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        row = self.get_object()
        if not may_on(self.actor, Action.EXPORT, row):
            raise Denied
        name = f"{row.scheme.code}-{row.number}"
        ExportLog.objects.create(
            at=clock.now(),
            actor_id=self.actor.pk,
            actor_name=self.actor.actor_name,
            kind="scheme",
            query=f"version={row.pk}",
            rows=1,
        )
        if request.GET.get("as") == "json":
            text, kind, end = (
                json.dumps(row.document, ensure_ascii=False, indent=2),
                "application/json",
                "json",
            )
        else:
            text, kind, end = as_yaml(row), "application/yaml", "yaml"
        response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.{end}"'
        return response


def as_yaml(row: SchemeVersion) -> str:
    """The document in YAML, with its hash above."""
    return f"# {row.key}  sha256 {row.sha256}\n{yaml_text(row.document)}"


class SchemeVersionTry(VersionNouns, FormPage, RowPage):
    """Ask for a dry run."""

    needs = Action.CHANGE
    title = _("Dry run")
    submit_label = _("Try it out")
    saved = _("Tried out; nothing else has changed.")

    def check(self) -> None:
        super().check()
        if not may_on(self.actor, Action.CHANGE, self.get_object()):
            raise Denied
        must_be_draft(self.get_object())
        if services.problems_of(self.get_object()):
            raise Refused(_now("Mend the problems of the draft first."), code="problems")

    def make_form(self, data: Any = None) -> Any:
        return PeriodForm(data, actor=self.actor, choices=periods(self.get_object().document["period"]))

    def run(self, form: Any) -> Any:
        year, month = form.cleaned_data["period"]
        return services.schemeversion_try(
            actor=self.actor,
            pk=self.kwargs["pk"],
            year=year,
            month=month,
            data_through=form.cleaned_data["data_through"],
        )

    def done_url(self, result: Any) -> str:
        return reverse("schemetrial_detail", args=[result.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("cancel_url", self.detail_url())
        kwargs.setdefault("sub", str(self.get_object()))
        return super().get_context_data(**kwargs)


class SchemeTrialDetail(Page):
    """Who would move by a draft, and why."""

    kind = "scheme"
    template_name = "assessments/scheme_moves.html"
    crumbs: Crumbs = SchemeNouns.crumbs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        trial = SchemeTrial.objects.filter(pk=self.kwargs["pk"]).select_related("against").first()
        if trial is None:
            raise Http404
        row = get_visible(SchemeVersion, trial.version_id, self.actor)
        if not may_read_trials(self.actor, row):
            raise Denied
        new, _problems = rules.read(row.document)
        moves = from_trial(trial, new)
        said = _now("%(period)s, draft version %(n)s against %(against)s")
        against = (
            _now("version %(n)s") % {"n": trial.against.number}
            if trial.against
            else _now("none: it is the first version")
        )
        words = period_words(trial.year, trial.month, row.document.get("period", "month"))
        kwargs |= {
            "title": _now("Dry run: %(name)s") % {"name": row.scheme.name},
            "sub": said % {"period": words, "n": row.number, "against": against},
            "moves": moves,
            "still": len(trial.document["units"]) - len(moves),
            "stale": trial.sha256 != row.sha256,
            "changes": _changes(trial.against, row),
            "back_url": reverse("schemeversion_detail", args=[row.pk]),
        }
        return super().get_context_data(**kwargs)


def _changes(old: SchemeVersion | None, new: SchemeVersion) -> list[str]:
    before, after = (rules.read(row.document)[0] if row else None for row in (old, new))
    if before is None or after is None:
        return []
    return [str(one) for one in differences(before, after)]


class SchemeVersionCompare(SchemeNouns, RowPage):
    """The differences of two versions in words; which two stands in the address (a, b)."""

    template_name = "assessments/scheme_compare.html"
    title = _("Two versions compared")

    def choices(self) -> list[SchemeVersion]:
        rows = SchemeVersion.objects.visible_to(self.actor).filter(scheme=self.get_object())
        return list(rows.filter(archived_at=None).select_related("scheme").distinct())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        choices = self.choices()
        rows = {str(row.pk): row for row in choices}
        old = new = None
        if len(choices) > 1:
            old = rows.get(self.request.GET.get("a", ""), choices[1])
            new = rows.get(self.request.GET.get("b", ""), choices[0])
        kwargs |= {
            "sub": self.get_object().name,
            "choices": [
                {"pk": row.pk, "label": version_label(row), "a": row == old, "b": row == new}
                for row in choices
            ],
            "same": old == new,
            "back_url": self.detail_url(),
        }
        if old and new:
            kwargs["unreadable"] = None in (rules.read(old.document)[0], rules.read(new.document)[0])
            kwargs["changes"] = _changes(old, new)
            kwargs["hashes"] = [old.sha256[:16], new.sha256[:16]]
        return super().get_context_data(**kwargs)

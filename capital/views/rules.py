"""Administration: counting rules as forms, with a worked example, and the projects that they leave out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from capital.behind import behind, why_text
from capital.choices import Basis, RuleState
from capital.counting import Wanted, figures, try_out
from capital.forms.rules import CountingRuleForm, EndForm, ExcludedForm, field_of
from capital.models import CountingRule, Excluded
from capital.rulebook import excluded, problem_text
from capital.services import rules as services
from capital.tables.rules import CountingRuleFilterSet, CountingRuleTable, ExcludedTable
from common.access import Action
from common.errors import NotVisible, Refused, Stale
from common.scope import may_on
from common.views import ArchivePage, Crumbs, DetailPage, FormPage, ListPage, action, write
from common.views.forms import shown
from common.views.rows import RowPage
from ledger.models import FINAL_ACCOUNT
from rules.counting import Why, read

ADMIN = (_("Administration"), "")
MOST = 30  # projects in the worked example


class RuleNouns:
    model = CountingRule
    kind = "capital_rule"
    url_prefix = "countingrule"
    crumbs: Crumbs = (ADMIN, (_("Counting rules"), "countingrule_list"))


class CountingRuleList(RuleNouns, ListPage):
    title = _("Counting rules")
    sub = _("What a family of schemes counts as capital in place")
    table_class = CountingRuleTable
    filterset_class = CountingRuleFilterSet
    create_label = _("New rule")
    crumbs: Crumbs = (ADMIN,)


class CountingRuleDetail(RuleNouns, DetailPage):
    def actions(self) -> list[dict[str, Any]]:
        row, found = self.get_object(), []
        if row.archived_at is not None:
            return []
        draft = row.state == RuleState.DRAFT
        if draft and may_on(self.actor, Action.CHANGE, row):
            found.append(action(_("Change"), reverse("countingrule_update", args=[row.pk]), icon="edit"))
            found.append(action(_("Archive"), reverse("countingrule_archive", args=[row.pk])))
        if not draft and may_on(self.actor, Action.CHANGE, row):
            found.append(action(_("Next version"), reverse("countingrule_next", args=[row.pk]), icon="plus"))
            found.append(
                action(_("Leave out a project"), reverse("exclusion_add", args=[row.pk]), panel=True)
            )
        if draft and may_on(self.actor, Action.PUBLISH, row) and not read(row.document)[1]:
            url = reverse("countingrule_publish", args=[row.pk])
            found.append(action(_("Publish"), url, icon="check", primary=True, post=True))
        return found

    def panels(self) -> list[dict[str, Any]]:
        row = self.get_object()
        form = CountingRuleForm(actor=self.actor, row=row)
        found = []
        for group in form.fieldsets()[:-1]:
            rows = [(field.label, _shown(field)) for field in group["fields"] if _shown(field)]
            if rows:
                found.append({"title": group["title"], "rows": rows})
        if row.state == RuleState.PUBLISHED:
            published = (_("published"), f"{localdate(row.published_at)} {row.published_name}")
            found[0]["rows"] += [published, (_("hash"), row.sha256[:16])]
        elif problems := read(row.document)[1]:
            rows = [(_label(form, one.path), problem_text(one)) for one in problems]
            found.insert(0, {"title": _("To be mended before it can be published"), "rows": rows})
        return found

    def related(self) -> list[dict[str, Any]]:
        row = self.get_object()
        rows = Excluded.objects.filter(code=row.code, archived_at=None).select_related("project__unit")
        table = ExcludedTable(rows, actor=self.actor, may_change=may_on(self.actor, Action.CHANGE, row))
        return [{"title": _("Projects left out"), "table": table, "count": len(rows)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.get_object()
        css = "ok" if row.state == RuleState.PUBLISHED else "line"
        kwargs.setdefault("badges", [{"label": row.get_state_display(), "css": css}])
        kwargs.setdefault("sub", _now("Version %(n)s of %(code)s") % {"n": row.number, "code": row.code})
        return super().get_context_data(**kwargs)


class RuleForm(RuleNouns, FormPage):
    """The rule as a form. "Try it" draws the example with what is typed, and saves nothing."""

    template_name = "capital/rule_form.html"
    form_class = CountingRuleForm
    submit_label = _("Save the draft")

    def row(self) -> CountingRule | None:
        return None

    def make_form(self, data: Any = None) -> Any:
        return CountingRuleForm(data, actor=self.actor, row=self.row())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "try" not in request.POST:
            return super().post(request, *args, **kwargs)
        form = self.make_form(request.POST)
        form.is_valid()
        example = self.example(form)
        if request.htmx and request.htmx.target == "example":  # type: ignore[attr-defined]
            return TemplateResponse(request, "capital/_rule_example.html", {"example": example})
        return self.render_to_response(self.get_context_data(form=form, example=example))

    def example(self, form: CountingRuleForm) -> dict[str, Any] | None:
        """What the typed rule counts for a unit, project by project; None before a unit is chosen."""
        if form.errors:
            return {"problems": [(form[name].label if name in form.fields else "", texts)
                                 for name, texts in form.errors.items()]}  # fmt: skip
        unit, year = form.cleaned_data["example_unit"], form.cleaned_data["example_year"]
        document = form.document()
        rule, problems = read(document, "draft")
        if unit is None or not year:
            return None
        wanted = Wanted(rule.basis or Basis.ARRIVED, rule.state)
        code = self.code(form)
        reading = try_out(wanted, rule, year, excluded(code) if code else {})
        through = year * 100 + FINAL_ACCOUNT
        figure = figures(reading, [unit], through)[unit.pk]
        lines = behind(reading, unit, through, actor=self.actor)
        return {
            "unit": unit,
            "year": year,
            "basis": Basis(wanted.basis).label,
            "own": figure.own,
            "counting": figure.projects,
            "seen": sum(line.why is Why.COUNTED for line in lines),
            "lines": [{"line": line, "why": why_text(line.why), "left": line.why is not Why.COUNTED} for line in lines[:MOST]],
            "more": max(len(lines) - MOST, 0),
            "problems": [("", [problem_text(one)]) for one in problems],
        }  # fmt: skip

    def code(self, form: CountingRuleForm) -> str:
        row = self.row()
        return row.code if row else form.cleaned_data.get("code", "")

    def conflict(self, form: Any, stale: Stale) -> Any:
        form.add_error(None, str(stale))
        return self.render_to_response(self.get_context_data(form=form), status=409)

    def done_url(self, result: Any) -> str:
        """Back to the form while something is to be mended."""
        name = "countingrule_update" if read(result.document)[1] else "countingrule_detail"
        return reverse(name, args=[result.pk])

    def said(self, result: Any) -> Any:
        count = len(read(result.document)[1])
        return (
            _("Saved. Things to mend before it can be published: %(n)s.") % {"n": count}
            if count
            else self.saved
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(fieldsets=kwargs["form"].fieldsets(), **kwargs)


class CountingRuleCreate(RuleForm):
    needs = Action.CREATE
    title = _("New rule")

    def run(self, form: Any) -> Any:
        return services.countingrule_draft(actor=self.actor, document=form.document(), **form.values())


class CountingRuleUpdate(RuleForm, RowPage):
    needs = Action.CHANGE
    title = _("Change the draft")

    def check(self) -> None:
        super().check()
        if self.get_object().state == RuleState.PUBLISHED:
            raise Refused(
                _(
                    "A published version is never changed: figures were counted by it. Draw up the next version."
                )
            )

    def row(self) -> CountingRule | None:
        return self.get_object()

    def run(self, form: Any) -> Any:
        values = {**form.values(), "document": form.document()}
        return services.countingrule_change(
            actor=self.actor, pk=self.kwargs["pk"], version=form.cleaned_data["version"], **values
        )


class CountingRuleNext(RuleForm, RowPage):
    """A draft of the next version that begins as this one."""

    needs = Action.CHANGE
    title = _("Next version")

    def row(self) -> CountingRule | None:
        return self.get_object()

    def run(self, form: Any) -> Any:
        values = {**form.values(), "document": form.document(), "code": self.get_object().code}
        return services.countingrule_draft(actor=self.actor, **values)


class CountingRulePublish(RuleNouns, RowPage):
    needs = Action.PUBLISH
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        row = self.get_object()
        write(
            request,
            lambda: services.countingrule_publish(actor=self.actor, pk=row.pk, version=row.version),
            said=_("The rule is published. It can't be changed any more; the next version replaces it."),
        )
        return HttpResponseRedirect(self.detail_url())


class CountingRuleArchive(RuleNouns, ArchivePage):
    service = staticmethod(services.countingrule_archive)


class ExclusionAdd(RuleNouns, FormPage, RowPage):
    needs = Action.CHANGE
    panel = True
    title = _("Leave out a project")
    form_class = ExcludedForm

    def run(self, form: Any) -> Any:
        return services.exclusion_add(actor=self.actor, code=self.get_object().code, **form.cleaned_data)

    def done_url(self, result: Any) -> str:
        return reverse("countingrule_detail", args=[self.kwargs["pk"]])


class ExclusionEnd(RuleNouns, FormPage):
    """Take a project off the list, with the reason."""

    needs = Action.CHANGE
    title = _("Count a project again")
    template_name = "common/confirm.html"
    form_class = EndForm
    submit_label = _("Count it again")

    def check(self) -> None:
        super().check()
        self.excluded = Excluded.objects.filter(pk=self.kwargs["pk"], archived_at=None).first()
        if self.excluded is None:
            raise NotVisible

    def run(self, form: Any) -> Any:
        return services.exclusion_end(
            actor=self.actor, pk=self.kwargs["pk"], version=None, reason=form.cleaned_data["reason"]
        )

    def done_url(self, result: Any) -> str:
        rule = CountingRule.objects.visible_to(self.actor).filter(code=result.code).first()
        return reverse("countingrule_detail", args=[rule.pk]) if rule else reverse("countingrule_list")


def _label(form: CountingRuleForm, path: str) -> Any:
    name = field_of(path, form.fields)
    return form.fields[name].label if name in form.fields else path


def _shown(field: Any) -> str:
    """A field's stored value in words; "" for nothing."""
    value = field.value()
    if isinstance(value, bool):
        return _now("yes") if value else ""
    if value in (None, "", []):
        return ""
    return shown(field, value)

"""Around the desk: answers to queries, second signatures, recognition in bulk, the terms."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from capital import desk_queue
from capital.choices import Check, Level
from capital.filters.recognition import RecognitionTermsFilterSet, SampleFilterSet
from capital.forms.recognition import AnswerForm, DrawForm, TermsForm
from capital.models import CapitalEntry, Override, Query, RecognitionTerms, Sample
from capital.services import overrides, queries, samples
from capital.services import terms as terms_services
from capital.services.deciding import read
from capital.tables.recognition import RecognitionTermsTable, SampleTable, asked_words, sample_state
from common import services, words
from common.access import Action
from common.errors import Denied, NotVisible
from common.models import JobRun
from common.views import ArchivePage, CreatePage, Crumbs, FormPage, ListPage, UpdatePage, action
from common.views import DetailPage as RowDetail
from common.views.base import Page, write
from common.views.jobs import progress
from leads.tables.columns import wan_text
from projects import confidential
from reference.amounts import exact

CAPITAL = (_("Capital in place"), "")
DESK = (_("Recognition"), "desk")
ADMIN = (_("Administration"), "")


class QueryAnswer(FormPage):
    """The unit answers a question about its entry."""

    title = _("Answer a query")
    kind, needs = "capital_entry", Action.CHANGE
    form_class = AnswerForm
    submit_label = _("Answer")
    saved = _("Answered. The entry waits for recognition again.")
    crumbs: Crumbs = (CAPITAL, (_("Entries"), "entry_list"))
    template_name = "capital/query.html"

    def get_query(self) -> Query:
        """The question, when its entry is in scope. Raises NotVisible, Denied."""
        row = Query._base_manager.select_related("entry__project", "entry__unit").filter(pk=self.kwargs["pk"])
        found = row.first()
        if found is None:
            raise NotVisible
        entry = services.get_visible(CapitalEntry, found.entry_id, self.actor)
        services.authorize(self.actor, Action.CHANGE, entry)
        if confidential.kept_back(entry.project, self.actor):
            raise Denied
        return found

    def run(self, form: Any) -> Query:
        self.get_query()
        return queries.query_answer(
            actor=self.actor, pk=self.kwargs["pk"], answer=form.cleaned_data["answer"]
        )

    def done_url(self, result: Query) -> str:
        return reverse("entry_detail", args=[result.entry_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.get_query()
        return super().get_context_data(
            query=query,
            entry=query.entry,
            amount=exact(query.entry.amount, str(query.entry.currency_id)),
            closed=query.answered_at is not None or query.archived_at is not None,
            project=confidential.shown_name(query.entry.project, self.actor),
            cancel_url=reverse("entry_detail", args=[query.entry_id]),
            **kwargs,
        )


class QueryWithdraw(Page):
    """Who may ask takes a question back."""

    kind, needs = "recognition", Action.DECIDE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, pk: int, **kwargs: Any) -> HttpResponseBase:
        said = _("The query was taken back.")
        write(request, lambda: queries.query_withdraw(actor=self.actor, pk=pk), said=said)
        row = Query._base_manager.filter(pk=pk).first()
        return HttpResponseRedirect(f"{reverse('desk')}?entry={row.entry_id}" if row else reverse("desk"))


class OverrideList(Page):
    """Requests that wait for a second signature, and the actor's own open ones."""

    title = _("Second signatures")
    sub = _("More than was reported counts only when two people sign")
    kind, needs = "recognition", Action.DECIDE
    crumbs: Crumbs = (CAPITAL, DESK)
    template_name = "capital/overrides.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        sent = request.POST
        pk = int(sent["row"]) if sent.get("row", "").isdecimal() else 0
        if sent.get("do") == "withdraw":
            write(
                request,
                lambda: overrides.override_withdraw(actor=self.actor, pk=pk),
                said=_("Taken back."),
            )
        else:
            signed = sent.get("do") == "sign"
            write(
                request,
                lambda: overrides.override_sign(
                    actor=self.actor, pk=pk, signed=signed, remark=sent.get("remark", "")
                ),
                said=_("Signed: it counts now.") if signed else _("Refused; the request is kept."),
            )
        return HttpResponseRedirect(reverse("override_list"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        joins = ("entry__project__unit", "entry__project__lead", "entry__unit")
        waiting = desk_queue.to_sign(self.actor).select_related(*joins)
        mine = Override._base_manager.filter(
            asked_by=self.actor.pk,
            answered_at=None,
            archived_at=None,
            entry__in=CapitalEntry.objects.visible_to(self.actor).values("pk"),
        )
        return super().get_context_data(
            waiting=[self.line(one) for one in waiting],
            mine=[self.line(one) for one in mine.select_related(*joins)],
            **kwargs,
        )

    def line(self, row: Override) -> dict[str, Any]:
        return {
            "row": row,
            "entry": row.entry,
            "project": confidential.shown_name(row.entry.project, self.actor),
            "desk_url": f"{reverse('desk')}?entry={row.entry_id}&level={row.level}",
        }


class SampleNouns:
    model: Any = Sample
    kind = "recognition"
    url_prefix = "sample"
    crumbs: Crumbs = (CAPITAL, DESK, (_("In bulk"), "sample_list"))


class SampleList(SampleNouns, ListPage):
    title = _("Recognition in bulk")
    sub = _("A month's entries together, after a drawn sample of them was looked at")
    needs = Action.DECIDE
    table_class = SampleTable
    filterset_class = SampleFilterSet
    crumbs: Crumbs = (CAPITAL, DESK)
    empty = (_("Nothing was drawn yet."), _("Draw a sample of a month's waiting entries first."))

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("unit", "period", "bulk")

    def actions(self) -> list[dict[str, Any]]:
        return [action(_("Draw a sample"), reverse("sample_create"), icon="plus", primary=True)]


class SampleCreate(FormPage):
    title = _("Draw a sample")
    kind, needs = "recognition", Action.DECIDE
    crumbs: Crumbs = (CAPITAL, DESK, (_("In bulk"), "sample_list"))
    form_class = DrawForm
    submit_label = _("Draw")
    saved = _("Drawn. Look at each of these entries and note what you find.")

    def run(self, form: Any) -> Sample:
        given = form.cleaned_data
        return samples.sample_draw(
            actor=self.actor, unit=given["unit"], period=form.period(), level=given["level"]
        )

    def done_url(self, result: Sample) -> str:
        return reverse("sample_detail", args=[result.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("sample_list"), **kwargs)


class SampleDetail(SampleNouns, Page):
    """The drawn entries with their findings; then all of the sample's entries are recognised together."""

    needs = Action.DECIDE
    template_name = "capital/sample.html"

    def get_sample(self) -> Sample:
        rows = Sample.objects.visible_to(self.actor).select_related("unit", "period")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        return found

    def post(self, request: HttpRequest, *args: Any, pk: int, **kwargs: Any) -> HttpResponseBase:
        sample, sent = self.get_sample(), request.POST
        drawn = int(sent["row"]) if sent.get("row", "").isdecimal() else 0
        what = sent.get("do", "")
        if what == "start":
            said = _("Started. The entries are recognised one batch after the other.")
            write(request, lambda: samples.bulk_start(actor=self.actor, sample=sample.pk), said=said)
        elif what == "give_up":
            reason = sent.get("reason", "")
            write(
                request,
                lambda: samples.sample_give_up(actor=self.actor, pk=sample.pk, reason=reason),
                said=_("Given up; it stays on record."),
            )
        elif what in (Check.GOOD, Check.BAD) and sample.drawn.filter(pk=drawn).exists():
            note = sent.get("note", "")
            write(
                request,
                lambda: samples.sample_check(actor=self.actor, pk=drawn, result=what, note=note),
                said=_("Noted."),
            )
        else:
            raise NotVisible
        return HttpResponseRedirect(reverse("sample_detail", args=[sample.pk]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sample = self.get_sample()
        bulk = getattr(sample, "bulk", None)
        drawn = list(sample.drawn.select_related("entry__project", "entry__unit").order_by("pk"))
        run = JobRun.objects.filter(key=f"{samples.BULK}:{bulk.pk}").first() if bulk else None
        rows = CapitalEntry.objects.visible_to(self.actor).filter(pk__in=sample.entries)
        left = [] if bulk else self.left_out(sample)
        return super().get_context_data(
            title=f"{sample.unit.label} {sample.period}",
            sub=words.comma().join(
                (
                    sample.get_level_display(),
                    str(sample_state(sample)),
                    f"{sample.drawn_name} {localtime(sample.drawn_at):%m-%d}",
                )
            ),
            sample=sample,
            bulk=bulk,
            total=desk_queue.total_yuan(rows),
            lines=[
                {
                    "row": one,
                    "entry": one.entry,
                    "project": confidential.shown_name(one.entry.project, self.actor),
                    "amount": wan_text(one.entry.amount, str(one.entry.currency_id)),
                    "url": f"{reverse('desk')}?entry={one.entry_id}&level={sample.level}",
                }
                for one in drawn
            ],
            open=sum(one.check_result == Check.OPEN for one in drawn),
            bad=sum(one.check_result == Check.BAD for one in drawn),
            left=left,
            live=bulk is None and sample.archived_at is None,
            done=bulk.recognitions.unscoped(reason="counted only").count() if bulk else 0,
            run_state=progress(run) if run else None,
            **kwargs,
        )

    def left_out(self, sample: Sample) -> list[dict[str, Any]]:
        """Entries of this month that are decided one by one, each with the rule."""
        rows = samples.waiting(self.actor, sample.unit, sample.period_id, sample.level)
        found = []
        for case in read(self.actor, rows.exclude(pk__in=sample.entries)[:50]):
            problem = samples.in_bulk(self.actor, Level(sample.level), case)
            if not case.kept_back:
                why = str(problem) if problem else _now("It came after the draw.")
                found.append({"entry": case.entry, "why": why})
        return found


class TermsNouns:
    model = RecognitionTerms
    kind = "capital_rule"
    url_prefix = "recognitionterms"
    crumbs: Crumbs = (ADMIN, (_("Terms of recognition"), "recognitionterms_list"))


class TermsList(TermsNouns, ListPage):
    title = _("Terms of recognition")
    sub = _("Who may decide, which vouchers are asked for, how large a sample is")
    crumbs: Crumbs = (ADMIN,)
    table_class = RecognitionTermsTable
    filterset_class = RecognitionTermsFilterSet
    create_label = _("New terms")
    empty = (
        _("No terms yet."),
        _("Until then nobody decides about his own unit, any voucher will do, and 5 % are looked at."),
    )


class TermsDetail(TermsNouns, RowDetail):
    def panels(self) -> list[dict[str, Any]]:
        row = self.get_object()
        yes = {True: _("yes"), False: _("no")}
        rows = [
            (_("in force from"), row.since),
            (_("one's own unit may be recognised"), yes[row.own_unit]),
            (_("sample for recognition in bulk, in per cent"), f"{row.sample_percent.normalize():f}"),
            (_("and at least"), row.sample_least),
            (_("convert at the month's average"), yes[row.average_rate]),
            (_("vouchers asked for"), asked_words(row.evidence) or _("any")),
        ]
        return [{"title": _("Facts"), "rows": rows}]


class TermsCreate(TermsNouns, CreatePage):
    title = _("New terms")
    form_class = TermsForm
    service = staticmethod(terms_services.recognitionterms_create)


class TermsUpdate(TermsNouns, UpdatePage):
    form_class = TermsForm
    service = staticmethod(terms_services.recognitionterms_update)


class TermsArchive(TermsNouns, ArchivePage):
    service = staticmethod(terms_services.recognitionterms_archive)

"""Pages of duplicates: the pairs that were found, two records side by side, merging and setting apart."""

from __future__ import annotations

from typing import Any, cast

import django_tables2 as tables
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_tables2 import RequestConfig

from common.access import Action
from common.errors import Denied, NotVisible, ServiceError
from common.forms import ActorForm
from common.scope import may_on
from common.tables import NUMBER, RowTable
from common.views import Crumbs, Page, action, write
from common.views.base import refuse
from common.views.rows import PAGE_SIZE
from leads.choices import PairKind
from leads.models import LikePair, NotDuplicate
from organizations.models import Unit

from . import comparing, merging, pairs
from .relations import MODELS
from .words import LEVELS, REASONS

LISTED = (_("Duplicates"), "duplicate_list")


class PairTable(RowTable):
    """`one_name` and so on are added by `with_names`."""

    level = tables.Column(
        _("how sure"), linkify=lambda record: reverse("duplicate_compare", args=[record.pk])
    )
    one_name = tables.Column(_("record"), orderable=False)
    other_name = tables.Column(_("the other record"), orderable=False)
    reason = tables.Column(_("why"), orderable=False)
    similarity = tables.Column(_("similarity %"), attrs=NUMBER)

    class Meta(RowTable.Meta):
        empty_text = _("No likely duplicates.")
        order_by = ("level", "-similarity")

    def render_level(self, value: int) -> str:
        return str(LEVELS[value])

    def render_reason(self, value: str, record: LikePair) -> str:
        words = str(REASONS.get(value, value))
        return f"{words} ({_('different credit codes')})" if record.different_codes else words

    def render_one_name(self, value: str, record: Any) -> str:
        return f"{value} · {record.one_unit}"

    def render_other_name(self, value: str, record: Any) -> str:
        return f"{value} · {record.other_unit}"


class ApartTable(RowTable):
    one_name = tables.Column(_("record"), orderable=False)
    other_name = tables.Column(_("the other record"), orderable=False)
    reason = tables.Column(_("reason"), orderable=False)
    actor_name = tables.Column(_("by"), orderable=False)
    actions = tables.TemplateColumn(
        template_name="leads/_apart_undo.html", verbose_name="", orderable=False, empty_values=()
    )

    class Meta(RowTable.Meta):
        empty_text = _("No pair was set apart.")


def with_names(rows: Any, kind: str) -> Any:
    """The names and units of both rows of each pair."""
    found = MODELS[kind]._base_manager
    for side in ("one", "other"):
        row = found.filter(pk=OuterRef(f"{side}_id"))
        rows = rows.annotate(
            **{
                f"{side}_name": Subquery(row.values("name")[:1]),
                f"{side}_unit": Subquery(row.values("unit__name")[:1]),
            }
        )
    return rows


class DuplicatePage(Page):
    kind = "lead"
    needs = Action.ASSIGN
    crumbs: Crumbs = (LISTED,)


class DuplicateList(DuplicatePage):
    """Likely pairs of leads or of investors in the actor's scope, or (`apart=1`) those that were set apart."""

    title = _("Duplicates")
    sub = _("Records that may be one; found among everything every night")
    template_name = "common/list.html"
    crumbs = ()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        pair_kind = PairKind.INVESTOR if request.GET.get("kind") == PairKind.INVESTOR else PairKind.LEAD
        apart = request.GET.get("apart") == "1"
        if apart:
            rows = pairs.apart(self.actor, pair_kind)
            table: Any = ApartTable(with_names(rows, pair_kind), request=request)
        else:
            table = PairTable(with_names(pairs.open_pairs(self.actor, pair_kind), pair_kind), request=request)
        RequestConfig(request, paginate={"per_page": PAGE_SIZE}).configure(table)
        here = reverse("duplicate_list")
        tabs = [
            {
                "label": kind.label,
                "url": f"{here}?kind={kind.value}",
                "active": kind == pair_kind and not apart,
                "count": pairs.open_pairs(self.actor, kind).count(),
            }
            for kind in (PairKind.LEAD, PairKind.INVESTOR)
        ]
        tabs.append({"label": _("set apart"), "url": f"{here}?kind={pair_kind}&apart=1", "active": apart})
        context = self.get_context_data(table=table, tabs=tabs)
        partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
        return render(request, "common/_results.html" if partial else self.template_name, context)

    def actions(self) -> list[dict[str, Any]]:
        return [action(_("Search now"), reverse("duplicate_search"), icon="search", post=True)]


class DuplicateSearch(DuplicatePage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        run = pairs.pairs_request(actor=self.actor)
        mine = run.actor_id == self.actor.pk
        return HttpResponseRedirect(
            reverse("job_detail", args=[run.pk]) if mine else reverse("duplicate_list")
        )


class MergeForm(ActorForm):
    """Which record stays, and for each differing field whose value: "one" or "other". `names` says how the two are
    called; a field's choices are its two values."""

    version_one = forms.IntegerField(widget=forms.HiddenInput)
    version_other = forms.IntegerField(widget=forms.HiddenInput)
    keep = forms.ChoiceField(label=_("Record that stays"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, lines: list[comparing.Line], names: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = list(names.items())  # type: ignore[attr-defined]
        self.names = [line.name for line in lines if line.choosable and line.differs]
        for line in lines:
            if line.name in self.names:
                self.fields[f"take_{line.name}"] = forms.ChoiceField(
                    label=line.label,
                    choices=[("one", line.one or "—"), ("other", line.other or "—")],
                    initial=line.better,
                )

    def choices(self) -> dict[str, str]:
        """As `merge_leads` takes them."""
        stays = self.cleaned_data["keep"]
        return {name: "keep" if self.cleaned_data[f"take_{name}"] == stays else "gone" for name in self.names}


class PairPage(DuplicatePage):
    """About one pair that was found; 404 unless both rows are in the actor's scope."""

    def pair(self) -> LikePair:
        if not hasattr(self, "_pair"):
            wanted = LikePair.objects.filter(pk=self.kwargs["pk"]).first()
            rows = pairs.open_pairs(self.actor, wanted.kind) if wanted else LikePair.objects.none()
            found = rows.filter(pk=self.kwargs["pk"]).first()
            if found is None:
                raise NotVisible
            self._pair = found
        return self._pair


class DuplicateCompare(PairPage):
    template_name = "leads/duplicate_compare.html"
    title = _("Compare")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        pair, rows = self.pair(), self.rows()
        form = self.make_form(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            stays, goes = ("one", "other") if given["keep"] == "one" else ("other", "one")
            merge = merging.merge_leads if pair.kind == PairKind.LEAD else merging.merge_investors
            try:
                merge(
                    actor=self.actor,
                    keep=rows[stays].pk,
                    gone=rows[goes].pk,
                    choices=form.choices(),
                    reason=given["reason"],
                    versions=(given[f"version_{stays}"], given[f"version_{goes}"]),
                )
            except (NotVisible, Denied):
                raise
            except (ServiceError, ValidationError) as problem:
                refuse(form, problem)
            else:
                write(request, lambda: None, said=_("Merged."))
                return HttpResponseRedirect(reverse(f"{pair.kind}_detail", args=[rows[stays].pk]))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def rows(self) -> dict[str, Any]:
        if not hasattr(self, "_rows"):
            pair = self.pair()
            self._rows = {
                "one": comparing.load(pair.kind, pair.one_id),
                "other": comparing.load(pair.kind, pair.other_id),
            }
        return self._rows

    def make_form(self, data: Any = None) -> MergeForm:
        rows = self.rows()
        found = comparing.lines(self.pair().kind, rows["one"], rows["other"])
        initial = {f"version_{side}": row.version for side, row in rows.items()} | {"keep": "one"}
        return MergeForm(data, actor=self.actor, lines=found, names=self.names(), initial=initial)

    def names(self) -> dict[str, str]:
        """What tells the two apart: leads of one name by number and unit."""
        kind = self.pair().kind
        return {
            side: f"{row.number if kind == PairKind.LEAD else row.name} · {row.unit.label}"
            for side, row in self.rows().items()
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pair, rows = self.pair(), self.rows()
        form = kwargs.setdefault("form", self.make_form())
        found = comparing.lines(pair.kind, rows["one"], rows["other"])
        kwargs |= {
            "pair": pair,
            "level": LEVELS[pair.level],
            "reason": REASONS.get(pair.reason, pair.reason),
            "names": self.names(),
            "lines": [
                {"line": line, "field": form[f"take_{line.name}"] if line.name in form.names else None}
                for line in found
                if line.one or line.other
            ],
            "hanging": {side: comparing.hanging(pair.kind, row) for side, row in rows.items()},
            "may_merge": all(may_on(self.actor, Action.MERGE, row) for row in rows.values()),
            "urls": {side: reverse(f"{pair.kind}_detail", args=[row.pk]) for side, row in rows.items()},
            "units": len({cast(Unit, row.unit).pk for row in rows.values()}),
        }
        return super().get_context_data(**kwargs)


class DuplicateApart(PairPage):
    """Not the same: remembered, and not shown again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        pair = self.pair()
        write(
            request,
            lambda: merging.not_duplicate(
                actor=self.actor,
                kind=pair.kind,
                one=pair.one_id,
                other=pair.other_id,
                reason=request.POST.get("reason", "")[:500],
            ),
            said=_("Remembered: these are two different records."),
        )
        return HttpResponseRedirect(f"{reverse('duplicate_list')}?kind={pair.kind}")


class DuplicateAgain(DuplicatePage):
    """Take that back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = NotDuplicate.objects.filter(pk=pk).first()
        if row is None:
            raise NotVisible
        write(
            request,
            lambda: merging.duplicate_again(
                actor=self.actor, kind=row.kind, one=row.one_id, other=row.other_id
            ),
            said=_("The pair is compared again."),
        )
        return HttpResponseRedirect(f"{reverse('duplicate_list')}?kind={row.kind}&apart=1")

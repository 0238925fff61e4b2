"""The move page and the board: the same for leads and projects, which name their nouns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common import clock, files, services
from common.access import Action
from common.errors import Refused, Stale
from common.templatetags.ip import glyph
from common.views import BoardPage, Crumbs, FormPage
from common.views.rows import RowPage
from leads import confidential, facts, stages
from leads.choices import Custody
from leads.filters.leads import LeadFilterSet
from leads.forms.stages import MoveForm
from leads.models import Lead
from leads.services.files import attachment_add
from leads.services.moves import lead_move
from leads.stages.moving import WORDS
from reference.models import HOME_CURRENCY
from rules import stages as rules
from rules.stages import Direction, Why

PIPELINE = (_("Progress"), "")
ASKED_FOR = {Why.REASON_CODE_NEEDED, Why.UNKNOWN_REASON, Why.REASON_TEXT_NEEDED}  # the form asks for these


class MovePage(RowPage, FormPage):
    """Asks for exactly what the target still needs, and says why not where no form helps.

    The target is named by `?to=` (a stage's code or key), the next one without it. A leaf names the nouns,
    `service` and `shown_name`.
    """

    needs = Action.CHANGE
    pipeline = ""
    template_name = "leads/move.html"
    panel_name = "leads/_move_panel.html"
    panel = True
    stays = True
    saved = _("Moved.")
    service: Callable[..., Any]

    def check(self) -> None:
        row = self.get_object()
        services.authorize(self.actor, Action.CHANGE, row)
        self.steps = stages.ladder(self.pipeline)
        self.target = self._target()
        self.answer = stages.verdict_for(row, self.actor, self.target, steps=self.steps)
        self.missing = stages.in_words(self.steps, self.answer.missing)

    def _target(self) -> str:
        wanted = self.request.GET.get("to", "")
        if wanted.isascii() and wanted.isdigit():  # the board knows its columns by their keys
            wanted = next((c for c, s in self.steps.rows.items() if s.pk == int(wanted)), wanted)
        if wanted:
            return self.steps.row(wanted).code
        following = stages.next_stage(self.get_object(), self.actor, steps=self.steps)
        return following.code if following else self.steps.first.code

    @cached_property
    def why_not(self) -> str:
        """What no form can mend: the wrong person, or a way that leads nowhere."""
        row, goal = self.get_object(), self.steps.row(self.target)
        if row.archived_at is not None:
            return _now("This record is archived and can no longer be changed.")
        for refusal in self.answer.refusals:
            if refusal.code is Why.NOT_A_MOVER:
                return _now("Your role does not move records into “%(stage)s”.") % {"stage": goal.label}
            if refusal.code not in ASKED_FOR:
                return str(WORDS[refusal.code] % refusal.params)
        try:
            stages.guard(stages.track(self.pipeline), row, goal)
        except Refused as refused:
            return str(refused)
        return ""

    def get_template_names(self) -> list[str]:
        refused = self.in_panel and self.why_not
        return ["leads/_move_refused.html"] if refused else super().get_template_names()

    @property
    def elsewhere(self) -> list[tuple[stages.Missing, str]]:
        """What is missing and comes from another page, with its address where it is known."""
        row = self.get_object()
        return [
            (one, facts.place_of(self.pipeline, one.code, row))
            for one in self.missing
            if one.kind == "fact" and not one.fields
        ]

    def make_form(self, data: Any = None) -> Any:
        return MoveForm(
            data,
            self.request.FILES if data is not None else None,
            actor=self.actor,
            row=self.get_object(),
            steps=self.steps,
            target=self.target,
            missing=self.missing,
            words=self.answer.direction is Direction.BACK,
        )

    def run(self, form: Any) -> Any:
        given = form.cleaned_data
        row = self.get_object()
        try:
            with transaction.atomic():
                for kind, upload in form.files_given().items():
                    attachment_add(
                        actor=self.actor,
                        lead=stages.track(self.pipeline).dossier_id(row),
                        stored=files.store(upload),
                        name=upload.name,
                        kind=kind,
                        on=given["on"],
                    )
                return type(self).service(
                    actor=self.actor,
                    pk=row.pk,
                    version=given["version"],
                    target=self.target,
                    on=given["on"],
                    reason_code=given.get("reason_code", ""),
                    reason_text=given.get("reason_text", ""),
                    values=form.values(),
                )
        except stages.MissingFacts as refused:
            if any(one.fields or one.kind != "fact" for one in refused.missing):
                raise
            said = _now("Nothing was moved: what is named above is still missing.")  # `elsewhere` names it
            raise ValidationError(said) from refused
        except Refused as refused:
            placed = {name: words for name, words in refused.fields.items() if name in form.fields}
            if placed:
                raise ValidationError(placed) from refused
            raise

    def conflict(self, form: Any, stale: Stale) -> HttpResponse:
        form.add_error(None, str(stale))
        return self.render_to_response(self.get_context_data(form=form), status=409)

    def shown_name(self) -> str:
        return str(self.get_object())

    def done_url(self, result: Any) -> str:
        return self.detail_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, goal = self.get_object(), self.steps.row(self.target)
        here = self.request.path
        ways = [
            {"label": stage.label, "url": f"{here}?to={code}", "active": code == self.target}
            for code, stage in self.steps.rows.items()
            if code != row.stage.code and stage.kind != rules.Kind.WON
        ]
        why_not = self.why_not
        return super().get_context_data(
            title=_now("Move to “%(stage)s”") % {"stage": goal.label},
            sub=self.shown_name(),
            row=row,
            ways=ways,
            why_not=why_not,
            elsewhere=[] if why_not else self.elsewhere,
            submit_label="" if why_not else _now("Move to “%(stage)s”") % {"stage": goal.label},
            cancel_url=self.detail_url(),
            **kwargs,
        )


class StageBoard(BoardPage):
    """Cards by stage with what each lacks for the next one. Nine queries, however many cards."""

    pipeline = ""
    stage_field = "stage_id"
    sum_field = "amount"
    currency_field = "currency_id"
    home_currency = HOME_CURRENCY
    order = ("-stage_on", "-pk")

    def stages(self) -> list[tuple[Any, Any]]:
        self.steps = stages.ladder(self.pipeline)
        return [
            (row.pk, row.label)
            for row in (*self.steps.main, *self.beside())
            if row.kind not in (rules.Kind.WON, rules.Kind.ENDED)
        ]

    def beside(self) -> list[Any]:
        """Held stages stand behind the main line."""
        return [row for row in self.steps.rows.values() if row.kind == rules.Kind.HELD]

    def all_url(self, code: Any) -> str:
        query = self.request.GET.copy()
        query.pop("column", None)
        query["stage"] = next(c for c, row in self.steps.rows.items() if row.pk == code)
        return f"{reverse(f'{self.url_prefix}_list')}?{query.urlencode()}"

    def moves(self, row: Any) -> list[tuple[Any, Any]]:
        """Filled for all cards together, in `board`."""
        self.drawn_rows = [*getattr(self, "drawn_rows", ()), row]
        return []

    def board(self, found: Any) -> list[dict[str, Any]]:
        columns = super().board(found)
        rows = getattr(self, "drawn_rows", [])
        missing = stages.missing_for_all(rows, steps=self.steps)
        movable = set(
            self.model.objects.allowed_to(self.actor, Action.CHANGE)
            .filter(pk__in=[row.pk for row in rows], archived_at=None)
            .values_list("pk", flat=True)
        )
        for column in columns:
            for card in column["cards"]:
                if card["pk"] in movable:
                    card["moves"] = self._ways(card["pk"], column["code"])
                if lacking := len(missing.get(card["pk"], ())):
                    card["badge"] = ngettext("%(n)s missing", "%(n)s missing", lacking) % {"n": lacking}
                    card["badge_css"] = "line"
        return columns

    def _ways(self, pk: int, here: Any) -> list[dict[str, Any]]:
        url = reverse(f"{self.url_prefix}_move", args=[pk])
        return [
            {"code": code, "label": label, "url": f"{url}?to={code}"}
            for code, label in self.columns
            if code != here
        ]

    def marks(self, row: Any) -> list[Any]:
        """What is late about a card, in words."""
        found: list[Any] = []
        if stages.is_overdue(row, clock.today()):
            words = _now("due %(date)s, overdue") % {"date": row.due_on.isoformat()}
            found.append(format_html('<span class="ip-st">{}{}</span>', glyph("overdue"), words))
        elif row.due_on:
            found.append(_now("due %(date)s") % {"date": row.due_on.isoformat()})
        if row.stale_on:
            found.append(_now("no sign of life since %(date)s") % {"date": row.last_sign_on.isoformat()})
        return found


class LeadNouns:
    model: Any = Lead
    kind = "lead"
    url_prefix = "lead"
    pipeline = "lead"
    crumbs: Crumbs = (PIPELINE, (_("Leads"), "lead_list"))


class LeadMovePage(LeadNouns, MovePage):
    service = staticmethod(lead_move)

    def shown_name(self) -> str:
        return confidential.shown_name(self.get_object(), self.actor)


class LeadBoard(LeadNouns, StageBoard):
    title = _("Leads")
    filterset_class = LeadFilterSet
    crumbs: Crumbs = (PIPELINE,)
    switch = ((_("Table"), "lead_list"), (_("Board"), "lead_board"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.may(Action.CREATE):
            label, url = _now("Register a lead"), reverse("lead_create")
            kwargs |= {"create_label": label, "create_url": url, "create_panel": True}
        return super().get_context_data(**kwargs)

    def summed(self) -> Q:
        return ~confidential.hidden(self.actor)

    def rows(self, queryset: Any) -> Any:
        return queryset.select_related("stage", "investor", "unit", "officer")

    def moves(self, row: Lead) -> list[tuple[Any, Any]]:
        """What is missing is told where the lead's page tells it."""
        told = row.custody == Custody.HELD and confidential.told(row, self.actor) is None
        return super().moves(row) if told else []

    def marks(self, row: Lead) -> list[Any]:
        """Not since when there is no sign of life, to whom the page doesn't tell it."""
        found = super().marks(row)
        return found if confidential.told(row, self.actor) is None or not row.stale_on else found[:-1]

    def card(self, row: Lead) -> dict[str, Any]:
        officer = row.officer.name if row.officer else _now("nobody")
        return {
            "title": confidential.shown_name(row, self.actor),
            "url": reverse("lead_detail", args=[row.pk]),
            "sub": confidential.shown_investor(row, self.actor),
            "lines": [f"{row.unit.label} · {officer}", *self.marks(row)],
        }

"""One action on many rows, all or nothing."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.access import Action
from common.errors import NotVisible, Refused, ServiceError
from common.forms import ActorForm
from common.views.forms import FormPage

MOST = 200


class PlainForm(ActorForm):
    """Nothing but the confirmation."""


class BulkPage(FormPage):
    """GET with `pk` (repeated) shows the chosen rows and asks what is needed; POST calls `run_one` for each.

    A leaf names `model`, `kind`, `needs`, `url_prefix`, `form_class` (default: only a confirmation) and
    writes `run_one(row, values)`: one service call, which authorises the row itself. Everything is one
    transaction; when one row is refused nothing is written, and each refusal stands beside its row.
    """

    template_name = "common/bulk.html"
    panel_name = "common/_bulk_panel.html"
    panel = True
    stays = True
    model: Any = None
    url_prefix = ""
    needs = Action.CHANGE
    form_class: Any = PlainForm
    submit_label = _("Do it for all")

    def rows(self, queryset: Any) -> Any:
        """Add what the names of the rows join."""
        return queryset

    def check(self) -> None:
        super().check()
        given = self.request.POST if self.request.method == "POST" else self.request.GET
        wanted = {int(pk) for pk in given.getlist("pk") if pk.isascii() and pk.isdigit()}
        if len(wanted) > MOST:
            raise Refused(_("At most %(most)s rows at once.") % {"most": MOST})
        # In one order, so that two people's actions don't wait for each other crosswise.
        self.chosen = list(
            self.rows(self.model.objects.visible_to(self.actor)).filter(pk__in=wanted).order_by("pk")
        )
        if len(self.chosen) != len(wanted):
            raise NotVisible
        self.refusals: dict[Any, str] = {}

    def run(self, form: Any) -> int:
        """Number of rows. Raises Refused after a roll-back when one row or more were refused."""
        if not self.chosen:
            raise Refused(_("Choose at least one row in the list."))
        with transaction.atomic():
            for row in self.chosen:
                try:
                    with transaction.atomic():
                        self.run_one(row, dict(form.cleaned_data))
                except ValidationError as invalid:
                    self.refusals[row.pk] = " ".join(invalid.messages)
                except ServiceError as refusal:
                    self.refusals[row.pk] = str(refusal)
            if self.refusals:
                raise Refused(
                    ngettext(
                        "%(count)d row was refused, so none was changed.",
                        "%(count)d rows were refused, so none was changed.",
                        len(self.refusals),
                    )
                    % {"count": len(self.refusals)}
                )
        return len(self.chosen)

    def run_one(self, row: Any, values: dict[str, Any]) -> Any:
        raise NotImplementedError

    def said(self, result: int) -> str:
        return ngettext("%(count)d row done.", "%(count)d rows done.", result) % {"count": result}

    def done_url(self, result: Any) -> str:
        given = self.request.POST.get("next") or self.request.GET.get("next") or ""
        own = url_has_allowed_host_and_scheme(given, {self.request.get_host()}, self.request.is_secure())
        return given if own else reverse(f"{self.url_prefix}_list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = [{"row": row, "refusal": self.refusals.get(row.pk, "")} for row in self.chosen]
        if not chosen:
            kwargs.setdefault("warnings", [_now("Choose at least one row in the list.")])
        return super().get_context_data(
            chosen=chosen,
            sub=ngettext("%(count)d row", "%(count)d rows", len(chosen)) % {"count": len(chosen)},
            cancel_url=self.done_url(None),
            **kwargs,
        )

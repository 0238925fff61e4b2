"""The reminders of who is signed in: the bell leads here."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common import clock
from common.views import Page, action, write
from organizations import reminders
from organizations import services as org
from organizations.models import Reminder

PAGE_SIZE = 40


class ReminderPage(Page):
    kind = "reminder"


class ReminderList(ReminderPage):
    """Unread ones first, the rest by the time they were read."""

    title = _("Reminders")
    template_name = "organizations/reminders.html"

    def actions(self) -> list[dict[str, Any]]:
        return (
            [action(_("Mark all as read"), reverse("reminders_read_all"), icon="check", post=True)]
            if self.open
            else []
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows, today = Reminder.objects.visible_to(self.actor), clock.today()
        self.open = rows.filter(read_at=None).count()
        only = self.request.GET.get("only") == "unread"
        ordered = rows.order_by(F("read_at").desc(nulls_first=True), "-id")
        page = Paginator(ordered.filter(read_at=None) if only else ordered, PAGE_SIZE).get_page(
            self.request.GET.get("page")
        )
        return super().get_context_data(
            sub=ngettext("%(n)s unread", "%(n)s unread", self.open) % {"n": self.open},
            tabs=[
                {"label": _now("all"), "url": "?", "active": not only, "count": ""},
                {"label": _now("unread"), "url": "?only=unread", "active": only, "count": self.open},
            ],
            lines=[reminders.line(row, today) for row in page],
            page_obj=page,
            **kwargs,
        )


class ReminderOpen(ReminderPage):
    """Follows a reminder to what it is about. Opening it is reading it, as with a letter."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        row = org.reminder_read(actor=self.actor, pk=self.kwargs["pk"])
        return HttpResponseRedirect(row.url or reverse("reminder_list"))


class ReminderRead(ReminderPage):
    """Read, without going there."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        org.reminder_read(actor=self.actor, pk=pk)
        return HttpResponseRedirect(reverse("reminder_list"))


class RemindersReadAll(ReminderPage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponseBase:
        write(request, lambda: org.reminders_read_all(actor=self.actor), said=_("All reminders are read."))
        return HttpResponseRedirect(reverse("reminder_list"))

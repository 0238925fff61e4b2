"""Home: what waits for this person, where the own unit stands, what happened."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import desk
from capital import home as capital_home
from capital import rounds_desk
from common import clock
from common.access import Action
from common.views import Page, action
from leads import desk as lead_desk
from leads.desk_lines import one_line_each
from organizations import reminders
from projects import desk as project_desk

REMINDERS = 8  # lines shown; the others stand in the list of reminders


class Home(Page):
    template_name = "home.html"

    def actions(self) -> list[dict[str, Any]]:
        found = []
        if self.may(Action.VIEW, "ranking_run"):
            found.append(action(_("Rankings"), reverse("ranking"), icon="ranking"))
        if self.may(Action.IMPORT, "figure"):
            found.append(action(_("Import figures"), reverse("import_list"), icon="upload", primary=True))
        if self.may(Action.CREATE, "lead"):
            found.append(
                action(
                    _("Register a lead"),
                    reverse("lead_create"),
                    icon="plus",
                    panel=True,
                    primary=not found or not found[-1]["primary"],
                )
            )
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, today = self.actor, clock.today()
        tasks, runs, leads = desk.tasks(user), desk.latest_published(user), lead_desk.groups(user)
        projects = [*project_desk.groups(user), *capital_home.groups(user), *rounds_desk.groups(user)]
        reminded, beyond = reminders.waiting(user)
        more = {"more": _("All reminders"), "more_url": reverse("reminder_list")} if reminded else {}
        groups = [
            {"label": _("Reminders"), "items": reminded, **more},
            *leads,
            *projects,
            {"label": _("To do"), "items": tasks},
        ]
        one_line_each(groups)
        name, count = user.actor_name, beyond + sum(len(group["items"]) for group in groups)
        groups[0]["items"] = groups[0]["items"][:REMINDERS]
        waiting = ngettext("%(n)s thing waits for you", "%(n)s things wait for you", count) % {"n": count}
        title = _("%(name)s: %(waiting)s") % {"name": name, "waiting": waiting} if count else name
        return super().get_context_data(
            title=title,
            sub=f"{today:%Y-%m-%d} {date_format(today, 'l')}",
            tasks=[group for group in groups if group["items"]],
            task_count=count,
            tasks_empty={
                "title": _("Nothing waits for you."),
                "why": _("What needs a decision from you stands here."),
            },
            standings=desk.standings(user, runs),
            figures=desk.figures(user, runs),
            recent=desk.recent(user),
            recent_title=_("Lately"),
            **kwargs,
        )

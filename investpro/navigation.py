"""The side bar, by job. A line is shown to who may open its page; nothing leads nowhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from capital.home import waiting_count
from common.access import Action
from common.actors import may_somewhere
from leads.desk import under_way


@dataclass(frozen=True, slots=True)
class Item:
    label: Any
    url_name: str
    icon: str
    kind: str = ""  # "" means everybody who is signed in
    needs: Action = Action.VIEW
    tab: bool = False  # also in the phone's tab bar
    count: Callable[[Any], int] | None = None  # the number behind the label, asked for each page


MENU: tuple[tuple[Any, tuple[Item, ...]], ...] = (
    ("", (Item(_("Home"), "home", "home", tab=True),)),
    (
        _("Progress"),
        (
            Item(_("Leads"), "lead_list", "lead", "lead", tab=True, count=under_way),
            Item(_("Projects"), "project_list", "project", "project", tab=True),
            Item(_("Tasks"), "task_list", "check", "lead"),
            Item(_("Pool"), "pool_list", "archive", "lead"),
            Item(_("Transfers"), "transfer_list", "retry", "lead_transfer"),
            Item(_("Disputes"), "dispute_list", "alert", "dispute"),
            Item(_("Investors"), "investor_list", "unit", "investor"),
            Item(_("Offered projects"), "offer_list", "view", "offer"),
            Item(_("Introducers"), "introducer_list", "users", "introducer"),
            Item(_("Tips"), "tip_list", "notice", "lead", Action.EXPORT),
            Item(_("Duplicates"), "duplicate_list", "link", "lead", Action.ASSIGN),
        ),
    ),
    (
        _("Capital in place"),
        (
            Item(_("Entries"), "entry_list", "capital", "capital_entry"),
            Item(_("Month grid"), "entry_grid", "sheet", "capital_entry", Action.CREATE),
            Item(_("Vouchers"), "voucher_list", "file", "voucher"),
            Item(_("Recognition"), "desk", "recognition", "recognition", Action.DECIDE, count=waiting_count),
            Item(_("Monthly returns"), "return_list", "calendar", "reporting_duty"),
            Item(_("Evaluation rounds"), "round_list", "view", "evaluation"),
            Item(_("Inspections"), "inspection_list", "check", "evaluation"),
            Item(_("Opening balances"), "opening_list", "archive", "capital_entry", Action.EXPORT),
            Item(_("Reported and recognised"), "capital_gaps", "figures", "capital_entry"),
            Item(_("Signals"), "signal_list", "alert", "capital_signal"),
        ),
    ),
    (
        _("Assessment"),
        (
            Item(_("Figures"), "figure_list", "figures", "figure"),
            Item(_("Given figures"), "given_list", "edit", "given_figure"),
            Item(_("Targets"), "target_list", "target", "target"),
            Item(_("Grid of targets"), "target_grid", "sheet", "target"),
            Item(_("Schemes"), "scheme_list", "scheme", "scheme"),
            Item(_("Ranking tables"), "rankingtable_list", "scheme", "ranking_table"),
            Item(_("Rankings"), "ranking", "ranking", "ranking_run", tab=True),
            Item(_("Postings"), "posting_list", "history", "posting"),
            Item(_("Periods"), "period_list", "lock", "period"),
            Item(_("Imports"), "import_list", "upload", "import", Action.IMPORT, tab=True),
        ),
    ),
    (
        _("Administration"),
        (
            Item(_("Units"), "unit_list", "units", "unit"),
            Item(_("Competition groups"), "group_list", "groups", "group"),
            Item(_("Posts"), "post_list", "post", "post"),
            Item(_("Officers"), "officer_list", "user", "officer"),
            Item(_("Measures"), "measure_list", "measure", "measure"),
            Item(_("Stages"), "stage_list", "columns", "stage", Action.CHANGE),
            Item(_("Terms of recognition"), "recognitionterms_list", "check", "capital_rule", Action.CHANGE),
            Item(_("Counting rules"), "countingrule_list", "scheme", "capital_rule", Action.CHANGE),
            Item(_("Protection rules"), "protectionterms_list", "lock", "protection_terms", Action.CHANGE),
            Item(_("Admission gates"), "gate_list", "check", "gate", Action.CHANGE),
            Item(_("Closing calendar"), "closingterms_list", "calendar", "period", Action.CHANGE),
            Item(_("Reference"), "reference_home", "calendar", "reference"),
            Item(_("Jobs"), "job_list", "job", "job"),
            Item(_("Regular runs"), "schedule_list", "retry", "job"),
            Item(_("Accounts"), "user_list", "users", "user", Action.CREATE),
            Item(_("Roles"), "role_list", "key", "role_grant", Action.CREATE),
            Item(_("Change log"), "change_log", "history", "change_log"),
        ),
    ),
)


def menu(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups of links for this user, with the current place marked: the longest address that fits."""
    user, groups = request.user, []
    for label, items in MENU:
        links = [
            {
                "label": i.label,
                "url": reverse(i.url_name),
                "icon": i.icon,
                "tab": i.tab,
                "active": False,
                "count": cache(partial(i.count, user)) if i.count else None,  # asked by whole pages only
            }
            for i in items
            if not i.kind or may_somewhere(user, i.needs, i.kind)  # type: ignore[arg-type]
        ]
        if links:
            groups.append({"label": label, "items": links})
    fitting = [
        link
        for g in groups
        for link in g["items"]
        if request.path.startswith(link["url"]) and (link["url"] != "/" or request.path == "/")
    ]
    if fitting:
        max(fitting, key=lambda link: len(link["url"]))["active"] = True
    return groups

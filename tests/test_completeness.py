"""Every field of a listed model has a decision: a column of its table (and so of its export), or left out with a
reason; a filter, or none with a reason. A new field fails here until somebody has decided."""

import pytest
from django.urls import URLPattern, get_resolver

from common.views import ListPage

EVERYWHERE = {
    "id": "a key means nothing to people; the first column links to the row",
    "version": "only for noticing stale saves",
    "created_at": "stands in the history of the row",
    "archived_at": "the state filter tells archived rows apart",
    "pinyin": "for sorting and searching",
}
NO_COLUMN = {
    "Task": {"follow_up": "the timeline shows where it came from", "remind_days": "for the reminder only"},
    "Unit": {"path": "internal", "successor": "on the unit's page; empty for nearly all"},
    "Officer": {"user": "accounts are the system administrator's"},
    "User": {
        "password": "never leaves the database",
        "phone": "personal data, masked on the account's page",
        "password_set_at": "for expiry only",
        "must_change_password": "for expiry only",
    },
    "Measure": {"definition": "long text, on the measure's page", "filters": "in words, on the measure's page"},
    "Currency": {"name_zh": "`name` shows it in Chinese", "name_en": "`name` shows it in English"},
    "ImportedFigure": {
        "year": "`period` shows it",
        "month": "`period` shows it",
        "row": "`ref` and `source` name the cell",
        "quantum": "for comparing with what was printed",
        "published": "beside the computed value in the ranking",
        "superseded_by": "on the figure's page",
        "withdrawn": "on the figure's page, with who took it back",
        "updated_at": "a figure is never changed: `recorded_at` is its time",
    },
    "GivenFigure": {
        "year": "`period` shows it",
        "month": "`period` shows it",
        "stored": "`file_name` names it",
        "entered_by": "`entered_name` shows who",
        "superseded_by": "on the figure's page",
        "withdrawn": "on the figure's page",
        "updated_at": "a figure is never changed: `recorded_at` is its time",
    },
    "Posting": {
        "subject_type": "`subject` shows it",
        "source_type": "on the line's page, by its event",
        "source_id": "on the line's page, by its event",
        "reverses": "on the line's page",
        "actor_id": "`actor_name` shows who",
        "seq": "the order of the table",
    },
    "Target": {
        "row": "`ref` and `source` name the cell",
        "quantum": "for comparing with what was printed",
        "superseded_by": "on the target's page",
        "withdrawn": "on the target's page, with who took it back",
        **dict.fromkeys(("withdrawn_name", "withdrawn_reason"), "on the target's page"),
        **dict.fromkeys(("post", "officer", "group", "residual"), "`holder` shows it"),
        **dict.fromkeys(("quarters_in", "quarter_1", "quarter_2", "quarter_3", "quarter_4"), "`quarters` shows them"),
        "composed": "on the target's page, in words",
        "entered_by": "`entered_name` shows who",
        "updated_at": "a target is never changed: `recorded_at` is its time",
    },
    "Stage": {"name_en": "`name` shows it in English"},
    "RankingTable": dict.fromkeys(("code", "tie_measure", "rank_as_printed", "target_kind", "quarters", "value_digits", "rate_rounding", "points_digits", "points_rounding", "points_from_rounded", "growth_digits", "reported_total"), "a setting, on the table's page"),
}  # fmt: skip
INTERNAL = {
    "normal": "for comparing names",
    "grams": "for searching names",
    "merged_into": "what was merged is archived",
}
NO_COLUMN["Investor"] = {**INTERNAL, "note": "long text, on the investor's page"}
NO_COLUMN["Introducer"] = {"note": "long text, on the introducer's page"}
NO_COLUMN["OfferedProject"] = {"summary": "long text, on its page"}
NO_COLUMN["Lead"] = {
    **INTERNAL, "note": "long text, on the lead's page", "held_from": "the stage bar shows it", "claimed": "in the lead's timeline",
    "code_name": "stands in place of the name", "confidential_until": "on the lead's page",
}  # fmt: skip
for name in ("Industry", "Region", "Currency"):  # loaded, not kept by hand
    NO_COLUMN.setdefault(name, {})["updated_at"] = "loaded by command with its source"
NO_FILTER_TYPES = {
    "sort": "only an order",
    "updated_at": "sorted by",
    "definition": "long text",
    "remark": "read, not searched",
}
NO_FILTER = {
    "Task": {
        "follow_up": "seen beside its follow-up", "remind_days": "for the reminder only",
        "done_on": "`state` tells done ones apart", "outcome": "read, not searched",
    },
    "Unit": {
        "path": "`below` narrows by tree", "parent": "`below` narrows by tree", "valid_from": "few units have dates",
        "valid_to": "few units have dates", "successor": "few units have one",
    },
    "CompetitionGroup": {"owner": "few groups are visible to one person"},
    "Officer": {
        "phone": "personal data is not searched", "post": "searched on the page of posts", "user": "not shown either",
        "joined_on": "sorted by", "left_on": "sorted by",
    },
    "User": {
        "password": "never", "phone": "personal data is not searched", "password_set_at": "for expiry only",
        "must_change_password": "for expiry only", "last_login": "use is not ranked (DOMAIN §9)",
    },
    "RoleGrant": {"valid_from": "sorted by", "valid_to": "sorted by"},
    "Measure": {**dict.fromkeys(("base", "filters", "credit", "of_measure"), "few measures"), "rule_code": "few measures", "basis": "few measures", "level": "few measures", "role": "few measures", "defined_since": "few measures", "direction": "few measures", "numerator": "few measures", "denominator": "few measures"},
    "Industry": {"edition": "one edition is loaded", "parent": "`below` narrows by tree"},
    "Region": {"parent": "`below` narrows by tree"},
    "Currency": {"minor_units": "never looked for"},
    "ExchangeRate": {"rate": "never looked for"},
    "ImportedFigure": {
        "row": "found by unit and period", "batch": "found from the import's page", "ref": "shown", "quantum": "internal",
        "recorded_at": "sorted by", "superseded_by": "`history` shows superseded ones", "withdrawn": "`history` shows them",
        "span": "the same for a sheet", "superseded_at": "`history` shows them", "value": "sorted by", "published": "shown in the ranking",
    },
    "GivenFigure": {
        **dict.fromkeys(("stored", "file_name", "span", "entered_by", "entered_name"), "found by unit, measure and giver"),
        **dict.fromkeys(("recorded_at", "value"), "sorted by"), "superseded_by": "`history` shows them",
        "superseded_at": "`history` shows them", "withdrawn": "`history` shows them",
    },
    "Target": {
        "row": "found by unit and year", "batch": "found from the import's page", "ref": "shown", "quantum": "internal",
        "recorded_at": "sorted by", "superseded_by": "`history` shows superseded ones", "withdrawn": "`history` shows them",
        "holds_from": "two or three a year", "value": "sorted by", "superseded_at": "`history` shows them",
        **dict.fromkeys(("post", "officer", "group"), "found by their unit"), "composed": "read on its page",
        **dict.fromkeys(("quarters_in", "quarter_1", "quarter_2", "quarter_3", "quarter_4"), "read, not searched"),
        **dict.fromkeys(("entered_by", "entered_name", "withdrawn_name", "withdrawn_reason"), "in the history of a target"),
        **dict.fromkeys(("reason", "document_no"), "read, not searched"),
    },
    "Posting": {
        **dict.fromkeys(("seq", "line", "actor_id", "source_type", "source_id"), "internal"),
        **dict.fromkeys(("qty", "base_qty", "whole", "share", "rate", "posted_at"), "sorted by"),
        "holder": "found on a person's own page", "basis": "one kind has one basis yet", "reverses": "`cause` finds reversals",
    },
    "Stage": dict.fromkeys(("facts", "evidence", "movers", "due_days", "stale_days"), "fewer than twenty rows: read in the table"),
    "RankingTable": dict.fromkeys(("rank_by", "tie_break", "tie_measure", "rank_as_printed", "target_kind", "schedule", "quarters", "scale", "value_digits", "rate_digits", "rate_rounding", "points_digits", "points_rounding", "points_from_rounded", "growth_digits", "reported_total"), "few tables: found by group and measure"),
}  # fmt: skip
NO_FILTER["Investor"] = {
    **INTERNAL, "region": "found by name", "country": "`zone` narrows", "honours": "sorted by", "note": "long text",
}  # fmt: skip
NO_FILTER["Introducer"] = {
    "phone": "personal data is not searched", "agreement_from": "sorted by", "agreement_to": "sorted by", "note": "long text",
}  # fmt: skip
NO_FILTER["OfferedProject"] = {"currency": "nearly all in yuan", "land_mu": "sorted by"}
NO_FILTER["Lead"] = {
    **INTERNAL, "contact": "people are not searched", "currency": "nearly all in yuan", "land_mu": "sorted by", "note": "long text",
    "signing_on": "sorted by", "visited_on": "`visited` asks for it", "valid_on": "`valid` asks for it",
    "protected_from": "sorted by", "protected_until": "`ending` asks for it", "pooled_on": "sorted by", "claimed": "few",
    "code_name": "`q` finds it where it is shown", "confidential_until": "few", "registered_by": "sorted by",
    "stage_on": "sorted by", "due_on": "sorted by", "held_from": "few are suspended", "last_sign_on": "`stale` asks for it",
    "stale_on": "`stale` asks for it",
}  # fmt: skip

NO_COLUMN["Project"] = {
    **dict.fromkeys(("grams", "normal"), "internal"), "note": "long text, on the project's page",
    "held_from": "the stage bar shows it", "code_name": "stands in place of the name",
    "confidential_until": "on the project's page", "is_opening": "on the project's page", "merged_into": "few",
}  # fmt: skip
NO_FILTER["Project"] = {
    **dict.fromkeys(("grams", "normal"), "internal"), "note": "long text", "currency": "nearly all in yuan",
    "contract_amount": "`amount_from` and `amount_to` ask for it", "code_name": "`q` finds it where it is shown",
    "held_from": "`suspended` asks for it", "is_opening": "`opening` asks for it",
    **dict.fromkeys(("last_sign_on", "stale_on"), "`stale` asks for it"), "registered_currency": "nearly all in yuan",
    **dict.fromkeys(("stage_on", "fixed_assets", "land_mu", "registered_capital"), "sorted by"),
    **dict.fromkeys(("start_due", "completion_due", "production_due", "capacity_due"), "`overdue` and `due_to` ask for the next one"),
    **dict.fromkeys(("confidential_until", "merged_into"), "few"),
}  # fmt: skip

NO_FILTER["ClosingTerms"] = dict.fromkeys(("since", "cut_off_day", "final_month", "final_day", "by_itself"), "a handful of rows")  # fmt: skip

NO_COLUMN["CountingRule"] = dict.fromkeys(("document", "sha256"), "on the rule's page")
NO_FILTER["CountingRule"] = {
    **dict.fromkeys(("document", "sha256"), "on the rule's page"),
    **dict.fromkeys(("number", "since", "until", "published_at", "published_name"), "sorted by"),
}
NO_FILTER["SignalTerms"] = dict.fromkeys(
    ("since", "year_end_months", "year_end_percent", "round_step", "round_count", "round_percent", "contract_percent", "reversed_days", "reversed_percent"),
    "a handful of rows",
)  # fmt: skip


def list_pages(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "view_class", None)
            if view and issubclass(view, ListPage):
                yield view
        else:
            yield from list_pages(pattern.url_patterns)


PAGES = list(list_pages(get_resolver().url_patterns))

# protection, transfers, disputes, admission
NO_COLUMN.setdefault("Lead", {})["credit_unit"] = "on the lead's page"
NO_FILTER.setdefault("Lead", {})["credit_unit"] = "few leads keep their credit elsewhere"
NO_COLUMN["Dispute"] = {
    **dict.fromkeys(("claim", "reasons"), "long text, on the dispute's page"),
    **dict.fromkeys(
        ("lead", "claimant_lead"), "each side sees its own lead only: links on the dispute's page"
    ),
}
NO_FILTER["Dispute"] = {
    **dict.fromkeys(("claim", "reasons"), "long text"),
    **dict.fromkeys(("lead", "claimant_lead"), "each side sees its own lead only"),
    **dict.fromkeys(("due_on", "opened_by", "decided_by", "decided_at"), "sorted by"),
}
NO_FILTER["LeadTransfer"] = {
    **dict.fromkeys(("proposed_by", "answered_by", "answered_at"), "sorted by"),
    "keeps_credit": "shown",
    "answer": "read, not searched",
    "officer": "found on the officer's leads",
}
NUMBERS = ("valid_from", "first_days", "prolong_days", "longest_days", "remind_before", "real_kinds", "claim_limit", "rest_days", "collision_days", "hearing_days")  # fmt: skip
NO_FILTER["ProtectionTerms"] = dict.fromkeys(NUMBERS, "a handful of rows")
NO_FILTER["Gate"] = dict.fromkeys(("valid_from", "valid_to"), "a handful of rows")

# capital in place: entries, vouchers, duties
NO_COLUMN["CapitalEntry"] = {
    "request_key": "for programs that send twice",
    "entered_by": "`entered_name` shows who",
    "reported_by": "in the history of the entry",
}
NO_FILTER["CapitalEntry"] = {
    "request_key": "for programs that send twice",
    "amount": "`amount_from` and `amount_to`",
    "entered_by": "`mine` finds one's own",
    "replaces": "few entries replace another",
    **dict.fromkeys(("rate", "rate_note", "entered_name"), "read, not searched"),
    **dict.fromkeys(("reported_at", "reported_by"), "the month of the return tells it"),
}
NO_COLUMN["Voucher"] = {
    **dict.fromkeys(("issuer_key", "number_key"), "for comparing"),
    "stored": "`file_name` shows it",
}
NO_FILTER["Voucher"] = {
    **dict.fromkeys(("issuer_key", "number_key"), "for comparing"),
    "amount": "`amount_from` and `amount_to`",
    "stored": "`no_file` finds those without",
    **dict.fromkeys(("file_name", "entered_name"), "read, not searched"),
}
NO_FILTER["ReportingDuty"] = dict.fromkeys(("since", "until"), "`running` finds those that go on")

# recognition
NO_COLUMN["Sample"] = {"seed": "on the sample's page"}
NO_FILTER["Sample"] = {
    **dict.fromkeys(("percent", "seed", "entries"), "on the sample's page"),
    "drawn_at": "sorted by",
}
NO_FILTER["RecognitionTerms"] = dict.fromkeys(
    ("since", "sample_percent", "sample_least", "evidence"), "a handful of rows"
)

NO_COLUMN["EvaluationRound"] = {
    "approval_file": "on the round's page",
    "approval_name": "on the round's page",
}
NO_FILTER["EvaluationRound"] = {
    **dict.fromkeys(("period", "due_on", "decided_at", "published_at"), "sorted by"),
    **dict.fromkeys(("basis", "sheet", "threshold", "own_unit", "decided_name", "approval_file", "approval_name"), "a few rounds a year"),
}  # fmt: skip
NO_COLUMN["Inspection"] = {"answers": "the form, on the inspection's page"}
NO_FILTER["Inspection"] = {
    "answers": "the form, on the inspection's page", **dict.fromkeys(("visited_on", "reported", "initial", "initial_score", "final"), "sorted by"),
    **dict.fromkeys(("initial_reason", "initial_name", "final_reason", "final_name"), "read, not searched"),
}  # fmt: skip
NO_FILTER["ScoreSheet"] = {"document": "on the sheet's page", "number": "sorted by"}
NO_COLUMN["ApiToken"] = {"digest": "never leaves the database"}
NO_FILTER["ApiToken"] = {
    "digest": "never",
    **dict.fromkeys(("hint", "expires_at", "last_used_at"), "ten of an account at most"),
}
# A second list of the same rows shows less of them by design.
PARTS = {
    "PoolList": "the idea alone, never the people (DOMAIN 2): the rest on the lead's own page",
    "ReturnList": "what was filed in a month: the duty's own days stand in the list of duties",
    "OpeningList": "what an opening balance has; the rest of an entry is empty or the same for all of them",
}
PAGES = [page for page in PAGES if page.__name__ not in PARTS]


def fields_of(page):
    return {field.name for field in page.model._meta.concrete_fields}


def columns_of(page):
    return {
        str(part).split("__")[0].split(".")[0]
        for name, column in page.table_class.base_columns.items()
        for part in (name, column.accessor or name)
    }


def filters_of(page):
    found = {name.split("__")[0] for name in page.filterset_class.search_fields}
    for name, one in page.filterset_class.base_filters.items():
        found |= {name, (one.field_name or name).split("__")[0]}
    return found


def check(fields, decided, reasons):
    assert not fields - decided - set(reasons), "decide: a place on the page, or a reason for none"
    assert not set(reasons) & decided - set(EVERYWHERE) - set(NO_FILTER_TYPES), (
        "has both a place and a reason for none"
    )
    assert all(reason.strip() for reason in reasons.values())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.model.__name__)
def test_columns(page):
    reasons = {**EVERYWHERE, **NO_COLUMN.get(page.model.__name__, {})}
    check(fields_of(page), columns_of(page), reasons)
    assert set(NO_COLUMN.get(page.model.__name__, {})) <= fields_of(page), "a reason for a field that is gone"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.model.__name__)
def test_filters(page):
    reasons = {**EVERYWHERE, **NO_FILTER_TYPES, **NO_FILTER.get(page.model.__name__, {})}
    check(fields_of(page), filters_of(page), reasons)
    assert set(NO_FILTER.get(page.model.__name__, {})) <= fields_of(page), "a reason for a field that is gone"


def test_every_list_is_looked_at():
    names = {page.model.__name__ for page in PAGES}
    assert {
        "Unit",
        "CompetitionGroup",
        "Post",
        "Officer",
        "User",
        "RoleGrant",
        "ImportedFigure",
        "Target",
    } <= names
    assert (set(NO_COLUMN) | set(NO_FILTER)) <= names

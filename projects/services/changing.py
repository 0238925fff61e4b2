"""Changes to a signed project: its facts, its agreements, its investors, its payment plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common import changelog, clock, services
from common.access import Action
from common.actors import Actor
from common.errors import Denied, Refused
from leads import stages
from leads.codes import clean_credit_code
from leads.models import Attachment, Investor, Lead
from leads.text import derived
from ledger.choices import Role
from projects import confidential, posting, schedule
from projects.choices import AgreementKind
from projects.models import Agreement, AttributionVersion, PlannedPayment, Project, ProjectInvestor
from projects.services import attribution
from projects.services.attribution import WHOLE, Share
from projects.services.rows import added, changed, locked, touched
from reference.amounts import exact
from reference.selectors import sector_of
from rules import money

ALL = Decimal(100)
# Unit, lead, signing day, contract amount and currency stay; the amount changes by supplements.
CHANGEABLE = frozenset(
    {
        "name", "code_name", "confidential_until", "national_code", "industry", "mode", "host",
        "registered_capital", "registered_currency", "fixed_assets", "land_mu", "start_due", "completion_due",
        "production_due", "capacity_due", "leader", "registered_name", "registered_code", "note",
    }
)  # fmt: skip
SECRET = frozenset({"code_name", "confidential_until"})
# What upper apps have against closing a project: each raises Refused.
before_archive: list[Callable[[Project], None]] = []


@transaction.atomic
def project_update(*, actor: Actor, pk: int, version: int | None, **values: Any) -> Project:
    """Change facts of a project; only what differs is validated. What the books say of it follows, in open
    months: another industry, mode, host or registered capital takes the lines back and writes them anew. A
    host that has the landing place to itself is corrected there from the day of signing. The lead is kept
    confidential under the same code name until the same day.

    Raises NotVisible, Denied (also who may not know a confidential one), Stale, Archived, ValidationError,
    RateMissing, Refused.
    """
    if strange := set(values) - CHANGEABLE:
        raise TypeError(f"project_update changes no {', '.join(sorted(strange))}")
    if "name" in values:
        values |= derived(Project, values["name"])
    if "industry" in values:
        values["sector"] = sector_of(values["industry"].code)
    if "registered_code" in values:
        values["registered_code"] = clean_credit_code(values["registered_code"])
    if SECRET & set(values):  # the lead first, as where an investor changes or is merged
        list(Lead._base_manager.select_for_update(of=("self",)).filter(project=pk).values_list("pk"))
    before = services.get_visible(Project, pk, actor, lock=True)
    if confidential.kept_back(before, actor):
        raise Denied
    planned = {name: getattr(before, name) for name in schedule.PLANNED}
    if planned != (wanted := {name: values.get(name, day) for name, day in planned.items()}):
        schedule.in_order(wanted)
    host = before.host_id
    project = services.update(Project, actor=actor, pk=pk, version=version, values=values, only_touched=True)
    _due(actor, project)
    if SECRET & set(values):
        conceal(actor, project)
    source = posting.subject_of(project)
    if project.host_id != host:
        _settle(actor, project, host)
    posting.rewrite(actor=actor, project=project, source=source)
    return project


@transaction.atomic
def project_archive(*, actor: Actor, pk: int, version: int | None, reason: str) -> Project:
    """Close a project that was entered by mistake or twice: it counts no longer. One that failed is
    terminated instead. Raises NotVisible, Denied, Stale, Archived, Refused (an upper app still counts on it)."""
    found = services.get_visible(Project, pk, actor, lock=True)
    services.authorize(actor, Action.ARCHIVE, found)
    for objection in before_archive:
        objection(found)
    project = services.archive(Project, actor=actor, pk=pk, version=version, reason=reason)
    posting.withdraw(actor=actor, project=project)
    return project


@transaction.atomic
def agreement_add(
    *,
    actor: Actor,
    project: int,
    version: int | None,
    number: str,
    signed_on: date,
    amount: Decimal,
    file: Attachment | None = None,
    note: str = "",
) -> Agreement:
    """A supplement: `amount` (in the project's currency; negative takes away) changes the contract amount and
    is counted on its date, with the shares of that day.

    Raises NotVisible, Denied, Stale, Archived, Refused (a date before the signing or in the future, more
    taken away than there is, no exchange rate), ValidationError.
    """
    row = locked(actor, project, version)
    if not row.signed_on <= signed_on <= clock.today():
        raise Refused(
            _("A supplement is dated between the signing (%(date)s) and today.")
            % {"date": row.signed_on.isoformat()},
            code="wrong_date",
            fields={"signed_on": [""]},
        )
    if row.contract_amount + amount < 0:
        raise Refused(
            _("The contract amount can't fall below zero."), code="below_zero", fields={"amount": [""]}
        )
    agreement = added(
        Agreement,
        actor,
        row,
        kind=AgreementKind.SUPPLEMENT,
        number=number,
        signed_on=signed_on,
        amount=amount,
        file=file,
        note=note,
    )
    if amount:
        touched(actor, row, contract_amount=row.contract_amount + amount)
        posting.post_agreement(actor=actor, agreement=agreement)
    return agreement


@transaction.atomic
def investors_set(
    *, actor: Actor, project: int, version: int | None, investors: Sequence[tuple[Investor, Decimal]]
) -> Project:
    """The investors with their parts in per cent, which add up to 100. Raises as `project_update`."""
    row = locked(actor, project, version)
    investors_write(actor, row, investors)
    touched(actor, row)
    posting.rewrite(actor=actor, project=row, source=posting.subject_of(row))
    return row


@transaction.atomic
def plan_set(*, actor: Actor, project: int, version: int | None, plan: Mapping[date, Decimal]) -> Project:
    """The payment plan: amounts in the project's currency by month (any day of it). It replaces what was
    planned; a month of 0 is left out. Raises NotVisible, Denied, Stale, Archived, ValidationError, Refused (above the
    contract amount)."""
    row = locked(actor, project, version)
    plan_write(actor, row, plan)
    return touched(actor, row)


def investors_write(actor: Actor, project: Project, investors: Sequence[tuple[Investor, Decimal]]) -> None:
    """Of a locked project. Raises Refused."""
    if money.add(percent for _one, percent in investors) != ALL:
        raise Refused(
            _("The parts of the investors add up to %(sum)s %%, they must make 100 %%.")
            % {"sum": f"{sum(percent for _one, percent in investors):f}"},
            code="parts",
            fields={"investors": [""]},
        )
    wanted = {investor.pk: (investor, percent) for investor, percent in investors}
    if len(wanted) < len(investors):
        raise Refused(_("An investor is named twice."), code="twice", fields={"investors": [""]})
    there = {row.investor_id: row for row in project.investors.select_for_update()}
    for pk, row in there.items():
        if pk not in wanted:
            with changelog.acting(actor):
                row.delete()
    for pk, (investor, percent) in wanted.items():
        if pk not in there:
            added(ProjectInvestor, actor, project, investor=investor, percent=percent)
        elif there[pk].percent != percent:
            changed(there[pk], actor, percent=percent)


def plan_write(actor: Actor, project: Project, plan: Mapping[date, Decimal]) -> None:
    """Of a locked project. Raises ValidationError, and Refused when more is planned than the contract says; less
    may be: the rest of the plan can follow."""
    wanted: dict[date, Decimal] = {}
    for day, amount in plan.items():
        month = day.replace(day=1)
        if month in wanted:
            raise ValidationError({"plan": _("A month is planned twice.")})
        if amount:
            wanted[month] = amount
    total = money.add(wanted.values())
    if total > project.contract_amount:
        currency = str(project.currency_id)
        raise Refused(
            _("The plan makes %(planned)s, the contract amount is %(contract)s.")
            % {"planned": exact(total, currency), "contract": exact(project.contract_amount, currency)},
            code="above_contract",
            fields={"plan": [""]},
        )
    there = {row.month: row for row in project.plan.select_for_update()}
    for month, row in there.items():
        if month not in wanted:
            with changelog.acting(actor):
                row.delete()
    for month, amount in sorted(wanted.items()):
        if month not in there:
            added(PlannedPayment, actor, project, month=month, amount=amount)
        elif there[month].amount != amount:
            changed(there[month], actor, amount=amount)


def conceal(actor: Actor, project: Project) -> None:
    """The lead has the same name in it: it is kept back as its project is. The caller has locked it."""
    lead = Lead._base_manager.get(pk=project.lead_id)
    told = {name: getattr(project, name) for name in SECRET}
    if any(getattr(lead, name) != value for name, value in told.items()):
        for name, value in told.items():
            setattr(lead, name, value)
        lead.version += 1
        with changelog.acting(actor):
            lead.save(update_fields=[*sorted(SECRET), "version", "updated_at"])


def _due(actor: Actor, project: Project) -> None:
    """The stage's last day follows the planned dates."""
    steps = stages.ladder(stages.track_of(project).pipeline)
    due = stages.due_on(stages.track_of(project), project, project.stage, steps)
    if due != project.due_on:
        project.due_on = due
        with changelog.acting(actor):
            project.save(update_fields=["due_on", "updated_at"])


def _settle(actor: Actor, project: Project, host: int) -> None:
    """The landing place is the new host from the signing on, when the old one had it to itself."""
    places = AttributionVersion.objects.filter(project=project, role=Role.PLACE, superseded_by=None)
    shares = {
        share.unit_id for version in places.prefetch_related("shares") for share in version.shares.all()
    }
    if shares == {host}:
        new = [Share(project.host_id, WHOLE)]
        reason = str(_("The host was corrected."))
        attribution.enter(actor, project, Role.PLACE, project.signed_on, new, reason)

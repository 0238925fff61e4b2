"""A lead becomes a project, without anything typed twice (DOMAIN §2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common import changelog, clock, services
from common.access import Action
from common.actors import Actor, may
from common.errors import Denied, Refused
from common.serials import next_number
from leads import stages
from leads.choices import Custody, OfferState, Pipeline, Source
from leads.models import Attachment, Investor, Lead, OfferedProject, Stage
from leads.services import lead_won
from leads.services.transfers import credited_unit
from leads.text import derived
from ledger.choices import Cause, Role
from organizations.models import Officer, Unit, User
from projects import posting, schedule
from projects.choices import AgreementKind
from projects.models import Agreement, Commitment, LandParcel, Obligation, Project
from projects.services import attribution, changing
from projects.services.attribution import WHOLE, Share
from projects.services.rows import added
from reference.models import HOME_CURRENCY, Currency, Industry
from reference.selectors import sector_of

Shares = Mapping[str, Sequence[Share]]
Investors = Sequence[tuple[Investor, Decimal]]
FREE = frozenset(
    {
        "national_code", "mode", "registered_capital", "registered_currency", "fixed_assets", "start_due",
        "completion_due", "production_due", "capacity_due", "registered_name", "registered_code", "note",
    }
)  # fmt: skip


@transaction.atomic
def project_sign(
    *,
    actor: Actor,
    lead_pk: int,
    version: int | None,
    agreement_number: str,
    signed_on: date,
    amount: Decimal,
    currency: Currency | None = None,
    file: Attachment | None = None,
    name: str = "",
    industry: Industry | None = None,
    host: Unit | None = None,
    land_mu: Decimal | None = None,
    leader: User | None = None,
    investors: Investors = (),
    plan: Mapping[date, Decimal] | None = None,
    shares: Shares | None = None,
    commitments: Iterable[Mapping[str, Any]] = (),
    obligations: Iterable[Mapping[str, Any]] = (),
    parcels: Iterable[Mapping[str, Any]] = (),
    confidential_until: date | None = None,
    code_name: str = "",
    **values: Any,
) -> Project:
    """Sign: the lead moves to its last stage and is closed, its project begins in the first one, and the
    books count it. `version` is that of the lead, so of two who sign at once one is told.

    What is not given comes from the lead: name, industry, host (or the lead's unit), currency, land, code
    name, its investor with 100 %. `amount` is the contract amount in the unit of `currency`, land in mu,
    `plan` amounts by month (any day of it), parts of investors in per cent. `shares` replace the dimensions
    that they name: place = host; assessed = the lead's unit, or the one that gave it and kept the credit; department = where the tip came from, or the
    unit; officer, leader, referrer = the lead's officer, `leader`, the lead's introducer, each in full.
    `commitments`, `obligations`, `parcels` are values as `commitment_add` and the like take them; `values`
    are other columns of the project (national_code, mode, registered_capital, registered_currency,
    fixed_assets, the planned dates, note).

    Raises NotVisible, Denied, KeptCredit (other assessed shares although another unit kept the credit, by
    somebody who may not decide), Archived, Stale, MissingFacts, RateMissing (foreign money without a rate on
    that day: it says what to enter), Refused, ValidationError. Nothing is written then.
    """
    lead = services.get_visible(Lead, lead_pk, actor, lock=True)
    industry, host = industry or lead.industry, host or lead.host or lead.unit
    usual = default_shares(lead, host, leader)
    attribution.credit_kept(
        actor, lead, (shares or usual).get(Role.ASSESSED, usual[Role.ASSESSED]), usual[Role.ASSESSED]
    )
    lacking = {"industry": industry, "host": host, "amount": amount}
    given = {name: value for name, value in lacking.items() if value and not getattr(lead, name)}
    lead = lead_won(actor=actor, pk=lead.pk, version=version, on=signed_on, values=given)
    assert industry is not None  # the last stage of a lead asks for it
    with changelog.acting(actor):
        lead.custody = Custody.CLOSED
        if "amount" in given and currency:
            lead.currency = currency  # the amount that it lacked is in the agreement's
        lead.save(update_fields=["custody", "currency", "updated_at"])
        _take_offer(lead)
    project = _establish(
        actor,
        lead,
        {
            **values,
            "name": name or lead.name,
            "industry": industry,
            "host": host,
            "signed_on": signed_on,
            "contract_amount": amount,
            "currency": currency or lead.currency,
            "land_mu": lead.land_mu if land_mu is None else land_mu,
            "leader": leader,
            "confidential_until": confidential_until or lead.confidential_until,
            "code_name": code_name or lead.code_name,
        },
        stages.starting(Pipeline.PROJECT, on=signed_on),
        investors or [(lead.investor, Decimal(100))],
        {**usual, **(shares or {})},
    )
    changing.conceal(actor, project)
    _agreement(actor, project, agreement_number, amount, file)
    changing.plan_write(actor, project, plan or {})
    for model, rows in ((Commitment, commitments), (Obligation, obligations)):
        for row in rows:
            added(model, actor, project, **row)
    for row in parcels:
        added(LandParcel, actor, project, **row)
    stages.begin(actor=actor, row=project)
    posting.post_signing(actor=actor, project=project, amount=amount)
    return project


@transaction.atomic
def project_open(
    *,
    actor: Actor,
    unit: Unit,
    name: str,
    investor: Investor,
    industry: Industry,
    agreement_number: str,
    signed_on: date,
    amount: Decimal,
    stage: str,
    stage_on: date,
    reached: Mapping[str, date] | None = None,
    currency: Currency | None = None,
    file: Attachment | None = None,
    host: Unit | None = None,
    land_mu: Decimal | None = None,
    officer: Officer | None = None,
    leader: User | None = None,
    source: str = Source.APPROACH,
    investors: Investors = (),
    plan: Mapping[date, Decimal] | None = None,
    shares: Shares | None = None,
    confidential_until: date | None = None,
    code_name: str = "",
    **values: Any,
) -> Project:
    """Take over a project that is running already: it gets its lead, stands in `stage` (a code) since
    `stage_on`, and is counted as an opening balance, marked as such. Stages passed on the way are counted on
    their day in `reached`, or else on that of the next one known: they were reached by then at the latest.

    Other values as `project_sign`. Facts and papers of the stages before are not asked for, and no rule about
    leads is: so it takes the right to import projects at the unit. Raises as `project_sign`.
    """
    if not may(actor, Action.IMPORT, Project.Scope.kind, path=unit.path):
        raise Denied
    host, home = (
        host or unit,
        currency or Currency.objects.unscoped(reason="the yuan").get(code=HOME_CURRENCY),
    )
    secret = {"confidential_until": confidential_until, "code_name": code_name}
    today = clock.today()
    lead = services.create(
        Lead,
        actor=actor,
        values={
            **derived(Lead, name),
            **secret,
            **stages.starting(Pipeline.LEAD, on=signed_on, stage=_won()),
            "number": f"L{today:%Y}-{next_number(f'lead:{today:%Y}'):06d}",
            "name": name,
            "unit": unit,
            "officer": officer,
            "investor": investor,
            "industry": industry,
            "sector": sector_of(industry.code),
            "amount": amount,
            "currency": home,
            "land_mu": land_mu,
            "host": host,
            "source": source,
            "custody": Custody.CLOSED,
            "registered_at": clock.now(),
            "registered_by": actor.actor_name,
        },
    )
    stages.begin(actor=actor, row=lead, opening=True)
    project = _establish(
        actor,
        lead,
        {
            **values,
            **secret,
            "name": name,
            "industry": industry,
            "host": host,
            "signed_on": signed_on,
            "contract_amount": amount,
            "currency": home,
            "land_mu": land_mu,
            "leader": leader,
            "is_opening": True,
        },
        {
            **stages.starting(Pipeline.PROJECT, on=stage_on, stage=stage),
            "held_from": _stood(stage, reached or {}),
        },
        investors or [(investor, Decimal(100))],
        {**default_shares(lead, host, leader), **(shares or {})},
    )
    _agreement(actor, project, agreement_number, amount, file)
    changing.plan_write(actor, project, plan or {})
    move = stages.begin(actor=actor, row=project, opening=True)
    posting.post_signing(actor=actor, project=project, amount=amount, cause=Cause.OPENING)
    way = _way(project, reached or {})
    posting.post_stages(actor=actor, project=project, reached=way, move=move.pk, cause=Cause.OPENING)
    return project


def default_shares(lead: Lead, host: Unit, leader: User | None = None) -> dict[str, list[Share]]:
    """The attribution that a lead suggests, each dimension in full; what the signing form starts with."""
    unit = lead.unit_id
    found = {
        Role.PLACE: [Share(host.pk, WHOLE)],
        Role.ASSESSED: [Share(credited_unit(lead).pk, WHOLE)],
        Role.DEPARTMENT: [Share(lead.tip_from_id or unit, WHOLE)],
    }
    if lead.officer_id:
        found[Role.OFFICER] = [Share(unit, WHOLE, officer=lead.officer_id)]
    if leader:
        found[Role.LEADER] = [Share(unit, WHOLE, leader=leader.pk)]
    if lead.introducer_id:
        found[Role.REFERRER] = [Share(unit, WHOLE, introducer=lead.introducer_id)]
    return {str(role): some for role, some in found.items()}


def _establish(
    actor: Actor,
    lead: Lead,
    values: Mapping[str, Any],
    start: Mapping[str, Any],
    investors: Investors,
    shares: Shares,
) -> Project:
    """The project's row on its first stage (`start`), with its investors and its attribution."""
    year = clock.today().year
    if unknown := set(values) - FREE - OWN:
        raise TypeError(f"a project has no {', '.join(sorted(unknown))}")
    schedule.in_order({name: values.get(name) for name in schedule.PLANNED})
    project = services.create(
        Project,
        actor=actor,
        values={
            **derived(Project, values["name"]),
            **values,
            **start,
            "number": f"P{year}-{next_number(f'project:{year}'):06d}",
            "lead": lead,
            "unit": lead.unit,
            "sector": sector_of(values["industry"].code),
        },
    )
    changing.investors_write(actor, project, investors)
    attribution.begin(actor, project, shares)
    return project


OWN = frozenset(
    {
        "name", "industry", "host", "signed_on", "contract_amount", "currency", "land_mu", "leader",
        "confidential_until", "code_name", "is_opening",
    }
)  # fmt: skip


def _agreement(actor: Actor, project: Project, number: str, amount: Decimal, file: Attachment | None) -> None:
    added(
        Agreement,
        actor,
        project,
        kind=AgreementKind.MAIN,
        number=number,
        signed_on=project.signed_on,
        amount=amount,
        file=file,
    )


def _take_offer(lead: Lead) -> None:
    """The offered project has found its investor."""
    if lead.offer_id:
        offer = OfferedProject._base_manager.select_for_update().get(pk=lead.offer_id)
        if offer.state == OfferState.OPEN:
            offer.state = OfferState.TAKEN
            offer.version += 1
            offer.save(update_fields=["state", "version", "updated_at"])


def _won() -> str:
    return next(row.code for row in reversed(stages.ladder(Pipeline.LEAD).main) if row.kind == "won")


def _stood(stage: str, reached: Mapping[str, date]) -> Stage | None:
    """Where on the main line a project stands that is taken over beside it (suspended): in the last stage known to
    be reached, or the first. None for one on the line."""
    steps = stages.ladder(Pipeline.PROJECT)
    codes = [row.code for row in steps.main]
    if stage in codes:
        return None
    return steps.row(next((code for code in reversed(codes) if code in reached), codes[0]))


def _way(project: Project, reached: Mapping[str, date]) -> list[tuple[str, date]]:
    """The stages up to the present one with their days, each not after the next one's."""
    stage = project.stage if project.held_from is None else project.held_from
    steps = stages.ladder(Pipeline.PROJECT)
    codes = [row.code for row in steps.main]
    codes, day = codes[: codes.index(stage.code) + 1], project.stage_on
    way: list[tuple[str, date]] = []
    for code in reversed(codes):
        on = reached.get(code, day)
        if on > day or on < project.signed_on:
            raise Refused(
                _("The day of “%(stage)s” doesn't fit between the signing and the stage after it.")
                % {"stage": steps.label(code)},
                code="wrong_date",
            )
        way.append((code, on))
        day = on
    return list(reversed(way))

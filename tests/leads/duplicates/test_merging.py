"""Two rows made one: every relation is followed, nothing is left behind, nothing counts twice."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from common import clock
from common.changelog import history
from common.errors import Archived, Denied, NotVisible, Refused, Stale
from common.models import StoredFile
from leads.duplicates import relations
from leads.duplicates.merging import (
    CHOOSABLE,
    duplicate_again,
    merge_investors,
    merge_leads,
    merged_rows,
    not_duplicate,
)
from leads.models import (
    Attachment,
    Contact,
    Dispute,
    FirstContact,
    FollowUp,
    Handover,
    Investor,
    Lead,
    LeadMove,
    LeadTransfer,
    Look,
    Merge,
    NotDuplicate,
    Screening,
    Task,
)
from leads.models.screening import Gate
from leads.services.leads import lead_find_valid, lead_register
from ledger.services import standing
from projects.models import ProjectInvestor
from tests.support.clients import user_with
from tests.support.factories import OfficerFactory
from tests.support.factories_leads import ContactFactory, InvestorFactory, LeadFactory, yuan
from tests.support.pipeline import a_project

pytestmark = pytest.mark.django_db
CODE = "91350100M000100Y43"  # GB 32100-2015, its own example


@pytest.fixture
def investor(tree):
    return InvestorFactory(unit=tree.town, name="青屿新材料有限公司")


@pytest.fixture
def keep(tree, investor):
    return LeadFactory(unit=tree.town, investor=investor, name="纤维项目", note="")


@pytest.fixture
def gone(tree, investor):
    return LeadFactory(
        unit=tree.other_town,
        investor=investor,
        name="高性能纤维项目",
        note="旧记录",
        amount=Decimal(90_000_000),
    )


def filled(lead, tree):
    """One row of every relation to a lead, by the key of its declaration."""
    by = {"at": clock.now(), "actor_name": "tests"}
    today, unit = clock.today(), tree.town
    stored = StoredFile.objects.create(sha256=f"{lead.pk:064d}", size=1, media_type="application/pdf")
    gate = Gate._base_manager.get_or_create(code="g", defaults={"name": "准入", "valid_from": today})[0]
    dispute = {"respondent": unit, "claimant": tree.other_town, "investor_name": "青屿", "claim": "先谈"}
    transfer = {"from_unit": unit, "to_unit": tree.other_town, "reason": "落地", "state": "refused"}
    paper = {
        "unit": unit,
        "unit_name": "镇",
        "investor_name": "青屿",
        "lead_name": "x",
        "issued_at": clock.now(),
    }
    other = LeadFactory(unit=unit, investor=lead.investor)
    return {
        "leads.FollowUp.lead": FollowUp._base_manager.create(
            lead=lead, unit=unit, kind="visit", on=today, text="看厂房"
        ),
        "leads.Task.lead": Task._base_manager.create(lead=lead, title="寄样品"),
        "leads.Attachment.lead": Attachment._base_manager.create(lead=lead, stored=stored, name="a.pdf"),
        "leads.Screening.lead": Screening._base_manager.create(lead=lead, gate=gate),
        "leads.LeadTransfer.lead": LeadTransfer._base_manager.create(lead=lead, **transfer),
        "leads.Dispute.lead": Dispute._base_manager.create(
            lead=lead, number=f"D{lead.pk}", state="decided", **dispute
        ),
        "leads.Dispute.claimant_lead": Dispute._base_manager.create(
            lead=other, claimant_lead=lead, number=f"E{lead.pk}", state="withdrawn", **dispute
        ),
        "leads.Lead.merged_into": LeadFactory(unit=unit, merged_into=lead, archived_at=clock.now()),
        "leads.LeadMove.lead": LeadMove._base_manager.create(
            lead=lead, to_stage=lead.stage, on=today, direction="forward", **by
        ),
        "leads.Handover.lead": Handover._base_manager.create(lead=lead, kind="registered", on=today, **by),
        "leads.FirstContact.lead": FirstContact._base_manager.create(
            lead=lead, number=f"F{lead.pk}", token=f"{lead.pk}", first_until=today, sha256="0" * 64, **paper
        ),
        "leads.Look.lead": Look._base_manager.create(lead=lead, **by),
    }


STAYS = {"leads.LeadMove.lead", "leads.Handover.lead", "leads.FirstContact.lead", "leads.Look.lead"}
OF_PROJECTS = {"projects.Project.lead", "projects.ProjectInvestor.investor"}


@pytest.mark.parametrize("kind", ["lead", "investor"])
def test_every_foreign_key_is_declared(kind):
    """A new table that points to a lead or an investor must say what a merge does with it."""
    assert set(relations.declared(kind)) == set(relations.existing(kind))


@pytest.mark.parametrize("kind", ["lead", "investor"])
def test_every_field_is_chosen_fixed_or_the_program_s_own(kind):
    model = relations.MODELS[kind]
    fixed = {
        "lead": {
            "number", "unit", "officer", "investor", "stage", "held_from", "merged_into", "credit_unit",
        },
        "investor": {"unit", "merged_into"},
    }[kind]  # fmt: skip
    editable = {f.name for f in model._meta.fields if f.editable} | {
        f.name for f in model._meta.fields if f.is_relation
    }
    assert editable - fixed == set(CHOOSABLE[kind]) | {"id"} & editable


def test_everything_of_a_lead_comes_along(tree, bureau, keep, gone):
    rows = filled(gone, tree)
    assert set(rows) == set(relations.declared("lead")) - OF_PROJECTS
    merged = merge_leads(
        actor=bureau,
        keep=keep.pk,
        gone=gone.pk,
        choices={"name": "gone", "note": "gone", "amount": "keep"},
        reason="同一项目",
        versions=(keep.version, gone.version),
    )
    for key, row in rows.items():
        field = key.rpartition(".")[2]
        row = type(row)._base_manager.get(pk=row.pk)
        assert getattr(row, f"{field}_id") == (gone.pk if key in STAYS else keep.pk), key
    kept, went = (Lead._base_manager.get(pk=pk) for pk in (keep.pk, gone.pk))
    assert (kept.name, kept.normal, kept.note) == ("高性能纤维项目", "高性能纤维项目", "旧记录")
    assert "高性" in kept.grams
    assert kept.amount == keep.amount
    assert (kept.unit, kept.officer, kept.investor) == (keep.unit, keep.officer, keep.investor)
    assert went.archived_at
    assert went.merged_into == kept
    assert merged.moved == {key: 1 for key in rows if key not in STAYS}
    assert (merged.kept_id, merged.gone_id, merged.reason) == (keep.pk, gone.pk, "同一项目")
    assert gone in merged_rows(kept)
    assert len(merged_rows(kept)) == 2  # what had gone into it before points to the kept one as well
    assert history(kept)[0].reason == "同一项目"
    assert FollowUp._base_manager.get().version == 2  # an open form notices
    with pytest.raises(Archived):
        merge_leads(actor=bureau, keep=keep.pk, gone=gone.pk, choices={}, reason="")


def test_one_file_and_one_open_screening(tree, bureau, keep, gone):
    rows, own = filled(gone, tree), filled(keep, tree)
    Attachment._base_manager.filter(pk=own["leads.Attachment.lead"].pk).update(
        stored=rows["leads.Attachment.lead"].stored
    )
    merge_leads(actor=bureau, keep=keep.pk, gone=gone.pk, choices={}, reason="同一项目")
    for model in (Attachment, Screening):
        assert model._base_manager.filter(lead=keep).count() == 2
        (live,) = model._base_manager.filter(lead=keep, archived_at=None)
        assert live == own[f"leads.{model.__name__}.lead"]


def test_what_stops_a_merge(tree, bureau, keep, gone, investor):
    def refused(code, one=keep, other=gone, **values):
        with pytest.raises(Refused) as stopped:
            merge_leads(
                actor=bureau,
                keep=one.pk,
                gone=other.pk,
                **{"choices": {"name": "gone"}, "reason": "x", **values},
            )
        assert stopped.value.code == code
        row = Lead._base_manager.get(pk=gone.pk)
        assert (row.archived_at, row.merged_into) == (None, None)
        assert Lead._base_manager.get(pk=keep.pk).name == "纤维项目"
        assert not Merge.objects.exists()

    refused("same_record", keep, keep)
    refused("two_investors", keep, LeadFactory(unit=tree.town))
    with pytest.raises(Stale):
        merge_leads(actor=bureau, keep=keep.pk, gone=gone.pk, choices={}, reason="", versions=(1, 7))
    rows = filled(gone, tree)
    for key, state, settled in (
        ("leads.LeadTransfer.lead", "proposed", "withdrawn"),
        ("leads.Dispute.lead", "open", "decided"),
        ("leads.Dispute.claimant_lead", "heard", "decided"),
    ):
        row = rows[key]
        type(row)._base_manager.filter(pk=row.pk).update(state=state)
        refused("still_open")
        assert FollowUp._base_manager.get().lead == gone  # what had been carried over before is back
        type(row)._base_manager.filter(pk=row.pk).update(state=settled)
    Lead._base_manager.filter(pk=gone.pk).update(code_name="甲", confidential_until=date(2030, 1, 1))
    with pytest.raises(ValidationError):  # a code name is needed as long as it is confidential
        merge_leads(
            actor=bureau, keep=keep.pk, gone=gone.pk, choices={"confidential_until": "gone"}, reason="x"
        )


def test_a_relation_that_nobody_declared_stops_it(tree, bureau, keep, gone, monkeypatch):
    FollowUp._base_manager.create(lead=keep, unit=tree.town, kind="call", on=clock.today(), text="x")
    known = {k: how for k, how in relations.declared("lead").items() if k != "leads.FollowUp.lead"}
    monkeypatch.setitem(relations._declared, "lead", known)
    merged = merge_leads(actor=bureau, keep=keep.pk, gone=gone.pk, choices={}, reason="leer")
    assert merged.moved == {}  # no rows hang on the one that went: nothing is lost
    third = LeadFactory(unit=tree.town, investor=keep.investor)
    with pytest.raises(Refused) as stopped:
        merge_leads(actor=bureau, keep=third.pk, gone=keep.pk, choices={}, reason="x")
    assert stopped.value.code == "unknown_relation"
    assert "leads.FollowUp.lead" in str(stopped.value)


def test_it_counts_once(tree, officer, bureau, investor, pipeline):
    yuan()
    OfficerFactory(unit=tree.town, user=officer)
    both = [
        lead_register(
            actor=officer, unit=tree.town, name=name, source="approach", investor=investor, currency=yuan()
        )
        for name in ("纤维项目", "高性能纤维项目")
    ]
    keep, gone = (lead_find_valid(actor=bureau, pk=lead.pk, version=None) for lead in both)
    merge_leads(actor=bureau, keep=keep.pk, gone=gone.pk, choices={}, reason="同一项目")
    for name in ("handed_in", "valid"):
        (line,) = standing(f"lead:{keep.pk}:{name}", roles={"assessed"})
        assert line.qty == 1
        assert standing(f"lead:{gone.pk}:{name}") == []


def test_the_signed_lead_stays(tree, bureau, keep, gone, pipeline):
    project = a_project(tree.town, lead=gone)
    with pytest.raises(Refused) as stopped:
        merge_leads(actor=bureau, keep=keep.pk, gone=gone.pk, choices={}, reason="x")
    assert stopped.value.code == "signed"
    merge_leads(actor=bureau, keep=gone.pk, gone=keep.pk, choices={}, reason="x")
    project.refresh_from_db()
    assert project.lead == gone


def test_everything_of_an_investor_comes_along(tree, bureau, pipeline):
    one = InvestorFactory(unit=tree.town, name="青屿新材料有限公司", zone="abroad")
    other = InvestorFactory(unit=tree.other_town, name="青屿新材", credit_code=CODE, short_name="青屿")
    before = InvestorFactory(unit=tree.town, merged_into=other, archived_at=clock.now())
    contact, lead = ContactFactory(investor=other), LeadFactory(investor=other, unit=tree.other_town)
    shared, alone = (a_project(tree.town, lead=LeadFactory(unit=tree.town)) for _n in range(2))
    for project, investor, percent in ((shared, one, 60), (shared, other, 40), (alone, other, 100)):
        ProjectInvestor._base_manager.create(project=project, investor=investor, percent=percent)
    merged = merge_investors(
        actor=bureau,
        keep=one.pk,
        gone=other.pk,
        choices={"credit_code": "gone", "short_name": "gone", "name": "gone"},
        reason="同一家",
    )
    assert merged.moved == {
        "leads.Contact.investor": 1,
        "leads.Lead.investor": 1,
        "leads.Investor.merged_into": 1,
        "projects.ProjectInvestor.investor": 2,
    }
    kept = Investor._base_manager.get(pk=one.pk)
    assert (kept.name, kept.credit_code, kept.short_name) == ("青屿新材", CODE, "青屿")
    assert (kept.normal, "屿新" in kept.grams, "材料" in kept.grams) == ("青屿新材", True, False)
    assert Contact._base_manager.get(pk=contact.pk).investor == one
    assert Lead._base_manager.get(pk=lead.pk).investor == one
    assert set(merged_rows(kept)) == {other, before}
    parts = ProjectInvestor._base_manager.order_by("project_id").values_list("project", "investor", "percent")
    assert list(parts) == [(shared.pk, one.pk, Decimal(100)), (alone.pk, one.pk, Decimal(100))]


@pytest.mark.parametrize(("role", "problem"), [("unit_head", Denied), ("officer", Denied)])
def test_only_the_bureau_merges(tree, role, problem, investor):
    one, other = (LeadFactory(unit=tree.town, investor=investor) for _n in range(2))
    with pytest.raises(problem):
        merge_leads(actor=user_with(role, tree.town), keep=one.pk, gone=other.pk, choices={}, reason="x")
    with pytest.raises(NotVisible):
        merge_leads(
            actor=user_with("bureau_staff", tree.other_county),
            keep=one.pk,
            gone=other.pk,
            choices={},
            reason="",
        )
    assert not Merge.objects.exists()


def test_not_a_duplicate_is_remembered_and_taken_back(tree, keep, gone):
    head = user_with("unit_head", tree.city)
    row = not_duplicate(actor=head, kind="lead", one=gone.pk, other=keep.pk, reason="两期")
    assert (row.one_id, row.other_id, row.reason) == (keep.pk, gone.pk, "两期")
    assert not_duplicate(actor=head, kind="lead", one=keep.pk, other=gone.pk) == row
    for actor, problem in (
        (user_with("unit_head", tree.town), NotVisible),  # sees one of them only
        (user_with("leader", tree.city), Denied),
    ):
        with pytest.raises(problem):
            duplicate_again(actor=actor, kind="lead", one=keep.pk, other=gone.pk)
    assert NotDuplicate.objects.exists()
    duplicate_again(actor=head, kind="lead", one=gone.pk, other=keep.pk)
    assert not NotDuplicate.objects.exists()
    with pytest.raises(Refused):
        not_duplicate(actor=head, kind="lead", one=keep.pk, other=keep.pk)

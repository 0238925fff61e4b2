"""Pairs among everything, and their pages. Similarities are worked out by hand beside each pair."""

from decimal import Decimal

import pytest
from django.urls import reverse

from common import clock, jobs
from common.errors import Denied
from common.models import JobRun
from leads.duplicates import pairs
from leads.duplicates.merging import merge_investors, merge_leads, not_duplicate
from leads.models import Handover, Investor, Lead, LikePair, NotDuplicate
from leads.timeline import timeline
from tests.support.clients import client_for, client_of, user_with
from tests.support.factories_leads import InvestorFactory, LeadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def companies(tree):
    """By name; the second half belongs to another county."""
    first = ("青屿新材料有限公司", "青屿新材料科", "松原包装有限公司", "海棠食品")
    second = ("青屿新材料股份有限公司", "云川青屿新材料", "松原物流有限公司", "海棠")
    found = {name: InvestorFactory(unit=tree.town, name=name) for name in first}
    return found | {name: InvestorFactory(unit=tree.other_town, name=name) for name in second}


def found(kind, companies):
    names = {row.pk: name for name, row in companies.items()}
    return {
        frozenset((names[p.one_id], names[p.other_id])): (p.level, p.reason, p.similarity)
        for p in LikePair.objects.filter(kind=kind)
    }


def test_investors_of_which_two_may_be_one(companies):
    assert pairs.pairs_search() == {"investor": 6, "lead": 0}
    a, b, c, d = "青屿新材料有限公司", "青屿新材料股份有限公司", "青屿新材料科", "云川青屿新材料"
    assert found("investor", companies) == {
        frozenset((a, b)): (2, "same_name", Decimal(100)),
        frozenset((a, c)): (3, "very_similar_name", Decimal("88.89")),  # 4 of 4 and 5: 8/9
        frozenset((b, c)): (3, "very_similar_name", Decimal("88.89")),
        frozenset((a, d)): (4, "similar_name", Decimal("80.00")),  # 4 of 4 and 6: 8/10
        frozenset((b, d)): (4, "similar_name", Decimal("80.00")),
        frozenset((c, d)): (4, "similar_name", Decimal("72.73")),  # 4 of 5 and 6: 8/11
    }
    # 海棠食品 and 海棠: 1 of 3 and 1, 50 %. 松原包装 and 松原物流: 1 of 3 and 3, 33 %.


def test_codes_bring_together_and_hold_apart(tree, companies):
    Investor._base_manager.filter(pk=companies["青屿新材料有限公司"].pk).update(credit_code="A")
    Investor._base_manager.filter(pk=companies["松原包装有限公司"].pk).update(credit_code="B")
    twin = InvestorFactory(unit=tree.town, name="松原包装", credit_code="C")
    pairs.pairs_search()
    pair = LikePair.objects.get(other_id=twin.pk)
    assert (pair.one_id, pair.level, pair.different_codes) == (companies["松原包装有限公司"].pk, 4, True)


def test_leads_of_one_investor(tree, companies):
    one, other = companies["青屿新材料有限公司"], companies["青屿新材料股份有限公司"]
    leads = {
        name: LeadFactory(unit=unit, investor=investor, name=name, amount=amount)
        for name, unit, investor, amount in (
            ("纤维项目", tree.town, one, Decimal(100_000_000)),
            ("纤维项目二", tree.other_town, other, Decimal(10_000_000)),  # 3 of 3 and 4: 6/7 = 85.71 %
            ("光学镜片", tree.town, one, Decimal(109_000_000)),  # 9 of 109: within 10 %
            ("物流园", tree.town, one, None),
            ("纤维项目三", tree.town, companies["松原包装有限公司"], None),  # another investor
        )
    }
    assert pairs.pairs_search()["lead"] == 2
    assert found("lead", leads) == {
        frozenset(("纤维项目", "纤维项目二")): (3, "very_similar_name", Decimal("85.71")),
        frozenset(("纤维项目", "光学镜片")): (4, "similar_amount", Decimal(0)),
    }


def test_houses_over_chains(tree):
    """A has the name of B, B the code of C: leads of A and C are compared."""
    rows = [
        InvestorFactory(unit=tree.town, name=name, credit_code=code, archived_at=None)
        for name, code in (("甲乙丙", ""), ("丁戊己", "K"), ("甲乙丙", "K2"))
    ]
    companies = pairs._companies()
    assert len(set(pairs._houses(companies).values())) == 2
    assert pairs._houses(companies)[rows[2].pk] == rows[0].pk


def test_a_crowd_of_equal_pairs_is_passed_over(tree, companies, monkeypatch):
    monkeypatch.setattr(pairs, "CROWD", 1)
    pairs.pairs_search()
    assert {p.reason for p in LikePair.objects.all()} == {"same_name"}


def test_a_later_search_replaces_the_result_and_keeps_addresses(bureau, companies):
    pairs.pairs_search()
    same = LikePair.objects.get(level=2).pk
    one, other = companies["青屿新材料有限公司"], companies["云川青屿新材料"]
    merge_investors(actor=bureau, keep=one.pk, gone=other.pk, choices={}, reason="同一家")
    assert pairs.open_pairs(bureau, "investor").count() == 3  # at once, before the next search
    assert pairs.pairs_search() == {"investor": 3, "lead": 0}
    assert LikePair.objects.get(level=2).pk == same


def test_who_reads_which_pairs(tree, bureau, companies):
    pairs.pairs_search()
    assert pairs.open_pairs(bureau, "investor").count() == 6
    assert pairs.open_pairs(user_with("unit_head", tree.county), "investor").count() == 1  # both are there
    assert pairs.open_pairs(user_with("leader", tree.city), "investor").count() == 0
    names = ("青屿新材料有限公司", "青屿新材料股份有限公司")
    not_duplicate(actor=bureau, kind="investor", one=companies[names[0]].pk, other=companies[names[1]].pk)
    assert pairs.open_pairs(bureau, "investor").count() == 5
    assert pairs.apart(bureau, "investor").count() == 1
    assert pairs.apart(user_with("unit_head", tree.county), "investor").count() == 0


def test_the_job(tree, bureau, companies):
    run = pairs.pairs_request(actor=bureau)
    assert pairs.pairs_request(actor=bureau) == run  # it is waiting already
    assert jobs.execute(run.pk) == JobRun.State.DONE
    run.refresh_from_db()
    assert (run.result["investor"], LikePair.objects.count()) == (6, 6)
    with pytest.raises(Denied):
        pairs.pairs_request(actor=user_with("officer", tree.town))


@pytest.fixture
def pair(tree):
    investor = InvestorFactory(unit=tree.town, name="青屿新材料有限公司")
    LeadFactory(unit=tree.town, investor=investor, name="纤维项目", note="左", next_step="")
    LeadFactory(unit=tree.town, investor=investor, name="纤维项目", note="右", next_step="看样")
    pairs.pairs_search()
    return LikePair.objects.get()


def test_side_by_side_and_merged_in_the_browser(bureau, pair):
    browser = client_of(bureau)
    assert "纤维项目" in browser.get(reverse("duplicate_list")).content.decode()
    address = reverse("duplicate_compare", args=[pair.pk])
    page = browser.get(address)
    form = page.context["form"]
    assert form.names == ["next_step", "note"]  # only what differs is asked
    assert form["take_next_step"].value() == "other"  # where there is something
    typed = {"version_one": 1, "version_other": 1, "keep": "other", "take_note": "one"}
    refused = browser.post(address, typed)
    assert refused.status_code == 422
    assert {"reason", "take_next_step"} == set(refused.context["form"].errors)
    done = browser.post(address, {**typed, "take_next_step": "other", "reason": "同一项目"})
    assert done["Location"] == reverse("lead_detail", args=[pair.other_id])
    kept = Lead._base_manager.get(pk=pair.other_id)
    assert (kept.note, kept.next_step) == ("左", "看样")
    assert Lead._base_manager.get(pk=pair.one_id).merged_into == kept
    assert browser.get(address).status_code == 404
    closed = browser.get(reverse("lead_detail", args=[pair.one_id])).content.decode()
    assert f'href="{reverse("lead_detail", args=[kept.pk])}"' in closed


def test_the_past_of_the_one_that_went_is_read_with_the_one_that_stays(bureau, pair):
    gone, keep = (Lead._base_manager.get(pk=pk) for pk in (pair.one_id, pair.other_id))
    Handover._base_manager.create(
        lead=gone, kind="registered", on=clock.today(), at=clock.now(), actor_name="林某", reason="首谈"
    )
    merge_leads(actor=bureau, keep=keep.pk, gone=gone.pk, choices={}, reason="同一项目")
    told = [(line.who, line.note) for line in timeline(keep)]
    assert (bureau.actor_name, "同一项目") in told
    assert ("林某", "首谈") in told
    merge_investors(
        actor=bureau,
        keep=InvestorFactory(unit=keep.unit).pk,
        gone=keep.investor_id,
        choices={},
        reason="同一家",
    )
    page = client_of(bureau).get(reverse("investor_detail", args=[keep.investor_id]))
    kept = Investor._base_manager.get(pk=keep.investor_id).merged_into_id
    assert reverse("investor_detail", args=[kept]) in page.content.decode()


def test_a_stale_comparison_merges_nothing(bureau, pair):
    browser, address = client_of(bureau), reverse("duplicate_compare", args=[pair.pk])
    Lead._base_manager.filter(pk=pair.other_id).update(version=2)
    typed = {"version_one": 1, "version_other": 1, "keep": "one", "reason": "x"}
    answer = browser.post(address, {**typed, "take_note": "one", "take_next_step": "one"})
    assert answer.status_code == 422
    assert not Lead._base_manager.exclude(merged_into=None).exists()


def test_set_apart_and_back_in_the_browser(tree, pair):
    head = client_for("unit_head", tree.town)
    page = head.get(reverse("duplicate_compare", args=[pair.pk]))
    assert page.context["may_merge"] is False
    assert head.post(reverse("duplicate_compare", args=[pair.pk]), {}).status_code == 422
    head.post(reverse("duplicate_apart", args=[pair.pk]), {"reason": "两期"})
    row = NotDuplicate.objects.get()
    listed = head.get(reverse("duplicate_list"), {"apart": "1", "kind": "lead"}).content.decode()
    assert reverse("duplicate_again", args=[row.pk]) in listed
    assert head.get(reverse("duplicate_compare", args=[pair.pk])).status_code == 404
    head.post(reverse("duplicate_again", args=[row.pk]))
    assert head.get(reverse("duplicate_compare", args=[pair.pk])).status_code == 200


def test_the_head_of_a_unit_can_t_merge_by_posting(tree, pair):
    head = client_for("unit_head", tree.town)
    typed = {"version_one": 1, "version_other": 1, "keep": "one", "reason": "x"}
    typed |= {"take_note": "one", "take_next_step": "one"}
    assert head.post(reverse("duplicate_compare", args=[pair.pk]), typed).status_code == 403
    assert not Lead._base_manager.exclude(merged_into=None).exists()

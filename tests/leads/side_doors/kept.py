"""Rows that are kept back, and what a list finds."""

from datetime import timedelta

from common import clock
from leads.filters.leads import LeadFilterSet

INVESTOR = "标记新材料股份有限公司"


def keep_back(lead, code="代号甲"):
    lead.code_name, lead.confidential_until = code, clock.today() + timedelta(days=30)
    lead.save()
    return lead


def found(actor, **given):
    """What the list's filters find for this actor."""
    request = type("Request", (), {"user": actor, "GET": given})()
    rows = LeadFilterSet(given, queryset=LeadFilterSet._meta.model.objects.visible_to(actor), request=request)
    assert rows.is_valid(), rows.errors
    return list(rows.qs)

from __future__ import annotations

import pytest
from rest_framework.test import APIRequestFactory, force_authenticate

from reference import api, services

pytestmark = pytest.mark.django_db


def get(viewset, user=None, pk=None, **query):
    request = APIRequestFactory().get("/", query)
    if user:
        force_authenticate(request, user)
    view = viewset.as_view({"get": "retrieve" if pk else "list"})
    return view(request, pk=pk) if pk else view(request)


@pytest.fixture
def loaded(system):
    services.load(actor=system, only=["industries", "currencies", "holidays"])


VIEWSETS = [
    api.IndustryViewSet,
    api.RegionViewSet,
    api.CurrencyViewSet,
    api.CalendarYearViewSet,
    api.HolidayViewSet,
    api.ExchangeRateViewSet,
]


@pytest.mark.parametrize("viewset", VIEWSETS)
def test_who_may_read(viewset, account):
    assert get(viewset).status_code == 401
    assert get(viewset, account()).status_code == 403
    assert get(viewset, account("officer")).status_code == 200


def test_an_industry(loaded, account):
    found = get(api.IndustryViewSet, account("officer"), q="3973").data["results"]
    assert [{k: v for k, v in row.items() if k != "id"} for row in found] == [
        {
            "edition": 2017,
            "code": "3973",
            "level": "class",
            "parent": "397",
            "name": "集成电路制造",
            "sector": "secondary",
        }
    ]


def test_pages_are_counted_and_filtered(loaded, account):
    user = account("officer")
    assert get(api.IndustryViewSet, user).data["count"] == 1971
    assert get(api.IndustryViewSet, user, level="section").data["count"] == 20
    # Section F has 2 divisions of 9 groups each (511-519, 521-529) and 66 + 62 classes.
    assert get(api.IndustryViewSet, user, below="F", level="group").data["count"] == 18
    assert get(api.HolidayViewSet, user, year=2026, kind="working").data["count"] == 6


def test_nothing_can_be_written_here():
    for viewset in VIEWSETS:
        assert not {"create", "update", "partial_update", "destroy"} & set(dir(viewset))

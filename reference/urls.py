from __future__ import annotations

from django.urls import path

from reference import views

urlpatterns = [
    path("reference/", views.ReferenceHome.as_view(), name="reference_home"),
    path("reference/industries/", views.IndustryList.as_view(), name="industry_list"),
    path("reference/industries/pick/", views.IndustryPick.as_view(), name="industry_pick"),
    path("reference/regions/pick/", views.RegionPick.as_view(), name="region_pick"),
    path("reference/regions/", views.RegionList.as_view(), name="region_list"),
    path("reference/currencies/", views.CurrencyList.as_view(), name="currency_list"),
    path("reference/calendar/", views.CalendarYearList.as_view(), name="calendaryear_list"),
    path("reference/calendar/new/", views.CalendarYearCreate.as_view(), name="calendaryear_create"),
    path("reference/calendar/<int:pk>/", views.CalendarYearDetail.as_view(), name="calendaryear_detail"),
    path(
        "reference/calendar/<int:pk>/change/", views.CalendarYearUpdate.as_view(), name="calendaryear_update"
    ),
    path(
        "reference/calendar/<int:pk>/archive/",
        views.CalendarYearArchive.as_view(),
        name="calendaryear_archive",
    ),
    path("reference/holidays/", views.HolidayList.as_view(), name="holiday_list"),
    path("reference/holidays/new/", views.HolidayCreate.as_view(), name="holiday_create"),
    path("reference/holidays/<int:pk>/", views.HolidayDetail.as_view(), name="holiday_detail"),
    path("reference/holidays/<int:pk>/change/", views.HolidayUpdate.as_view(), name="holiday_update"),
    path("reference/holidays/<int:pk>/archive/", views.HolidayArchive.as_view(), name="holiday_archive"),
    path("reference/rates/", views.ExchangeRateList.as_view(), name="exchangerate_list"),
    path("reference/rates/new/", views.ExchangeRateCreate.as_view(), name="exchangerate_create"),
    path("reference/rates/<int:pk>/", views.ExchangeRateDetail.as_view(), name="exchangerate_detail"),
    path("reference/rates/<int:pk>/change/", views.ExchangeRateUpdate.as_view(), name="exchangerate_update"),
    path(
        "reference/rates/<int:pk>/archive/", views.ExchangeRateArchive.as_view(), name="exchangerate_archive"
    ),
]

from __future__ import annotations

from django.urls import path

from reference import views

urlpatterns = [
    path("industries/", views.IndustryList.as_view(), name="industry_list"),
    path("regions/", views.RegionList.as_view(), name="region_list"),
    path("currencies/", views.CurrencyList.as_view(), name="currency_list"),
    path("calendar/", views.CalendarYearList.as_view(), name="calendaryear_list"),
    path("calendar/new/", views.CalendarYearCreate.as_view(), name="calendaryear_create"),
    path("calendar/<int:pk>/", views.CalendarYearDetail.as_view(), name="calendaryear_detail"),
    path("calendar/<int:pk>/change/", views.CalendarYearUpdate.as_view(), name="calendaryear_update"),
    path("calendar/<int:pk>/archive/", views.CalendarYearArchive.as_view(), name="calendaryear_archive"),
    path("holidays/", views.HolidayList.as_view(), name="holiday_list"),
    path("holidays/new/", views.HolidayCreate.as_view(), name="holiday_create"),
    path("holidays/<int:pk>/", views.HolidayDetail.as_view(), name="holiday_detail"),
    path("holidays/<int:pk>/change/", views.HolidayUpdate.as_view(), name="holiday_update"),
    path("holidays/<int:pk>/archive/", views.HolidayArchive.as_view(), name="holiday_archive"),
    path("rates/", views.ExchangeRateList.as_view(), name="exchangerate_list"),
    path("rates/new/", views.ExchangeRateCreate.as_view(), name="exchangerate_create"),
    path("rates/<int:pk>/", views.ExchangeRateDetail.as_view(), name="exchangerate_detail"),
    path("rates/<int:pk>/change/", views.ExchangeRateUpdate.as_view(), name="exchangerate_update"),
    path("rates/<int:pk>/archive/", views.ExchangeRateArchive.as_view(), name="exchangerate_archive"),
]

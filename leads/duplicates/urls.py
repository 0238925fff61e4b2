from django.urls import path

from . import pages, views

urlpatterns = [
    path("leads/hints/", views.LeadHints.as_view(), name="lead_hints"),
    path("duplicates/", pages.DuplicateList.as_view(), name="duplicate_list"),
    path("duplicates/search/", pages.DuplicateSearch.as_view(), name="duplicate_search"),
    path("duplicates/<int:pk>/", pages.DuplicateCompare.as_view(), name="duplicate_compare"),
    path("duplicates/<int:pk>/apart/", pages.DuplicateApart.as_view(), name="duplicate_apart"),
    path("duplicates/<int:pk>/again/", pages.DuplicateAgain.as_view(), name="duplicate_again"),
]

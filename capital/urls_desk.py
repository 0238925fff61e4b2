"""Addresses of the recognition desk (see capital/urls.py)."""

from django.urls import path

from capital.views import desk, recognition

urlpatterns = [
    path("recognition/", desk.Desk.as_view(), name="desk"),
    path("recognition/signatures/", recognition.OverrideList.as_view(), name="override_list"),
    path("recognition/bulk/", recognition.SampleList.as_view(), name="sample_list"),
    path("recognition/bulk/new/", recognition.SampleCreate.as_view(), name="sample_create"),
    path("recognition/bulk/<int:pk>/", recognition.SampleDetail.as_view(), name="sample_detail"),
    path("queries/<int:pk>/", recognition.QueryAnswer.as_view(), name="query_answer"),
    path("queries/<int:pk>/withdraw/", recognition.QueryWithdraw.as_view(), name="query_withdraw"),
    path("recognition/terms/", recognition.TermsList.as_view(), name="recognitionterms_list"),
    path("recognition/terms/new/", recognition.TermsCreate.as_view(), name="recognitionterms_create"),
    path("recognition/terms/<int:pk>/", recognition.TermsDetail.as_view(), name="recognitionterms_detail"),
    path(
        "recognition/terms/<int:pk>/change/",
        recognition.TermsUpdate.as_view(),
        name="recognitionterms_update",
    ),
    path(
        "recognition/terms/<int:pk>/archive/",
        recognition.TermsArchive.as_view(),
        name="recognitionterms_archive",
    ),
]

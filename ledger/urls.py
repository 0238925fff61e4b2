from django.urls import path

from ledger import views

urlpatterns = [
    path("postings/", views.PostingList.as_view(), name="posting_list"),
    path("postings/<int:pk>/", views.PostingDetail.as_view(), name="posting_detail"),
    path("periods/", views.PeriodList.as_view(), name="period_list"),
    path("periods/<int:pk>/", views.PeriodDetail.as_view(), name="period_detail"),
    path("periods/<int:pk>/cut-off/", views.PeriodCutOff.as_view(), name="period_cut_off"),
    path("periods/<int:pk>/close/", views.PeriodClose.as_view(), name="period_close"),
    path("periods/<int:pk>/reopen/", views.PeriodReopen.as_view(), name="period_reopen"),
    path("periods/<int:pk>/moved/", views.RestatementReport.as_view(), name="period_restatement"),
    path("reopenings/<int:pk>/sign/", views.ReopeningSign.as_view(), name="reopening_sign"),
    path("reopenings/<int:pk>/refuse/", views.ReopeningRefuse.as_view(), name="reopening_refuse"),
    path("closing-calendar/", views.ClosingTermsList.as_view(), name="closingterms_list"),
    path("closing-calendar/new/", views.ClosingTermsCreate.as_view(), name="closingterms_create"),
    path("closing-calendar/<int:pk>/", views.ClosingTermsDetail.as_view(), name="closingterms_detail"),
    path("closing-calendar/<int:pk>/change/", views.ClosingTermsUpdate.as_view(), name="closingterms_update"),
    path(
        "closing-calendar/<int:pk>/archive/", views.ClosingTermsArchive.as_view(), name="closingterms_archive"
    ),
]

from django.urls import path

from ledger import views

urlpatterns = [
    path("postings/", views.PostingList.as_view(), name="posting_list"),
    path("postings/<int:pk>/", views.PostingDetail.as_view(), name="posting_detail"),
]

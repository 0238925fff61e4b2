from django.urls import path

from . import views

urlpatterns = [
    path("leads/hints/", views.LeadHints.as_view(), name="lead_hints"),
]

"""Addresses of counting rules, signals and gaps (see capital/urls.py)."""

from __future__ import annotations

from django.urls import path

from capital.views import gaps, rules, signals

urlpatterns = [
    path("counting-rules/", rules.CountingRuleList.as_view(), name="countingrule_list"),
    path("counting-rules/new/", rules.CountingRuleCreate.as_view(), name="countingrule_create"),
    path("counting-rules/<int:pk>/", rules.CountingRuleDetail.as_view(), name="countingrule_detail"),
    path("counting-rules/<int:pk>/change/", rules.CountingRuleUpdate.as_view(), name="countingrule_update"),
    path("counting-rules/<int:pk>/next/", rules.CountingRuleNext.as_view(), name="countingrule_next"),
    path(
        "counting-rules/<int:pk>/publish/", rules.CountingRulePublish.as_view(), name="countingrule_publish"
    ),
    path(
        "counting-rules/<int:pk>/archive/", rules.CountingRuleArchive.as_view(), name="countingrule_archive"
    ),
    path("counting-rules/<int:pk>/leave-out/", rules.ExclusionAdd.as_view(), name="exclusion_add"),
    path("counting-rules/excluded/<int:pk>/end/", rules.ExclusionEnd.as_view(), name="exclusion_end"),
    path("capital/gaps/", gaps.GapPage.as_view(), name="capital_gaps"),
    path("capital/signals/", signals.SignalPage.as_view(), name="signal_list"),
    path("capital/signals/dismiss/", signals.SignalDismiss.as_view(), name="signal_dismiss"),
    path("capital/signals/restore/", signals.SignalRestore.as_view(), name="signal_restore"),
    path("capital/signals/terms/", signals.SignalTermsList.as_view(), name="signalterms_list"),
    path("capital/signals/terms/new/", signals.SignalTermsCreate.as_view(), name="signalterms_create"),
    path("capital/signals/terms/<int:pk>/", signals.SignalTermsDetail.as_view(), name="signalterms_detail"),
    path(
        "capital/signals/terms/<int:pk>/change/",
        signals.SignalTermsUpdate.as_view(),
        name="signalterms_update",
    ),
    path(
        "capital/signals/terms/<int:pk>/archive/",
        signals.SignalTermsArchive.as_view(),
        name="signalterms_archive",
    ),
]

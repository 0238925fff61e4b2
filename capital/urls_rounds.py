"""Addresses of rounds (see capital/urls.py)."""

from __future__ import annotations

from typing import Any

from django.urls import path

from capital.views import inspections, openings, outcomes, results, rounds, sheets

urlpatterns: list[Any] = [
    path("capital/openings/", openings.OpeningList.as_view(), name="opening_list"),
    path("capital/openings/confirm/", openings.OpeningConfirm.as_view(), name="opening_confirm"),
    path("rounds/", rounds.RoundList.as_view(), name="round_list"),
    path("rounds/new/", rounds.RoundCreate.as_view(), name="round_create"),
    path("rounds/<int:pk>/", rounds.RoundDetail.as_view(), name="round_detail"),
    path("rounds/<int:pk>/change/", rounds.RoundUpdate.as_view(), name="round_update"),
    path("rounds/<int:pk>/archive/", rounds.RoundArchive.as_view(), name="round_archive"),
    path("rounds/<int:pk>/begin/", rounds.RoundStart.as_view(), name="round_start"),
    path("rounds/<int:pk>/publish/", rounds.RoundPublish.as_view(), name="round_publish"),
    path("rounds/<int:pk>/approval/", rounds.RoundApproval.as_view(), name="round_approval"),
    path("rounds/<int:pk>/print/", rounds.RoundPrint.as_view(), name="round_print"),
    path("rounds/<int:pk>/teams/new/", rounds.TeamCreate.as_view(), name="round_team_create"),
    path("rounds/teams/<int:pk>/", rounds.TeamUpdate.as_view(), name="round_team_update"),
    path("inspections/", inspections.InspectionList.as_view(), name="inspection_list"),
    path("inspections/assign/", inspections.InspectionAssign.as_view(), name="inspection_assign"),
    path("inspections/<int:pk>/", inspections.InspectionDetail.as_view(), name="inspection_detail"),
    path("inspections/<int:pk>/form/", inspections.InspectionFormPage.as_view(), name="inspection_form"),
    path("inspections/<int:pk>/result/", results.InspectionInitial.as_view(), name="inspection_initial"),
    path("inspections/<int:pk>/decide/", results.InspectionFinal.as_view(), name="inspection_final"),
    path("inspections/<int:pk>/return/", results.InspectionReturn.as_view(), name="inspection_return"),
    path(
        "inspections/<int:pk>/recognise/", outcomes.InspectionRecognise.as_view(), name="inspection_recognise"
    ),
    path("inspections/<int:pk>/archive/", inspections.InspectionArchive.as_view(), name="inspection_archive"),
    path("inspections/<int:pk>/print/", inspections.InspectionPrint.as_view(), name="inspection_print"),
    path("inspections/files/<int:pk>/", inspections.PhotoFile.as_view(), name="inspection_photo"),
    path("score-sheets/", sheets.SheetList.as_view(), name="scoresheet_list"),
    path("score-sheets/new/", sheets.SheetCreate.as_view(), name="scoresheet_create"),
    path("score-sheets/<int:pk>/", sheets.SheetDetail.as_view(), name="scoresheet_detail"),
    path("score-sheets/<int:pk>/change/", sheets.SheetUpdate.as_view(), name="scoresheet_update"),
    path("score-sheets/<int:pk>/archive/", sheets.SheetArchive.as_view(), name="scoresheet_archive"),
    path("score-sheets/<int:pk>/renew/", sheets.SheetRenew.as_view(), name="scoresheet_renew"),
]

"""Addresses of the ladders: what stages ask for, the move of a lead, its board."""

from django.urls import path

from leads.views import moves, stages

urlpatterns = [
    path("stages/", stages.StageList.as_view(), name="stage_list"),
    path("stages/<int:pk>/", stages.StageDetail.as_view(), name="stage_detail"),
    path("stages/<int:pk>/change/", stages.StageUpdate.as_view(), name="stage_update"),
    path("stages/<int:pk>/reasons/new/", stages.ReasonAdd.as_view(), name="stagereason_add"),
    path("reasons/<int:pk>/change/", stages.ReasonUpdate.as_view(), name="stagereason_update"),
    path("reasons/<int:pk>/archive/", stages.ReasonArchive.as_view(), name="stagereason_archive"),
    path("leads/board/", moves.LeadBoard.as_view(), name="lead_board"),
    path("leads/<int:pk>/move/", moves.LeadMovePage.as_view(), name="lead_move"),
]

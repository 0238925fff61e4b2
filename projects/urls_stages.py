"""Addresses of the move of a project and of the board."""

from django.urls import path

from projects.views import moves

urlpatterns = [
    path("projects/board/", moves.ProjectBoard.as_view(), name="project_board"),
    path("projects/<int:pk>/move/", moves.ProjectMovePage.as_view(), name="project_move"),
]

"""Addresses of the dossier: follow-ups, tasks, files, timeline."""

from django.urls import path

from leads.views import work

urlpatterns = [
    path("leads/<int:pk>/follow-ups/new/", work.FollowUpAdd.as_view(), name="followup_add"),
    path("follow-ups/<int:pk>/change/", work.FollowUpUpdate.as_view(), name="followup_update"),
    path("leads/<int:pk>/tasks/new/", work.TaskAdd.as_view(), name="task_add"),
    path("tasks/", work.TaskList.as_view(), name="task_list"),
    path("tasks/<int:pk>/change/", work.TaskUpdate.as_view(), name="task_update"),
    path("tasks/<int:pk>/done/", work.TaskDone.as_view(), name="task_done"),
    path("tasks/<int:pk>/reopen/", work.TaskReopen.as_view(), name="task_reopen"),
    path("leads/<int:pk>/files/new/", work.AttachmentAdd.as_view(), name="attachment_add"),
    path("files/<int:pk>/", work.AttachmentFile.as_view(), name="attachment_file"),
    path("files/<int:pk>/change/", work.AttachmentUpdate.as_view(), name="attachment_update"),
    path("files/<int:pk>/remove/", work.AttachmentArchive.as_view(), name="attachment_archive"),
    path("leads/<int:pk>/timeline/", work.Timeline.as_view(), name="lead_timeline"),
]

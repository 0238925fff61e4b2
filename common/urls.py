from django.urls import path

from common.views import finding, imports, jobs, saved_views, schedules

urlpatterns = [
    path("search/", finding.Search.as_view(), name="search"),
    path("jobs/", jobs.JobList.as_view(), name="job_list"),
    path("jobs/<int:pk>/", jobs.JobDetail.as_view(), name="job_detail"),
    path("jobs/<int:pk>/progress/", jobs.JobProgress.as_view(), name="job_progress"),
    path("jobs/<int:pk>/retry/", jobs.JobRetry.as_view(), name="job_retry"),
    path("regular-runs/", schedules.ScheduleList.as_view(), name="schedule_list"),
    path("regular-runs/<int:pk>/change/", schedules.ScheduleUpdate.as_view(), name="schedule_update"),
    path("regular-runs/<int:pk>/run/", schedules.ScheduleRun.as_view(), name="schedule_run"),
    path("imports/", imports.ImportList.as_view(), name="import_list"),
    path("imports/<int:pk>/", imports.ImportDetail.as_view(), name="import_detail"),
    path("imports/<int:pk>/columns/", imports.ImportMapping.as_view(), name="import_mapping"),
    path("imports/<int:pk>/rows/<int:number>/", imports.ImportMend.as_view(), name="import_mend"),
    path("imports/<int:pk>/undo/", imports.ImportUndo.as_view(), name="import_undo"),
    path("imports/<int:pk>/file/", imports.ImportFileDownload.as_view(), name="import_file"),
    path("imports/<int:pk>/marked/", imports.ImportMarked.as_view(), name="import_marked"),
    path("views/new/", saved_views.SavedViewSave.as_view(), name="view_save"),
    path("views/<int:pk>/remove/", saved_views.SavedViewRemove.as_view(), name="view_remove"),
]

from django.urls import path

from assessments.views import rankings, records, rows, target_forms, target_records, targets

urlpatterns = [
    path("ranking/", rankings.Ranking.as_view(), name="ranking"),
    path("ranking/compute/", rankings.RankingCompute.as_view(), name="ranking_compute"),
    path("ranking/runs/<int:pk>/publish/", rankings.RankingPublish.as_view(), name="ranking_publish"),
    path("ranking/rows/", rows.RankingRows.as_view(), name="ranking_rows"),
    path("ranking/circular.xlsx", rankings.CircularWorkbook.as_view(), name="circular_workbook"),
    path("figures/", records.FigureList.as_view(), name="figure_list"),
    path("figures/<int:pk>/", records.FigureDetail.as_view(), name="figure_detail"),
    path("figures/template/", records.FigureTemplate.as_view(), name="figure_template"),
    path("targets/", target_records.TargetList.as_view(), name="target_list"),
    path("targets/grid/", targets.TargetGrid.as_view(), name="target_grid"),
    path("targets/new/", target_forms.TargetCreate.as_view(), name="target_create"),
    path("targets/<int:pk>/change/", target_forms.TargetUpdate.as_view(), name="target_update"),
    path("targets/<int:pk>/withdraw/", target_forms.TargetArchive.as_view(), name="target_archive"),
    path("targets/<int:pk>/", target_records.TargetDetail.as_view(), name="target_detail"),
    path("measures/", records.MeasureList.as_view(), name="measure_list"),
    path("measures/new/", records.MeasureCreate.as_view(), name="measure_create"),
    path("measures/<int:pk>/", records.MeasureDetail.as_view(), name="measure_detail"),
    path("measures/<int:pk>/change/", records.MeasureUpdate.as_view(), name="measure_update"),
    path("measures/<int:pk>/archive/", records.MeasureArchive.as_view(), name="measure_archive"),
    path("ranking-tables/", records.RankingTableList.as_view(), name="rankingtable_list"),
    path("ranking-tables/new/", records.RankingTableCreate.as_view(), name="rankingtable_create"),
    path("ranking-tables/<int:pk>/", records.RankingTableDetail.as_view(), name="rankingtable_detail"),
    path("ranking-tables/<int:pk>/change/", records.RankingTableUpdate.as_view(), name="rankingtable_update"),
    path(
        "ranking-tables/<int:pk>/archive/", records.RankingTableArchive.as_view(), name="rankingtable_archive"
    ),
]

from django.urls import path

from assessments.views import given, measures, rankings, records, rows
from assessments.views import scheme_editor as editor

urlpatterns = [
    path("ranking/", rankings.Ranking.as_view(), name="ranking"),
    path("ranking/compute/", rankings.RankingCompute.as_view(), name="ranking_compute"),
    path("ranking/runs/<int:pk>/publish/", rankings.RankingPublish.as_view(), name="ranking_publish"),
    path("ranking/rows/", rows.RankingRows.as_view(), name="ranking_rows"),
    path("ranking/circular.xlsx", rankings.CircularWorkbook.as_view(), name="circular_workbook"),
    path("figures/", records.FigureList.as_view(), name="figure_list"),
    path("figures/<int:pk>/", records.FigureDetail.as_view(), name="figure_detail"),
    path("figures/template/", records.FigureTemplate.as_view(), name="figure_template"),
    path("targets/", records.TargetList.as_view(), name="target_list"),
    path("targets/<int:pk>/", records.TargetDetail.as_view(), name="target_detail"),
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
    path("measures/counted/", measures.MeasureBases.as_view(), name="measure_bases"),
    path("measures/counted/<slug:base>/", measures.MeasureCounted.as_view(), name="measure_counted"),
    path("measures/<int:pk>/units/<int:unit>/rows/", measures.MeasureRows.as_view(), name="measure_rows"),
    path("given/", given.GivenList.as_view(), name="given_list"),
    path("given/new/", given.GivenCreate.as_view(), name="given_create"),
    path("given/<int:pk>/", given.GivenDetail.as_view(), name="given_detail"),
    path("given/<int:pk>/take-back/", given.GivenWithdraw.as_view(), name="given_withdraw"),
    path("given/<int:pk>/file/", given.GivenFile.as_view(), name="given_file"),
    # the scheme editor
    path("schemes/versions/<int:pk>/edit/", editor.SchemeEditor.as_view(), name="schemeversion_edit"),
    path("schemes/versions/<int:pk>/figures/", editor.SchemeFigures.as_view(), name="schemeversion_figures"),
    path("schemes/versions/<int:pk>/import/", editor.SchemeImport.as_view(), name="schemeversion_import"),
    path("schemes/versions/<int:pk>/export/", editor.SchemeExport.as_view(), name="schemeversion_export"),
    path("schemes/versions/<int:pk>/undo/", editor.SchemeUndo.as_view(), name="schemeversion_undo"),
    path(
        "schemes/versions/<int:pk>/edit/<path:address>/",
        editor.SchemeEditor.as_view(),
        name="schemeversion_edit_part",
    ),
]

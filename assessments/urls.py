from django.urls import path

from assessments.views import (
    given,
    measures,
    rankings,
    records,
    results,
    rows,
    scheme_versions,
    schemes,
    target_forms,
    target_records,
    targets,
)
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
    # results of schemes
    path("results/", results.SchemeResults.as_view(), name="scheme_results"),
    path("results/runs/<int:pk>/", results.SchemeResult.as_view(), name="scheme_result"),
    path(
        "results/runs/<int:pk>/ranking.xlsx",
        results.SchemeResultExport.as_view(),
        name="scheme_result_export",
    ),
    path(
        "results/runs/<int:pk>/units/<int:unit>/",
        results.SchemeExplanation.as_view(),
        name="scheme_explanation",
    ),
    path("results/runs/<int:pk>/what-if/", results.SchemeWhatIf.as_view(), name="scheme_whatif"),
    path("results/runs/<int:pk>/compare/", results.SchemeCompare.as_view(), name="result_compare"),
    path("results/runs/<int:pk>/publish/", results.SchemeTell.as_view(), name="scheme_tell"),
    path("results/runs/<int:pk>/final/", results.SchemeFinish.as_view(), name="scheme_finish"),
    path("results/runs/<int:pk>/set/", results.OverrideCreate.as_view(), name="score_override"),
    path("results/runs/<int:pk>/objections/new/", results.ObjectionCreate.as_view(), name="objection_create"),
    path("objections/<int:pk>/", results.ObjectionDetail.as_view(), name="objection_detail"),
    path("objections/<int:pk>/answer/", results.ObjectionAnswer.as_view(), name="objection_answer"),
    path("objections/<int:pk>/withdraw/", results.ObjectionWithdraw.as_view(), name="objection_withdraw"),
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
    path("schemes/versions/<int:pk>/undo/", editor.SchemeUndo.as_view(), name="schemeversion_undo"),
    path(
        "schemes/versions/<int:pk>/edit/<path:address>/",
        editor.SchemeEditor.as_view(),
        name="schemeversion_edit_part",
    ),
    # schemes, their versions and runs
    path("schemes/", schemes.SchemeList.as_view(), name="scheme_list"),
    path("schemes/new/", schemes.SchemeCreate.as_view(), name="scheme_create"),
    path("schemes/<int:pk>/", schemes.SchemeDetail.as_view(), name="scheme_detail"),
    path("schemes/<int:pk>/change/", schemes.SchemeUpdate.as_view(), name="scheme_update"),
    path("schemes/<int:pk>/archive/", schemes.SchemeArchive.as_view(), name="scheme_archive"),
    path("schemes/<int:pk>/groups/", schemes.SchemeGroups.as_view(), name="scheme_groups"),
    path(
        "schemes/<int:pk>/versions/new/", schemes.SchemeVersionCreate.as_view(), name="schemeversion_create"
    ),
    path("schemes/<int:pk>/compute/", schemes.SchemeRunCreate.as_view(), name="schemerun_create"),
    path(
        "schemes/<int:pk>/versions/",
        scheme_versions.SchemeVersionCompare.as_view(),
        name="schemeversion_compare",
    ),
    path("scheme-runs/<int:pk>/restate/", schemes.SchemeRunRestate.as_view(), name="schemerun_restate"),
    path("scheme-trials/<int:pk>/", scheme_versions.SchemeTrialDetail.as_view(), name="schemetrial_detail"),
    *(
        path(f"scheme-versions/<int:pk>/{rest}", view.as_view(), name=f"schemeversion_{name}")
        for rest, view, name in (
            ("", scheme_versions.SchemeVersionDetail, "detail"),
            ("change/", scheme_versions.SchemeVersionUpdate, "update"),
            ("archive/", scheme_versions.SchemeVersionArchive, "archive"),
            ("file/", scheme_versions.SchemeVersionFile, "file"),
            ("check/", scheme_versions.SchemeVersionValidate, "validate"),
            ("try/", scheme_versions.SchemeVersionTry, "try"),
            ("publish/", scheme_versions.SchemeVersionPublish, "publish"),
        )
    ),
]

from django.urls import path

from capital.views import entries, pickers, vouchers

urlpatterns = [
    path("capital/", entries.EntryList.as_view(), name="entry_list"),
    path("capital/new/", entries.EntryCreate.as_view(), name="entry_create"),
    path("capital/report/", entries.EntryReportMany.as_view(), name="entry_report_many"),
    path("capital/hints/", pickers.Hints.as_view(), name="entry_hints"),
    path("capital/pick/", pickers.EntryPick.as_view(), name="entry_pick"),
    path("capital/projects/", pickers.ProjectPick.as_view(), name="entry_project_pick"),
    path("capital/<int:pk>/", entries.EntryDetail.as_view(), name="entry_detail"),
    path("capital/<int:pk>/change/", entries.EntryUpdate.as_view(), name="entry_update"),
    path("capital/<int:pk>/withdraw/", entries.EntryArchive.as_view(), name="entry_archive"),
    path("capital/<int:pk>/report/", entries.EntryReport.as_view(), name="entry_report"),
    path("capital/<int:pk>/vouchers/new/", entries.EntryVoucherAdd.as_view(), name="entry_voucher_add"),
    path("capital/<int:pk>/files/new/", entries.EntryPaperAdd.as_view(), name="entry_paper_add"),
    path("capital/files/<int:pk>/", vouchers.EntryPaper.as_view(), name="entry_paper"),
    path("vouchers/", vouchers.VoucherList.as_view(), name="voucher_list"),
    path("vouchers/new/", vouchers.VoucherCreate.as_view(), name="voucher_create"),
    path("vouchers/pick/", pickers.VoucherPick.as_view(), name="voucher_pick"),
    path("vouchers/<int:pk>/", vouchers.VoucherDetail.as_view(), name="voucher_detail"),
    path("vouchers/<int:pk>/change/", vouchers.VoucherUpdate.as_view(), name="voucher_update"),
    path("vouchers/<int:pk>/archive/", vouchers.VoucherArchive.as_view(), name="voucher_archive"),
    path("vouchers/<int:pk>/use/", vouchers.VoucherAllocate.as_view(), name="voucher_allocate"),
    path("vouchers/<int:pk>/file/", vouchers.VoucherFile.as_view(), name="voucher_file"),
    path("allocations/<int:pk>/split/", vouchers.AllocationSplit.as_view(), name="allocation_split"),
]

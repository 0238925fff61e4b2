"""Addresses of protection, pool, transfers, disputes, screening and their rules."""

from django.urls import path

from leads.views import disputes, protection, rulebook, screening, transfers

urlpatterns = [
    path("pool/", protection.PoolList.as_view(), name="pool_list"),
    path("pool/<int:pk>/claim/", protection.PoolClaim.as_view(), name="pool_claim"),
    path("leads/<int:pk>/release/", protection.LeadRelease.as_view(), name="lead_release"),
    path("leads/<int:pk>/transfer/", transfers.TransferPropose.as_view(), name="transfer_propose"),
    path("leads/<int:pk>/screening/", screening.LeadScreening.as_view(), name="lead_screening"),
    path("leads/<int:pk>/screening/begin/", screening.ScreeningBegin.as_view(), name="lead_screening_begin"),
    path("screenings/<int:pk>/override/", screening.ScreeningOverride.as_view(), name="screening_override"),
    path("certificates/<int:pk>/", protection.CertificateDetail.as_view(), name="certificate_detail"),
    path("certificates/check/<str:token>/", protection.CertificateCheck.as_view(), name="certificate_check"),
    path("transfers/", transfers.TransferList.as_view(), name="transfer_list"),
    path("transfers/<int:pk>/", transfers.TransferDetail.as_view(), name="transfer_detail"),
    path("transfers/<int:pk>/agree/", transfers.TransferAgree.as_view(), name="transfer_agree"),
    path("transfers/<int:pk>/refuse/", transfers.TransferRefuse.as_view(), name="transfer_refuse"),
    path("transfers/<int:pk>/withdraw/", transfers.TransferWithdraw.as_view(), name="transfer_withdraw"),
    path("disputes/", disputes.DisputeList.as_view(), name="dispute_list"),
    path("disputes/new/", disputes.DisputeCreate.as_view(), name="dispute_create"),
    path("disputes/<int:pk>/", disputes.DisputeDetail.as_view(), name="dispute_detail"),
    path("disputes/<int:pk>/state/", disputes.DisputeStatementAdd.as_view(), name="dispute_state"),
    path("disputes/<int:pk>/hear/", disputes.DisputeHear.as_view(), name="dispute_hear"),
    path("disputes/<int:pk>/decide/", disputes.DisputeDecide.as_view(), name="dispute_decide"),
    path("disputes/<int:pk>/withdraw/", disputes.DisputeWithdraw.as_view(), name="dispute_withdraw"),
    path("protection-rules/", rulebook.TermsList.as_view(), name="protectionterms_list"),
    path("protection-rules/new/", rulebook.TermsCreate.as_view(), name="protectionterms_create"),
    path("protection-rules/<int:pk>/", rulebook.TermsDetail.as_view(), name="protectionterms_detail"),
    path("protection-rules/<int:pk>/change/", rulebook.TermsUpdate.as_view(), name="protectionterms_update"),
    path(
        "protection-rules/<int:pk>/archive/", rulebook.TermsArchive.as_view(), name="protectionterms_archive"
    ),
    path("gates/", rulebook.GateList.as_view(), name="gate_list"),
    path("gates/new/", rulebook.GateCreate.as_view(), name="gate_create"),
    path("gates/<int:pk>/", rulebook.GateDetail.as_view(), name="gate_detail"),
    path("gates/<int:pk>/change/", rulebook.GateUpdate.as_view(), name="gate_update"),
    path("gates/<int:pk>/archive/", rulebook.GateArchive.as_view(), name="gate_archive"),
    path("gates/<int:pk>/checks/new/", rulebook.GateCheckAdd.as_view(), name="gatecheck_add"),
    path("gate-checks/<int:pk>/change/", rulebook.GateCheckUpdate.as_view(), name="gatecheck_update"),
    path("gate-checks/<int:pk>/archive/", rulebook.GateCheckArchive.as_view(), name="gatecheck_archive"),
]

from django.urls import path

from projects.views import parts, projects, signing

urlpatterns = [
    path("leads/<int:pk>/sign/", signing.SignPage.as_view(), name="project_sign"),
    path("projects/", projects.ProjectList.as_view(), name="project_list"),
    path("projects/new/", signing.OpenPage.as_view(), name="project_create"),
    path("projects/leader/", projects.ProjectLeaderMany.as_view(), name="project_leader_many"),
    path("projects/<int:pk>/", projects.ProjectDetail.as_view(), name="project_detail"),
    path("projects/<int:pk>/change/", projects.ProjectUpdate.as_view(), name="project_update"),
    path("projects/<int:pk>/archive/", projects.ProjectArchive.as_view(), name="project_archive"),
    path("projects/<int:pk>/timeline/", projects.ProjectTimeline.as_view(), name="project_timeline"),
    path("projects/<int:pk>/agreements/new/", parts.AgreementAdd.as_view(), name="project_agreement_add"),
    path("projects/<int:pk>/attribution/", parts.Attribution.as_view(), name="project_attribution"),
    path("projects/<int:pk>/investors/", parts.Investors.as_view(), name="project_investors"),
    path("projects/<int:pk>/plan/", parts.Plan.as_view(), name="project_plan"),
    path("projects/<int:pk>/commitments/new/", parts.CommitmentAdd.as_view(), name="project_commitment_add"),
    path("projects/<int:pk>/obligations/new/", parts.ObligationAdd.as_view(), name="project_obligation_add"),
    path("projects/<int:pk>/parcels/new/", parts.ParcelAdd.as_view(), name="project_parcel_add"),
    path("projects/<int:pk>/half-years/", parts.HalfYearSet.as_view(), name="project_half_year"),
    path("commitments/<int:pk>/change/", parts.CommitmentUpdate.as_view(), name="project_commitment_update"),
    path("commitments/<int:pk>/kept/", parts.CommitmentKeep.as_view(), name="project_commitment_keep"),
    path("obligations/<int:pk>/change/", parts.ObligationUpdate.as_view(), name="project_obligation_update"),
    path("obligations/<int:pk>/check/", parts.ObligationCheck.as_view(), name="project_obligation_check"),
    path("parcels/<int:pk>/change/", parts.ParcelUpdate.as_view(), name="project_parcel_update"),
]

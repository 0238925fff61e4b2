"""The address book of API v1. Each app brings its view sets; here they get their names."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from assessments.api import FigureViewSet, GivenViewSet, MeasureViewSet, RankingRunViewSet
from assessments.api_results import ObjectionViewSet, SchemeRunViewSet
from assessments.api_schemes import SchemeVersionViewSet, SchemeViewSet
from assessments.api_targets import TargetViewSet
from capital.api import DutyViewSet, EntryViewSet, ReturnViewSet, VoucherViewSet
from capital.api_desk import RecognitionTermsViewSet, RecognitionViewSet, SampleViewSet
from capital.api_rounds import InspectionViewSet, RoundViewSet
from capital.api_rules import CountingRuleViewSet
from common.import_api import ImportViewSet
from leads.api import ContactViewSet, IntroducerViewSet, InvestorViewSet, LeadViewSet, OfferViewSet
from leads.api_guard import (
    CertificateViewSet,
    DisputeViewSet,
    PoolViewSet,
    ScreeningViewSet,
    TransferViewSet,
)
from leads.duplicates.api import LeadDuplicatesView
from leads.stage_api import StageViewSet
from leads.work_api import AttachmentViewSet, FollowUpViewSet, TaskViewSet
from ledger.api import ClosingViewSet, PeriodViewSet, PostingViewSet
from organizations.api import GroupViewSet, OfficerViewSet, UnitViewSet
from projects.api import LeadSignView, ProjectViewSet
from reference.api import (
    CalendarYearViewSet,
    CurrencyViewSet,
    ExchangeRateViewSet,
    HolidayViewSet,
    IndustryViewSet,
    RegionViewSet,
)

router = SimpleRouter()
router.register("units", UnitViewSet, basename="api-unit")
router.register("groups", GroupViewSet, basename="api-group")
router.register("officers", OfficerViewSet, basename="api-officer")
router.register("leads", LeadViewSet, basename="api-lead")
router.register("investors", InvestorViewSet, basename="api-investor")
router.register("contacts", ContactViewSet, basename="api-contact")
router.register("introducers", IntroducerViewSet, basename="api-introducer")
router.register("offers", OfferViewSet, basename="api-offer")
router.register("stages", StageViewSet, basename="api-stage")
router.register("follow-ups", FollowUpViewSet, basename="api-followup")
router.register("tasks", TaskViewSet, basename="api-task")
router.register("files", AttachmentViewSet, basename="api-attachment")
router.register("projects", ProjectViewSet, basename="api-project")
router.register("capital-entries", EntryViewSet, basename="api-entry")
router.register("vouchers", VoucherViewSet, basename="api-voucher")
router.register("returns", ReturnViewSet, basename="api-return")
router.register("reporting-duties", DutyViewSet, basename="api-duty")
router.register("counting-rules", CountingRuleViewSet, basename="api-countingrule")
router.register("measures", MeasureViewSet, basename="api-measure")
router.register("figures", FigureViewSet, basename="api-figure")
router.register("given-figures", GivenViewSet, basename="api-given")
router.register("targets", TargetViewSet, basename="api-target")
router.register("rankings", RankingRunViewSet, basename="api-ranking")
router.register("scheme-runs", SchemeRunViewSet, basename="api-schemerun")
router.register("objections", ObjectionViewSet, basename="api-objection")
router.register("postings", PostingViewSet, basename="api-posting")
router.register("periods", PeriodViewSet, basename="api-period")
router.register("closings", ClosingViewSet, basename="api-closing")
router.register("industries", IndustryViewSet, basename="api-industry")
router.register("regions", RegionViewSet, basename="api-region")
router.register("currencies", CurrencyViewSet, basename="api-currency")
router.register("calendar-years", CalendarYearViewSet, basename="api-calendaryear")
router.register("holidays", HolidayViewSet, basename="api-holiday")
router.register("exchange-rates", ExchangeRateViewSet, basename="api-exchangerate")
router.register("certificates", CertificateViewSet, basename="api-certificate")
router.register("pool", PoolViewSet, basename="api-pool")
router.register("transfers", TransferViewSet, basename="api-transfer")
router.register("disputes", DisputeViewSet, basename="api-dispute")
router.register("screenings", ScreeningViewSet, basename="api-screening")
router.register("rounds", RoundViewSet, basename="api-round")
router.register("inspections", InspectionViewSet, basename="api-inspection")
router.register("recognitions", RecognitionViewSet, basename="api-recognition")
router.register("samples", SampleViewSet, basename="api-sample")
router.register("recognition-terms", RecognitionTermsViewSet, basename="api-recognitionterms")
router.register("schemes", SchemeViewSet, basename="api-scheme")
router.register("scheme-versions", SchemeVersionViewSet, basename="api-schemeversion")
router.register("imports", ImportViewSet, basename="api-import")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("leads/duplicates/", LeadDuplicatesView.as_view(), name="api-lead-duplicates"),
    path("leads/<int:pk>/sign/", LeadSignView.as_view(), name="api-lead-sign"),
    path("", include(router.urls)),
]

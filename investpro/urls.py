from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path
from django.views.i18n import set_language

from investpro.views.home import Home
from investpro.views.pages import Favicon, health

urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", set_language, name="set_language"),
    path("favicon.ico", Favicon.as_view(), name="favicon"),
    path("health/", health, name="health"),
    path("", include("common.urls")),
    path("", include("organizations.urls")),
    path("", include("reference.urls")),
    path("", include("assessments.urls")),
    path("", include("ledger.urls")),
    path("", include("leads.duplicates.urls")),
    path("", include("leads.urls")),
    path("", include("leads.urls_guard")),
    path("", include("leads.urls_stages")),
    path("", include("leads.urls_work")),
    path("", include("projects.urls_stages")),
    path("", include("projects.urls")),
    path("", include("capital.urls")),
    path("api/v1/", include("investpro.api")),
]

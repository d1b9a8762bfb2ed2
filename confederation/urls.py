"""Addresses are nouns."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

from .health import health

urlpatterns = [
    path("", TemplateView.as_view(template_name="home.html"), name="home"),
    path("account/", include("allauth.account.urls")),
    path("", include("assemblies.record.urls")),
    path("health/", health, name="health"),
    path("technician/", admin.site.urls),
]

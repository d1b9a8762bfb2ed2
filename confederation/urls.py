"""Addresses are nouns. What floors above add to a page stands before the page it adds to."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

import assemblies.converters  # noqa: F401  makes <number:…> and <name:…> known
from assemblies.views.decisions import ballot
from councils.views.councils import confederation_new

from . import learning, own, pages, townhall
from .api import pages as api
from .health import health
from .participation import participation
from .rehearsal import rehearsal
from .search.views import search

# Floors that are still being built are passed over.
FLOORS = [floor for floor in ("commons.urls", "councils.urls", "mandates.urls") if find_spec(floor)]

urlpatterns = [
    path("decisions/<number:pk>/ballot/", ballot, name="ballot"),  # first, for a whole hall asks for it at once
    path("", pages.home, name="home"),
    path("assemblies/<name:slug>/", townhall.assembly, name="assembly"),
    path("assemblies/<name:slug>/desk/", townhall.desk, name="assembly-desk"),
    path("councils/", townhall.councils, name="councils"),
    path("councils/new/", confederation_new, name="confederation-new"),  # before a council could be called that
    path("councils/<name:slug>/", townhall.council, name="council"),
    path("proposals/<number:pk>/", townhall.proposal, name="proposal"),
    path("decisions/<number:pk>/", townhall.decision, name="decision"),
    path("policies/<number:pk>/", townhall.policy, name="policy"),
    path("mandates/<number:pk>/", townhall.mandate, name="mandate"),
    path("tasks/<number:pk>/", townhall.task, name="task"),
    path("commons/interdependence/", townhall.interdependence, name="interdependence"),
    path("reports/<number:pk>/", townhall.report, name="report"),
    *(path("", include(floor)) for floor in FLOORS),
    path("", include("assemblies.urls")),
    path("account/me/", pages.account, name="account"),
    path("account/participation/", participation, name="participation"),
    path("kept/", own.kept, name="kept"),
    path("account/me/data.json", own.own_data, name="own-data"),
    path("account/me/erasure/", own.own_erasure, name="own-erasure"),
    path("account/tokens/", api.tokens, name="tokens"),
    path("account/tokens/<number:pk>/revocation/", api.token_revocation, name="token-revocation"),
    path("account/", include("allauth.account.urls")),
    path("appearance/", pages.appearance, name="appearance"),
    path("outbox/", pages.outbox_list, name="outbox"),
    re_path(r"^outbox/(?P<name>[0-9A-Za-z-]+\.eml)/$", pages.outbox_letter, name="outbox-letter"),
    path("guides/", learning.guide_list, name="guides"),
    path("guides/<slug:slug>/", learning.guide, name="guide"),
    path("guides/<slug:slug>/rehearsal/", rehearsal, name="rehearsal"),
    path("school/", learning.school, name="school"),
    path("school/<slug:slug>/", learning.lesson, name="lesson"),
    path("search/", search, name="search"),
    path("articles/", pages.article_list, name="articles"),
    path("articles/<number:number>/", pages.article_detail, name="article"),
    path("", include("assemblies.record.urls")),
    path("api/", api.guide, name="api-guide"),
    path("api/v1/", include("confederation.api.urls")),
    path("health/", health, name="health"),
    path("technician/health/", pages.technician_health, name="technician-health"),
    path("technician/", admin.site.urls),
]
handler500 = "confederation.health.failed"
if settings.DEBUG:
    from .styleguide import styleguide

    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))

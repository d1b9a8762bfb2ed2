"""Addresses of floor 2: nouns, all of them."""

from django.urls import path

from assemblies import converters  # noqa: F401  makes <number:…> and <name:…> known

from .views import accessions, mandates, recalls

urlpatterns = [
    path("mandates/", mandates.mandate_list, name="mandates"),
    path("mandates/<number:pk>/", mandates.mandate_detail, name="mandate"),
    path("mandates/<number:pk>/narrowings/new/", mandates.narrowing_new, name="narrowing-new"),
    path("mandates/<number:pk>/resignation/", mandates.resignation, name="resignation"),
    path("mandates/<number:pk>/recalls/new/", recalls.recall_new, name="recall-new"),
    path("recalls/", recalls.recall_list, name="recalls"),
    path("recalls/<number:pk>/", recalls.recall_detail, name="recall"),
    path("recalls/<number:pk>/signatures/", recalls.signatures, name="signatures"),
    path("recalls/<number:pk>/statements/", recalls.statements, name="statements"),
    path("assemblies/<name:slug>/mandates/new/", mandates.mandate_new, name="mandate-new"),
    path("assemblies/<name:slug>/accessions/new/", accessions.accession_new, name="accession-new"),
    path("accessions/<number:pk>/departures/new/", accessions.departure_new, name="departure-new"),
]

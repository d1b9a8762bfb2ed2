"""Addresses of floor 2: nouns, all of them."""

from django.urls import path

from assemblies import converters  # noqa: F401  makes <number:…> and <name:…> known

from .views import accessions, elections, mandates, recalls, reports, texts

urlpatterns = [
    path("mandates/", mandates.mandate_list, name="mandates"),
    path("mandates/<number:pk>/", mandates.mandate_detail, name="mandate"),
    path("mandates/<number:pk>/narrowings/new/", mandates.narrowing_new, name="narrowing-new"),
    path("mandates/<number:pk>/resignation/", mandates.resignation, name="resignation"),
    path("mandates/<number:pk>/recalls/new/", recalls.recall_new, name="recall-new"),
    path("mandates/<number:pk>/replacements/new/", elections.replacement_new, name="replacement-new"),
    path("elections/", elections.election_list, name="elections"),
    path("elections/<number:pk>/", elections.election_detail, name="election"),
    path("elections/<number:pk>/candidacies/new/", elections.candidacy_new, name="candidacy-new"),
    path("elections/<number:pk>/poll/new/", elections.poll_new, name="poll-new"),
    path("candidacies/<number:pk>/withdrawal/", elections.candidacy_withdrawal, name="candidacy-withdrawal"),
    path("assemblies/<name:slug>/elections/new/", elections.election_new, name="election-new"),
    path("recalls/", recalls.recall_list, name="recalls"),
    path("recalls/<number:pk>/", recalls.recall_detail, name="recall"),
    path("recalls/<number:pk>/signatures/", recalls.signatures, name="signatures"),
    path("recalls/<number:pk>/statements/", recalls.statements, name="statements"),
    path("reports/", reports.report_list, name="reports"),
    path("reports/<number:pk>/", reports.report_detail, name="report"),
    path("reports/<number:pk>/reviews/new/", reports.review_new, name="review-new"),
    path("assemblies/<name:slug>/mandates/new/", mandates.mandate_new, name="mandate-new"),
    path("assemblies/<name:slug>/accessions/new/", accessions.accession_new, name="accession-new"),
    path("assemblies/<name:slug>/texts/new/", texts.text_new, name="text-new"),
    path("texts/<number:pk>/adoptions/new/", texts.adoption_new, name="adoption-new"),
    path("accessions/<number:pk>/departures/new/", accessions.departure_new, name="departure-new"),
]

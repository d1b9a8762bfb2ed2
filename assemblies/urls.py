"""Addresses of floor 1: nouns, all of them."""

from django.urls import path

from . import converters  # noqa: F401  makes <number:…> and <name:…> known
from .views import assemblies, choices, decisions, desk, imports, letters, policies, proposals, roll, tellers

urlpatterns = [
    path("assemblies/", assemblies.assembly_list, name="assemblies"),
    path("assemblies/<name:slug>/", assemblies.assembly_detail, name="assembly"),
    path("assemblies/<name:slug>/desk/", desk.assembly_desk, name="assembly-desk"),
    path("assemblies/<name:slug>/roll/", roll.assembly_roll, name="assembly-roll"),
    path("assemblies/<name:slug>/applications/new/", roll.application_new, name="application-new"),
    path("assemblies/<name:slug>/imports/", imports.roll_import_list, name="roll-imports"),
    path("assemblies/<name:slug>/imports/new/", imports.roll_import_new, name="roll-import-new"),
    path("assemblies/<name:slug>/proposals/new/", proposals.proposal_new, name="proposal-new"),
    path("applications/<number:pk>/", roll.application_detail, name="application"),
    path("citizenships/<number:pk>/ending/", roll.citizenship_ending, name="citizenship-ending"),
    path("offices/<number:pk>/ending/", desk.office_ending, name="office-ending"),
    path("imports/<number:pk>/", imports.roll_import_detail, name="roll-import"),
    path("imports/<number:pk>/progress/", imports.roll_import_progress, name="roll-import-progress"),
    path("proposals/", proposals.proposal_list, name="proposals"),
    path("proposals/<number:pk>/", proposals.proposal_detail, name="proposal"),
    path("proposals/<number:pk>/text/", proposals.proposal_edit, name="proposal-edit"),
    path("assemblies/<name:slug>/choices/new/", choices.choice_new, name="choice-new"),
    path("proposals/<number:pk>/options/", choices.options_edit, name="options-edit"),
    path("proposals/<number:pk>/offer/", proposals.proposal_offer, name="proposal-offer"),
    path("proposals/<number:pk>/withdrawal/", proposals.proposal_withdrawal, name="proposal-withdrawal"),
    path("proposals/<number:pk>/decision/", decisions.decision_new, name="decision-new"),
    path("decisions/<number:pk>/", decisions.decision_detail, name="decision"),
    path("decisions/<number:pk>/ballot/", decisions.ballot, name="ballot"),
    path("decisions/<number:pk>/votes/", decisions.decision_votes, name="decision-votes"),
    path("decisions/<number:pk>/count/", choices.decision_count, name="decision-count"),
    path("decisions/<number:pk>/count.<str:kind>", choices.count_download, name="count-download"),
    path("decisions/<number:pk>/roll/", tellers.decision_roll, name="decision-roll"),
    path("decisions/<number:pk>/tellers/", tellers.tellers_desk, name="tellers-desk"),
    path("decisions/<number:pk>/tellers/drawn/", tellers.tellers_drawn, name="tellers-drawn"),
    path("decisions/<number:pk>/presence/", tellers.presence, name="presence"),
    path("presence/<number:pk>/withdrawal/", tellers.presence_withdrawal, name="presence-withdrawal"),
    path("decisions/<number:pk>/hands/", tellers.hand_counts, name="hand-counts"),
    path("decisions/<number:pk>/papers/", tellers.papers, name="papers"),
    path("decisions/<number:pk>/papers/counts/", tellers.paper_counts, name="paper-counts"),
    path("policies/", policies.policy_list, name="policies"),
    path("policies/<number:pk>/", policies.policy_detail, name="policy"),
    path("letters/", letters.letter_list, name="letters"),
    path("letters/<number:pk>/", letters.letter_detail, name="letter"),
]

"""The addresses of the record."""

from django.urls import path
from django.views.decorators.http import require_safe

from .. import converters  # noqa: F401  makes <number:…> and the like known
from . import views
from .feeds import RecordFeed

urlpatterns = [
    path("record/", views.record, name="record"),
    path("record/feed/", require_safe(RecordFeed()), name="record-feed"),
    path("record/export.jsonl", views.export, name="record-export"),
    path("record/verify_record.py", views.verifier, name="record-verifier"),
    path("record/logs/", views.logs, name="record-logs"),
    path("record/entries/<number:pk>/", views.entry, name="record-entry"),
    path("record/entries/<number:pk>/proof.json", views.proof, name="record-entry-proof"),
    path("record/of/<name:noun>/<number:pk>/", views.of, name="record-of"),
    path("record/<origin:origin>/feed/", require_safe(RecordFeed()), name="record-log-feed"),
    path("record/<origin:origin>/export.jsonl", views.export, name="record-log-export"),
    path("record/<origin:origin>/", views.log, name="record-log"),
    path(".well-known/confederation/checkpoint", views.checkpoint, name="checkpoint"),
    path(".well-known/confederation/keys", views.keys, name="record-keys"),
    path(".well-known/confederation/consistency", views.consistency, name="record-consistency"),
    path(".well-known/confederation/witnessed", views.witnessed, name="record-witnessed"),
]

"""What the technician may read of floor 2. Who has signed a recall is not here (article 19)."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from assemblies.admin import ReadOnlyAdmin

from .models import (
    Accession,
    Adoption,
    Charter,
    Clause,
    Confederation,
    Convocation,
    Departure,
    Ending,
    Mandate,
    Narrowing,
    Recall,
    Report,
    SharedText,
    Statement,
)


@admin.register(Confederation)
class ConfederationAdmin(ReadOnlyAdmin):
    list_display = ["name", "slug", "within", "drafted_at"]
    list_select_related = ["within"]
    search_fields = ["name"]


@admin.register(Charter)
class CharterAdmin(ReadOnlyAdmin):
    list_display = ["confederation", "powers", "longest_term", "recall_per_mille"]
    list_select_related = ["confederation"]


@admin.register(SharedText)
class SharedTextAdmin(ReadOnlyAdmin):
    list_display = ["title", "assembly", "confederation", "notice"]
    list_select_related = ["assembly", "confederation"]
    search_fields = ["title"]


@admin.register(Adoption)
class AdoptionAdmin(ReadOnlyAdmin):
    list_display = ["shared", "assembly", "proposal"]
    list_select_related = ["shared", "assembly", "proposal"]


@admin.register(Accession)
class AccessionAdmin(ReadOnlyAdmin):
    list_display = ["assembly", "confederation", "proposal"]
    list_select_related = ["assembly", "confederation", "proposal"]
    search_fields = ["assembly__name"]


@admin.register(Departure)
class DepartureAdmin(ReadOnlyAdmin):
    list_display = ["accession", "proposal"]
    list_select_related = ["accession__assembly", "accession__confederation", "proposal"]


@admin.register(Mandate)
class MandateAdmin(ReadOnlyAdmin):
    """Only what has been offered: a draft is its author's alone."""

    list_display = ["delegate", "assembly", "confederation", "valid_from", "valid_until"]
    list_select_related = ["delegate", "assembly", "confederation"]
    search_fields = ["delegate__name", "assembly__name"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(proposal__offered_at__isnull=False)


@admin.register(Clause)
class ClauseAdmin(ReadOnlyAdmin):
    list_display = ["mandate_id", "number", "power", "instruction", "limit", "unit", "place"]
    list_filter = ["power"]
    list_select_related = ["place"]


@admin.register(Narrowing)
class NarrowingAdmin(ReadOnlyAdmin):
    list_display = ["mandate_id", "proposal", "withdraws", "valid_until"]
    list_select_related = ["proposal"]


@admin.register(Ending)
class EndingAdmin(ReadOnlyAdmin):
    list_display = ["mandate_id", "kind", "effective_at", "recorded_at"]
    list_filter = ["kind"]


@admin.register(Recall)
class RecallAdmin(ReadOnlyAdmin):
    list_display = ["proposal", "mandate_id", "opened_at", "lapses_at", "needed"]
    list_select_related = ["proposal"]


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin):
    list_display = ["recall_id", "by", "made_at"]
    list_select_related = ["by"]


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    list_display = ["mandate_id", "by", "due_at", "filed_at"]
    list_select_related = ["by"]


@admin.register(Convocation)
class ConvocationAdmin(ReadOnlyAdmin):
    list_display = ["confederation", "at", "place", "called_off_at"]
    list_select_related = ["confederation"]

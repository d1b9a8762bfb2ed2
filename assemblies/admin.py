"""What the technician may read of floor 1. Nothing political is changed here, by anyone (article 19).

Ballots, letters, applications and what the record keeps of people are not here at all.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .models import (
    Assembly,
    Citizen,
    Citizenship,
    Decision,
    Entry,
    Office,
    Policy,
    PolicyVersion,
    Proposal,
    RollImport,
    Session,
    StandingOrders,
)


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to be read: nothing is added, changed, deleted or acted upon."""

    actions = None
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AccountForm(forms.ModelForm):
    """Whether an account is in use, and why that changes."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands in the public record, with your name. Leave it empty when nothing changes."),
    )

    class Meta:
        model = Citizen
        fields = ["is_active"]

    def clean(self) -> dict[str, Any] | None:
        if "is_active" in self.changed_data and not (self.cleaned_data.get("reason") or "").strip():
            self.add_error("reason", _("Say why: the reason stands in the public record."))
        return self.cleaned_data


@admin.register(Citizen)
class CitizenAdmin(ReadOnlyAdmin):
    """An account can be put out of use and back (a stolen password, an invented person); no more than that."""

    form = AccountForm
    list_display = ["name", "email", "is_active", "is_staff", "joined_at", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["name", "email"]
    fields = ["name", "email", "is_active", "reason", "is_staff", "joined_at", "last_login"]
    readonly_fields = ["name", "email", "is_staff", "joined_at", "last_login"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def save_model(self, request: HttpRequest, obj: Citizen, form: Any, change: bool) -> None:
        if "is_active" not in form.changed_data:
            return
        technician = Citizen.objects.get(pk=str(request.user.pk))
        (obj.put_back_in_use if obj.is_active else obj.put_out_of_use)(
            by=technician, reason=form.cleaned_data["reason"]
        )


@admin.register(Assembly)
class AssemblyAdmin(ReadOnlyAdmin):
    list_display = ["name", "kind", "code", "population", "founded_at"]
    list_filter = ["kind"]
    search_fields = ["name", "slug", "code"]


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ["assembly", "place", "begins_at", "opened_at", "closed_at"]
    list_select_related = ["assembly"]


@admin.register(StandingOrders)
class StandingOrdersAdmin(ReadOnlyAdmin):
    list_display = ["assembly", "majority", "quorum_per_mille", "quorum_number", "deliberation", "notice"]
    list_select_related = ["assembly"]
    search_fields = ["assembly__name"]


@admin.register(Citizenship)
class CitizenshipAdmin(ReadOnlyAdmin):
    list_display = ["citizen", "assembly", "valid_from", "valid_until", "end_reason"]
    list_select_related = ["citizen", "assembly"]
    search_fields = ["citizen__name", "citizen__email", "assembly__name"]


@admin.register(Office)
class OfficeAdmin(ReadOnlyAdmin):
    list_display = ["kind", "assembly", "citizen", "valid_from", "valid_until"]
    list_select_related = ["citizen", "assembly"]
    list_filter = ["kind"]
    search_fields = ["assembly__name", "citizen__name"]


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin):
    """Only what has been offered: a draft is its author's alone."""

    list_display = ["title", "assembly", "effect", "offered_at", "withdrawn_at"]
    list_select_related = ["assembly"]
    list_filter = ["effect"]
    search_fields = ["title", "assembly__name"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(offered_at__isnull=False)


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ["proposal", "assembly", "opens_at", "closes_at", "opened_at", "closed_at", "outcome"]
    list_select_related = ["proposal", "assembly"]
    list_filter = ["outcome"]
    search_fields = ["proposal__title", "assembly__name"]


@admin.register(Policy)
class PolicyAdmin(ReadOnlyAdmin):
    list_display = ["title", "assembly"]
    list_select_related = ["assembly"]
    search_fields = ["title", "assembly__name"]


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnlyAdmin):
    list_display = ["policy", "number", "in_force_from", "repeals"]
    list_select_related = ["policy"]
    search_fields = ["policy__title"]


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ["pk", "kind", "subject", "log", "at", "recorded_at"]
    list_select_related = ["log"]
    search_fields = ["kind", "subject"]
    exclude = ["body"]


@admin.register(RollImport)
class RollImportAdmin(ReadOnlyAdmin):
    list_display = ["assembly", "by", "uploaded_at", "confirmed_at", "done", "finished_at"]
    list_select_related = ["assembly", "by"]
    exclude = ["report"]

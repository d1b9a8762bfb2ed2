"""What the technician may read of floor 4: nothing is said, planned, sent or received here by anyone (article 19)."""

from django.contrib import admin

from assemblies.admin import ReadOnlyAdmin

from .models import Allotment, Delivery, Enterprise, Good, Harvest, Need, Plan, Receipt, Stewardship, Surplus


@admin.register(Good)
class GoodAdmin(ReadOnlyAdmin):
    list_display = ["name", "kind", "unit", "named_at"]
    list_filter = ["kind"]
    search_fields = ["name"]


@admin.register(Enterprise)
class EnterpriseAdmin(ReadOnlyAdmin):
    list_display = ["name", "kind", "assembly"]
    list_filter = ["kind"]
    list_select_related = ["assembly"]
    search_fields = ["name"]


@admin.register(Stewardship)
class StewardshipAdmin(ReadOnlyAdmin):
    list_display = ["enterprise", "citizen", "valid_until"]
    list_select_related = ["enterprise", "citizen"]


@admin.register(Harvest)
class HarvestAdmin(ReadOnlyAdmin):
    list_display = ["enterprise", "good", "kind", "quantity", "day"]
    list_select_related = ["enterprise", "good"]


@admin.register(Need, Surplus)
class StatementAdmin(ReadOnlyAdmin):
    list_display = ["assembly", "good", "quantity", "begins", "ends"]
    list_select_related = ["assembly", "good"]


@admin.register(Plan)
class PlanAdmin(ReadOnlyAdmin):
    list_display = ["good", "task", "begins", "ends", "asked_at", "finished_at", "cancelled_at"]
    list_select_related = ["good", "task"]


@admin.register(Allotment)
class AllotmentAdmin(ReadOnlyAdmin):
    list_display = ["plan", "surplus", "need", "quantity"]
    list_select_related = ["plan__good", "surplus__assembly", "surplus__good", "need__assembly", "need__good"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["pk", "quantity", "by", "sent_at"]
    list_select_related = ["by"]
    exclude = ["code"]


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    list_display = ["delivery_id", "quantity", "condition", "by", "said_at"]
    list_select_related = ["by"]

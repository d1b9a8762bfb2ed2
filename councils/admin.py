"""What the technician may read of floor 3: nothing is set up, attached or logged here by anyone (article 19)."""

from django.contrib import admin

from assemblies.admin import ReadOnlyAdmin

from .models import Action, Attachment, Halt, Objection, Relay, Task, Variance


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    list_display = ["title", "council", "power", "place", "opened_at"]
    list_filter = ["power"]
    list_select_related = ["council", "place"]
    search_fields = ["title"]


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ["task", "clause_id", "quantity", "attached_at"]
    list_select_related = ["task"]


@admin.register(Relay)
class RelayAdmin(ReadOnlyAdmin):
    list_display = ["shared", "action", "digest"]
    list_select_related = ["shared", "action"]


@admin.register(Action)
class ActionAdmin(ReadOnlyAdmin):
    list_display = ["what", "task", "by", "quantity", "unit", "done_at"]
    list_select_related = ["task", "by"]
    search_fields = ["what"]


@admin.register(Variance)
class VarianceAdmin(ReadOnlyAdmin):
    list_display = ["what", "by", "kinds", "done_at", "told_at"]
    list_select_related = ["by"]


@admin.register(Objection)
class ObjectionAdmin(ReadOnlyAdmin):
    list_display = ["pk", "assembly", "made_at", "answer_by"]
    list_select_related = ["assembly"]


@admin.register(Halt)
class HaltAdmin(ReadOnlyAdmin):
    list_display = ["task", "assembly", "proposal"]
    list_select_related = ["task", "assembly", "proposal"]

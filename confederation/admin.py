"""The technician's pages: one signs in as everywhere else, and nothing of power can be changed there (article 19)."""

import allauth.account.admin  # noqa: F401  registers what is taken out again below
import django.contrib.auth.admin  # noqa: F401  likewise
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from assemblies.admin import ReadOnlyAdmin

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = _("Technician")
admin.site.site_title = _("Technician")
admin.site.index_title = _("What the server holds, to be read")

# A group gives nobody anything here, and whoever could change an address could sign in as somebody else.
for model in (Group, EmailAddress, EmailConfirmation):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    list_display = ["action_time", "user", "content_type", "object_repr", "action_flag"]
    list_select_related = ["user", "content_type"]

"""Addresses of floor 3: nouns, all of them."""

from django.urls import path

from assemblies import converters  # noqa: F401  makes <number:…> and <name:…> known

from .views import councils, desk, meetings, objections, supervision, tasks, texts

urlpatterns = [
    path("councils/", councils.council_list, name="councils"),
    path("councils/new/", councils.confederation_new, name="confederation-new"),
    path("councils/<name:slug>/", councils.council_detail, name="council"),
    path("councils/<name:slug>/tasks/new/", tasks.task_new, name="task-new"),
    path("tasks/", tasks.task_list, name="tasks"),
    path("tasks/<number:pk>/", tasks.task_detail, name="task"),
    path("tasks/<number:pk>/attachments/", tasks.attachments, name="attachments"),
    path("tasks/<number:pk>/actions/new/", tasks.action_new, name="action-new"),
    path("texts/", texts.text_list, name="texts"),
    path("texts/<number:pk>/", texts.text_detail, name="text"),
    path("texts/<number:pk>/relays/new/", texts.relay_new, name="relay-new"),
    path("tasks/<number:pk>/variances/new/", supervision.variance_new, name="variance-new"),
    path("tasks/<number:pk>/objections/new/", objections.task_objection, name="task-objection"),
    path("actions/<number:pk>/objections/new/", objections.action_objection, name="action-objection"),
    path("reports/<number:pk>/objections/new/", objections.report_objection, name="report-objection"),
    path("mandates/<number:pk>/reports/new/", supervision.report_new, name="report-new"),
    path("objections/", objections.objection_list, name="objections"),
    path("objections/<number:pk>/", objections.objection_detail, name="objection"),
    path("objections/<number:pk>/answers/", objections.answers, name="answers"),
    path("objections/<number:pk>/settlement/", objections.settlement, name="settlement"),
    path("objections/<number:pk>/halts/new/", objections.halt_new, name="halt-new"),
    path("halts/<number:pk>/resumptions/new/", objections.resumption_new, name="resumption-new"),
    path("councils/<name:slug>/meetings/", meetings.meeting_list, name="meetings"),
    path("councils/<name:slug>/meetings/new/", meetings.meeting_new, name="meeting-new"),
    path("meetings/<number:pk>/", meetings.meeting_detail, name="meeting"),
    path("meetings/<number:pk>/agenda/", meetings.agenda, name="agenda"),
    path("meetings/<number:pk>/attendances/", meetings.attendances, name="attendances"),
    path("meetings/<number:pk>/calling-off/", meetings.calling_off, name="calling-off"),
    path("councils/<name:slug>/supervision/", supervision.supervision, name="supervision"),
    path("councils/<name:slug>/drift/", supervision.drift, name="drift"),
    path("councils/<name:slug>/drift/<name:figure>/", supervision.drift_figure, name="drift-figure"),
    path("delegates/<number:pk>/", supervision.delegate, name="delegate"),
    path("desk/", desk.desk, name="desk"),
]

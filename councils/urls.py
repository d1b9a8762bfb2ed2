"""Addresses of floor 3: nouns, all of them."""

from django.urls import path

from assemblies import converters  # noqa: F401  makes <number:…> and <name:…> known

from .views import councils, desk, tasks, texts

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
    path("desk/", desk.desk, name="desk"),
]

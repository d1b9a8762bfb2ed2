"""The addresses of the API: two for each noun, and one for each act on one thing."""

from django.urls import path, re_path

from . import acts, nouns, views
from .acting import ACTS
from .description import Description
from .noun import NOUNS

app_name = "api"
MADE = {act.name: act for act in ACTS if act.on is None}
KEYS = {"pk": "<number:key>", "slug": "<name:key>"}

urlpatterns = [
    path("", views.Root.as_view(), name="root"),
    path("openapi.json", Description.as_view(), name="openapi"),
    *(
        route
        for name, noun in NOUNS.items()
        for route in (
            path(f"{name}/", views.Collection.as_view(noun=noun, act=MADE.get(name)), name=name),
            path(f"{name}/{KEYS[noun.lookup]}/", views.One.as_view(noun=noun), name=f"{name}-one"),
        )
    ),
    *(
        path(
            f"{act.on.name}/{KEYS[act.on.lookup]}/{act.name}/",
            views.Acts.as_view(act=act),
            name=act.address,
        )
        for act in ACTS
        if act.on is not None
    ),
    re_path(r"^(?P<rest>.*)$", views.Nowhere.as_view(), name="nowhere"),
]
__all__ = ["acts", "nouns"]

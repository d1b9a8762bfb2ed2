from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "confederation.search"
    label = "search"

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "confederation.api"
    label = "api"

    def ready(self) -> None:
        from . import schema  # noqa: F401  makes our fields and our token known to drf-spectacular

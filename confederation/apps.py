from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ConfederationConfig(AppConfig):
    name = "confederation"

    def ready(self) -> None:
        from .roles import seal_after_migrating

        post_migrate.connect(seal_after_migrating, sender=self)

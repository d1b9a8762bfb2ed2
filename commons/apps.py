from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonsConfig(AppConfig):
    name = "commons"
    verbose_name = _("Commons")

    def ready(self) -> None:
        from assemblies.record import words as record_words

        from . import (
            tasks,  # noqa: F401  makes its sweep known, to `manage.py sweep` and to /health/ too
            words,
        )

        record_words.add(words.KINDS, words.FACTS)

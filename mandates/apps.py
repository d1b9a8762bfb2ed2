from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MandatesConfig(AppConfig):
    name = "mandates"
    verbose_name = _("Mandates")

    def ready(self) -> None:
        from assemblies.record import words as record_words

        from . import (
            news,  # noqa: F401  makes known what can be followed, and how letters are sent
            tasks,  # noqa: F401  makes the sweeps known
            words,
        )

        record_words.add(words.KINDS, words.FACTS)

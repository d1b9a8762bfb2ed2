from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CouncilsConfig(AppConfig):
    name = "councils"
    verbose_name = _("Councils")

    def ready(self) -> None:
        from assemblies.record import words as record_words

        from . import (
            news,  # noqa: F401  makes known what can be followed, and how letters are sent
            tasks,  # noqa: F401  makes the sweeps known
            words,
        )

        record_words.add(words.KINDS, words.FACTS)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonsConfig(AppConfig):
    name = "commons"
    verbose_name = _("Commons")

    def ready(self) -> None:
        from assemblies.record import words as record_words

        from . import words

        record_words.add(words.KINDS, words.FACTS)

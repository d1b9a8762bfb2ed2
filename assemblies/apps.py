from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssembliesConfig(AppConfig):
    name = "assemblies"
    verbose_name = _("Assemblies")

    def ready(self) -> None:
        from . import (
            news,  # noqa: F401  makes known what can be followed
            tasks,  # noqa: F401  makes the sweeps known
        )

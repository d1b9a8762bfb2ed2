"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """The site's settings that templates show; `appearance` is auto, light or dark."""
    appearance = request.COOKIES.get("appearance", "auto")
    return {
        "DEMO": settings.DEMO,
        "appearance": appearance if appearance in ("light", "dark") else "auto",
    }

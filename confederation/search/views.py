"""The page that finds things."""

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from assemblies.views.answers import answer, page_of

from .forms import FindForm
from .models import MOST, OPEN, SHUT, Document, queries

SHOWN = 20


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = FindForm(request.GET)
    return answer(request, "townhall/search.html", search_context(request, form), form)


def search_context(request: HttpRequest, form: FindForm) -> dict[str, Any]:
    words = (form.value("q") or "").strip()
    if not words:
        return {"words": ""}
    until = form.value("until")
    narrowed = Document.objects.about(
        kind=form.value("kind") or "",
        place=form.value("place"),
        since=midnight(form.value("since")),
        until=midnight(until + timedelta(days=1)) if until else None,
    )
    asked = queries(words)
    found = narrowed.saying(asked)
    ordered = found.order_by("-at", "-pk") if form.value("order") == "newest" else found.ranked(asked)
    page = page_of(request, ordered, SHOWN)
    keys = [document.pk for document in page]
    shown = {document.pk: document for document in Document.objects.filter(pk__in=keys).shown(asked)}
    return {
        "words": words,
        "page_obj": page,
        "most": page.paginator.count >= MOST,
        "found": [
            {"document": shown[key], "title": marked(shown[key].found_title), "text": marked(shown[key].found)}
            for key in keys
            if key in shown
        ],
        "names": [] if form.value("kind") or form.value("place") or page.number > 1 else Document.objects.named(words),
    }


def midnight(day: Any) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time())) if day else None


def marked(text: str) -> SafeString:
    """Words of a text, escaped, with what was found in them marked."""
    return SafeString(escape(text).replace(OPEN, "<mark>").replace(SHUT, "</mark>"))

"""How offices rotate: who stands ready, and each lot with all one needs to draw it again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from .. import access
from ..clock import now
from ..forms import WillingForm
from ..models import Drawing, Office, Willingness
from ..models.office import SEATS
from .answers import answer, by_name, page_of, sent


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def willing(request: access.CitizenRequest, slug: str) -> HttpResponse:
    """Stand ready for an office, or no longer."""
    assembly, _stands = access.roll(request.user, slug)
    form = WillingForm(sent(request))
    if form.is_bound and form.acts(lambda: form.change(assembly, request.user)):
        messages.success(request, form.done())
        return redirect("willing", slug)
    standing = Willingness.objects.standing().filter(assembly=assembly).select_related("citizen")
    offices = [
        {
            "kind": kind,
            "label": Office.Kind(kind).label,
            "seats": SEATS[kind],
            "willing": by_name(standing.filter(kind=kind), "citizen__name"),
            "mine": standing.filter(kind=kind, citizen=request.user).exists(),
        }
        for kind in Office.Kind.values
    ]
    context = {"assembly": assembly, "offices": offices, "drawings": assembly.drawings.all()[:10]}
    return answer(request, "assemblies/willing.html", context, form)


@require_safe
def drawing_list(request: HttpRequest, slug: str) -> HttpResponse:
    assembly = access.assembly(slug)
    context = {"assembly": assembly, "page_obj": page_of(request, assembly.drawings.prefetch_related("offices"))}
    return answer(request, "assemblies/drawing_list.html", context)


@require_safe
def drawing_detail(request: HttpRequest, pk: int) -> HttpResponse:
    drawing = access.drawing(pk)
    return answer(request, "assemblies/drawing_detail.html", drawing_context(request, drawing))


def drawing_context(request: HttpRequest, drawing: Drawing) -> dict[str, Any]:
    """The list, the seed, the arithmetic and who was drawn. A whole roll is shown to its own citizens alone."""
    at = now()
    checkpoint = drawing.checkpoint
    root = bytes(checkpoint.root) if checkpoint else b""
    shown = not drawing.by_all or access.standing(request.user, drawing.assembly, at).citizen
    return {
        "drawing": drawing,
        "assembly": drawing.assembly,
        "entry": drawing.entry,
        "seeded_by": checkpoint,
        "root": root.hex(),
        "key": drawing.key(root) if root else "",
        "steps": drawing.steps(root) if root else [],
        "shown": shown,
        "sure": list(enumerate(drawing.people(drawing.sure), start=1)) if shown else [],
        "pool": list(enumerate(drawing.people(drawing.pool), start=1)) if shown else [],
        "offices": drawing.offices.select_related("citizen").order_by("pk"),
        "lot": drawing.seats - len(drawing.sure),
    }


@require_safe
def drawing_recipe(request: HttpRequest, pk: int) -> HttpResponse:
    """The lot as a program of a few lines: it needs Python and nothing of ours."""
    drawing = access.drawing(pk)
    checkpoint = drawing.checkpoint
    recipe = RECIPE.format(
        number=drawing.pk,
        root=bytes(checkpoint.root).hex() if checkpoint else "",
        pool=len(drawing.pool),
        picks=drawing.seats - len(drawing.sure),
    )
    response = HttpResponse(recipe, content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="lot-{drawing.pk}.py"'
    return response


RECIPE = """\
# Draw lot {number} again: RFC 3797, section 4. Take ROOT from the checkpoint yourself, and POOL from its announcement.
import hashlib

ROOT = "{root}"  # the root of the first checkpoint that holds the announcement, in hexadecimal
POOL = {pool}  # how many are drawn from
PICKS = {picks}  # how many seats the lot fills

if not ROOT:
    raise SystemExit("The checkpoint has not been signed yet.")
key = f"{{int(ROOT, 16)}}./".encode()
remaining = list(range(1, POOL + 1))
for i in range(PICKS):
    edge = i.to_bytes(2, "big")
    digest = hashlib.md5(edge + key + edge).hexdigest()
    print("place", remaining.pop(int(digest, 16) % len(remaining)))
"""

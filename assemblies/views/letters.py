"""The reader's own letters."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from .. import access
from ..forms import SearchForm
from .answers import answer, named, page_of


@access.signed_in
@require_safe
def letter_list(request: access.CitizenRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    page = page_of(request, named(request.user.letters.all(), form.words(), "subject"))
    return answer(request, "assemblies/letter_list.html", {"page_obj": page}, form)


@access.signed_in
@require_safe
def letter_detail(request: access.CitizenRequest, pk: int) -> HttpResponse:
    return answer(request, "assemblies/letter_detail.html", {"letter": access.letter(request.user, pk)})

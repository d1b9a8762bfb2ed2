"""How views answer: with a page and its form's status, or with one page of a list."""

from functools import reduce
from operator import or_
from typing import Any

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from ..forms import ActForm, ReadForm

PER_PAGE = 25


def answer(
    request: HttpRequest, template: str, context: dict[str, Any], form: ActForm | ReadForm | None = None
) -> HttpResponse:
    """The page; what its form was refused with, or 422 where it was filled in wrong, is the page's own status."""
    form = form or context.get("form")
    if form is None:
        return render(request, template, context)
    return render(request, template, context | {"form": form}, status=form.status)


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form sent, be it nothing; None while the page is only read."""
    return request.POST if request.method == "POST" else None


def page_of(request: HttpRequest, rows: QuerySet | list, per_page: int = PER_PAGE) -> Page:
    """The page of a list that the address asks for; one that is not there is not found."""
    try:
        return Paginator(rows, per_page).page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404 from error


class Unaccent(Func):
    function = "unaccent"
    output_field = TextField()


def by_name(rows: QuerySet, field: str = "name") -> QuerySet:
    """In the order of names, whatever their case and accents."""
    return rows.order_by(Unaccent(Lower(field)), field, "pk")


def named(rows: QuerySet, words: str, *fields: str) -> QuerySet:
    """Rows in whose fields each of the words occurs somewhere, whatever case and accents."""
    rows = rows.alias(**{f"plain_{field}": Unaccent(Lower(field)) for field in fields})
    for word in words.split():
        plain = Unaccent(Lower(Value(word)))
        rows = rows.filter(reduce(or_, (Q(**{f"plain_{field}__contains": plain}) for field in fields)))
    return rows

"""A vote as one ORM insert: `POST /votes/` with decision, voter and choice."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from .models import Vote


def votes(request: HttpRequest) -> HttpResponse:
    vote = request.POST
    Vote.objects.create(decision=vote["decision"], voter=vote["voter"], choice=vote["choice"])
    return HttpResponse(status=302, headers={"Location": "/"})


urlpatterns = [path("votes/", votes)]

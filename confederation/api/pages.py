"""Two pages for people: how a program talks to this installation, and the tokens that one has made for programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from rest_framework import serializers

from assemblies.access import CitizenRequest, signed_in
from assemblies.clock import now
from assemblies.views.answers import answer, page_of, sent
from mandates.forms import SheetForm

from . import acts, nouns  # noqa: F401  all of them are known
from .acting import ACTS
from .models import Token
from .noun import NOUNS

READ = "read"


def scopes() -> list[tuple[str, str]]:
    """What a token may be allowed: to read as its person, and each act by itself."""
    mine = _("Read what only you may read, such as your own drafts.")
    return [(READ, mine), *sorted((act.scope, plain(act.words.partition(". ")[0].rstrip(".") + ".")) for act in ACTS)]


class TokenForm(SheetForm):
    name = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=80,
        help_text=gettext_lazy("So that you know it again: the program, or the device that it runs on."),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("It ends after"),
        coerce=int,
        choices=lambda: [
            (str(days), ngettext("%(n)d day", "%(n)d days", days) % {"n": days}) for days in (7, 30, 90, 365)
        ],
        initial="30",
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What may be done with it"),
        choices=scopes,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What is public can be read without a token. Allow no more than the program needs."),
    )

    def make(self, request: CitizenRequest) -> tuple[Token, str]:
        said = self.cleaned_data
        ends = now() + timedelta(days=said["days"])
        return Token.objects.make(by=request.user, name=said["name"], scopes=said["scopes"], expires_at=ends)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: CitizenRequest) -> HttpResponse:
    """One's own tokens, and a new one. Its secret stands in this one answer and nowhere else."""
    form = TokenForm(sent(request))
    secret = ""
    if form.is_bound:
        sheet = form.sheet(request)
        if sheet and cache.get(sheet):
            messages.info(
                request, _("This token was made already. Its secret was shown once; make another if you lost it.")
            )
            return redirect("tokens")
        if form.acts(lambda: form.make(request)):
            _token, secret = form.result
            cache.set(sheet, True, 60 * 60) if sheet else None
    mine = Token.objects.filter(citizen=request.user)
    context = {
        "page_obj": page_of(request, mine),
        "at": now(),
        "secret": secret,
        "form": TokenForm() if secret else form,
    }
    return answer(request, "townhall/tokens.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def token_revocation(request: CitizenRequest, pk: int) -> HttpResponse:
    """Revoking cannot be undone: it is asked once more."""
    token = get_object_or_404(Token, citizen=request.user, pk=pk)
    form = SheetForm(sent(request))
    if form.is_bound and (
        address := form.go(request, lambda: token.revoke(by=request.user), elsewhere=reverse("tokens"))
    ):
        messages.success(request, _("The token is revoked. Nothing can be done with it any more."))
        return redirect(address)
    return answer(request, "townhall/token_revocation.html", {"token": token}, form)


def told(form: serializers.Serializer) -> list[tuple[str, str]]:
    """Its fields and what they are, in plain words."""
    return [(name, plain(str(field.help_text))) for name, field in form.fields.items()]


def plain(words: str) -> str:
    """Words of the description, which is Markdown, as a page has them."""
    return words.replace("`", "")


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """What a program can read and do here, drawn from the same description as the API itself."""
    made: dict[str, list[dict[str, Any]]] = {}
    for act in ACTS:
        noun = act.on or NOUNS[act.name]
        where = f"/api/v1/{noun.name}/" + (f"…/{act.name}/" if act.on else "")
        made.setdefault(noun.name, []).append(
            {"act": act, "where": where, "words": plain(act.words), "fields": told(act.form())}
        )
    rows = [
        {
            "noun": noun,
            "where": f"/api/v1/{noun.name}/",
            "filters": told(noun.query()),
            "acts": made.get(noun.name, []),
        }
        for noun in NOUNS.values()
    ]
    return answer(request, "townhall/api.html", {"rows": rows, "site": request.build_absolute_uri("/").rstrip("/")})

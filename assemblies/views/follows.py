"""What the reader follows, how they wish to be told, and one click that ends a kind of letters."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from .. import access, following
from ..forms import ActForm, WishesForm
from ..models import Citizen, Follow, LetterWish, wish
from ..telling import KINDS, LEAVING, How
from .answers import answer, page_of, sent


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def follow_list(request: access.CitizenRequest) -> HttpResponse:
    """What one follows. A `subject` that is sent is followed from now on, and its page is shown again."""
    form = ActForm(sent(request))
    if request.method == "POST":
        subject = request.POST.get("subject", "")
        if form.acts(lambda: Follow.objects.begin(subject, by=request.user)):
            messages.success(request, _("You follow it. What happens comes in your digest, once a day at most."))
            return redirect(following.things([subject])[subject])
    return answer(request, "assemblies/follow_list.html", follows_context(request), form)


def follows_context(request: access.CitizenRequest) -> dict[str, Any]:
    page = page_of(request, Follow.objects.standing().filter(citizen=request.user))
    things = following.things(follow.subject for follow in page)
    return {"page_obj": page, "rows": [{"follow": one, "thing": things.get(one.subject)} for one in page]}


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def follow_ending(request: access.CitizenRequest, pk: int) -> HttpResponse:
    follow = get_object_or_404(Follow, pk=pk, citizen=request.user)
    form = ActForm(sent(request))
    if request.method == "POST" and form.acts(lambda: follow.end(by=request.user)):
        messages.success(request, _("You no longer follow it."))
        return redirect("follows")
    if request.method != "POST":
        return redirect("follows")
    return answer(request, "assemblies/follow_list.html", follows_context(request), form)


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def letter_wishes(request: access.CitizenRequest) -> HttpResponse:
    """How each kind of letter comes: at once, in the digest, or not at all."""
    wished = dict(LetterWish.objects.filter(citizen=request.user).values_list("kind", "how"))
    form = WishesForm(sent(request), initial={name: wished.get(name, kind.default) for name, kind in KINDS.items()})
    if request.method == "POST" and form.acts(lambda: form.keep(request.user)):
        messages.success(request, _("Letters come so from now on."))
        return redirect("letter-wishes")
    return answer(request, "assemblies/letter_wishes.html", {}, form)


@csrf_exempt  # the reader's mail program sends it, without a page of ours before it (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End one kind of letters for the reader whom the signed address names. Reading the page ends nothing."""
    try:
        number, name = signing.loads(token, salt=LEAVING)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Http404 from error
    reader = get_object_or_404(Citizen, pk=number)
    if name not in KINDS:
        raise Http404
    if request.method == "POST":
        wish(reader, name, How.NEVER)
    context = {"kind": KINDS[name], "done": request.method == "POST", "token": token}
    return answer(request, "assemblies/unsubscribe.html", context)

"""A secret vote in the browser: the paper, the urn, the board.

The urn takes no cookie and no sign-in; nothing about who sent a ballot, when or from where is written down here, nor
is what it holds. Whatever stands before the server must not do it either (docs/OPERATING.md).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import access, verify_urn
from ..clock import now
from ..envelope import BadEnvelope, unpacked
from ..models import Citizen, Decision, Entry, SealedBallot
from ..models.issuer import bundle, too_few
from ..models.sealed_ballot import board as envelopes_of
from ..record.checkpoint import encoded, verifier_key
from ..record.keys import signing_key
from ..refusal import CONFLICT, FORBIDDEN, UNFIT, Refusal
from ..verdict import method_in_words
from ..voting import ballot_form
from .answers import answer

MOST_BYTES = 4096
SHOWN = 500  # envelopes that the page of the board shows; the file has them all


def _secret(pk: int) -> Decision:
    decision = access.decision(pk)
    if not decision.secret:
        raise Http404
    return decision


def secret_context(decision: Decision, reader: Any) -> dict[str, Any]:
    """What the pages of a secret vote draw: its windows, its key, and whether the reader has taken a paper."""
    at = now()
    mark = None
    elector = False
    if isinstance(reader, Citizen):
        mark = decision.marks.standing().filter(citizen=reader).first()
        elector = mark is not None or decision.electors().filter(pk=reader.pk).exists()
    issuer = decision.papers
    return {
        "decision": decision,
        "assembly": decision.assembly,
        "at": at,
        "phase": decision.phase(at),
        "window": decision.window(at),
        "issuer": issuer,
        "issuer_key": encoded(bytes(issuer.public_key)) if issuer else "",
        "bundle": bundle(),
        "integrity": "sha256-" + encoded(bytes.fromhex(bundle())),
        "mark": mark,
        "elector": elector,
        "taken": decision.marks.standing().filter(channel="sealed").count(),
        "too_few": str(too_few(decision)) if decision.opened_at and not issuer else "",
    }


def refused(refusal: Refusal) -> JsonResponse:
    """A refusal for the program in the page, which shows it as it is."""
    said = {"article": refusal.article, "reason": f"{refusal.reason} ({_('Article %d') % refusal.article})"}
    return _quiet(JsonResponse(said, status=refusal.status))


def _quiet(response: JsonResponse) -> JsonResponse:
    """Kept by nobody on the way, and not in the log either."""
    response["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django asks this before it logs an answer of 4xx
    return response


# ---- papers ----


@reauthentication_required
def recently_signed_in(request: HttpRequest) -> None:
    """Nothing, or the exception that asks for the password first."""


@access.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sealed_paper(request: access.CitizenRequest, pk: int) -> HttpResponse:
    """Take a paper: the page, and the signature under what its program sends."""
    decision = _secret(pk)
    if request.method == "POST":
        return _signed(request, decision)
    recently_signed_in(request)
    return answer(request, "assemblies/sealed_paper.html", secret_context(decision, request.user))


def _signed(request: access.CitizenRequest, decision: Decision) -> JsonResponse:
    try:
        recently_signed_in(request)
        if decision.opened_at is None and now() >= decision.opens_at:
            decision.open()
        if now() < decision.opens_at:
            raise Refusal(18, _("Papers cannot be taken yet."), status=CONFLICT)
        if decision.papers is None:
            raise too_few(decision)
        try:
            blinded = unpacked(request.POST.get("blinded", ""))
        except BadEnvelope as error:
            raise Refusal(18, _("This is no sealed paper of this vote. Load the page again."), status=UNFIT) from error
        signature = decision.papers.sign(by=request.user, blinded=blinded)
    except ReauthenticationRequired:
        again = Refusal(18, _("Give your password again first: load this page again."))
        return refused(again)
    except Refusal as refusal:
        return refused(refusal)
    return _quiet(JsonResponse({"signature": encoded(signature)}))


# ---- the urn ----


@require_safe
@never_cache
def urn(request: HttpRequest, pk: int) -> HttpResponse:
    """The page that casts a paper. Nobody need be signed in for it: the paper is enough."""
    decision = _secret(pk)
    context = secret_context(decision, request.user)
    context |= {
        "ballot_form": ballot_form(decision)(decision=decision),
        "options": decision.proposal.options.all(),
        "rule": method_in_words(decision.method) if decision.is_choice else "",
    }
    return answer(request, "assemblies/urn.html", context)


@csrf_exempt
@require_POST
def envelopes(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one envelope into the urn, and answer with its receipt. Whoever says who they are is sent away."""
    decision = _secret(pk)
    try:
        if request.META.get("HTTP_COOKIE") or request.META.get("HTTP_AUTHORIZATION"):
            raise Refusal(
                18,
                _("The urn does not want to know who you are: send the ballot without a cookie and without a sign-in."),
                status=FORBIDDEN,
            )
        receipt = SealedBallot.read(decision, _fields(request)).cast()
    except Refusal as refusal:
        return refused(refusal)
    return _quiet(JsonResponse({"receipt": receipt}))


def _fields(request: HttpRequest) -> Any:
    try:
        return json.loads(request.body) if len(request.body) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        return None


# ---- the board ----


def _closed(pk: int) -> Decision:
    decision = _secret(pk)
    if decision.closed_at is None:
        raise Http404
    return decision


@require_safe
def board(request: HttpRequest, pk: int) -> HttpResponse:
    """Every ballot of a closed secret vote, by the hash of its token, and how to check them."""
    decision = _closed(pk)
    found = envelopes_of(decision)
    context = secret_context(decision, request.user)
    titles = {str(option.number): option.title for option in decision.proposal.options.all()}
    words = {"yes": _("In favour"), "no": _("Against"), "abstain": _("Abstain")} | titles
    context |= {
        "envelopes": [
            {"hash": one.hash, "choice": ", ".join(words.get(word, word) for word in one.choice.split(","))}
            for one in found[:SHOWN]
        ],
        "cast": len(found),
        "hidden": max(0, len(found) - SHOWN),
    }
    return answer(request, "assemblies/board.html", context)


@require_safe
def board_file(request: HttpRequest, pk: int) -> JsonResponse:
    """The three entries of the record on which everything can be checked, byte for byte, for `verify_urn.py`."""
    decision = _closed(pk)
    entries = {entry.kind: bytes(entry.body).decode() for entry in Entry.objects.about(decision)}
    name, key = signing_key()
    said = {
        "format": verify_urn.FORMAT,
        "log": decision.assembly.log.origin,
        "receipt_key": verifier_key(name, key.public_key().public_bytes_raw()),
        "opened": entries["decision.opened"],
        "papers": entries.get("papers.closed"),
        "closed": entries["decision.closed"],
        "counted": entries.get("decision.counted"),
    }
    response = JsonResponse(said, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="board-{pk}.json"'
    return response


@require_safe
def urn_verifier(request: HttpRequest) -> HttpResponse:
    """The program that checks a board."""
    response = HttpResponse(Path(verify_urn.__file__).read_bytes(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verify_urn.py"'
    return response

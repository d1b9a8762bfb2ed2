"""The town hall: the pages that belong to no floor."""

from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assemblies.access import CitizenRequest, signed_in
from assemblies.clock import now
from assemblies.forms import SearchForm
from assemblies.models import Ballot, Citizenship, Decision, Policy, Proposal
from assemblies.views.answers import answer, page_of, sent

from . import outbox
from .api.models import Token
from .articles import ARTICLES, rules
from .forms import NameForm, TimeZoneForm
from .health import examine
from .territory import open_votes_map

YEAR = 60 * 60 * 24 * 365
MOST_READ = 3000


# ---- home ----


def home_context(request: HttpRequest) -> dict[str, Any]:
    at = now()
    decisions = Decision.objects.select_related("proposal", "assembly")
    own = request.user.citizenship(at) if request.user.is_authenticated else None
    elsewhere = decisions.open(at).exclude(assembly=own.assembly) if own else decisions.open(at)
    return {
        "at": at,
        "open": elsewhere.order_by("closes_at")[:8],
        "open_count": decisions.open(at).count(),
        "coming": decisions.coming(at).order_by("opens_at")[:5],
        "decided": decisions.filter(closed_at__isnull=False).order_by("-closes_at")[:5],
        "citizenship": own,
        "own_open": decisions.open(at).filter(assembly=own.assembly).order_by("closes_at") if own else [],
        "assemblies": Citizenship.objects.in_force(at).values("assembly").distinct().count(),
        "citizens": Citizenship.objects.in_force(at).count(),
        "policies": Policy.objects.in_force(at).count(),
        "map": open_votes_map(at),
    }


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html", home_context(request))


# ---- the account ----


def account_context(request: CitizenRequest) -> dict[str, Any]:
    citizen, at = request.user, now()
    return {
        "at": at,
        "citizenships": citizen.citizenships.select_related("assembly"),
        "offices": citizen.offices.in_force(at).select_related("assembly"),
        "applications": citizen.applications.select_related("assembly").order_by("-applied_at"),
        "proposals": citizen.proposals.select_related("assembly").order_by("-drafted_at")[:20],
        "ballots": Ballot.objects.filter(voter=citizen).select_related("decision__proposal").order_by("-pk")[:20],
        "kept": {
            "proposals": Proposal.objects.filter(author=citizen).count(),
            "ballots": Ballot.objects.filter(voter=citizen).count(),
            "letters": citizen.letters.count(),
            "tokens": Token.objects.filter(citizen=citizen).count(),
        },
    }


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: CitizenRequest) -> HttpResponse:
    """One's own name and time zone, and all that is kept about one."""
    data = sent(request)
    name_form = NameForm(data if data and "name" in data else None, initial={"name": request.user.name})
    zone = request.session.get("own_time_zone", "")
    zone_form = TimeZoneForm(data if data and "zone" in data else None, initial={"zone": zone})
    if name_form.is_valid():
        request.user.name = name_form.cleaned_data["name"]
        request.user.save(update_fields=["name"])
        messages.success(request, _("Your name is kept."))
        return redirect("account")
    if zone_form.is_valid():
        keep_time_zone(request, zone_form.cleaned_data["zone"])
        messages.success(request, _("Times are shown so from now on."))
        return redirect("account")
    form = name_form if name_form.is_bound else zone_form
    context = account_context(request) | {"name_form": name_form, "zone_form": zone_form}
    return answer(request, "townhall/account.html", context, form)


def keep_time_zone(request: CitizenRequest, zone: str) -> None:
    """The middleware reads `time_zone`; without a wish of one's own it finds out the assembly's again."""
    request.session["own_time_zone"] = zone
    request.session["time_zone"] = zone or None


@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device has it; kept on this device alone."""
    chosen = request.POST.get("appearance", "")
    if chosen not in ("auto", "light", "dark"):
        return render(request, "400.html", status=400)
    back = request.POST.get("next", "")
    safe = back.startswith("/") and url_has_allowed_host_and_scheme(
        back, {request.get_host()}, require_https=request.is_secure()
    )
    response = HttpResponseRedirect(back if safe else reverse("home"))
    if chosen == "auto":
        response.delete_cookie("appearance", samesite="Lax")
    else:
        response.set_cookie("appearance", chosen, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.HTTPS)
    return response


# ---- the outbox of a demo ----


@require_safe
def outbox_list(request: HttpRequest) -> HttpResponse:
    """Every letter the demo has sent. Where people are real their letters are their own: not found."""
    if not settings.DEMO:
        raise Http404
    form = SearchForm(request.GET)
    names = sorted((path.name for path in Path(settings.OUTBOX_DIR).glob("[0-9]*.eml")), reverse=True)
    if words := form.words().lower():
        read = (letter for letter in islice(outbox.letters(), MOST_READ))
        names = [letter.name for letter in read if words in f"{letter.to} {letter.subject}".lower()]
    page = page_of(request, names)
    letters = [letter for letter in map(outbox.letter, page) if letter]
    return answer(request, "townhall/outbox.html", {"page_obj": page, "letters": letters}, form)


@require_safe
def outbox_letter(request: HttpRequest, name: str) -> HttpResponse:
    letter = outbox.letter(name) if settings.DEMO else None
    if letter is None:
        raise Http404
    return render(request, "townhall/outbox_letter.html", {"letter": letter})


# ---- the technician ----


@signed_in
@require_safe
def technician_health(request: CitizenRequest) -> HttpResponse:
    """What `/health/` says, for a person; for the technician alone."""
    if not request.user.is_staff:
        raise Http404
    report = examine()
    sweeps = [
        {"name": name, "late": sweep["late"], "since": parse_datetime(sweep["oldest_due"] or "")}
        for name, sweep in report["sweeps"].items()
    ]
    return render(request, "townhall/health.html", {"report": report, "sweeps": sweeps})


# ---- the articles ----


@require_safe
def article_list(request: HttpRequest) -> HttpResponse:
    return render(request, "townhall/articles.html", {"articles": ARTICLES})


@require_safe
def article_detail(request: HttpRequest, number: int) -> HttpResponse:
    if not 1 <= number <= len(ARTICLES):
        raise Http404
    context = {
        "article": ARTICLES[number - 1],
        "rules": rules().get(number, []),
        "before": ARTICLES[number - 2] if number > 1 else None,
        "after": ARTICLES[number] if number < len(ARTICLES) else None,
    }
    return render(request, "townhall/article.html", context)

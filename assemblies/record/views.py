"""The pages of the record. All of it is public, and nothing here writes."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, Sum
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ..models import Checkpoint, Citizen, CoSignature, Entry, Head, Leaf, Log, Pending
from ..models.entry import EntryQuerySet
from . import verify_record
from .checkpoint import encoded, join_notes
from .context import drawn
from .export import keys_of, lines_of, proof_of
from .filters import RecordFilter
from .merkle import consistency as consistency_proof
from .nodes import StoredNodes
from .reading import address_of, nouns, owner_of, read

PAGE = 50
TEXT = "text/plain; charset=utf-8"


class Pages(Paginator):
    """Pages of the whole record, whose number is known without counting rows."""

    @cached_property
    def count(self) -> int:
        return (Head.objects.aggregate(n=Sum("size"))["n"] or 0) + Pending.objects.count()


def _page(request: HttpRequest, entries: EntryQuerySet, *, pages: type[Paginator] = Paginator) -> dict[str, Any]:
    rows = entries.newest_first().select_related("log").prefetch_related("disclosures")
    page = pages(rows, PAGE).get_page(request.GET.get("page"))
    return {"page_obj": page, "readings": read(page.object_list)}


@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """Everything, newest first, with filters."""
    form = RecordFilter(request.GET)
    whole = not form.narrows() and not form.errors
    found = Entry.objects.all() if whole else form.apply(Entry.objects.all())
    context = _page(request, found, pages=Pages if whole else Paginator)
    context |= {"form": form, "feed": reverse("record-feed"), "query": request.GET.urlencode()}
    return render(request, "assemblies/record/record.html", context)


@require_safe
def logs(request: HttpRequest) -> HttpResponse:
    """Every log with its size and its last checkpoint."""
    rows = Log.objects.select_related("head").order_by("origin")
    if words := request.GET.get("q", "").replace("\x00", "").strip():
        rows = rows.filter(origin__icontains=words)
    page = Paginator(rows, 100).get_page(request.GET.get("page"))
    last = {row.log_id: row for row in Checkpoint.objects.current().filter(log__in=[log.pk for log in page])}
    found = [{"log": log, "last": last.get(log.pk), "root": _root(last.get(log.pk))} for log in page]
    return render(request, "assemblies/record/logs.html", {"page_obj": page, "logs": found})


@require_safe
def log(request: HttpRequest, origin: str) -> HttpResponse:
    """The record of one assembly, or of whatever else keeps a log."""
    log = get_object_or_404(Log, origin=origin)
    form = RecordFilter(request.GET, within_log=True)
    entries = log.entries.all()
    found = form.apply(entries) if form.narrows() or form.errors else entries
    last = Checkpoint.objects.current().filter(log=log).first()
    owner = owner_of(log)
    context = _page(request, found) | {
        "log": log,
        "form": form,
        "owner": owner,
        "owner_url": address_of(owner),
        "last": last,
        "checkpoint": drawn(last),
        "keys": _keys(last),
        "waiting": Pending.objects.filter(entry__log=log).count(),
        "feed": reverse("record-log-feed", args=[origin]),
        "query": request.GET.urlencode(),
    }
    return render(request, "assemblies/record/log.html", context)


@require_safe
def of(request: HttpRequest, noun: str, pk: int) -> HttpResponse:
    """The record of one thing, oldest first: what happened to it, and nothing left out."""
    model = nouns().get(noun)
    subject = f"{noun}/{pk}"
    entries = Entry.objects.filter(subject=subject).select_related("log").prefetch_related("disclosures").order_by("pk")
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    if model is None or not page.paginator.count:
        raise Http404(_("The record says nothing of this."))
    # A person is not called by name here, but for what an entry itself discloses.
    thing = None if model is Citizen else model._default_manager.filter(pk=pk).first()
    context = {
        "subject": subject,
        "thing": thing,
        "noun": model._meta.verbose_name,
        "url": address_of(thing),
        "page_obj": page,
        "readings": read(page.object_list),
    }
    return render(request, "assemblies/record/of.html", context)


@require_safe
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry: what it says, where it stands in the tree, and how to check that."""
    entry = get_object_or_404(Entry.objects.select_related("log").prefetch_related("disclosures"), pk=pk)
    last = Checkpoint.objects.current().filter(log=entry.log_id).first()
    leaf = Leaf.objects.filter(pk=pk).first()
    context = {
        "entry": entry,
        "reading": read([entry], whole=True)[0],
        "owner": owner_of(entry.log),
        "body": bytes(entry.body).decode(),
        "proof": proof_of(entry),
        "leaf": leaf,
        "leaf_hash": encoded(bytes(leaf.hash)) if leaf else "",
        "last": last,
        "checkpoint": drawn(last),
        "root": _root(last),
        "keys": _keys(last),
    }
    return render(request, "assemblies/record/entry.html", context)


@require_safe
def proof(request: HttpRequest, pk: int) -> JsonResponse:
    """The proof of one entry, for `verify_record.py`."""
    entry = get_object_or_404(Entry.objects.select_related("log").prefetch_related("disclosures"), pk=pk)
    found = proof_of(entry)
    if found is None:
        raise Http404(_("This entry has no place in the tree yet: try again in a moment."))
    answer = JsonResponse(found, json_dumps_params={"ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="entry-{pk}.json"'
    return answer


@require_safe
def export(request: HttpRequest, origin: str = "") -> StreamingHttpResponse:
    """One log, or all of them one after another, as JSON Lines."""
    logs = [get_object_or_404(Log, origin=origin)] if origin else Log.objects.order_by("origin").iterator()
    lines = chain.from_iterable(lines_of(log) for log in logs)
    answer = StreamingHttpResponse(_pieces(lines), content_type="application/jsonl; charset=utf-8")
    name = (origin or "record").replace("/", "-")
    answer["Content-Disposition"] = content_disposition_header(True, f"{name}.jsonl")
    return answer


def _pieces(lines: Any) -> Any:
    """Lines in pieces of some size: one chunk of the answer for each would be slow."""
    held: list[str] = []
    for line in lines:
        held.append(line)
        if len(held) == 200:
            yield "".join(held)
            held.clear()
    yield "".join(held)


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """The program that checks an export."""
    answer = HttpResponse(Path(verify_record.__file__).read_bytes(), content_type="text/x-python; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="verify_record.py"'
    return answer


# ---- for programs: the addresses that witnesses read ----


@require_safe
@never_cache
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The last checkpoint of every log, an empty line between them; of one with `?log=`."""
    rows = Checkpoint.objects.current().order_by("log__origin")
    if wanted := request.GET.get("log"):
        rows = rows.filter(_named(wanted, "log__origin"))
        if not rows:
            raise Http404(_("There is no such log, or nothing in it is signed yet."))
    return HttpResponse(join_notes(row.note for row in rows), content_type=TEXT)


@require_safe
@never_cache
def keys(request: HttpRequest) -> HttpResponse:
    """The verifier key of every log, one a line; of one with `?log=`."""
    rows = Checkpoint.objects.current().order_by("log__origin")
    if wanted := request.GET.get("log"):
        rows = rows.filter(_named(wanted, "log__origin"))
    return HttpResponse("".join(f"{key}\n" for row in rows for key in _keys(row)), content_type=TEXT)


@require_safe
def consistency(request: HttpRequest) -> HttpResponse:
    """That the log at size `new` begins with the log at size `old`: base64 hashes, one a line (RFC 9162)."""
    log = get_object_or_404(
        Log.objects.select_related("head"), _named(request.GET.get("log", ""), "origin"), head__isnull=False
    )
    try:
        old, new = int(request.GET.get("old", "")), int(request.GET.get("new", ""))
    except ValueError:
        return HttpResponse(_("Give two sizes, old and new.") + "\n", status=400, content_type=TEXT)
    if not 0 <= old <= new <= log.head.size:
        return HttpResponse(_("The log has no such sizes.") + "\n", status=400, content_type=TEXT)
    steps = consistency_proof(old, new, StoredNodes(log.pk))
    return HttpResponse("".join(encoded(step) + "\n" for step in steps), content_type=TEXT)


@require_safe
@never_cache
def witnessed(request: HttpRequest) -> HttpResponse:
    """The last checkpoint of each log that this installation has co-signed as a witness."""
    rows = CoSignature.objects.order_by("origin", "key", "-size").distinct("origin", "key")
    if wanted := request.GET.get("log"):
        rows = rows.filter(_named(wanted, "origin"))
    return HttpResponse(join_notes(row.note for row in rows), content_type=TEXT)


def _named(name: str, column: str) -> Q:
    """A log by its own name, or by that under which it is signed: with the installation's before it."""
    tails = [name.replace("\x00", "")]
    while "/" in tails[-1]:
        tails.append(tails[-1].partition("/")[2])
    return Q(**{f"{column}__in": tails[:20]})


def _root(last: Checkpoint | None) -> str:
    return encoded(bytes(last.root)) if last else ""


def _keys(last: Checkpoint | None) -> list[str]:
    return keys_of([last]) if last else []

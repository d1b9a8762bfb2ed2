"""What a person could send by mistake or on purpose: always an answer below 500, and 4xx with a sentence.

The addresses come from the resolver and the forms from their pages, so that what is new is tried by itself. Who may
fill in a form well is read from the matrix of access.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import reverse

from tests.access.everything import ROLES, Everything, every_route
from tests.access.test_matrix import ROWS

pytestmark = pytest.mark.django_db

HUGE, LONG = "9" * 30, "x" * 5000
NUMBERS = ["0", "-1", "9" * 18, HUGE, "٣", "%00"]
NAMES = ["0", "x", "a%00b", "%ff%fe", "..%2f..%2f", "1'--", LONG]
QUERIES = ["x", "-1", HUGE, LONG, "%ff", "0001-01-01", "9999-12-31T23:59"]
PAGES = ["", "x", "0", HUGE, "%00"]
WORDS = ["", "\x00", "x" * 100_000, "NaN", "-Infinity", "1e400", "-1", HUGE, "0001-01-01", ["a", "b"]]
IN_ONE_FIELD = ["x" * 100_000, HUGE, "9999-12-31"]
METHODS = ["PUT", "DELETE"]

ROUTES = every_route()
READ = [row for row in ROWS if row.method == "GET" and not row.address.startswith("admin:")]
ADDRESSES = list({row.route: row.address for row in reversed(READ)}.values())
MAY_POST = {
    row.address: next(role for role, cell in zip(ROLES, row.cells, strict=True) if cell in ("302", "200"))
    for row in ROWS
    if row.method == "POST" and {"302", "200"} & set(row.cells) and not row.address.startswith("admin:")
}
# These take no form: they only send on, or say that a link has run out; or a program in the page sends to them.
NO_FORMS = ("account_set_password", "account_confirm_login_code", "sealed-paper")
FORMS = [name for name in MAY_POST if name not in NO_FORMS]
BEHIND_SIGN_IN = [row.address for row in ROWS if row.method == "POST" and row.cells[0] == "in" and row.address in FORMS]


# ---- asking ----


class Asking:
    """Ask as somebody, and leave nothing of it behind."""

    def __init__(self, signed_in: dict[str, Client]) -> None:
        self.signed_in = signed_in

    def __call__(self, role: str, address: str, method: str = "GET", data: Any = None, **more: Any) -> HttpResponse:
        client = Client(enforce_csrf_checks=more.pop("strict", False))
        client.cookies.update(self.signed_in[role].cookies)
        if method == "POST":
            cache.clear()  # nothing has been sent before, and nobody has tried anything too often
        with transaction.atomic():
            if method == "POST" and "content_type" not in more:
                answer = client.post(address, data or {}, **more)
            else:
                answer = client.generic(method, address, data or "", **more)
            if getattr(answer, "streaming", False):
                answer.getvalue()
            transaction.set_rollback(True)
        assert in_words(answer), f"{method} {address} {data} is answered {answer.status_code} without a sentence"
        return answer


def in_words(answer: HttpResponse) -> bool:
    """Below 500; and when it is refused, in a sentence under a heading, or in plain words for a program."""
    assert answer.status_code < 500
    if answer.status_code < 400:
        return True
    words = answer.content.decode()
    if not answer["Content-Type"].startswith("text/html"):
        return bool(words.strip())
    return bool(re.search(r"<h[12][^>]*>\s*\S", words) and re.search(r"(\w+\W+){4}", re.sub(r"<[^>]*>", " ", words)))


@pytest.fixture
def ask(town: Everything, signed_in: dict[str, Client]) -> Asking:
    return Asking(signed_in)


def reader_of(name: str) -> str:
    """The one who is let in to that page, the stranger last."""
    row = next(row for row in ROWS if row.method == "GET" and row.covers(name.partition(": ")[0]))
    return next((role for role in reversed(ROLES) if row.cells[ROLES.index(role)] == "200"), "facilitator")


# ---- addresses ----


@pytest.mark.parametrize("route", [route for route in ROUTES if route.has_gaps], ids=lambda route: route.name)
def test_nonsense_in_an_address(ask, route):
    role = "technician" if route.technical else MAY_POST.get(route.name, "citizen")
    values = NUMBERS if "<number:" in route.gaps else NAMES
    for value in values[2:5] if route.technical else values:
        ask(role, route.filled(value))
    if route.name in MAY_POST:
        ask(role, route.filled(values[2]), "POST", {})


@contextmanager
def names_read() -> Iterator[set[str]]:
    """The names that a page looks for in its query."""
    asked: set[str] = set()

    class Overheard(QueryDict):
        def __getitem__(self, key: str) -> Any:
            asked.add(key)
            return super().__getitem__(key)

        def getlist(self, key: str, default: Any = None) -> Any:
            asked.add(key)
            return super().getlist(key, default)

        def __contains__(self, key: object) -> bool:
            asked.add(str(key))
            return super().__contains__(key)

    query = property(lambda request: Overheard(request.META.get("QUERY_STRING", ""), encoding=request.encoding))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIRequest, "GET", query)
        yield asked


@pytest.mark.parametrize("name", ADDRESSES)
def test_nonsense_in_a_query(town, ask, name):
    role, address = reader_of(name), town.address(name)
    with names_read() as asked:
        ask(role, address)
    base = address + ("&" if "?" in address else "?")
    ask(role, f"{base}page=%00&at=%00&q=%00&unheard-of=%00")
    for value in PAGES if "page" in asked else []:
        ask(role, f"{base}page={value}")
    words = sorted(asked - {"page"})
    for value in QUERIES if words else []:
        ask(role, base + "&".join(f"{word}={value}" for word in words))
    for word in words:
        ask(role, f"{base}{word}=%00&{word}=a")


@pytest.mark.parametrize("query", ["p=x", "p=-1", f"p={HUGE}", "o=x.-9", "q=%00", "id__exact=%00", "pk__in=x", "e=1"])
def test_nonsense_in_a_query_of_the_technicians_pages(ask, query):
    for name in ("citizen", "decision", "entry"):
        ask("technician", f"{reverse(f'admin:assemblies_{name}_changelist')}?{query}")


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_method_that_no_page_takes(town, ask, name):
    for method in METHODS:
        answer = ask("facilitator", town.address(name), method)
        ours = not name.startswith("account_")
        assert answer.status_code == 405 or not ours, f"{method} is answered {answer.status_code}"


# ---- forms ----


class Fields(HTMLParser):
    """The fields of the forms on a page that post to one address."""

    def __init__(self, page: str, address: str) -> None:
        super().__init__()
        self.address, self.inside, self.names = address, False, set[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            posts = (given.get("method") or "").lower() == "post"
            self.inside = posts and (given.get("action") or self.address) == self.address
        elif self.inside and given.get("name") and given["name"] != "csrfmiddlewaretoken":
            self.names.add(str(given["name"]))

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"


def fields(ask: Asking, town: Everything, name: str) -> list[str]:
    """What the form at that address asks for, on its own page and as an example fills it in."""
    page = ask(MAY_POST[name], town.address(name))
    own = Fields(page.content.decode(), town.address(name)).names if page.status_code == 200 else set()
    return sorted(own | set(town.body(name)))


@pytest.mark.parametrize("name", FORMS)
def test_nonsense_in_every_field_at_once(town, ask, name):
    names, role, address = fields(ask, town, name), MAY_POST[name], town.address(name)
    for value in WORDS:
        ask(role, address, "POST", dict.fromkeys(names, value))
    ask(role, address, "POST", {word: SimpleUploadedFile("a.txt", b"a\x00b") for word in names})
    ask(role, address, "POST", {})


@pytest.mark.parametrize("name", FORMS)
def test_nonsense_in_one_field_of_a_form_filled_in_well(town, ask, name):
    role, address = MAY_POST[name], town.address(name)
    for word in fields(ask, town, name):
        for value in IN_ONE_FIELD:
            ask(role, address, "POST", town.body(name) | {word: value})


@pytest.mark.parametrize("name", ["account_login", "proposal-new", "ballot", "roll-import-new", "action-new"])
def test_a_body_that_is_no_form(town, ask, name):
    role, address = MAY_POST[name], town.address(name)
    for kind, data in [
        ("application/json", '{"choice": ["yes"]}'),
        ("application/json", "{"),
        ("text/plain", "\x00"),
        ("application/x-www-form-urlencoded; charset=nonsense", "title=x"),
        ("application/x-www-form-urlencoded", b"title=%ff%fe&choice=\xff"),
        ("application/x-www-form-urlencoded", "&".join(f"a{n}=1" for n in range(1500))),
        ("application/x-www-form-urlencoded", b"text=" + b"x" * 6_000_000),
        ("multipart/form-data", "title=x"),
        ("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=title"),
        ("multipart/form-data; boundary=" + LONG, "--x"),
        ("", ""),
    ]:
        ask(role, address, "POST", data, content_type=kind)


def test_a_vote_sent_from_within_its_page_may_be_nonsense_too(town, ask):
    address, hx = town.address("ballot"), {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "\x00javascript:"}
    for value in WORDS:
        ask("citizen", address, "POST", {"choice": value}, **hx)
    assert ask("stranger", address, "POST", {"choice": "yes"}, **hx)["HX-Redirect"].startswith("/account/login/")


# ---- not from this page, too late, twice ----


def rows() -> dict[str, int]:
    """How much is written, of everything that is of the project."""
    floors = ("assemblies", "mandates", "councils", "commons")
    return {model._meta.label: model._default_manager.count() for model in apps.get_models() if _floor(model) in floors}


def _floor(model: type) -> str:
    return model._meta.app_label  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", [name for name in FORMS if name != "unsubscribe"])  # its address is signed instead
def test_a_form_without_its_token_or_with_a_forged_one(town, signed_in, ask, name):
    role, address = MAY_POST[name], town.address(name)
    for more in ({}, {"csrfmiddlewaretoken": "x" * 64}, {"csrfmiddlewaretoken": "\x00"}):
        answer = ask(role, address, "POST", town.body(name) | more, strict=True)
        assert answer.status_code == 403
        assert "Please send that again" in answer.content.decode()
    assert ask(role, address, "POST", strict=True, HTTP_ORIGIN="https://elsewhere.example").status_code == 403


@pytest.mark.parametrize("name", BEHIND_SIGN_IN)
def test_a_form_sent_after_the_session_ran_out(town, name):
    client = Client()
    before = rows()
    sent = client.post(town.address(name), town.body(name))
    assert sent.status_code == 302
    page = client.get(sent.url).content.decode()
    assert rows() == before
    if not name.startswith("account_"):
        assert "You were signed out, so nothing was written." in page
        client.force_login(town.who(MAY_POST[name]))
        assert client.get(client.get(sent.url).url, follow=True).status_code in (200, 302, 409)


@pytest.mark.parametrize("name", [name for name in FORMS if not name.startswith("account_")])
def test_a_form_sent_twice_is_done_once(town, signed_in, name):
    client, address, body = Client(), town.address(name), town.body(name)
    client.cookies.update(signed_in[MAY_POST[name]].cookies)
    cache.clear()
    if body.get("step") == "show":
        body |= {"step": "offer", "seen": client.post(address, body).context["form"].digest}
    first = client.post(address, body)
    # The codes of a sheet, and the secret of a token, are shown in the answer; a mail program is not sent on.
    assert first.status_code == (200 if name in ("papers", "tokens", "unsubscribe") else 302)
    once = rows()
    again = client.post(address, town.body(name) if name == "roll-import-new" else body)
    assert in_words(again)
    if name != "roll-import-new":  # only looked at, as often as one likes
        assert rows() == once
    cache.clear()  # Redis loses everything between the two
    third = client.post(address, body)
    assert in_words(third)


# ---- what belongs to others ----


def test_what_belongs_to_another_assembly_is_not_taken(town, ask):
    theirs, clause = town.cast.policy(town.cast.loarre), town.theirs.clauses.get()
    before = rows()
    for effect in ("amendment", "repeal"):
        address = f"{town.address('proposal-new')}?effect={effect}&policy={theirs.pk}"
        assert ask("citizen", address).status_code == 404
        assert ask("citizen", address, "POST", {"title": "x", "text": "x"}).status_code == 404
    for name, role, foreign in [
        ("mandate-new", "citizen", {"clauses-0-policy": theirs.pk}),
        ("mandate-new", "citizen", {"delegate": town.cast.chen.pk, "looked_for": ""}),
        ("mandate-new", "citizen", {"confederation": town.ribera.slug}),
        ("narrowing-new", "citizen", {f"strike_{clause.pk}": "on", "reasons": ""}),
        ("election-new", "citizen", {"clauses-0-policy": theirs.pk}),
        ("election-new", "citizen", {"confederation": town.ribera.slug}),
        ("replacement-new", "citizen", {"other": town.cast.chen.name}),
        ("presence", "facilitator", {"citizen": town.cast.chen.pk}),
        ("task-new", "delegate", {"clauses": [clause.pk]}),
        ("attachments", "delegate", {"clause": clause.pk}),
        ("action-new", "delegate", {"attachment": 10**15}),
    ]:
        assert ask(role, town.address(name), "POST", town.body(name) | foreign).status_code in (403, 422), foreign
    assert rows() == before

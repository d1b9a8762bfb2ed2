#!/usr/bin/env python3
"""An assembly from the command line: what is open, voting, logging what was done, recalls, and checking the record.

One file over the public API. It knows no rule: whatever may not be done, the site refuses, and says by which article.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import confed_verify
import typer

REFUSED, ASKED_WRONGLY, NOBODY_ANSWERS = 1, 2, 3
LOCAL = ("localhost", "127.0.0.1", "::1")
SECONDS = 30

app = typer.Typer(
    name="confed",
    help=__doc__,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for a program.")]
Key = Annotated[
    str,
    typer.Option(
        "--key", help="A word for this act, so that it is done once however often it is sent; a new one otherwise."
    ),
]


# ---- where, and as whom ----


def kept() -> Path:
    """The file in which the site and the token are kept: `CONFED_CONFIG`, or the usual place for such files."""
    named = os.environ.get("CONFED_CONFIG")
    return Path(named) if named else Path(typer.get_app_dir("confed")) / "token.json"


def site_and_token() -> tuple[str, str]:
    said: dict[str, str] = {}
    if "CONFED_SITE" not in os.environ and kept().exists():
        try:
            said = json.loads(kept().read_text(encoding="utf-8"))
        except (ValueError, OSError) as error:
            stop(f"{kept()} cannot be read: {error}. Sign in again.", ASKED_WRONGLY)
    site = os.environ.get("CONFED_SITE") or said.get("site") or ""
    if not site:
        stop("Sign in first: confed sign-in https://…", ASKED_WRONGLY)
    return checked(site), os.environ.get("CONFED_TOKEN") or said.get("token") or ""


def checked(site: str) -> str:
    """The address of a site; a token goes over an open line to this very machine alone."""
    parts = urllib.parse.urlsplit(site if "://" in site else f"https://{site}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        stop(f"{site} is not the address of a site.", ASKED_WRONGLY)
    if parts.scheme == "http" and parts.hostname not in LOCAL:
        stop("Use https: over http anyone on the way could take your token.", ASKED_WRONGLY)
    return f"{parts.scheme}://{parts.netloc}"


# ---- asking ----


class Refused(Exception):
    """What the site answers where it does not do a thing."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("detail", ""))
        self.problem = problem


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token is for the site that it was made at, and follows nobody anywhere else."""

    def redirect_request(self, *_args: Any) -> None:
        return None


WEB = urllib.request.build_opener(NoRedirects)


def asked(site: str, where: str, token: str = "", body: Any = None, key: str = "", accept: str = "") -> Any:
    """The open answer of the site; what it refuses is raised."""
    headers = {"Accept": accept or "application/json", "User-Agent": "confed"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None
    if body is not None:
        headers |= {"Content-Type": "application/json", "Idempotency-Key": key or str(uuid.uuid4())}
        data = json.dumps(body).encode()
    try:
        request = urllib.request.Request(urllib.parse.urljoin(site, where), data, headers)  # noqa: S310  checked
        return WEB.open(request, timeout=SECONDS)
    except urllib.error.HTTPError as error:
        try:
            problem = json.loads(error.read())
            assert isinstance(problem, dict)  # noqa: S101  anything else is no answer of this API
        except (ValueError, AssertionError):
            problem = {"status": error.code, "code": "no_api", "detail": f"The site answered {error.code}."}
        raise Refused(problem) from None
    except (OSError, ValueError) as error:
        stop(f"{site} does not answer: {getattr(error, 'reason', error)}", NOBODY_ANSWERS)


def got(where: str, **query: Any) -> Any:
    site, token = site_and_token()
    words = urllib.parse.urlencode({name: value for name, value in query.items() if value not in (None, "")})
    return read(site, f"/api/v1/{where}" + (f"?{words}" if words else ""), token)


def read(site: str, where: str, token: str, body: Any = None, key: str = "") -> Any:
    with asked(site, where, token, body, key) as answer:
        try:
            return json.loads(answer.read())
        except ValueError:
            stop(f"{site} does not speak this API.", NOBODY_ANSWERS)


def all_of(where: str, most: int, **query: Any) -> Iterator[dict[str, Any]]:
    """Those of a list, page after page, at most so many; each page is asked of the site itself."""
    page = got(where, size=min(most, 200), **query)
    while True:
        for one in page["results"]:
            if most <= 0:
                return
            most -= 1
            yield one
        if not page["next"] or most <= 0:
            return
        query["cursor"] = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page["next"]).query))["cursor"]
        page = got(where, size=200, **query)


def sent(where: str, body: dict[str, Any], key: str = "") -> Any:
    site, token = site_and_token()
    if not token:
        stop("Sign in first: confed sign-in", ASKED_WRONGLY)
    return read(site, f"/api/v1/{where}", token, body, key)


# ---- telling ----


def stop(sentence: str, code: int) -> Any:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


def tell(thing: Any, as_json: bool, *lines: str) -> None:
    typer.echo(json.dumps(thing, indent=2, ensure_ascii=False) if as_json else "\n".join(map(plain, lines)))


def plain(words: Any) -> str:
    """Somebody's words in one line of a terminal: nothing in them moves its cursor or changes its colours."""
    return "".join(letter if letter.isprintable() else " " for letter in str(words))


def number_of(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]


def read_value(words: str) -> Any:
    """A value as JSON where it is some, and as words otherwise."""
    try:
        return json.loads(words)
    except ValueError:
        return words


def fields(pairs: list[str]) -> dict[str, Any]:
    """`name=value` pairs; `name=@file` takes what stands in a file."""
    found: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            stop(f"Write name=value, and not “{pair}”.", ASKED_WRONGLY)
        if value.startswith("@"):
            try:
                found[name] = Path(value[1:]).read_text(encoding="utf-8")
            except (OSError, ValueError) as error:
                stop(f"{value[1:]} cannot be read: {error}", ASKED_WRONGLY)
        else:
            found[name] = read_value(value)
    return found


# ---- the commands ----


@app.command("sign-in")
def sign_in(
    site: Annotated[str, typer.Argument(help="The address of the site, as https://assembly.example.")],
    token: Annotated[
        str, typer.Option(help="The token; asked for, unless given. Others on this machine may see it if given.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Keep a token of yours, made on the site under “Your account”, in a file that you alone can read."""
    address = checked(site)
    secret = token or typer.prompt(f"Token from {address}/account/tokens/", hide_input=True, err=True)
    read(address, "/api/v1/", secret.strip())
    where = kept()
    where.parent.mkdir(parents=True, exist_ok=True)
    where.unlink(missing_ok=True)
    opened = os.open(where, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        json.dump({"site": address, "token": secret.strip()}, file)
    tell({"site": address, "kept": str(where)}, as_json, f"Signed in at {address}. The token is kept in {where}.")


@app.command("sign-out")
def sign_out(as_json: Json = False) -> None:
    """Forget the token on this machine. It stays in force until you revoke it on the site."""
    kept().unlink(missing_ok=True)
    tell({"kept": None}, as_json, "The token is forgotten here. Revoke it on the site if somebody else may have it.")


@app.command("open")
def what_is_open(
    assembly: Annotated[str, typer.Option(help="Of this assembly alone, by its slug.")] = "",
    most: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many of each kind.")] = 50,
    as_json: Json = False,
) -> None:
    """List what is open: votes that run, recalls that can be signed, elections in which one can stand."""
    votes = list(all_of("decisions/", most, phase="open", assembly=assembly, expand="proposal"))
    recalls = list(all_of("recalls/", most, phase="signing", assembly=assembly))
    elections = [one for one in all_of("elections/", most, assembly=assembly) if one["phase"] == "standing"]
    lines = [f"vote {one['id']}  until {one['closes_at']}  {one['proposal']['title']}" for one in votes]
    lines += [
        f"recall {one['id']}  {one['signed']} of {one['needed']} have signed, until {one['lapses_at']}"
        f"  {one['delegate']['name']}: {one['grounds']}"
        for one in recalls
    ]
    lines += [f"election {one['id']}  one can stand until {one['stand_until']}" for one in elections]
    found = {"votes": votes, "recalls": recalls, "elections": elections}
    tell(found, as_json, *(lines or ["Nothing is open now."]))


@app.command()
def vote(
    decision: Annotated[int, typer.Argument(help="Which vote, by its number.")],
    choice: Annotated[
        str, typer.Argument(help="yes, no or abstain; of a choice: numbers of options, best first: 2,1.")
    ],
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Vote, or change your vote until the close. A secret vote is cast on its page, and nowhere else."""
    if choice in ("yes", "no", "abstain"):
        body: dict[str, Any] = {"choice": choice}
    else:
        try:
            body = {"ranking": [int(number) for number in choice.split(",")]}
        except ValueError:
            stop("Vote yes, no or abstain; of a choice give numbers of options: 2,1,3.", ASKED_WRONGLY)
    done = sent(f"decisions/{decision}/ballots/", body, key)
    tell(
        done, as_json, f"Your vote is cast: {choice}. {done['turnout']} have voted; you may change it until the close."
    )


@app.command()
def log(
    attachment: Annotated[int, typer.Argument(help="On which of your clauses, by the number of its attachment.")],
    what: Annotated[str, typer.Argument(help="What was done.")],
    quantity: Annotated[str, typer.Option(help="How much, where the clause counts.")] = "",
    done_at: Annotated[str, typer.Option(help="When, in ISO 8601; now, unless given.")] = "",
    evidence: Annotated[str, typer.Option(help="An address where one can see for oneself.")] = "",
    place: Annotated[str, typer.Option(help="Where, by the slug of the assembly.")] = "",
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Log what you did as a delegate. It stands for good; what was wrong is corrected by another entry."""
    more = {"quantity": quantity, "done_at": done_at, "evidence": evidence, "place": place}
    body = {"attachment": attachment, "what": what} | {name: value for name, value in more.items() if value}
    done = sent("actions/", body, key)
    tell(done, as_json, f"Logged as action {done['id']}: {done['page']}")


@app.command()
def recall(
    mandate: Annotated[int, typer.Argument(help="Which mandate, by its number.")],
    grounds: Annotated[str, typer.Argument(help="On what grounds; the delegate and the assembly read them.")],
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Open the recall of a delegate of your assembly. Enough signatures put it to the vote."""
    done = sent("recalls/", {"mandate": mandate, "grounds": grounds}, key)
    tell(done, as_json, f"Recall {done['id']} is open: it takes {done['needed']} signatures. {done['page']}")


@app.command()
def sign(
    recall_number: Annotated[int, typer.Argument(metavar="RECALL", help="Which recall, by its number.")],
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Sign a recall in your assembly."""
    done = sent(f"recalls/{recall_number}/signatures/", {}, key)
    tell(done, as_json, f"Signed: {done['signed']} of {done['needed']}.")


@app.command()
def send(
    act: Annotated[str, typer.Argument(help="What is sent, as in the guide of the API: proposals, turns/3/calls …")],
    values: Annotated[list[str] | None, typer.Argument(help="name=value; a value may be JSON, or @file.")] = None,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Send any other act. The guide at /api/ names all of them, with what each takes.

    For instance: confed send proposals assembly=abiego title=Benches text=@benches.md offer=true
    """
    done = sent(f"{path(act)}/", fields(values or []), key)
    tell(done, as_json, f"Done: {done['url']}")


@app.command("list")
def list_them(
    noun: Annotated[str, typer.Argument(help="What is listed: decisions, mandates, tasks, attachments, entries …")],
    values: Annotated[list[str] | None, typer.Argument(help="name=value, as filters, order, expand and at.")] = None,
    most: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 50,
    as_json: Json = False,
) -> None:
    """List any noun of the API, narrowed by its filters."""
    query = dict(pair.partition("=")[::2] for pair in values or [])
    found = list(all_of(f"{path(noun)}/", most, **query))
    lines = []
    for one in found:
        words = [one.get("title"), one.get("name"), one.get("what"), one.get("instruction"), one.get("kind")]
        lines.append(f"{number_of(one['url'])}  {next((word for word in words if word), one['url'])}")
    tell(found, as_json, *(lines or ["There is none."]))


@app.command()
def show(
    noun: Annotated[str, typer.Argument(help="What is shown: decisions, mandates, tasks …")],
    number: Annotated[str, typer.Argument(help="Its number, or its slug.")],
    expand: Annotated[str, typer.Option(help="Links to give whole, with commas between them.")] = "",
    at: Annotated[str, typer.Option(help="As it stood at this moment, in ISO 8601.")] = "",
    as_json: Json = False,
) -> None:
    """Show one thing, as the API has it."""
    found = got(f"{path(noun)}/{path(number)}/", expand=expand, at=at)
    width = max(map(len, found))
    tell(found, as_json, *(f"{name.ljust(width)}  {value}" for name, value in found.items() if value not in (None, "")))


@app.command()
def export(
    log_name: Annotated[str, typer.Argument(metavar="LOG", help="Which record, as assembly/abiego.")],
    to: Annotated[Path, typer.Option("--to", help="Into which file; - for standard output.")] = Path("record.jsonl"),
    as_json: Json = False,
) -> None:
    """Take a whole record home: every entry and every signed checkpoint of it, to be checked without the site."""
    if str(to) == "-":
        return download(log_name, None)
    download(log_name, to)
    size = to.stat().st_size
    tell({"log": log_name, "file": str(to), "bytes": size}, as_json, f"{log_name} is in {to} ({size} bytes).")
    return None


def download(log_name: str, to: Path | None) -> None:
    """As it comes, and whole or not at all."""
    site, _token = site_and_token()
    with asked(site, f"/record/{path(log_name)}/export.jsonl", accept="*/*") as answer:
        if to is None:
            while piece := answer.read(1 << 16):
                sys.stdout.buffer.write(piece)
            return
        part = to.with_name(f"{to.name}.part")
        try:
            with part.open("wb") as file:
                while piece := answer.read(1 << 16):
                    file.write(piece)
            part.replace(to)
        except OSError as error:
            part.unlink(missing_ok=True)
            stop(f"{to} cannot be written: {error}", ASKED_WRONGLY)


@app.command()
def verify(
    log_name: Annotated[str, typer.Argument(metavar="LOG", help="Which record, as assembly/abiego.")] = "",
    file: Annotated[Path | None, typer.Option(help="A record that you have already, instead of the site's.")] = None,
    older: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint that you kept, from a letter or a page.")
    ] = None,
    trusted: Annotated[
        list[str] | None, typer.Option("--trust", help="The key that you trust, as a neighbour or a letter has it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a record: every entry in its place, signed, and continuing what you kept. Ends with 1 where not."""
    if (file is None) == (log_name == ""):
        stop("Name a record, as assembly/abiego, or a --file.", ASKED_WRONGLY)
    where = file or kept().parent / f"{uuid.uuid4()}.jsonl"
    if file is None:
        where.parent.mkdir(parents=True, exist_ok=True)
        download(log_name, where)
    try:
        notes = [note for one in older or [] for note in noted(one)]
        with where.open("rb") as lines:
            sentences = confed_verify.verify(lines, keys=trusted or (), older=notes)
    except confed_verify.Wrong as wrong:
        tell({"holds": False, "found": [str(wrong)]}, as_json, f"WRONG: {wrong}")
        raise typer.Exit(REFUSED) from None
    except (OSError, ValueError) as error:
        stop(f"It cannot be read: {error}", ASKED_WRONGLY)
    finally:
        if file is None:
            where.unlink(missing_ok=True)
    tell({"holds": True, "found": sentences}, as_json, *sentences)


def noted(file: Path) -> list[str]:
    found = list(confed_verify.notes(file.read_text(encoding="utf-8")))
    if not found:
        raise confed_verify.Wrong(f"{file} holds no checkpoint.")
    return found


def path(words: str) -> str:
    """Words as they stand in an address: they lead nowhere else."""
    parts = [part for part in words.strip("/").split("/") if part not in ("", ".", "..")]
    return "/".join(urllib.parse.quote(part, safe="") for part in parts)


def run(arguments: list[str] | None = None) -> None:
    """Everything that the site refuses is told alike: the sentence, what was wrong with which field, the article."""
    try:
        app(args=arguments, prog_name="confed")
    except Refused as refused:
        problem = refused.problem
        if "--json" in (sys.argv if arguments is None else arguments):
            typer.echo(json.dumps(problem, indent=2, ensure_ascii=False))
        article = problem.get("article")
        typer.echo(plain(problem.get("detail")) + (f" (article {article})" if article else ""), err=True)
        sys.exit(REFUSED)


if __name__ == "__main__":
    run()

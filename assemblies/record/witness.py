"""A witness: it follows somebody's checkpoints, and signs only what continues everything it has seen.

It needs nothing from the installation it watches but its public addresses. When a log forks, the two notes signed by
the same key are the proof, and are kept.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.error import URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from django.conf import settings

from ..models import CoSignature
from .checkpoint import BadNote, TreeHead, cosign, decoded, read_verifier_key, split_notes, verify
from .keys import witness_key
from .merkle import BadProof, verify_consistency

LARGEST = 64 * 1024 * 1024  # bytes of one answer
PATIENCE = 30  # seconds

Fetch = Callable[[str], str]


class Unreachable(Exception):
    """The installation gave no answer that could be used."""


@dataclass(frozen=True)
class Finding:
    """What a look at one log found. `fork` is a sentence when it does not continue what was seen before."""

    origin: str
    size: int
    new: bool = False
    fork: str = ""


def fetch(address: str) -> str:
    """The text behind an http or https address."""
    if urlsplit(address).scheme not in ("http", "https"):
        raise Unreachable(f"{address} is not an http address.")
    request = Request(address, headers={"User-Agent": "confederation-witness/1"})  # noqa: S310  (checked above)
    try:
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            return answer.read(LARGEST).decode()
    except (URLError, OSError, UnicodeDecodeError) as error:
        raise Unreachable(f"{address} gave no answer ({error}).") from error


def watch(address: str, *, keys: dict[str, bytes] | None = None, fetch: Fetch = fetch) -> list[Finding]:
    """Look at every log of an installation, and co-sign what is new and consistent.

    `keys` maps the origin of a log to the public key it is known by. A log without one is taken at the key it names
    the first time, and held to it ever after.
    """
    base = address.rstrip("/") + "/.well-known/confederation"
    named = {}
    for line in fetch(f"{base}/keys").splitlines():
        origin, public = read_verifier_key(line)
        named[origin] = public
    findings = []
    seen: set[str] = set()
    for note in split_notes(fetch(f"{base}/checkpoint")):
        head = TreeHead.read(note)
        seen.add(head.origin)
        findings.append(_look(address, base, note, head, (keys or {}).get(head.origin), named.get(head.origin), fetch))
    gone = CoSignature.objects.filter(address=address).exclude(origin__in=seen)
    lost = gone.order_by("origin").values_list("origin", flat=True).distinct()
    return findings + [Finding(origin, 0, fork="the log was published and is gone") for origin in lost]


def _look(
    address: str, base: str, note: str, head: TreeHead, known: bytes | None, named: bytes | None, fetch: Fetch
) -> Finding:
    last = CoSignature.objects.filter(origin=head.origin).order_by("-pk").first()
    public = known or (bytes(last.key) if last else None) or named
    if public is None:
        return Finding(head.origin, head.size, fork="the log names no key")
    try:
        verify(note, head.origin, public)
    except BadNote as error:
        return _fork(head, last, note, f"the checkpoint is not signed by the key that is known: {error}")
    if last is not None:
        if head.size < last.size:
            return _fork(head, last, note, f"it had {last.size} entries and now has {head.size}")
        try:
            steps = []
            if head.size > last.size:
                query = f"log={quote(head.origin)}&old={last.size}&new={head.size}"
                steps = [decoded(line) for line in fetch(f"{base}/consistency?{query}").splitlines()]
            verify_consistency(last.size, head.size, bytes(last.root), head.root, steps)
        except (BadProof, BadNote) as error:
            return _fork(head, last, note, f"it does not continue the {last.size} entries seen before: {error}")
        if head.size == last.size:
            return Finding(head.origin, head.size)
    name, key = witness_key()
    signed = cosign(note, name, key, int(time.time()))
    CoSignature.objects.create(
        address=address, origin=head.origin, size=head.size, root=head.root, note=signed, key=public
    )
    return Finding(head.origin, head.size, new=True)


def _fork(head: TreeHead, last: CoSignature | None, note: str, sentence: str) -> Finding:
    """Keep both notes: signed by one key and contradicting each other, they are the proof."""
    folder = settings.VAR_DIR / "witness"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"fork-{int(time.time())}-{secrets.token_hex(4)}.txt"
    path.write_text(f"{last.note if last else ''}\n{note}")
    return Finding(head.origin, head.size, fork=f"{sentence} (both checkpoints are kept in {path})")

"""The code by which a citizen is found at the door: short enough to be typed, signed so that nobody makes one up.

It says who comes to which session and nothing else, and is worth nothing elsewhere. Whoever keeps the door still sees
the person and the name.
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

from .models.paper import LETTERS, plain

SEAL = 8  # letters of five bits: a guess is right once in 2**40


def code(session_pk: int, citizen_pk: int) -> str:
    """The code of a citizen for one session, in groups of four."""
    number = ""
    while citizen_pk:
        citizen_pk, digit = divmod(citizen_pk, len(LETTERS))
        number = LETTERS[digit] + number
    whole = _seal(session_pk, number) + number
    return "-".join(whole[i : i + 4] for i in range(0, len(whole), 4))


def read(session_pk: int, words: str) -> int | None:
    """Whose code this is, however it was typed; None where it is nobody's, or of another session."""
    whole = plain(words[:60])
    seal, number = whole[:SEAL], whole[SEAL:]
    if not number or len(number) > 12 or set(whole) - set(LETTERS):
        return None
    if not hmac.compare_digest(seal, _seal(session_pk, number)):
        return None
    found = 0
    for letter in number:
        found = found * len(LETTERS) + LETTERS.index(letter)
    return found


def _seal(session_pk: int, number: str) -> str:
    key = hashlib.sha256(b"the door of a session:" + settings.SECRET_KEY.encode()).digest()
    digest = hmac.new(key, f"{session_pk}:{number}".encode(), hashlib.sha256).digest()
    return "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:SEAL])

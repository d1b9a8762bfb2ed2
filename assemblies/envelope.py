"""A sealed ballot on its way and on the board: what is in it, and whether it holds. Pure: no database, no Django.

    token       32 random bytes, then "confederation-urn/1", "decision/N" and the paper's P-256 key, a line each
    signature   RSABSSA-SHA384-PSS-Randomized of the token by the key of the vote (RFC 9474): 384 bytes
    choice      `yes`, `no`, `abstain`, or the numbers of the options as `2,1,3`
    seal        ECDSA P-256 with SHA-256 by the paper's key, r and s in 32 bytes each, under "confederation-choice/1",
                "decision/N", the SHA-256 of the token in hexadecimal and the choice, a line each

Four parts joined by full stops are an envelope's line: bytes in base64url without padding, the choice as it is.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from .blind import is_signed

PREFIX, POINT, SIGNATURE, SEAL = 32, 65, 384, 64
CHOICE = re.compile(r"yes|no|abstain|[1-9][0-9]?(,[1-9][0-9]?){0,49}")
FIELDS = ("token", "signature", "choice", "seal")


class BadEnvelope(ValueError):
    """What is wrong with it, in one word: `shape`, `decision`, `signature` or `seal`."""


def domain(decision: int) -> bytes:
    return f"confederation-urn/1\ndecision/{decision}\n".encode()


@dataclass(frozen=True)
class Envelope:
    token: bytes
    signature: bytes
    choice: str
    seal: bytes

    @classmethod
    def read(cls, fields: Any) -> Envelope:
        """From the JSON of a browser."""
        if not isinstance(fields, dict) or set(fields) != set(FIELDS):
            raise BadEnvelope("shape")
        if not all(isinstance(value, str) and len(value) < 2000 for value in fields.values()):
            raise BadEnvelope("shape")
        if not CHOICE.fullmatch(fields["choice"]):
            raise BadEnvelope("shape")
        token, signature, seal = (unpacked(fields[name]) for name in ("token", "signature", "seal"))
        if len(signature) != SIGNATURE or len(seal) != SEAL:
            raise BadEnvelope("shape")
        return cls(token, signature, fields["choice"], seal)

    @classmethod
    def parse(cls, line: str) -> Envelope:
        """From a line of the board."""
        return cls.read(dict(zip(FIELDS, line.split("."), strict=True)) if line.count(".") == 3 else None)

    @property
    def line(self) -> str:
        return ".".join([packed(self.token), packed(self.signature), self.choice, packed(self.seal)])

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the token, in hexadecimal: by this it is known."""
        return hashlib.sha256(self.token).hexdigest()

    def check(self, decision: int, issuer: bytes) -> None:
        """That it is a paper of this vote, signed by its key, and that nobody has altered the choice.

        Raises:
            BadEnvelope: at the first thing that does not hold.
        """
        tag = domain(decision)
        if self.token[PREFIX:-POINT] != tag or len(self.token) != PREFIX + len(tag) + POINT:
            raise BadEnvelope("decision")
        if not is_signed(issuer, self.token, self.signature):
            raise BadEnvelope("signature")
        r, s = (int.from_bytes(half, "big") for half in (self.seal[:32], self.seal[32:]))
        try:
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.token[-POINT:])
            key.verify(encode_dss_signature(r, s), self.sealed(decision), ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError) as error:
            raise BadEnvelope("seal") from error

    def sealed(self, decision: int) -> bytes:
        """What the paper's own key signs."""
        return f"confederation-choice/1\ndecision/{decision}\n{self.hash}\n{self.choice}\n".encode()

    def receipt(self, decision: int) -> str:
        """The text that is signed as a receipt. It holds no time, and of the ballot only hashes."""
        digest = hashlib.sha256(self.line.encode()).hexdigest()
        return f"confederation-urn-receipt/1\ndecision/{decision}\ntoken {self.hash}\nenvelope {digest}\n"


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadEnvelope("shape") from error

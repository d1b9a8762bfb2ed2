"""A voter without a browser: makes papers, blinds, unblinds and seals as RFC 9474 says and `static/urn/` does."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field, replace

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from assemblies.envelope import Envelope, domain
from assemblies.models import Assembly, Citizen, Decision, Issuer, Proposal, SealedBallot
from tests.cast import call, citizen_of, found, travel_to


def mask(seed: bytes, length: int) -> bytes:
    """MGF1 with SHA-384 (RFC 8017, B.2.1)."""
    blocks = (hashlib.sha384(seed + n.to_bytes(4, "big")).digest() for n in range(-(-length // 48)))
    return b"".join(blocks)[:length]


def encoded(message: bytes, bits: int, salt: bytes) -> int:
    """EMSA-PSS-ENCODE with SHA-384 (RFC 8017, 9.1.1)."""
    size = -(-bits // 8)
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = b"\x01".rjust(size - len(salt) - 49, b"\0") + salt
    masked = int.from_bytes(block, "big") ^ int.from_bytes(mask(digest, len(block)), "big")
    masked &= (1 << (bits - 8 * 49)) - 1
    return int.from_bytes(masked.to_bytes(len(block), "big") + digest + b"\xbc", "big")


@dataclass
class Paper:
    """One voter's paper for one decision, before and after it is signed."""

    decision: int
    issuer: bytes
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    signature: bytes = b""

    def __post_init__(self) -> None:
        public = serialization.load_der_public_key(self.issuer).public_numbers()
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.token = secrets.token_bytes(32) + domain(self.decision) + point
        self.n, e = public.n, public.e
        veil = secrets.randbelow(self.n - 2) + 2
        self.unveil = pow(veil, -1, self.n)
        message = encoded(self.token, self.n.bit_length() - 1, secrets.token_bytes(48))
        self.blinded = (message * pow(veil, e, self.n) % self.n).to_bytes(384, "big")

    def finish(self, answer: bytes) -> Paper:
        self.signature = (int.from_bytes(answer, "big") * self.unveil % self.n).to_bytes(384, "big")
        return self

    def seal(self, choice: str) -> Envelope:
        envelope = Envelope(self.token, self.signature, choice, bytes(64))
        r, s = decode_dss_signature(self.key.sign(envelope.sealed(self.decision), ec.ECDSA(hashes.SHA256())))
        return replace(envelope, seal=r.to_bytes(32, "big") + s.to_bytes(32, "big"))


# ---- whole ways ----


def hall(citizens: int = 12, slug: str = "ayerbe", **rules) -> Assembly:
    """An assembly with so many citizens."""
    return found(slug.replace("ayerbe", "Ayerbe"), slug, citizens, **rules)


def secret_question(assembly: Assembly, title: str = "Bread", **other) -> Proposal:
    author = citizen_of(assembly)
    return assembly.propose(title, "The oven is common.", by=author, secret=True, **other)


def opened(proposal: Proposal, **times) -> Decision:
    """Put to the vote, and its papers can be taken."""
    decision = call(proposal, **times)
    travel_to(decision.opens_at)
    decision.open()
    return Decision.objects.get(pk=decision.pk)


def take(decision: Decision, *citizens: Citizen) -> list[Paper]:
    """Each takes a paper."""
    issuer = Issuer.objects.get(decision=decision)
    papers = [Paper(decision.pk, bytes(issuer.public_key)) for _citizen in citizens]
    return [
        paper.finish(issuer.sign(by=citizen, blinded=paper.blinded))
        for citizen, paper in zip(citizens, papers, strict=True)
    ]


def to_the_urn(decision: Decision) -> Decision:
    travel_to(decision.urn_from)
    decision = Decision.objects.get(pk=decision.pk)
    if decision.papers:
        decision.papers.close()
    return Decision.objects.get(pk=decision.pk)


def cast(decision: Decision, paper: Paper, choice: str) -> str:
    return SealedBallot(decision, paper.seal(choice)).cast()


def electors(decision: Decision, n: int) -> list[Citizen]:
    return list(decision.electors().order_by("pk")[:n])


def voted(proposal: Proposal, *choices: str) -> Decision:
    """The whole way, from the call to the close: so many take a paper and cast these choices."""
    decision = opened(proposal)
    papers = take(decision, *electors(decision, len(choices)))
    decision = to_the_urn(decision)
    for paper, choice in zip(papers, choices, strict=True):
        cast(decision, paper, choice)
    travel_to(decision.closes_at)
    decision.close()
    return Decision.objects.get(pk=decision.pk)

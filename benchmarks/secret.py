"""Blind signing and ballot checking, as shares of what the signature library does by itself in the same run.

    make bench ARGS=secret

One core, RSA-3072. Signing is set beside `cryptography`'s own RSA-PSS signature with the same key, and beside the two
constant-time exponentiations of gmpy2 that a signature cannot do without. Checking a whole envelope (token signature,
seal, form) is set beside the two verifications of `cryptography` that are in it.
"""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Callable

import gmpy2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from assemblies import blind
from assemblies.envelope import Envelope, domain

SECONDS = 3.0
LEAST = 0.8


def rates(*works: Callable[[], object]) -> list[float]:
    """How often a second each is done, taken in turns so that a busy machine slows all of them alike."""
    done, spent = [0] * len(works), [0.0] * len(works)
    for work in works:
        work()
    while min(spent) < SECONDS:
        for place, work in enumerate(works):
            begun = time.perf_counter()
            for _ in range(20):
                work()
            spent[place] += time.perf_counter() - begun
            done[place] += 20
    return [n / seconds for n, seconds in zip(done, spent, strict=True)]


def envelope(key: blind.BlindKey) -> Envelope:
    own = ec.generate_private_key(ec.SECP256R1())
    point = own.public_key().public_numbers()
    raw = b"\x04" + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")
    token = secrets.token_bytes(32) + domain(1) + raw
    signature = key.key.sign(token, blind.PSS, hashes.SHA384())
    bare = Envelope(token, signature, "yes", bytes(64))
    der = own.sign(bare.sealed(1), ec.ECDSA(hashes.SHA256()))
    r, s = decode_dss_signature(der)
    return Envelope(token, signature, "yes", r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def main() -> int:
    key = blind.BlindKey.generate()
    blinded = secrets.token_bytes(383).rjust(384, b"\0")
    number = gmpy2.mpz.from_bytes(blinded, "big")

    def bare() -> None:
        gmpy2.powmod_sec(number % key.p, key.dp, key.p)
        gmpy2.powmod_sec(number % key.q, key.dq, key.q)

    ours, exponents, library = rates(
        lambda: key.blind_sign(blinded), bare, lambda: key.key.sign(b"x", blind.PSS, hashes.SHA384())
    )
    print(f"blind signatures     {ours:8.0f} /s")
    print(f"  of the bare constant-time exponentiations (gmpy2) {exponents:8.0f} /s   {ours / exponents:5.0%}")
    print(f"  of RSA-PSS signatures (cryptography, OpenSSL)     {library:8.0f} /s   {ours / library:5.0%}")

    sealed = envelope(key)
    public = key.public_bytes()
    issuer = key.key.public_key()
    own = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sealed.token[-65:])
    halves = (int.from_bytes(part, "big") for part in (sealed.seal[:32], sealed.seal[32:]))
    der, words = encode_dss_signature(*halves), sealed.sealed(1)

    def verifications() -> None:
        issuer.verify(sealed.signature, sealed.token, blind.PSS, hashes.SHA384())
        own.verify(der, words, ec.ECDSA(hashes.SHA256()))

    checked, bare_checks = rates(lambda: sealed.check(1, public), verifications)
    print(f"ballot checks        {checked:8.0f} /s")
    print(f"  of the two bare verifications (cryptography)      {bare_checks:8.0f} /s   {checked / bare_checks:5.0%}")
    reached = ours / library >= LEAST and checked / bare_checks >= LEAST
    print("Both reach 80 %." if reached else "80 % is not reached: see docs/DECISIONS/0311.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

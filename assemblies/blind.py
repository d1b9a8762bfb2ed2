"""Blind signatures: RSABSSA-SHA384-PSS-Randomized of RFC 9474, the signer's side. Pure: no database, no Django.

Whoever signs sees a number that says nothing about the token in it; whoever checks finds an ordinary RSA-PSS
signature (RFC 8017) under the token. The voter's side, with the blinding, runs in the browser (`static/urn/`).
"""

from __future__ import annotations

import hashlib
import secrets
from functools import lru_cache

import gmpy2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .raw_rsa import private_key

BITS, EXPONENT = 3072, 65537
PSS = padding.PSS(padding.MGF1(hashes.SHA384()), 48)


class BlindKey:
    """A private RSA key that signs what it cannot read."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        numbers = key.private_numbers()
        self.key, self.size = key, (key.key_size + 7) // 8
        self.n, self.e = gmpy2.mpz(numbers.public_numbers.n), gmpy2.mpz(numbers.public_numbers.e)
        self.p, self.q = gmpy2.mpz(numbers.p), gmpy2.mpz(numbers.q)
        self.dp, self.dq = gmpy2.mpz(numbers.dmp1), gmpy2.mpz(numbers.dmq1)
        self.q_inverse = gmpy2.mpz(numbers.iqmp)
        self._apply = private_key(self._written(serialization.Encoding.DER), self.size)

    @classmethod
    def generate(cls) -> BlindKey:
        return cls(rsa.generate_private_key(EXPONENT, BITS))

    @classmethod
    def read(cls, pem: bytes) -> BlindKey:
        # Our own file, whose factors are not tested for primality again: each signature is checked before it leaves.
        key = serialization.load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError("A paper is signed by an RSA key.")
        return cls(key)

    def blind_sign(self, blinded: bytes) -> bytes:
        """The signature under a blinded message (RFC 9474 section 4.3); the same message always has the same.

        By OpenSSL where it can be called (see `raw_rsa.py`), else by gmpy2; either way the result is checked here.

        Raises:
            ValueError: when it is not a number below the modulus in as many bytes.
            ArithmeticError: when the public operation does not give the message back: a fault, and nothing is signed.
        """
        message = gmpy2.mpz.from_bytes(blinded, "big")
        if len(blinded) != self.size or not 1 < message < self.n - 1:
            raise ValueError("This is not a blinded message for this key.")
        raised = self._apply(blinded) if self._apply is not None else None
        signature = gmpy2.mpz.from_bytes(raised, "big") if raised is not None else self._raise(message)
        if gmpy2.powmod(signature, self.e, self.n) != message:
            raise ArithmeticError("The signature does not verify: nothing is signed.")
        return int(signature).to_bytes(self.size, "big")

    def _raise(self, message: gmpy2.mpz) -> gmpy2.mpz:
        """The private operation by gmpy2.

        The number is multiplied by one of our own before the secret exponents touch it, and divided by it afterwards,
        so that the time taken says nothing about them; the exponents are raised in constant time, modulo each prime.
        """
        veil = gmpy2.mpz(2 + secrets.randbelow(int(self.n) - 3))
        veiled = message * gmpy2.powmod(veil, self.e, self.n) % self.n
        by_p = gmpy2.powmod_sec(veiled % self.p, self.dp, self.p)
        by_q = gmpy2.powmod_sec(veiled % self.q, self.dq, self.q)
        joined = by_q + self.q * ((by_p - by_q) * self.q_inverse % self.p)  # RFC 8017 section 5.1.2
        return joined * gmpy2.invert(veil, self.n) % self.n

    def private_bytes(self) -> bytes:
        return self._written(serialization.Encoding.PEM)

    def _written(self, encoding: serialization.Encoding) -> bytes:
        return self.key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())

    def public_bytes(self) -> bytes:
        """The public key as X.509 SubjectPublicKeyInfo in DER: what is announced, and what browsers read."""
        return self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )


def fingerprint(public: bytes) -> str:
    """SHA-256 of a public key in DER, in hexadecimal."""
    return hashlib.sha256(public).hexdigest()


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether that key signed that (prepared) message: RSA-PSS with SHA-384 and 48 bytes of salt."""
    key = _read_public(public)
    try:
        key.verify(signature, message, PSS, hashes.SHA384())
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=64)
def _read_public(public: bytes) -> rsa.RSAPublicKey:
    key = serialization.load_der_public_key(public)
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError("A paper is signed by an RSA key.")
    return key

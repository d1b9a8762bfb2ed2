"""The signer against RFC 9474: its own numbers, and what must never be signed."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from assemblies import blind

VECTORS = json.loads((Path(__file__).parent / "rfc9474.json").read_text())
SETS = VECTORS["sets"]


def key_of_the_standard() -> blind.BlindKey:
    p, q, e = int(VECTORS["p"], 16), int(VECTORS["q"], 16), 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(e, p * q)
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), public
    )
    return blind.BlindKey(numbers.private_key())


@pytest.fixture(scope="module")
def standard():
    return key_of_the_standard()


@pytest.mark.parametrize("vector", SETS, ids=[one["name"] for one in SETS])
def test_the_numbers_of_the_standard(standard, vector):
    signed = standard.blind_sign(bytes.fromhex(vector["blinded"]))
    assert signed.hex() == vector["blind_signature"]
    unblinded = int(vector["blind_signature"], 16) * int(VECTORS["inverse"], 16) % int(standard.n)
    assert f"{unblinded:01024x}" == vector["signature"]
    message = bytes.fromhex(vector["prefix"] + VECTORS["message"])
    assert blind.is_signed(standard.public_bytes(), message, bytes.fromhex(vector["signature"]))
    assert not blind.is_signed(standard.public_bytes(), message + b"x", bytes.fromhex(vector["signature"]))


def test_the_same_message_has_the_same_signature_however_it_was_veiled(standard):
    blinded = bytes.fromhex(SETS[0]["blinded"])
    assert standard.blind_sign(blinded) == standard.blind_sign(blinded)


@pytest.mark.parametrize(
    "nonsense",
    [b"", bytes(512), b"\x01".rjust(512, b"\0"), b"\xff" * 512, b"\x02" * 511, b"\x02" * 513],
    ids=["empty", "nought", "one", "above the modulus", "too short", "too long"],
)
def test_what_is_no_blinded_message_is_not_signed(standard, nonsense):
    with pytest.raises(ValueError, match="not a blinded message"):
        standard.blind_sign(nonsense)


def test_a_fault_in_the_arithmetic_signs_nothing(standard):
    """A wrong half of a CRT signature gives the factors away: it must not leave the machine."""
    faulty = key_of_the_standard()
    faulty.dp += 2
    with pytest.raises(ArithmeticError):
        faulty.blind_sign(bytes.fromhex(SETS[0]["blinded"]))


def test_a_new_key_is_of_the_size_announced_and_can_be_read_again():
    key = blind.BlindKey.generate()
    assert (key.key.key_size, int(key.e)) == (3072, 65537)
    assert blind.BlindKey.read(key.private_bytes()).public_bytes() == key.public_bytes()
    assert len(blind.fingerprint(key.public_bytes())) == 64

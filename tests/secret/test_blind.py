"""The signer against RFC 9474: its own numbers, and what must never be signed."""

import json
import math
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from assemblies import blind, raw_rsa

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


def by_gmpy2(key: blind.BlindKey) -> blind.BlindKey:
    """As on a machine whose OpenSSL cannot be called."""
    key._apply = None
    return key


@pytest.fixture(scope="module", params=["OpenSSL", "gmpy2"])
def standard(request):
    return key_of_the_standard() if request.param == "OpenSSL" else by_gmpy2(key_of_the_standard())


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
    blinded = bytes.fromhex(SETS[0]["blinded"])
    faulty = by_gmpy2(key_of_the_standard())
    faulty.dp += 2
    with pytest.raises(ArithmeticError):
        faulty.blind_sign(blinded)
    faulty._apply = lambda number: standard.blind_sign(number)[:-1] + b"\0"
    with pytest.raises(ArithmeticError):
        faulty.blind_sign(blinded)


def test_an_openssl_is_found_beside_python_and_its_absence_is_no_obstacle(monkeypatch):
    library = raw_rsa.openssl()
    assert library is not None
    assert library.OpenSSL_version_num() >= raw_rsa.OLDEST
    monkeypatch.setattr(raw_rsa, "openssl", lambda: None)
    key = key_of_the_standard()
    assert key._apply is None
    assert key.blind_sign(bytes.fromhex(SETS[0]["blinded"])).hex() == SETS[0]["blind_signature"]


def test_what_is_no_library_or_lacks_a_function_is_passed_over(tmp_path):
    (tmp_path / "libcrypto.so").write_bytes(b"no library")
    assert raw_rsa._loaded(tmp_path / "libcrypto.so") is None
    assert raw_rsa._loaded(Path(math.__file__)) is None


def test_many_threads_sign_with_one_key_at_once():
    key = blind.BlindKey.generate()
    numbers = [secrets.token_bytes(383).rjust(384, b"\0") for _ in range(24)]
    with ThreadPoolExecutor(4) as pool:
        signed = list(pool.map(key.blind_sign, numbers))
    assert signed == [by_gmpy2(key).blind_sign(number) for number in numbers]


def test_a_new_key_is_of_the_size_announced_and_can_be_read_again():
    key = blind.BlindKey.generate()
    assert (key.key.key_size, int(key.e)) == (3072, 65537)
    assert blind.BlindKey.read(key.private_bytes()).public_bytes() == key.public_bytes()
    assert len(blind.fingerprint(key.public_bytes())) == 64

"""RSA's private operation without padding, by an OpenSSL that this process has loaded already. Pure: no Django.

`cryptography` offers no such operation, and hides its own OpenSSL. Two others stand beside it: the one behind Python's
`ssl`, and the one in psycopg's wheel. The newer is taken; where there is none, `private_key` gives None. OpenSSL blinds
the number, works in constant time, and checks its result, as it does for every signature.
"""

from __future__ import annotations

import _ssl
import ctypes
import importlib.util
import weakref
from collections.abc import Callable, Iterator
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_size_t, c_ulong, c_void_p
from functools import cache
from pathlib import Path

OLDEST = 0x30000000  # OpenSSL 3.0
RSA, ANY_OPERATION, SET_PADDING, NO_PADDING = 6, -1, 0x1001, 3  # openssl/evp.h and openssl/rsa.h
FUNCTIONS: dict[str, tuple[object, list[object]]] = {
    "OpenSSL_version_num": (c_ulong, []),
    "d2i_AutoPrivateKey": (c_void_p, [c_void_p, POINTER(c_char_p), c_long]),
    "EVP_PKEY_free": (None, [c_void_p]),
    "EVP_PKEY_CTX_new": (c_void_p, [c_void_p, c_void_p]),
    "EVP_PKEY_CTX_free": (None, [c_void_p]),
    "EVP_PKEY_CTX_ctrl": (c_int, [c_void_p, c_int, c_int, c_int, c_int, c_void_p]),
    "EVP_PKEY_sign_init": (c_int, [c_void_p]),
    "EVP_PKEY_sign": (c_int, [c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t]),
}


def _places() -> Iterator[Path]:
    if origin := getattr(_ssl, "__file__", None):  # looked up through it, functions are found in the library it uses
        yield Path(origin)
    wheel = importlib.util.find_spec("psycopg_binary")
    if wheel is not None and wheel.origin:
        yield from (Path(wheel.origin).parents[1] / "psycopg_binary.libs").glob("libcrypto*")


def _loaded(place: Path) -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(str(place))
        for name, (result, arguments) in FUNCTIONS.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError):
        return None
    return library if library.OpenSSL_version_num() >= OLDEST else None


@cache
def openssl() -> ctypes.CDLL | None:
    """The newest OpenSSL that can be called from here."""
    found = [library for library in map(_loaded, _places()) if library is not None]
    return max(found, key=lambda library: library.OpenSSL_version_num(), default=None)


def private_key(der: bytes, size: int) -> Callable[[bytes], bytes | None] | None:
    """The private operation of a key (PKCS#8 in DER, a modulus of `size` bytes), or None where OpenSSL is not there.

    What it gives takes a number in `size` bytes, and gives one, or None when OpenSSL refuses. Threads may share it.
    """
    library = openssl()
    key = library.d2i_AutoPrivateKey(None, byref(c_char_p(der)), len(der)) if library is not None else None
    if library is None or not key:
        return None

    def apply(number: bytes) -> bytes | None:
        if len(number) != size:
            return None
        context = library.EVP_PKEY_CTX_new(key, None)
        try:
            if library.EVP_PKEY_sign_init(context) != 1:
                return None
            if library.EVP_PKEY_CTX_ctrl(context, RSA, ANY_OPERATION, SET_PADDING, NO_PADDING, None) != 1:
                return None
            answer, length = ctypes.create_string_buffer(size), c_size_t(size)
            if library.EVP_PKEY_sign(context, answer, byref(length), number, size) != 1 or length.value != size:
                return None
            return answer.raw
        finally:
            library.EVP_PKEY_CTX_free(context)

    weakref.finalize(apply, library.EVP_PKEY_free, key).atexit = False  # another thread may still be signing
    return apply

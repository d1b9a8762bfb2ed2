"""Arrays as PostgreSQL sends them: `array_send` in its source (arrayfuncs.c)."""

import struct
from collections.abc import Iterable, Sequence

INT2 = 21  # the type's number in the catalogue


def sent(*arrays: Sequence[int]) -> bytes:
    """Each a smallint[] of one dimension that begins at 1, without NULL."""
    return b"".join(_array(list(numbers)) for numbers in arrays)


def _array(numbers: list[int]) -> bytes:
    items: Iterable[int] = (part for number in numbers for part in (2, number))
    return struct.pack(f">5i{'ih' * len(numbers)}", 1, 0, INT2, len(numbers), 1, *items)

"""Reads JSON into the shapes of the contract, from any thread.

msgspec 0.22 builds what it needs to know of a struct when the struct is first decoded, and lets other threads see it
half built: calls that meet for the first time at the same moment crash the program. So each decoder is built under a
lock, once, which is also faster than naming the type at every call.
"""

import threading
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

_Shape = TypeVar("_Shape")
_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}
_building = threading.Lock()


def read(raw: bytes | str, shape: type[_Shape]) -> _Shape:
    """Return the document in `raw`, checked. Raises msgspec.MsgspecError, ValueError or RecursionError."""
    decoder = _decoders.get(shape)
    if decoder is None:
        with _building:
            decoder = _decoders.setdefault(shape, msgspec.json.Decoder(shape))
    found: _Shape = decoder.decode(raw)
    return found


def readable(raw: Iterable[msgspec.Raw], shape: type[_Shape]) -> list[_Shape]:
    """Return the items that can be read; one broken row must not hide a thousand others."""
    found = []
    for item in raw:
        try:
            found.append(read(bytes(item), shape))
        except (msgspec.MsgspecError, ValueError, RecursionError):
            continue
    return found

"""The band at the top of an H.265 picture: slices encoded beforehand, set live like type.

CABAC leaves no room for writing by hand as in H.264. Instead every cell of the strip and every two characters of the
time are slices of their own, encoded once in tiny pictures (`wallclient.demo.h265_pieces`); between key pictures,
runs of skipped units fill the gaps. One coding tree unit is one cell: 16 pixels at 640, 32 at 1280. Standard library
only.
"""

import base64
import json
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from wallclient.demo.clip_file import Clip
from wallclient.demo.glyphs import TIME_CELLS, TIME_FORMAT
from wallclient.demo.h265 import SlicePart, put_together
from wallclient.demo.strip import CELLS, camera_word, counter_word


@dataclass(frozen=True, slots=True)
class Pieces:
    """Type for one scale: cells by colour, skipped and flat runs by length, pairs of characters, names by camera."""

    cells: tuple[SlicePart, SlicePart]
    skipped: dict[int, SlicePart]
    flat: dict[int, SlicePart]
    pairs: dict[str, SlicePart]
    names: dict[int, tuple[int, SlicePart]]  # with how many units the name takes

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return {
            "cells": [_packed(part) for part in self.cells],
            "skipped": {str(run): _packed(part) for run, part in self.skipped.items()},
            "flat": {str(run): _packed(part) for run, part in self.flat.items()},
            "pairs": {pair: _packed(part) for pair, part in self.pairs.items()},
            "names": {str(number): [units, _packed(part)] for number, (units, part) in self.names.items()},
        }

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> "Pieces":
        """Read one scale. Raises KeyError and ValueError."""
        black, white = raw["cells"]
        return cls(
            (_unpacked(black), _unpacked(white)),
            {int(run): _unpacked(part) for run, part in raw["skipped"].items()},
            {int(run): _unpacked(part) for run, part in raw["flat"].items()},
            {pair: _unpacked(part) for pair, part in raw["pairs"].items()},
            {int(number): (units, _unpacked(part)) for number, (units, part) in raw["names"].items()},
        )


def _packed(part: SlicePart) -> list[Any]:
    return [part.nal_type, part.slice_type, *part.order, *part.tail, base64.b64encode(part.data).decode("ascii")]


def _unpacked(raw: list[Any]) -> SlicePart:
    nal_type, slice_type, order, order_count, tail, tail_count, data = raw
    return SlicePart(nal_type, slice_type, (order, order_count), (tail, tail_count), base64.b64decode(data))


def load(path: Path) -> dict[int, Pieces]:
    """Read a file of type: scale → pieces. Raises OSError, KeyError and ValueError."""
    return {int(scale): Pieces.from_json(raw) for scale, raw in json.loads(path.read_text("ascii")).items()}


@lru_cache(maxsize=64)
def _time_pairs(unix_s: int) -> list[str]:
    text = time.strftime(TIME_FORMAT, time.localtime(unix_s))
    return [text[i : i + 2] for i in range(0, 2 * TIME_CELLS, 2)]


class H265Band:
    """Composes the band's slices of every picture of one camera's stream. Not thread-safe."""

    def __init__(self, camera: int, pieces: Pieces, clip: Clip) -> None:
        self._camera_word = camera_word(camera)
        self._pieces = pieces
        (self._address_bits,) = clip.sequence
        self._pictures = clip.pictures
        self._name_units, self._name = pieces.names[camera]

    def nals(self, index: int, counter: int, unix_s: int, before: int | None = None) -> list[bytes]:
        """Return the band's slices for picture `index` of the clip, shown as frame `counter` at second `unix_s`.

        `before` is the frame that the picture before was shown as, `counter` - 1 where nothing is said.
        """
        picture = self._pictures[index]
        kind, *order = picture.header
        word = self._camera_word ^ counter_word(counter)
        if picture.is_key:
            parts = self._whole(word, unix_s)
        else:
            last = counter - 1 if before is None else before
            parts = self._changed(self._camera_word ^ counter_word(last), word)
        bits = self._address_bits
        return [put_together(part, address, bits, kind, (order[0], order[1])) for address, part in parts]

    def _whole(self, word: int, unix_s: int) -> list[tuple[int, SlicePart]]:
        pieces = self._pieces
        parts = [(cell, pieces.cells[word >> (CELLS - 1 - cell) & 1]) for cell in range(CELLS)]
        parts.append((CELLS, self._name))
        free = CELLS - TIME_CELLS - self._name_units
        parts.append((CELLS + self._name_units, pieces.flat[free]))
        start = 2 * CELLS - TIME_CELLS
        return parts + [(start + i, pieces.pairs[pair]) for i, pair in enumerate(_time_pairs(unix_s))]

    def _changed(self, before: int, after: int) -> list[tuple[int, SlicePart]]:
        parts, position = [], 0
        for cell in range(CELLS):
            shift = CELLS - 1 - cell
            if (before ^ after) >> shift & 1:
                if cell > position:
                    parts.append((position, self._pieces.skipped[cell - position]))
                parts.append((cell, self._pieces.cells[after >> shift & 1]))
                position = cell + 1
        if position < CELLS:
            parts.append((position, self._pieces.skipped[CELLS - position]))
        parts.append((CELLS, self._pieces.skipped[CELLS]))
        return parts

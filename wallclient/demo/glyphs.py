"""Lettering of the band as plain bytes: camera names and the characters of the time, drawn beforehand, set live.

Standard library only: `wallclient.demo.lettering` draws the file with Qt, the media server reads it with the system's
Python.
"""

import base64
import json
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

TIME_CHARACTERS = "0123456789-: "
TIME_CELLS = 10  # two characters each: "2026-11-22 14:05:09 "
TIME_FORMAT = "%Y-%m-%d %H:%M:%S "
BACKGROUND, INK = 24, 235  # luma
UNIT_PX = 16  # side of a cell and height of the text at scale 1, which is 640 pixels wide


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Luma samples, row by row; `width` and `height` in pixels, multiples of 16."""

    width: int
    height: int
    pixels: bytes


class Lettering:
    """All bitmaps of one scale."""

    def __init__(self, scale: int, characters: dict[str, Bitmap], names: dict[int, Bitmap]) -> None:
        self.scale = scale
        self.characters = characters
        self.names = names

    def to_json(self) -> dict[str, object]:
        """Return what `from_json` reads."""
        return {
            "scale": self.scale,
            "characters": {character: _packed(bitmap) for character, bitmap in self.characters.items()},
            "names": {str(number): _packed(bitmap) for number, bitmap in self.names.items()},
        }

    @classmethod
    def from_json(cls, raw: dict[str, dict[str, list[object]]]) -> "Lettering":
        """Read one scale. Raises KeyError and ValueError."""
        return cls(
            int(str(raw["scale"])),
            {character: _unpacked(bitmap) for character, bitmap in raw["characters"].items()},
            {int(number): _unpacked(bitmap) for number, bitmap in raw["names"].items()},
        )


def load(path: Path) -> dict[int, Lettering]:
    """Read a lettering file: scale → lettering."""
    return {letters.scale: letters for letters in map(Lettering.from_json, json.loads(path.read_text("utf-8")))}


def _packed(bitmap: Bitmap) -> list[object]:
    return [bitmap.width, bitmap.height, base64.b64encode(bitmap.pixels).decode("ascii")]


def _unpacked(raw: list[object]) -> Bitmap:
    width, height, pixels = raw
    return Bitmap(int(str(width)), int(str(height)), base64.b64decode(str(pixels)))


class TimeText:
    """Sets the date and local time of a second as a bitmap.

    The last few are kept, for all cameras of a size show the same.
    """

    def __init__(self, lettering: Lettering) -> None:
        self._lettering = lettering
        self.columns = TIME_CELLS * lettering.scale  # macroblocks
        self.bitmap = lru_cache(maxsize=16)(self._bitmap)

    def _bitmap(self, unix_s: int) -> Bitmap:
        letters = [
            self._lettering.characters[character] for character in time.strftime(TIME_FORMAT, time.localtime(unix_s))
        ]
        width, height = letters[0].width, letters[0].height
        rows = [b"".join([one.pixels[y * width : (y + 1) * width] for one in letters]) for y in range(height)]
        return Bitmap(width * len(letters), height, b"".join(rows))

"""The file a prepared clip lives in: a header line of JSON, then the pictures' bytes.

Read by the media server, standard library only.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FORMAT = 2


@dataclass(frozen=True, slots=True)
class Picture:
    """One coded picture of a scene, without parameter sets and band.

    `header` is what its slice header says and the band's have to repeat: nal_ref_idc, frame_num and idr_pic_id of
    H.264; nal_unit_type, and order count and references as bits and their number, of H.265.
    """

    is_key: bool
    nals: tuple[bytes, ...]
    header: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Clip:
    """A loop of `len(pictures)` pictures at `fps`, a key picture on every full second.

    Picture k is shown as frame k modulo length.

    `sequence` is what slice headers depend on: log2_max_frame_num and the initial quantizer of H.264; the bits of a
    slice's address, H.265.
    """

    codec: str
    width: int
    height: int
    fps: int
    parameter_sets: tuple[bytes, ...]
    pictures: tuple[Picture, ...]
    sequence: tuple[int, ...]

    @property
    def scale(self) -> int:
        """Macroblocks per side of a strip cell."""
        return self.width // 640


def save(clip: Clip, path: Path) -> None:
    """Write a clip whole or not at all; `path` must not be written by another thread of this process."""
    header = {
        "format": FORMAT,
        "codec": clip.codec,
        "width": clip.width,
        "height": clip.height,
        "fps": clip.fps,
        "parameter_sets": [nal.hex() for nal in clip.parameter_sets],
        "sequence": clip.sequence,
        "pictures": [[picture.is_key, picture.header, [len(nal) for nal in picture.nals]] for picture in clip.pictures],
    }
    with path.open("wb") as file:
        file.write(json.dumps(header).encode("ascii") + b"\n")
        for picture in clip.pictures:
            file.writelines(picture.nals)


def load(path: Path) -> Clip:
    """Read a clip. Raises OSError, and ValueError for anything but a whole clip file of this format."""
    line, _, blob = path.read_bytes().partition(b"\n")
    try:
        header = json.loads(line)
        if header["format"] != FORMAT:
            raise ValueError("another format")
        pictures, position = [], 0
        for is_key, (first, second, third), sizes in header["pictures"]:
            nals, position = _cut(blob, position, sizes)
            pictures.append(Picture(is_key, nals, (first, second, third)))
        if position != len(blob):
            raise ValueError("cut off or too long")
        return Clip(
            codec=header["codec"],
            width=header["width"],
            height=header["height"],
            fps=header["fps"],
            parameter_sets=tuple(bytes.fromhex(nal) for nal in header["parameter_sets"]),
            pictures=tuple(pictures),
            sequence=tuple(header["sequence"]),
        )
    except (KeyError, TypeError, ValueError) as err:
        raise ValueError(f"not a clip of format {FORMAT}: {path.name}") from err


def _cut(blob: bytes, position: int, sizes: Sequence[int]) -> tuple[tuple[bytes, ...], int]:
    nals = []
    for size in sizes:
        nals.append(blob[position : position + size])
        position += size
    return tuple(nals), position

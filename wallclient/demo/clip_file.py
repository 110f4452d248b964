"""The file a prepared clip lives in: a header line of JSON, then the pictures' bytes. Read by the media server, standard library only."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """One coded picture of a scene, without parameter sets and band; the last fields are what its slice header says (H.264)."""

    is_key: bool
    nals: tuple[bytes, ...]
    ref_idc: int = 0
    frame_num: int = 0
    idr_pic_id: int = 0


@dataclass(frozen=True, slots=True)
class Clip:
    """A loop of `len(pictures)` pictures at `fps`, a key picture on every full second; picture k is shown as frame k modulo length.

    `baked` is the number of the camera whose strip and text are part of the pictures, or None where a band is composed live.
    """

    codec: str
    width: int
    height: int
    fps: int
    parameter_sets: tuple[bytes, ...]
    pictures: tuple[Picture, ...]
    baked: int | None = None
    log2_max_frame_num: int = 0
    init_qp: int = 0

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
        "baked": clip.baked,
        "log2_max_frame_num": clip.log2_max_frame_num,
        "init_qp": clip.init_qp,
        "pictures": [
            [picture.is_key, picture.ref_idc, picture.frame_num, picture.idr_pic_id, [len(nal) for nal in picture.nals]]
            for picture in clip.pictures
        ],
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
        for is_key, ref_idc, frame_num, idr_pic_id, sizes in header["pictures"]:
            nals, position = _cut(blob, position, sizes)
            pictures.append(Picture(is_key, nals, ref_idc, frame_num, idr_pic_id))
        if position != len(blob):
            raise ValueError("cut off or too long")
        return Clip(
            codec=header["codec"],
            width=header["width"],
            height=header["height"],
            fps=header["fps"],
            parameter_sets=tuple(bytes.fromhex(nal) for nal in header["parameter_sets"]),
            pictures=tuple(pictures),
            baked=header["baked"],
            log2_max_frame_num=header["log2_max_frame_num"],
            init_qp=header["init_qp"],
        )
    except (KeyError, TypeError, ValueError) as err:
        raise ValueError(f"not a clip of format {FORMAT}: {path.name}") from err


def _cut(blob: bytes, position: int, sizes: Sequence[int]) -> tuple[tuple[bytes, ...], int]:
    nals = []
    for size in sizes:
        nals.append(blob[position : position + size])
        position += size
    return tuple(nals), position

"""Clips: encoded once, true time written into the compressed pictures afterwards, checked by a real decoder."""

import io
import time
from pathlib import Path

import av
import pytest
from av.container import InputContainer
from PySide6.QtGui import QGuiApplication

from wallclient.demo import clip_file, encode, h264_band, h265_band, h265_pieces, lettering, strip
from wallclient.demo.clip_file import Clip
from wallclient.demo.clips import ClipFailed, ClipMaker, ClipWanted
from wallclient.demo.glyphs import Lettering, TimeText
from wallclient.demo.strip import StripReading

CAMERA, FPS = 7, 15
NAME = "解放碑步行街东口7号"
SECOND = 1_800_000_000
CASES = [("h264", 640), ("h264", 1280), ("h264", 1920), ("h265", 640), ("h265", 1280)]


@pytest.fixture(autouse=True)
def _two_seconds(monkeypatch: pytest.MonkeyPatch, qapp: QGuiApplication) -> None:
    monkeypatch.setattr(encode, "LOOP_S", 2)


def composed(clip: Clip, letters: Lettering) -> list[list[bytes]]:
    """Return the NAL units of each picture of a loop that begins at SECOND."""
    band: h264_band.H264Band | h265_band.H265Band
    if clip.codec == "h264":
        band = h264_band.H264Band(CAMERA, h264_band.BandShop(letters), h264_band.headers_of(clip))
    else:
        band = h265_band.H265Band(CAMERA, h265_pieces.make_pieces(letters, [CAMERA]), clip)
    pictures = []
    for index, picture in enumerate(clip.pictures):
        sets = clip.parameter_sets if picture.is_key else ()
        unix_s = SECOND + index // clip.fps
        pictures.append([*sets, *band.nals(index, SECOND * clip.fps + index, unix_s), *picture.nals])
    return pictures


def decoded(codec: str, pictures: list[list[bytes]]) -> list[tuple[bytes, int, int, int]]:
    """Return luma, its line size, width and height of each picture; a decoder that complains fails the test."""
    stream = b"".join(b"\0\0\0\1" + nal for nals in pictures for nal in nals)
    found = []
    with (
        av.logging.Capture() as complaints,
        av.open(io.BytesIO(stream), format={"h264": "h264", "h265": "hevc"}[codec]) as container,
    ):
        assert isinstance(container, InputContainer)
        container.streams.video[0].thread_type = "NONE"
        for frame in container.decode(video=0):
            plane = frame.planes[0]
            found.append((bytes(plane), plane.line_size, frame.width, frame.height))
    assert not [text for level, _, text in complaints if level <= av.logging.WARNING]
    return found


@pytest.mark.parametrize(("codec", "width"), CASES)
def test_every_picture_tells_camera_frame_name_and_time(codec: str, width: int) -> None:
    height = width * 9 // 16
    letters = lettering.draw(width // 640, {CAMERA: NAME})
    clip = encode.make_clip("square-dusk-2", codec, width, height, FPS)
    pictures = decoded(codec, composed(clip, letters))
    assert len(pictures) == 2 * FPS
    for index, (luma, line, w, h) in enumerate(pictures):
        assert (w, h) == (width, height)
        reading = strip.read(luma, w, h, line, 1)
        assert reading == StripReading(CAMERA, (SECOND * FPS + index) % strip.COUNTER_MODULO)
    name, times = letters.names[CAMERA], TimeText(letters)
    for index in (0, FPS - 1, FPS, 2 * FPS - 1):
        luma, line, _, _ = pictures[index]
        shown = times.bitmap(SECOND + index // FPS)
        unit = shown.height
        for bitmap, left in ((name, 0), (shown, width - shown.width)):
            rows = [luma[(unit + y) * line + left :][: bitmap.width] for y in range(unit)]
            wrong = [abs(a - b) for a, b in zip(b"".join(rows), bitmap.pixels, strict=True)]
            assert max(wrong) <= (0 if codec == "h264" else 40)
            assert sum(wrong) / len(wrong) <= 4


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_the_band_does_not_disturb_the_scene(codec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    packets: list[bytes] = []
    real = encode._encode_scene

    def kept(*arguments: object) -> list[bytes]:
        packets.extend(real(*arguments))  # type: ignore[arg-type]
        return packets

    monkeypatch.setattr(encode, "_encode_scene", kept)
    clip = encode.make_clip("bridge-dusk-2", codec, 640, 360, FPS)
    whole = decoded(codec, composed(clip, lettering.draw(1, {CAMERA: NAME})))
    alone = decoded(codec, [[packet] for packet in packets])
    for (luma, line, _, _), (scene_luma, scene_line, _, _) in zip(whole, alone, strict=True):
        for y in range(0, 328, 3):
            assert luma[(32 + y) * line :][:640] == scene_luma[y * scene_line :][:640]


def test_composing_costs_next_to_nothing() -> None:
    clip = encode.make_clip("school-day-1", "h264", 640, 360, FPS)
    shop = h264_band.BandShop(lettering.draw(1, {CAMERA: NAME}))
    band = h264_band.H264Band(CAMERA, shop, h264_band.headers_of(clip))
    best_s = 1.0
    for _ in range(20):
        start = time.perf_counter()
        for index in range(1, FPS):
            band.nals(index, SECOND * FPS + index, SECOND)
        best_s = min(best_s, (time.perf_counter() - start) / (FPS - 1))
    assert best_s < 100e-6  # 5 to 20 µs; the limit is for slow machines


def test_a_clip_survives_its_file_and_a_cut_off_one_is_refused(tmp_path: Path) -> None:
    clip = encode.make_clip("hall-night-3", "h264", 640, 360, FPS)
    path = tmp_path / "one.clip"
    clip_file.save(clip, path)
    assert clip_file.load(path) == clip
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="not a clip"):
        clip_file.load(path)


def test_a_clip_is_made_once_and_a_wrong_one_says_why(tmp_path: Path) -> None:
    maker = ClipMaker(tmp_path)
    wanted = ClipWanted("mall-day-1", "h264", 640, 360, 5)
    steps: list[tuple[int, int]] = []
    try:
        maker.prepare([wanted, wanted], lambda done, total: steps.append((done, total)))
        assert steps == [(1, 1)]
        made = wanted.path(tmp_path).stat().st_mtime_ns
        maker.prepare([wanted])
        assert wanted.path(tmp_path).stat().st_mtime_ns == made
        assert [path.suffix for path in tmp_path.iterdir() if path.is_file()] == [".clip"]
        with pytest.raises(ClipFailed, match="nowhere"):
            maker.prepare([ClipWanted("nowhere-day-1", "h264", 640, 360, 5)])
    finally:
        maker.close()

"""What an operator takes from a pane: a picture in the camera's own size, and its sound."""

import array
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.integration.rig import Stage, read_strip, until
from wallclient.demo import strip
from wallclient.domain.errors import SnapshotFailed
from wallclient.domain.stream import Protocol, StreamKind

WITH_SOUND = 5


async def test_a_snapshot_has_the_size_of_the_source_however_small_the_pane(stage: Stage):
    await stage.show((2, 5, 3), "9")
    pane = stage.panes[1]
    pane.force_kind(StreamKind.MAIN)
    await until(lambda: pane.stream_kind is StreamKind.MAIN, what=stage.describe)
    await stage.all_play()
    assert stage.video_rect(1).width() < 400
    shown = stage.strips()[1]
    snapshot = await stage.wall.snapshot(1)
    image = QImage.fromData(snapshot.png, "PNG").convertToFormat(QImage.Format.Format_RGB32)
    assert (image.width(), image.height()) == (1280, 720)
    taken = read_strip(image, image.rect())
    assert taken is not None
    assert taken.camera == 5
    assert shown is not None
    assert (taken.counter - shown.counter) % strip.COUNTER_MODULO < 200, "the picture of that moment, or soon after"
    assert snapshot.channel == pane.channel


async def test_there_is_no_snapshot_of_nothing(stage: Stage):
    with pytest.raises(SnapshotFailed):
        await stage.wall.snapshot(0)


@pytest.mark.parametrize("protocol", [Protocol.RTSP, Protocol.HTTP_TS], ids=["G.711 over RTSP", "AAC over TS"])
async def test_the_selected_pane_is_heard_and_no_other(stage: Stage, protocol, tmp_path: Path, monkeypatch):
    file = tmp_path / "sound.wav"
    monkeypatch.setenv("WALLCLIENT_AUDIO_FILE", str(file))  # the hosts' sound card
    stage.only(protocol)
    await stage.show((2, WITH_SOUND, 3))
    assert not file.exists()
    async with stage.watching() as seen:
        stage.wall.set_audible(1)
        await until(lambda: loudness(file) > 100, what=stage.describe)
        await until(lambda: stage.panes[1].opening.audio and not stage.panes[0].opening.audio)
        heard = file.stat().st_size
        stage.wall.set_audible(None)
        await until(lambda: not stage.panes[1].opening.audio, what=stage.describe)
        await stage.all_play()
    assert heard > 20_000
    for sighting in seen.values():
        assert not sighting.blanks, sighting
        assert not sighting.mix_ups, sighting
        assert sighting.longest_stand_s <= 1.0, sighting


def loudness(file: Path) -> int:
    """Return the mean height of the last samples of a file of 16-bit PCM; 0 while there are too few."""
    if not file.exists() or file.stat().st_size < 40_000:
        return 0
    data = file.read_bytes()[44:]
    samples = array.array("h", data[: len(data) // 2 * 2])[-8000:]
    return sum(map(abs, samples)) // len(samples)

"""Exports of difficult footage by real worker processes decode to the very pictures of the originals."""

import hashlib
import itertools
from pathlib import Path

import av
import footage
import pytest
from export_store import FootageServer
from footage import STEP_MS, T0_MS, steady, write

from wallclient.domain.recording import FootageProtocol, FootageSource, Playback
from wallclient.player.export_messages import End, Order, SourceOrder
from wallclient.player.export_process import ExportProcess
from wallclient.services.export_order import files_of

UNEVEN = list(itertools.accumulate([40, 40, 200, 40, 600, 40, 80, 400] * 3, initial=T0_MS))


@pytest.fixture(scope="module")
def server():
    with FootageServer() as server:
        yield server


def written(folder, name, moments, *args, **options):
    return write(folder / name, moments, *args, **options), moments


def export(server, folder, *stock):
    sources = []
    for path, moments in stock:
        server.files[path.name] = path
        sources.append(SourceOrder(server.url(path.name), path.suffix[1:], moments[0], moments[-1] + STEP_MS))
    ended = ExportProcess(Order(str(folder), T0_MS, T0_MS + 60_000, sources)).run(lambda _news: None)
    assert ended.end is End.DONE, ended
    return ended.pieces


def pictures(path, start_ms):
    """Return the moment and the hash of every picture of a file, in the order they are shown."""
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        return sorted(
            (
                start_ms + round(float((frame.pts - (video.start_time or 0)) * frame.time_base) * 1000),
                hashlib.md5(frame.to_ndarray().tobytes()).hexdigest(),
            )
            for frame in container.decode(video)
        )


def of_pieces(pieces, folder):
    return [pictures(Path(folder) / piece.name, piece.start_ms) for piece in pieces]


@pytest.mark.parametrize(
    ("codec", "options"), [("libx264", footage.H264), ("libx264", footage.OPEN_H264), ("libx265", footage.OPEN_H265)]
)
def test_pictures_at_an_uneven_rate_keep_their_times(server, tmp_path, codec, options):
    stock = written(tmp_path, "uneven.mp4", UNEVEN, codec, options, gop=9)
    pieces = export(server, tmp_path / "out", stock)
    (made,) = of_pieces(pieces, tmp_path / "out")
    assert made == pictures(stock[0], T0_MS)
    assert [at for at, _ in made] == UNEVEN


@pytest.mark.parametrize("lead_s", [0.7, 1.5])
def test_sound_out_of_step_stays_as_far_out_of_step_and_moves_no_picture(server, tmp_path, lead_s):
    stock = written(tmp_path, "late.mp4", steady(3), sound_lead_s=lead_s)
    pieces = export(server, tmp_path / "out", stock)
    (made,) = of_pieces(pieces, tmp_path / "out")
    assert made == pictures(stock[0], T0_MS)
    heard, recorded = sounds(tmp_path / "out" / pieces[0].name), sounds(stock[0])
    assert recorded[0][0] <= -lead_s * 1000
    assert [content for _, content in heard] == [content for at, content in recorded if at > -1]
    assert [at for at, _ in heard] == pytest.approx([at for at, _ in recorded if at > -1], abs=1)


def sounds(path):
    """Return when (ms, seen from the first picture) each packet of sound is heard, and what is in it."""
    with av.open(str(path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        zero = video.start_time * video.time_base
        return [
            (float(packet.pts * packet.time_base - zero) * 1000, bytes(packet))
            for packet in container.demux(audio)
            if packet.size
        ]


def test_after_a_clock_was_set_back_both_files_are_exported_whole(server, tmp_path):
    first = written(tmp_path, "first.mp4", steady(2))
    back = written(tmp_path, "back.mp4", steady(2, T0_MS + 600))
    pieces = export(server, tmp_path / "out", first, back)
    assert [piece.start_ms for piece in pieces] == [T0_MS, T0_MS + 600]
    assert of_pieces(pieces, tmp_path / "out") == [pictures(first[0], T0_MS), pictures(back[0], T0_MS + 600)]


MP4, TS = FootageProtocol.MP4, FootageProtocol.TS


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        ([(MP4, 0, 120), (TS, 0, 120), (MP4, 120, 240), (TS, 120, 240)], [(MP4, 0, 120), (MP4, 120, 240)]),
        ([(MP4, 0, 120), (MP4, 60, 180)], [(MP4, 0, 120), (MP4, 60, 180)]),  # a clock was set back
        ([(MP4, 0, 120), (MP4, 30, 90)], [(MP4, 0, 120), (MP4, 30, 90)]),  # and soon put right
        ([(MP4, 0, 100), (MP4, 0, 120)], [(MP4, 0, 120)]),  # it has grown
        ([(MP4, 0, 120), (TS, 60, 180)], [(MP4, 0, 120), (TS, 60, 180)]),
        ([(MP4, 0, 120), (MP4, 120, 240), (TS, 60, 180)], [(MP4, 0, 120), (MP4, 120, 240)]),
        ([(TS, 300, 400), (MP4, 0, 120)], [(MP4, 0, 120), (TS, 300, 400)]),
        ([(MP4, 900, 1000)], []),  # out of the range
    ],
)
def test_no_file_of_a_range_is_left_out_and_none_is_taken_twice(told, taken):
    sources = tuple(FootageSource("http://h/x", form, start * 1000, end * 1000) for form, start, end in told)
    found = files_of([Playback("p", "c", sources, 0, 60.0)], 0, 600_000)
    assert [(one.protocol, one.start_ms // 1000, one.end_ms // 1000) for one in found] == taken

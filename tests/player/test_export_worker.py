"""Exports by real worker processes from a real store: what comes out shows the same pictures, whatever went wrong."""

import errno
import hashlib
import subprocess
import threading
from pathlib import Path

import av
import footage
import msgspec
import pytest
from export_store import FootageServer
from footage import STEP_MS, T0_MS, steady, write
from footage_server import RangeServer

from wallclient.demo.certificates import make_certificates
from wallclient.player import export_burn, export_worker
from wallclient.player.export_messages import BurnOrder, End, Order, SourceOrder
from wallclient.player.export_mux import _OpenPiece
from wallclient.player.export_process import ExportProcess

SECONDS = 4


@pytest.fixture
def server():
    with FootageServer() as server:
        yield server


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    folder = tmp_path_factory.mktemp("footage")
    made = {}
    plans = {  # name: start in s, codec, options, group, sound
        "a.mp4": (0, "libx264", footage.H264, 25, 0.0),
        "b.mp4": (4, "libx264", footage.H264, 25, 0.0),
        "late.mp4": (14, "libx264", footage.H264, 25, 0.0),
        "h265.mp4": (4, "libx265", footage.OPEN_H265, 26, None),
        "open.mp4": (0, "libx264", footage.OPEN_H264, 26, None),
        "open.ts": (0, "libx264", footage.OPEN_H264, 26, None),
    }
    for name, (start_s, codec, options, gop, lead) in plans.items():
        moments = steady(SECONDS, T0_MS + start_s * 1000)
        made[name] = (write(folder / name, moments, codec, options, gop=gop, sound_lead_s=lead), moments)
    return made


def order_of(server, stock, folder, *names, start_ms=T0_MS, end_ms=T0_MS + 60_000, **more):
    sources = []
    for name in names:
        path, moments = stock[name]
        server.files[name] = path
        sources.append(
            SourceOrder(server.url(name), path.suffix[1:], moments[0], moments[-1] + STEP_MS)
        )  # fmt: skip
    return Order(str(folder), start_ms, end_ms, sources, "解放北路", "张三", **more)


def run(order):
    seen = []
    ended = ExportProcess(order).run(seen.append)
    assert [news.part for news in seen] == sorted(news.part for news in seen)
    return ended


def pictures(path, start_ms):
    """Return the moment and the hash of every picture a file decodes to, in the order they are shown."""
    found = []
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        zero = video.start_time or 0
        for frame in container.decode(video):
            at_ms = start_ms + round((frame.pts - zero) * frame.time_base * 1000)
            found.append((at_ms, hashlib.md5(b"".join(map(visible, frame.planes))).hexdigest()))
    return sorted(found)


def visible(plane):
    """Return the pixels of a plane, without what is beside them in memory."""
    raw = bytes(plane)
    return b"".join(raw[i * plane.line_size :][: plane.width] for i in range(plane.height))


def source_pictures(stock, *names):
    return [one for name in names for one in pictures(stock[name][0], stock[name][1][0])]


def piece_pictures(ended, folder, number=0):
    piece = ended.pieces[number]
    return pictures(Path(folder) / piece.name, piece.start_ms)


@pytest.mark.parametrize("names", [("a.mp4", "b.mp4"), ("h265.mp4",), ("open.mp4",), ("open.ts",)])
def test_an_export_decodes_to_the_same_pictures(server, stock, tmp_path, names):
    ended = run(order_of(server, stock, tmp_path, *names))
    assert ended.end is End.DONE, ended
    assert len(ended.pieces) == 1
    piece = ended.pieces[0]
    assert piece_pictures(ended, tmp_path) == source_pictures(stock, *names)
    assert piece.sha256 == hashlib.sha256((tmp_path / piece.name).read_bytes()).hexdigest()
    assert [used.sha256 for used in piece.sources] == [
        hashlib.sha256(stock[name][0].read_bytes()).hexdigest() for name in names
    ]


@pytest.mark.parametrize("name", ["a.mp4", "h265.mp4", "open.mp4"])
def test_a_range_comes_in_whole_groups_and_marked(server, stock, tmp_path, name):
    first = stock[name][1][0]
    order = order_of(server, stock, tmp_path, name, start_ms=first + 1500, end_ms=first + 2300)
    ended = run(order)
    assert ended.end is End.DONE
    made, whole = piece_pictures(ended, tmp_path), source_pictures(stock, name)
    assert made == [one for one in whole if made[0][0] <= one[0] <= made[-1][0]]
    assert made[0][0] <= order.start_ms - order.start_ms % STEP_MS
    assert made[-1][0] >= order.end_ms - STEP_MS
    assert len(made) <= 3 * 26
    with av.open(str(tmp_path / ended.pieces[0].name)) as container:
        chapters = {one["metadata"]["title"]: one for one in container.chapters()}
        asked = chapters["range asked for"]
        start = ended.pieces[0].start_ms + float(asked["start"] * asked["time_base"]) * 1000
        assert start == pytest.approx(order.start_ms, abs=1)
        assert float((asked["end"] - asked["start"]) * asked["time_base"]) == pytest.approx(0.8, abs=0.002)
        assert container.metadata["title"] == "解放北路"
        assert "张三" in container.metadata["comment"]


def test_sound_stays_with_its_pictures(server, stock, tmp_path):
    ended = run(order_of(server, stock, tmp_path, "a.mp4", "b.mp4", start_ms=T0_MS + 1000))
    with av.open(str(tmp_path / ended.pieces[0].name)) as container:
        audio, video = container.streams.audio[0], container.streams.video[0]
        lengths = [float(stream.duration * stream.time_base) for stream in (audio, video)]
        first = next(container.demux(audio))
        assert float(first.pts * first.time_base) < 0.2
    assert lengths[0] == pytest.approx(lengths[1], abs=0.6)


def test_a_gap_makes_two_files_and_so_does_another_coding(server, stock, tmp_path):
    ended = run(order_of(server, stock, tmp_path / "gap", "a.mp4", "late.mp4"))
    assert [piece.start_ms for piece in ended.pieces] == [T0_MS, T0_MS + 14_000]
    assert piece_pictures(ended, tmp_path / "gap", 0) == source_pictures(stock, "a.mp4")
    assert piece_pictures(ended, tmp_path / "gap", 1) == source_pictures(stock, "late.mp4")
    ended = run(order_of(server, stock, tmp_path / "coding", "a.mp4", "h265.mp4"))
    assert [piece.codec for piece in ended.pieces] == ["h264", "hevc"]
    assert piece_pictures(ended, tmp_path / "coding", 1) == source_pictures(stock, "h265.mp4")


def test_what_mp4_can_not_carry_becomes_matroska(server, stock, tmp_path):
    path = tmp_path / "vp8.mkv"
    write(path, steady(2), "libvpx", {"deadline": "realtime", "cpu-used": "8"})
    kept = {**stock, "vp8.mkv": (path, steady(2))}
    ended = run(order_of(server, kept, tmp_path / "out", "vp8.mkv"))
    assert ended.pieces[0].name.endswith(".mkv")
    assert [one[1] for one in piece_pictures(ended, tmp_path / "out")] == [
        one[1] for one in source_pictures(kept, "vp8.mkv")
    ]


def test_a_killed_export_fetches_nothing_twice(server, stock, tmp_path):
    server.hold_after = 16_384
    order = order_of(server, stock, tmp_path, "a.mp4", "b.mp4")
    process, ends = ExportProcess(order), []
    thread = threading.Thread(target=lambda: ends.append(process.run(lambda _news: None)))
    thread.start()
    assert server.held.wait(20)
    path = tmp_path / order.sources[0].name
    deadline = threading.Event()
    for _ in range(400):
        if path.exists() and path.stat().st_size >= 16_384:
            break
        deadline.wait(0.025)
    kept = path.stat().st_size
    process.kill()
    thread.join(20)
    assert ends[0].end is End.KILLED
    assert kept == 16_384
    server.hold_after = 0
    server.go_on.set()
    ended = run(order)
    assert ended.end is End.DONE
    assert piece_pictures(ended, tmp_path) == source_pictures(stock, "a.mp4", "b.mp4")
    assert ("a.mp4", "bytes=16384-") in server.asked
    asked = len(server.asked)
    again = run(order)  # killed once more, behind the last byte: nothing is asked for at all
    assert again.end is End.DONE
    assert len(server.asked) == asked
    assert again.pieces[0].sha256 == ended.pieces[0].sha256


def test_a_file_that_is_another_one_by_now_is_fetched_anew(server, stock, tmp_path):
    order = order_of(server, stock, tmp_path, "a.mp4")
    server.break_after = 10_000
    assert run(order).end is End.NETWORK
    other = tmp_path / "other.mp4"
    other.write_bytes(stock["b.mp4"][0].read_bytes())
    server.files["a.mp4"], server.break_after = other, 0
    ended = run(order)
    assert ended.pieces[0].sources[0].sha256 == hashlib.sha256(other.read_bytes()).hexdigest()


def test_a_line_that_breaks_again_and_again_gets_there(server, stock, tmp_path):
    order = order_of(server, stock, tmp_path, "a.mp4")
    size = stock["a.mp4"][0].stat().st_size
    server.break_after = size // 3
    ends = [run(order).end for _ in range(4)]
    assert ends[0] is End.NETWORK
    assert ends[-1] is End.DONE
    assert server.sent["a.mp4"] == size


@pytest.mark.parametrize(
    ("status", "end"), [(401, End.SOURCES), (404, End.SOURCES), (503, End.NETWORK), (500, End.NETWORK)]
)
def test_what_a_store_says_is_passed_on(server, stock, tmp_path, status, end):
    server.status = status
    assert run(order_of(server, stock, tmp_path, "a.mp4")).end is end


def test_a_store_that_is_gone_is_passed_on(stock, tmp_path):
    with FootageServer() as server:
        order = order_of(server, stock, tmp_path, "a.mp4")
    assert run(order).end is End.NETWORK


def test_a_missing_file_is_a_lack_only_where_that_is_allowed(server, stock, tmp_path):
    order = order_of(server, stock, tmp_path, "a.mp4", "b.mp4")
    del server.files["b.mp4"]
    assert run(order).end is End.SOURCES
    ended = run(msgspec.structs.replace(order, may_miss=True))
    assert ended.end is End.DONE
    assert [(lack.start_ms, lack.why) for lack in ended.lacks] == [(T0_MS + 4000, "missing")]
    assert piece_pictures(ended, tmp_path) == source_pictures(stock, "a.mp4")


def test_a_file_that_breaks_off_gives_what_it_has(server, stock, tmp_path):
    whole = stock["a.mp4"][0].read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: len(whole) * 6 // 10])
    kept = {**stock, "cut.mp4": (cut, stock["a.mp4"][1])}
    ended = run(order_of(server, kept, tmp_path / "out", "cut.mp4", "b.mp4"))
    assert ended.end is End.DONE
    assert len(ended.pieces) == 2  # there is a hole between them
    made = [one for number in range(2) for one in piece_pictures(ended, tmp_path / "out", number)]
    expected = source_pictures(stock, "a.mp4", "b.mp4")
    assert set(made) <= set(expected)
    assert set(source_pictures(stock, "b.mp4")) <= set(made)
    assert len(made) > len(expected) * 0.7


def test_a_file_of_nonsense_is_a_lack(server, stock, tmp_path):
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"\0" * 5000)
    kept = {**stock, "bad.mp4": (bad, stock["b.mp4"][1])}
    ended = run(order_of(server, kept, tmp_path / "out", "a.mp4", "bad.mp4"))
    assert ended.end is End.DONE
    assert [lack.why for lack in ended.lacks] == ["unreadable"]
    assert run(order_of(server, kept, tmp_path / "none", "bad.mp4")).end is End.NO_FOOTAGE


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("no mounting here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_told_and_the_export_goes_on_when_there_is_room(server, stock, tmp_path, small_disk):
    size = stock["a.mp4"][0].stat().st_size
    assert size < 128 * 1024, size
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(128 * 1024 - size // 2 // 4096 * 4096 - 8192))
    order = order_of(server, stock, small_disk / "part", "a.mp4")
    assert run(order).end is End.DISK_FULL
    received = server.sent["a.mp4"]
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=4m", str(small_disk)], check=True)
    ended = run(order)
    assert ended.end is End.DONE
    assert server.asked[-1][1].startswith("bytes=")
    assert received > 0
    assert piece_pictures(ended, small_disk / "part") == source_pictures(stock, "a.mp4")


def test_a_disk_that_is_full_for_the_new_file_leaves_none(server, stock, small_disk):
    size = stock["a.mp4"][0].stat().st_size
    subprocess.run(["mount", "-o", f"remount,size={(size + size // 2) // 1024}k", str(small_disk)], check=True)
    order = order_of(server, stock, small_disk / "part", "a.mp4")
    assert run(order).end is End.DISK_FULL
    assert [path.name for path in (small_disk / "part").glob("piece*")] == []


def test_a_piece_the_disk_did_not_keep_whole_is_no_piece(server, stock, tmp_path, monkeypatch):
    write_one = _OpenPiece.write

    def forgets_some(self, group):
        group.video.pop()
        write_one(self, group)
        self._pictures += 1

    monkeypatch.setattr(_OpenPiece, "write", forgets_some)
    ended = export_worker.run(order_of(server, stock, tmp_path, "a.mp4"))
    assert (ended.end, ended.detail) == (End.FAILED, errno.errorcode[errno.EIO])


def test_a_burned_in_copy_covers_nothing_and_keeps_its_times(server, stock, tmp_path):
    height = 16
    burn = burn_order(height)
    ended = run(order_of(server, stock, tmp_path, "a.mp4", end_ms=T0_MS + 1900, burn=burn))
    assert ended.end is End.DONE
    original, copy = ended.pieces
    assert copy.burned_from == original.name
    assert copy.height == footage.HEIGHT + 2 * height
    times = {}
    for piece in (original, copy):
        with av.open(str(tmp_path / piece.name)) as container:
            video = container.streams.video[0]
            times[piece.name] = [round(float(frame.pts * frame.time_base) * 1000) for frame in container.decode(video)]
            container.seek(0)
            frame = next(container.decode(video))
            plane = frame.planes[0]
            rows = [bytes(plane)[i * plane.line_size :][: frame.width] for i in range(frame.height)]
        if piece is copy:
            assert rows[8][10] > 200  # a digit
            assert rows[8][8 + 4 * 19 + 4 + 3] > 200  # the caption
            assert rows[8][200] < 40
            assert rows[height + 8][8 + 15] > 200  # the second line
            assert rows[height + 8][60] < 40
            below = rows[2 * height : 2 * height + 4]
    assert times[original.name] == times[copy.name]
    cells = {max(0, min(1, round(value / 255))) for value in below[2][: footage.WIDTH]}
    assert cells == {0, 1}  # the strip of the footage is all there


def test_a_burned_in_copy_goes_on_where_it_was_killed(server, stock, tmp_path, monkeypatch):
    """Slices of a second; killed in the second one, the first is not encoded again, and the copy is the same."""
    monkeypatch.setattr(export_burn, "SLICE_MS", 1000)
    order = burn_order()
    original = run(order_of(server, stock, tmp_path, "open.mp4")).pieces[0]
    whole = export_burn.burn(original, tmp_path, order, lambda _part: None)
    expected = pictures(tmp_path / whole.name, whole.start_ms)
    (tmp_path / whole.name).unlink()

    class KilledError(Exception):
        pass

    def kill(part):
        if part * SECONDS * 1000 > 1500:
            raise KilledError

    with pytest.raises(KilledError):
        export_burn.burn(original, tmp_path, order, kill)
    assert len(list(tmp_path.glob("*-burned-*.mkv"))) == 1
    steps = []
    again = export_burn.burn(original, tmp_path, order, steps.append)
    assert min(steps) * SECONDS == pytest.approx(1.0, abs=0.05)
    assert pictures(tmp_path / again.name, again.start_ms) == expected
    assert [at for at, _ in expected] == [at for at, _ in pictures(tmp_path / original.name, original.start_ms)]
    assert again.pictures == original.pictures
    steps.clear()
    assert export_burn.burn(original, tmp_path, order, steps.append).sha256 == again.sha256
    assert steps == []
    assert list(tmp_path.glob("*.mkv")) == []
    other = export_burn.burn(original, tmp_path, BurnOrder(32, "Asia/Shanghai", *burn_letters(32)), steps.append)
    assert other.height == original.height + 64
    assert steps


def burn_letters(height):
    glyphs = {sign: bytes([255 if sign.isdigit() else 0]) * (4 * height) for sign in "0123456789-: "}
    return glyphs, [bytes([255]) * (6 * height), bytes([255]) * (30 * height)]


def burn_order(height=16):
    return BurnOrder(height, "Asia/Shanghai", *burn_letters(height))


def test_addresses_are_in_no_file_and_no_message(server, stock, tmp_path):
    server.ticket = "top-secret"
    order = order_of(server, stock, tmp_path, "a.mp4")
    ended = run(order)
    assert "top-secret" not in repr(order) + repr(ended)
    for path in tmp_path.rglob("*"):
        assert b"top-secret" not in path.read_bytes()


def test_a_store_with_a_private_authority_is_believed_only_with_its_file(stock, tmp_path):
    path, moments = stock["a.mp4"]
    certificates = make_certificates(tmp_path)
    server = RangeServer(path)
    server.encrypt(certificates)
    with server.running():
        source = SourceOrder(server.url, "mp4", moments[0], moments[-1] + STEP_MS)
        span = T0_MS, T0_MS + 60_000
        refused = run(Order(str(tmp_path / "without"), *span, [source]))
        ended = run(Order(str(tmp_path / "with"), *span, [source], ca_file=str(certificates.ca_file)))
    assert (refused.end, refused.pieces) == (End.NETWORK, [])
    assert ended.end is End.DONE
    assert piece_pictures(ended, tmp_path / "with") == source_pictures(stock, "a.mp4")


def test_after_the_machine_was_started_anew_parts_are_not_believed(server, stock, tmp_path):
    order = order_of(server, stock, tmp_path, "a.mp4", "b.mp4")
    run(order)
    journal = tmp_path / "journal.json"
    raw = msgspec.json.decode(journal.read_bytes())
    raw["boot"] = "another"
    journal.write_bytes(msgspec.json.encode(raw))
    second = tmp_path / order.sources[1].name
    second.write_bytes(bytes(second.stat().st_size))  # what a power cut may leave
    before = dict(server.sent)
    ended = run(order)
    assert server.sent["a.mp4"] == before["a.mp4"]
    assert server.sent["b.mp4"] == 2 * before["b.mp4"]
    assert piece_pictures(ended, tmp_path) == source_pictures(stock, "a.mp4", "b.mp4")

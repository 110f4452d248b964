"""The queue of exports with real workers, its evidence packages, and the audit trail at a real center."""

import asyncio
import gc
import hashlib
import os
import signal
import subprocess
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import qasync
from export_fakes import ExportCenter  # first: it finds the next two

from footage import H264, T0_MS, steady, write  # isort: skip
from export_store import FootageServer  # isort: skip

from wallclient.demo.center import EmbeddedCenter
from wallclient.domain.audit import AuditKind
from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import (
    FootageChanged,
    KeyringFailed,
    KeyringRefused,
    NotPermitted,
    ReasonNeeded,
    ServerFailed,
    StorageFailed,
)
from wallclient.domain.export import ExportCamera, ExportJob, ExportState, ExportTrouble
from wallclient.domain.file_names import LONGEST_BYTES, file_name
from wallclient.domain.patrol import Person, new_key
from wallclient.evidence.verify import verify
from wallclient.services.audit import AuditBook
from wallclient.services.centers import Centers
from wallclient.services.evidence import Case, EvidenceDesk, PackageStopped
from wallclient.services.export_captions import captions
from wallclient.services.exports import Exports
from wallclient.services.preferences import Preferences
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.storage.exports import exports_file
from wallclient.storage.final_files import settle
from wallclient.storage.settings import settings_file

LIMIT_S = 40.0
WHO = Person("zhang", "张三", "一号台")
ONE, TWO = "c/1", "c/2"


@pytest.fixture
def run(qapp):
    """Run a coroutine to its end on a Qt loop."""
    gc.collect()
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield lambda work: loop.run_until_complete(asyncio.wait_for(work, LIMIT_S * 2))
    asyncio.set_event_loop(None)
    loop.close()


async def until(condition):
    limit = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < limit, "the condition did not come true"
        await asyncio.sleep(0.01)


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    folder = tmp_path_factory.mktemp("footage")
    moments = {"a.mp4": steady(2), "b.mp4": steady(2, T0_MS + 2000), "late.mp4": steady(2, T0_MS + 20_000)}
    return {name: (write(folder / name, some, options=H264), some) for name, some in moments.items()}


@pytest.fixture
def server():
    with FootageServer() as server:
        yield server


@pytest.fixture
def center(server, stock):
    return ExportCenter(server, stock, {ONE: ["a.mp4", "b.mp4"], TWO: ["a.mp4", "late.mp4"], "c/3": []})


@pytest.fixture
def exports_of(center, tmp_path):
    def make(**options):
        made = Exports(center, exports_file(tmp_path / "data"), **options)
        made.start()
        return made

    return make


def job_of(folder, *channels, burn=False, reason="", end_ms=T0_MS + 40_000):
    names = {ONE: "解放北路/东口", TWO: "CON", "c/3": "无录像"}
    cameras = tuple(ExportCamera(channel, names[channel], f"4401060000132000000{channel[-1]}") for channel in channels)
    return ExportJob(
        new_key(), cameras, T0_MS, end_ms, str(folder), WHO, datetime.now(UTC), "Asia/Shanghai", reason, burn
    )  # fmt: skip


async def over(exports, key):
    await until(lambda: exports.job(key).state in (ExportState.DONE, ExportState.FAILED, ExportState.CANCELLED))
    return exports.job(key)


def visible(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_several_cameras_with_gaps_become_files_with_names_every_system_takes(exports_of, center, run, tmp_path):
    folder = tmp_path / "out"

    async def work():
        exports = exports_of()
        job = job_of(folder, ONE, TWO, reason="交警调取")
        exports.add(job)
        done = await over(exports, job.key)
        await exports.close()
        return done

    done = run(work())
    assert (done.state, done.trouble) == (ExportState.DONE, ExportTrouble.NONE)
    assert visible(folder) == [
        "CON_44010600001320000002_20270115-160000.mp4",
        "CON_44010600001320000002_20270115-160020.mp4",
        "解放北路_东口_44010600001320000001_20270115-160000.mp4",
    ]
    assert [path for path in folder.iterdir() if path.name.startswith(".")] == []
    assert [hashlib.sha256(Path(file.path).read_bytes()).hexdigest() for file in done.files] == [
        file.sha256 for file in done.files
    ]
    assert {file.clock_offset_ms for file in done.files} == {7000}
    gaps = [(lack.start_ms - T0_MS, lack.end_ms - T0_MS) for lack in done.lacks if lack.channel_id == TWO]
    assert gaps == [(2000, 20_000), (22_000, 40_000)]
    assert [opened[3] for opened in center.opened] == ["交警调取"] * 2
    assert len(center.closed) == len(center.opened)


def test_a_folder_that_can_not_be_written_to_fails_and_another_one_does(exports_of, run, tmp_path):
    (tmp_path / "file").write_text("no folder")

    async def work():
        exports = exports_of()
        job = job_of(tmp_path / "file", ONE)
        exports.add(job)
        failed = await over(exports, job.key)
        exports.resume(job.key, folder=str(tmp_path / "out"))
        await until(lambda: exports.job(job.key).state is ExportState.DONE)
        await exports.close()
        return failed, exports.job(job.key)

    failed, done = run(work())
    assert (failed.state, failed.trouble) == (ExportState.FAILED, ExportTrouble.FOLDER)
    assert (done.folder, done.trouble) == (str(tmp_path / "out"), ExportTrouble.NONE)
    assert Path(done.files[0].path).parent == tmp_path / "out"


def test_two_exports_to_one_name_are_two_files(exports_of, run, tmp_path):
    async def work():
        exports = exports_of()
        jobs = [job_of(tmp_path / "out", ONE) for _ in range(2)]
        for job in jobs:
            exports.add(job)
        done = [await over(exports, job.key) for job in jobs]
        await exports.close()
        return done

    first, second = (Path(job.files[0].path) for job in run(work()))
    assert second.name == f"{first.stem} (2).mp4"
    assert first.read_bytes() == second.read_bytes()


def test_a_worker_killed_from_outside_is_followed_by_another(exports_of, server, run, tmp_path):
    server.hold_after = 16_384

    async def work():
        exports = exports_of()
        job = job_of(tmp_path / "out", ONE)
        exports.add(job)
        await until(server.held.is_set)
        server.hold_after = 0
        os.kill(exports._process.pid, signal.SIGKILL)
        done = await over(exports, job.key)
        server.go_on.set()
        await exports.close()
        return done

    assert run(work()).state is ExportState.DONE


def test_paused_then_the_program_ends_then_it_goes_on_where_it_was(exports_of, server, run, tmp_path, stock):
    folder = tmp_path / "out"
    server.break_after = 4096

    async def before():
        exports = exports_of()
        job = job_of(folder, ONE)
        exports.add(job)
        await until(lambda: exports.job(job.key).state is ExportState.NO_CENTER)
        exports.pause(job.key)
        other = job_of(folder, TWO)
        exports.add(other)
        await until(lambda: exports.job(other.key).state is ExportState.NO_CENTER)
        assert visible(folder) == []
        await exports.close()
        return job.key, other.key

    async def after(paused, running):
        server.break_after = 0
        exports = exports_of()
        await over(exports, running)
        assert exports.job(paused).state is ExportState.PAUSED
        exports.resume(paused)
        found = await over(exports, paused), await over(exports, running)
        await exports.close()
        return found

    keys = run(before())
    first, second = run(after(*keys))
    assert {first.state, second.state} == {ExportState.DONE}
    sizes = {name: path.stat().st_size for name, (path, _) in stock.items()}
    assert server.sent == {"a.mp4": 2 * sizes["a.mp4"], "b.mp4": sizes["b.mp4"], "late.mp4": sizes["late.mp4"]}


def test_a_center_that_is_away_is_waited_for(exports_of, center, server, run, tmp_path):
    async def work():
        exports = exports_of()
        center.trouble = ServerFailed("away")
        job = job_of(tmp_path / "out", ONE)
        exports.add(job)
        await until(lambda: exports.job(job.key).state is ExportState.NO_CENTER)
        center.trouble = None
        server.status = 503
        exports.try_now()
        await until(lambda: len(center.opened) > 0)
        server.status = 0
        exports.try_now()
        done = await over(exports, job.key)
        await exports.close()
        return done

    assert run(work()).state is ExportState.DONE


def test_addresses_that_lapsed_are_asked_for_anew(exports_of, center, server, run, tmp_path):
    async def work():
        server.break_after = 8192
        exports = exports_of()
        job = job_of(tmp_path / "out", ONE)
        exports.add(job)
        await until(lambda: exports.job(job.key).state is ExportState.NO_CENTER)
        server.ticket = "t2"
        server.break_after = 0
        exports.try_now()
        done = await over(exports, job.key)
        await exports.close()
        return done

    assert run(work()).state is ExportState.DONE


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (NotPermitted("no", "right-missing", "export"), ExportTrouble.NOT_PERMITTED),
        (ReasonNeeded("why"), ExportTrouble.REASON_NEEDED),
    ],
)
def test_what_the_center_refuses_fails_with_its_reason(exports_of, center, run, tmp_path, error, trouble):
    async def work():
        center.trouble = error
        exports = exports_of()
        job = job_of(tmp_path / "out", ONE)
        exports.add(job)
        failed = await over(exports, job.key)
        center.trouble = None
        exports.resume(job.key)
        await until(lambda: exports.job(job.key).state is ExportState.DONE)
        await exports.close()
        return failed

    failed = run(work())
    assert (failed.state, failed.trouble) == (ExportState.FAILED, trouble)


def test_nothing_recorded_is_told_and_holds_up_no_other(exports_of, run, tmp_path):
    async def work():
        exports = exports_of()
        alone, together = job_of(tmp_path / "out", "c/3"), job_of(tmp_path / "out", "c/3", ONE)
        exports.add(alone)
        exports.add(together)
        found = await over(exports, alone.key), await over(exports, together.key)
        await exports.close()
        return found

    alone, together = run(work())
    assert alone.trouble is ExportTrouble.NO_FOOTAGE
    assert together.state is ExportState.DONE
    assert len(together.files) == 1
    assert any((lack.channel_id, lack.why) == ("c/3", "gap") for lack in together.lacks)


def test_a_file_that_broke_off_is_told_as_a_gap(exports_of, server, run, tmp_path, stock):
    whole = stock["a.mp4"][0].read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: len(whole) * 4 // 10])
    server.files["a.mp4"] = cut

    async def work():
        exports = exports_of()
        job = job_of(tmp_path / "out", ONE, end_ms=T0_MS + 4000)
        exports.add(job)
        done = await over(exports, job.key)
        await exports.close()
        return done

    done = run(work())
    (lack,) = done.lacks
    assert (lack.why, lack.end_ms) == ("gap", T0_MS + 2000)
    assert lack.start_ms == done.files[0].end_ms < T0_MS + 1000


def test_a_cancelled_export_leaves_nothing(exports_of, server, run, tmp_path):
    server.hold_after = 16_384
    folder = tmp_path / "out"

    async def work():
        exports = exports_of()
        job = job_of(folder, ONE)
        exports.add(job)
        await until(server.held.is_set)
        exports.cancel(job.key)
        assert exports.job(job.key).state is ExportState.CANCELLED
        await until(lambda: not list(folder.iterdir()))
        exports.forget(job.key)
        server.go_on.set()
        await exports.close()
        return exports.jobs

    assert run(work()) == ()


def test_a_full_disk_is_waited_for(exports_of, run, tmp_path, stock):
    folder = tmp_path / "disk"
    folder.mkdir()
    size = stock["a.mp4"][0].stat().st_size // 1024
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no mounting here")

    async def work():
        exports = exports_of(room_every_s=0.1, least_room_bytes=1024 * 1024)
        job = job_of(folder, ONE)
        exports.add(job)
        await until(lambda: exports.job(job.key).state is ExportState.DISK_FULL)
        assert visible(folder) == []
        await asyncio.to_thread(subprocess.run, ["mount", "-o", "remount,size=8m", str(folder)], check=True)
        done = await over(exports, job.key)
        await exports.close()
        return done, visible(folder)

    try:
        done, found = run(work())
        assert done.state is ExportState.DONE
        assert len(found) == 1
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_sessions_are_kept_while_an_export_takes_its_time(exports_of, center, server, run, tmp_path):
    center.expires_in_s = 0.2
    server.hold_after = 16_384

    async def work():
        exports = exports_of()
        job = job_of(tmp_path / "out", ONE)
        exports.add(job)
        await until(server.held.is_set)
        await until(lambda: len(center.renewed) >= 2)
        server.hold_after = 0
        server.go_on.set()
        done = await over(exports, job.key)
        await exports.close()
        return done

    assert run(work()).state is ExportState.DONE


def test_progress_is_told(exports_of, run, tmp_path):
    seen = []

    async def work():
        exports = exports_of()
        job = job_of(tmp_path / "out", ONE, TWO, burn=True, end_ms=T0_MS + 4000)
        exports.progressed.connect(lambda key: seen.append(exports.progress(key)))
        exports.add(job)
        done = await over(exports, job.key)
        await exports.close()
        return done

    done = run(work())
    assert seen
    assert [one.part for one in seen] == sorted(one.part for one in seen)
    assert {one.camera for one in seen} == {"解放北路/东口", "CON"}
    copies = [file for file in done.files if file.is_burned]
    assert len(copies) == 2
    assert all("burned-in" in file.path for file in copies)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/b\\c:d", "a_b_c_d"), ("..", "camera"), ("CON", "_CON"), ("nul.txt", "_nul.txt"), ("x. ", "x"),
        ("", "camera"),         ("枪机‮7", "枪机7"), (".hidden", "hidden"), ("COM1", "_COM1"),
    ],
)  # fmt: skip
def test_names_of_files(name, expected):
    assert file_name(name) == expected


def test_long_names_are_cut_between_letters():
    name = file_name("摄" * 119)
    assert len(name.encode()) <= LONGEST_BYTES
    assert set(name) == {"摄"}


def test_settle_takes_no_name_that_is_taken_and_says_why_it_can_not(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"old")
    part = tmp_path / ".part"
    part.write_bytes(b"new")
    assert settle(part, tmp_path, "a", ".mp4").name == "a (2).mp4"
    assert (tmp_path / "a.mp4").read_bytes() == b"old"
    assert not part.exists()
    with pytest.raises(StorageFailed):
        settle(part, tmp_path, "a", ".mp4")


@pytest.mark.parametrize(("size", "lines"), [((640, 360), 2), ((352, 288), 3), ((1920, 1080), 2), ((None, None), 2)])
def test_captions_are_whole_whatever_the_size_of_the_picture(qapp, size, lines):
    order = captions("解放北路东口 球机1", "44010600001320000001  张三 (zhang) 重庆市监控室", "Asia/Shanghai", size)
    assert all(len(bitmap) % order.height == 0 for bitmap in (*order.glyphs.values(), *order.captions))
    assert max(order.glyphs["8"]) > 200
    assert max(order.glyphs[" "]) == 0
    assert len(order.captions) == lines
    width = size[0] or 640
    across = [len(bitmap) // order.height for bitmap in order.captions]
    assert 20 * order.height // 2 + across[0] <= width
    assert max(across) <= width - 8
    for bitmap in filter(None, order.captions):
        assert sum(value > 128 for value in bitmap) > 200


# --- evidence ---


class Store:
    """A keyring that keeps."""

    def __init__(self) -> None:
        self.kept = {}

    def read(self, kind, key, user):
        return self.kept.get((kind, key, user))

    def write(self, kind, key, user, secret):
        self.kept[kind, key, user] = secret


class RefusedStore(Store):
    def read(self, kind, key, user):
        raise KeyringRefused("unsafe")


def made_export(exports_of, run, folder):
    async def work():
        exports = exports_of()
        job = job_of(folder, ONE, TWO, reason="交警调取")
        exports.add(job)
        done = await over(exports, job.key)
        await exports.close()
        return done

    return run(work())


CASE = Case("A2027-15", "路口/事故", "交警调取", "备注")


def test_an_export_becomes_a_package_that_verifies_with_the_exported_key(exports_of, run, tmp_path):
    job = made_export(exports_of, run, tmp_path / "out")
    desk, parts = EvidenceDesk(SecretKeeper(Store()), "0.1.0"), []

    async def work():
        made = await desk.make([job], CASE, WHO, tmp_path, lambda done, total: parts.append(done / total))
        return made, await desk.save_public_key(WHO.user, tmp_path / "key.pem")

    made, finger = run(work())
    verdict = verify(made.path, (tmp_path / "key.pem").read_bytes())
    assert verdict.fault is None
    assert verdict.signer == finger == made.fingerprint
    assert made.path.name.startswith("A2027-15 路口_事故_")
    assert made.sha256 == hashlib.sha256(made.path.read_bytes()).hexdigest()
    manifest = verdict.manifest
    assert manifest["reason"] == "交警调取"
    assert manifest["program"] == {"name": "wallclient", "version": "0.1.0"}
    assert [camera["clock_offset_ms"] for camera in manifest["cameras"]] == [7000, 7000]
    originals = [entry for entry in manifest["files"] if entry["kind"] == "original"]
    assert {entry["sha256"] for entry in originals} == {file.sha256 for file in job.files}
    assert all(entry["details"]["center_files"] for entry in originals)
    assert [entry["action"] for entry in manifest["custody"]] == ["exported"] * 3 + ["packed"]
    assert parts[-1] == 1.0
    assert not list(tmp_path.glob(".*part"))


def test_a_file_that_was_touched_since_its_export_is_not_packed(exports_of, run, tmp_path):
    job = made_export(exports_of, run, tmp_path / "out")
    with open(job.files[0].path, "r+b") as file:
        file.seek(1000)
        file.write(b"x")
    with pytest.raises(FootageChanged):
        run(EvidenceDesk(SecretKeeper(Store()), "0.1.0").make([job], CASE, WHO, tmp_path))
    assert not list(tmp_path.glob("*.zip"))


def test_without_a_safe_keyring_there_is_no_package_at_all(tmp_path, run):
    with pytest.raises(KeyringRefused):
        run(EvidenceDesk(SecretKeeper(RefusedStore()), "0.1.0").make([], CASE, WHO, tmp_path))
    broken = Store()
    broken.read = lambda *_key: "no key at all"
    with pytest.raises(KeyringFailed):
        run(EvidenceDesk(SecretKeeper(broken), "0.1.0").make([], CASE, WHO, tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_the_key_is_made_once_per_operator(run):
    store = Store()
    desk = EvidenceDesk(SecretKeeper(store), "0.1.0")

    async def work():
        return [(await desk.signer(user)).public_pem for user in ("zhang", "li", "zhang")]

    first, other, again = run(work())
    assert first == again != other
    assert len(store.kept) == 2


def test_a_package_can_be_stopped(exports_of, run, tmp_path):
    import threading

    job = made_export(exports_of, run, tmp_path / "out")
    stop = threading.Event()
    desk = EvidenceDesk(SecretKeeper(Store()), "0.1.0")
    with pytest.raises(PackageStopped):
        run(desk.make([job], CASE, WHO, tmp_path, lambda *_: stop.set(), stop))
    assert not list(tmp_path.glob("*.zip"))
    assert not list(tmp_path.glob(".*part"))


# --- audit ---


class NoStore:
    """A keyring nobody asks."""

    def state(self):
        raise AssertionError


def test_what_is_done_reaches_the_center_once_also_when_it_was_away_and_we_were_restarted(run, tmp_path):
    with EmbeddedCenter(64) as embedded:

        async def before():
            centers = Centers(Preferences(settings_file(tmp_path)), SecretKeeper(NoStore()), tmp_path)
            centers.add(CenterConfig("c", embedded.base_url))
            book = AuditBook(centers, tmp_path)
            book.note(AuditKind.EXPORT_STARTED, ["c/c1", "c/c2"], T0_MS, T0_MS + 1000, reason="为什么", by=WHO)
            await until(lambda: book.outbox("c").state.pending == 1)
            await book.close()
            await centers.close()

        async def after():
            centers = Centers(Preferences(settings_file(tmp_path)), SecretKeeper(NoStore()), tmp_path)
            book = AuditBook(centers, tmp_path)
            await centers.log_in("c", "operator", embedded.password)
            book.note(AuditKind.EXPORT_FINISHED, ["c/c1"], T0_MS, T0_MS + 1000, text="a.mp4", ref="0" * 64)
            for number in range(130):
                book.note(AuditKind.SEARCHED, [f"c/c{number}"])
            outbox = book.outbox("c")
            await until(lambda: not outbox._writing)

            def is_drained():
                outbox.wake()
                return outbox.state.pending == 0

            await until(is_drained)
            await book.close()
            await centers.close()

        run(before())
        run(after())
        found = embedded.audit_records()
    assert len(found) == 132
    assert [record["kind"] for record in found[:3]] == ["export_started", "export_finished", "searched"]
    assert found[0]["channel_ids"] == ["c1", "c2"]
    assert found[0]["reason"] == "为什么"
    assert found[0]["by"]["name"] == "张三"
    assert found[1]["by"]["user"] == "operator"
    assert (found[1]["text"], found[1]["ref"]) == ("a.mp4", "0" * 64)


class Book:
    """Notes what is noted."""

    def __init__(self) -> None:
        self.noted = []

    def note(self, kind, channel_ids, start_ms=None, end_ms=None, **fields):
        self.noted.append((kind, tuple(channel_ids), fields))


def test_exports_and_packages_are_noted_with_hashes_and_reasons(exports_of, center, run, tmp_path):
    book = Book()

    async def work():
        exports = exports_of(audit=book)
        job = job_of(tmp_path / "out", ONE, reason="交警调取")
        exports.add(job)
        done = await over(exports, job.key)
        center.trouble = NotPermitted("no", "right-missing", "export")
        failing = replace(job, key=new_key())
        exports.add(failing)
        await over(exports, failing.key)
        made = await EvidenceDesk(SecretKeeper(Store()), "0.1.0", book).make([done], CASE, WHO, tmp_path)
        await exports.close()
        return done, made

    done, made = run(work())
    assert [kind for kind, _, _ in book.noted] == [
        AuditKind.EXPORT_STARTED,
        AuditKind.EXPORT_FINISHED,
        AuditKind.EXPORT_STARTED,
        AuditKind.EXPORT_FAILED,
        AuditKind.PACKAGE_MADE,
    ]
    assert all(channels == (ONE,) and fields["by"] == WHO for _, channels, fields in book.noted)
    assert book.noted[1][2]["ref"] == done.files[0].sha256
    assert book.noted[3][2]["text"] == "not_permitted"
    assert book.noted[4][2]["ref"] == made.sha256
    assert {fields["reason"] for _, _, fields in book.noted} == {"交警调取"}

"""The spool against everything that ends a program: kills at any moment, torn files, full disks, damage."""

import contextlib
import itertools
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from hashlib import sha256

import pytest

from wallclient.domain.errors import StorageFailed
from wallclient.storage.spool import Spool

PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 40
DIGEST = sha256(PICTURE).hexdigest()


class Clock:
    """Seconds that pass when told."""

    now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def new_spool(tmp_path):
    made = []

    def new(name="center.spool", **options):
        made.append(Spool(tmp_path / name, **options))
        return made[-1]

    yield new
    for spool in made:
        spool.close()


def keys(entries):
    return [entry.key for entry in entries]


def fill(spool, count, first=0, **options):
    for number in range(first, first + count):
        spool.append(f"key-{number:05}", "record", "round", f"body {number}".encode(), **options)


def test_records_come_out_in_order_once(new_spool):
    spool = new_spool()
    fill(spool, 5)
    spool.append("key-00003", "record", "round", b"another body under a key that is there")
    assert [e.body for e in spool.pending()] == [b"body %d" % n for n in range(5)]
    assert keys(spool.pending(2)) == ["key-00000", "key-00001"]
    spool.delivered(["key-00000", "key-00002"])
    assert keys(spool.pending()) == ["key-00001", "key-00003", "key-00004"]
    spool.append("key-00000", "record", "round", b"what was delivered does not come back")
    assert keys(spool.pending()) == ["key-00001", "key-00003", "key-00004"]
    assert keys(spool.topic("round")) == [f"key-{n:05}" for n in range(5)]


def test_a_new_start_finds_everything(new_spool):
    spool = new_spool()
    fill(spool, 3, pictures=[PICTURE])
    spool.picture_delivered(DIGEST)
    spool.delivered(["key-00000"])
    spool.refused("key-00001", "no-such-plan")
    spool.close()
    again = new_spool()
    assert keys(again.pending()) == ["key-00002"]
    assert [(e.key, e.reason, e.body) for e in again.aside()] == [("key-00001", "no-such-plan", b"body 1")]
    (entry,) = again.pending()
    assert entry.pictures == (DIGEST,)
    assert again.missing_pictures(entry) == []
    again.picture_delivered(DIGEST, delivered=False)
    assert again.missing_pictures(entry) == [DIGEST]
    assert again.picture(DIGEST) == PICTURE
    again.retry("key-00001")
    assert keys(again.pending()) == ["key-00001", "key-00002"]
    assert (again.state.pending, again.state.aside) == (2, 0)


WRITER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from wallclient.storage.spool import Spool

    spool = Spool(Path(sys.argv[1]))
    picture = b"\\xff\\xd8\\xff" + bytes(60_000)
    for number in range(int(sys.argv[2]), 100_000):
        spool.append(f"key-{number:05}", "record", "round", b"x" * (number % 900), [picture + b"%d" % number])
        print(number, flush=True)
    """
)


def test_a_kill_at_any_moment_loses_nothing_that_was_confirmed(tmp_path, new_spool):
    path, confirmed, dice = tmp_path / "killed.spool", -1, random.Random(4)
    for _ in range(6):
        command = [sys.executable, "-c", WRITER, str(path), str(confirmed + 1)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            for line in itertools.islice(writer.stdout, dice.randint(1, 40)):
                confirmed = int(line)
            writer.send_signal(signal.SIGKILL)
            for line in writer.stdout:
                confirmed = int(line) if line.endswith("\n") else confirmed
        spool = new_spool("killed.spool")
        found = spool.pending(100_000)
        # what was confirmed is there; at most the one it was writing besides
        assert keys(found)[: confirmed + 1] == [f"key-{n:05}" for n in range(confirmed + 1)]
        assert len(found) in (confirmed + 1, confirmed + 2)
        assert spool.set_aside is None
        assert spool.is_first
        last = found[-1]
        assert sha256(spool.picture(last.pictures[0])).hexdigest() == last.pictures[0]
        confirmed = len(found) - 1
        spool.close()


def test_a_torn_tail_is_dropped_at_any_byte(tmp_path, new_spool):
    source = new_spool("whole.spool")
    ends = []
    wal = tmp_path / "whole.spool-wal"
    for number in range(12):
        fill(source, 1, number)
        ends.append(wal.stat().st_size)
    content, main = wal.read_bytes(), (tmp_path / "whole.spool").read_bytes()
    assert ends[-1] == len(content)
    cuts = {*ends, *(end - 1 for end in ends), *random.Random(7).sample(range(len(content)), 60)}
    for cut in sorted(cuts):
        (tmp_path / "torn.spool").write_bytes(main)
        (tmp_path / "torn.spool-wal").write_bytes(content[:cut])
        torn = new_spool("torn.spool")
        whole = sum(end <= cut for end in ends)
        found = keys(torn.pending())
        assert found == [f"key-{n:05}" for n in range(len(found))]
        assert len(found) >= whole, f"cut at {cut}"
        fill(torn, 1, 500)
        assert keys(torn.pending())[-1] == "key-00500"
        torn.close()
        for left in tmp_path.glob("torn.spool*"):
            left.unlink()


def test_a_full_disk_keeps_records_in_memory_and_in_order(new_spool):
    spool = new_spool(limit_bytes=64 * 4096)  # SQLite says SQLITE_FULL, as on a full disk
    written = 0
    with contextlib.suppress(StorageFailed):
        for number in range(100):
            spool.append(f"key-{number:05}", "record", "round", bytes(9000))
            written += 1
    assert 5 < written < 40
    for number in range(written + 1, written + 4):
        with pytest.raises(StorageFailed):
            spool.append(f"key-{number:05}", "record", "round", bytes(9000))
    expected = [f"key-{n:05}" for n in range(written + 4)]
    assert keys(spool.pending(1000)) == expected
    assert (spool.state.unwritten, spool.state.is_nearly_full) == (4, True)
    with pytest.raises(StorageFailed):  # it is known here all the same
        spool.refused(expected[written], "bad")
    assert [(e.key, e.reason) for e in spool.aside()] == [(expected[written], "bad")]
    with pytest.raises(StorageFailed):
        spool.delivered([*expected[:written], expected[written + 1]])
    assert keys(spool.pending(1000)) == expected[written + 2 :]
    assert keys(spool.pending(1)) == expected[written + 2 : written + 3]
    with pytest.raises(StorageFailed):
        spool.delivered(expected[written + 2 :])
    assert spool.pending() == []
    assert spool.state.unwritten == 1
    spool._do(lambda db: db.execute("PRAGMA max_page_count = 100000"))
    spool.flush()
    spool.close()
    again = new_spool()
    assert again.pending() == []
    assert keys(again.aside()) == [expected[written]]


def test_what_was_in_memory_is_written_once_there_is_room(tmp_path, new_spool):
    spool = new_spool(limit_bytes=64 * 4096)
    for number in range(60):
        with contextlib.suppress(StorageFailed):
            spool.append(f"key-{number:05}", "record", f"t{number}", bytes(4000), [b"picture %d" % number])
    assert 5 < spool.state.unwritten < 55
    before = keys(spool.pending(1000))
    with pytest.raises(StorageFailed):
        spool.flush()
    spool._do(lambda db: db.execute("PRAGMA max_page_count = 100000"))
    spool.flush()
    assert spool.state.unwritten == 0
    spool.close()
    assert keys(new_spool().pending(1000)) == before


FULL_DISK = textwrap.dedent(
    """
    import resource, signal, sys
    from pathlib import Path
    from wallclient.domain.errors import StorageFailed
    from wallclient.storage.spool import Spool

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    spool = Spool(Path(sys.argv[1]))
    spool.append("key-before", "record", "round", b"x")
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
    failed = 0
    for number in range(40):
        try:
            spool.append(f"key-{number:05}", "record", "round", bytes(20_000))
        except StorageFailed:
            failed += 1
    assert 30 < failed < 40, failed
    assert len(spool.pending(1000)) == 41, len(spool.pending(1000))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    spool.flush()
    assert spool.state.unwritten == 0
    spool.close()
    """
)


def test_a_disk_that_takes_no_more_bytes(tmp_path, new_spool):
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path / "full.spool")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert keys(new_spool("full.spool").pending(1000)) == ["key-before", *(f"key-{n:05}" for n in range(40))]


@pytest.mark.parametrize("damage", [b"this is no database", b"\x00" * 40_000])
def test_a_damaged_file_is_kept_aside(tmp_path, new_spool, damage):
    (tmp_path / "center.spool").write_bytes(damage)
    spool = new_spool()
    assert spool.set_aside.read_bytes() == damage
    fill(spool, 1)
    assert keys(spool.pending()) == ["key-00000"]


def test_damage_in_the_middle_is_found_at_the_start(tmp_path, new_spool):
    spool = new_spool()
    fill(spool, 200)
    spool.close()
    path = tmp_path / "center.spool"
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 5] = os.urandom(8192)
    path.write_bytes(content)
    again = new_spool()
    assert again.set_aside is not None
    assert again.set_aside.exists()
    fill(again, 1)
    assert len(again.pending()) == 1


def test_damage_while_it_runs_costs_nothing_that_comes_after(tmp_path, new_spool, monkeypatch):
    monkeypatch.setattr("wallclient.storage.spool.CHECKED_BYTES", 0)  # as a large file, it is not read through
    spool = new_spool()
    fill(spool, 300)
    spool.close()
    path = tmp_path / "center.spool"
    content = bytearray(path.read_bytes())
    for page in range(1, len(content) // 4096):
        content[4096 * page : 4096 * page + 4096] = os.urandom(4096)
    path.write_bytes(content)
    again = new_spool()
    for number in range(400, 410):
        with contextlib.suppress(StorageFailed):
            fill(again, 1, number)
    again.flush()
    assert again.set_aside.exists()
    assert keys(again.pending(1000)) == [f"key-{n:05}" for n in range(400, 410)]


def test_a_folder_that_can_not_be_written_is_told_and_tried_again(tmp_path, new_spool):
    (tmp_path / "not-a-folder").write_text("a file where the folder should be")
    spool = new_spool("not-a-folder/center.spool")
    with pytest.raises(StorageFailed):
        fill(spool, 1)
    assert keys(spool.pending()) == ["key-00000"]
    (tmp_path / "not-a-folder").unlink()
    spool.flush()
    spool.close()
    assert keys(new_spool("not-a-folder/center.spool").pending()) == ["key-00000"]


def test_old_rounds_are_let_go_whole(tmp_path, new_spool):
    clock = Clock()
    spool = new_spool(clock=clock, keep_delivered_s=100.0)
    spool.append("a1-key", "record", "a", b"", [PICTURE])
    spool.append("a2-key", "record", "a", b"")
    spool.append("b1-key", "record", "b", b"", [PICTURE + b"b"])
    spool.append("c1-key", "record", "c", b"")
    spool.delivered(["a1-key", "b1-key", "c1-key"])
    spool.refused("c1-key", "no")
    clock.now += 101
    spool.prune()
    assert spool.topics(0.0) == ["a", "c"]  # a has one that is not delivered, c one that was refused
    assert spool.picture(DIGEST) == PICTURE
    assert spool.picture(sha256(PICTURE + b"b").hexdigest()) is None
    spool.delivered(["a2-key"])
    clock.now += 99
    spool.prune()
    assert spool.topics(0.0) == ["a", "c"]
    clock.now += 2
    spool.prune()
    assert spool.topics(0.0) == ["c"]
    assert spool.picture(DIGEST) is None


def test_space_comes_back(tmp_path, new_spool):
    clock = Clock()
    spool = new_spool(clock=clock, keep_delivered_s=0.0, limit_bytes=10 * 1024 * 1024)
    for number in range(20):
        spool.append(f"key-{number}-x", "record", f"t{number}", b"", [os.urandom(300_000)])
    assert spool.state.size_bytes > 6_000_000
    assert not spool.state.is_nearly_full
    for number in range(20, 29):
        spool.append(f"key-{number}-x", "record", f"t{number}", b"", [os.urandom(300_000)])
    assert spool.state.is_nearly_full
    spool.delivered([f"key-{number}-x" for number in range(29)])
    clock.now += 1
    spool.prune()
    assert spool.state.size_bytes < 200_000
    assert not spool.state.is_nearly_full
    spool.close()
    assert (tmp_path / "center.spool").stat().st_size < 200_000


def test_nobody_else_may_read_it_and_one_is_first(tmp_path, new_spool):
    spool, other = new_spool(), new_spool()
    fill(spool, 1)
    assert (spool.is_first, other.is_first) == (True, False)
    assert keys(other.pending()) == ["key-00000"]
    fill(other, 1, 1)
    assert len(spool.pending()) == 2
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.glob("center.spool*"))


def test_a_copy_taken_while_it_runs_is_whole(tmp_path, new_spool):
    spool = new_spool()
    fill(spool, 20)
    for path in tmp_path.glob("center.spool*"):
        shutil.copy(path, tmp_path / path.name.replace("center", "copy"))
    assert len(new_spool("copy.spool").pending()) == 20
    with sqlite3.connect(tmp_path / "copy.spool") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()

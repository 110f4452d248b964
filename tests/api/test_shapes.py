"""Documents read for the first time by many threads at once, as when 64 panes open their streams together."""

import re
import subprocess
import sys
from pathlib import Path

import wallclient.api

_MEET = """
import sys, threading
import msgspec
from wallclient.api import shapes

sys.setswitchinterval(1e-6)

class Inner(msgspec.Struct):
    a: int
    b: str = ""

def fresh():
    class Middle(msgspec.Struct):
        x: Inner | None = None
        y: dict[str, Inner] = {}

    class Outer(msgspec.Struct):
        i: Inner
        j: Middle
        k: list[Inner] = []

    globals()["Middle"] = Middle
    return Outer

RAW = b'{"i": {"a": 1}, "j": {"x": {"a": 2}, "y": {"q": {"a": 3}}}, "k": [{"a": 4}], "unknown": 1}'
read = 0
for _ in range(400):
    shape, gate, found = fresh(), threading.Barrier(6), []

    def meet():
        gate.wait()
        found.append(shapes.read(RAW, shape).j.y["q"].a)

    threads = [threading.Thread(target=meet) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    read += found.count(3)
print(read)
"""


def test_a_shape_that_many_threads_meet_at_once_is_read_by_all():
    done = subprocess.run([sys.executable, "-c", _MEET], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "2400"), done.stderr


def test_nobody_reads_a_reply_past_the_lock():
    folder = Path(wallclient.api.__file__).parent
    reads = re.compile(r"json\.decode\(|msgspec\.convert\(")
    past = [path.name for path in folder.glob("*.py") if reads.search(path.read_text("utf-8"))]
    assert past == []

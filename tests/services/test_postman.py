"""Deliveries against a way that refuses, loses and stumbles."""

from hashlib import sha256

import pytest

from wallclient.domain.errors import NotPermitted, Refused, ServerFailed
from wallclient.services.postman import LARGEST_CALL_BYTES, MOST_ENTRIES, Outcome, Postman, Receipt
from wallclient.storage.spool import Spool

PICTURE = b"\xff\xd8\xff picture"
DIGEST = sha256(PICTURE).hexdigest()


class Way:
    """Takes what it is given, but for keys in `bad`, and only with the pictures named."""

    def __init__(self):
        self.bad = {}
        self.trouble = None
        self.taken, self.calls, self.pictures = [], [], []

    def deliver(self, entries):
        self.calls.append([entry.key for entry in entries])
        if self.trouble:
            raise self.trouble
        if any(entry.key in self.bad for entry in entries):
            raise self.bad[next(entry.key for entry in entries if entry.key in self.bad)]
        missing = {entry.key for entry in entries if not set(entry.pictures) <= set(self.pictures)}
        self.taken += [entry.key for entry in entries if entry.key not in missing]
        return [
            Receipt(entry.key, Outcome.PICTURE_MISSING if entry.key in missing else Outcome.TAKEN) for entry in entries
        ]

    def upload(self, digest, picture):
        if self.trouble:
            raise self.trouble
        assert sha256(picture).hexdigest() == digest
        self.pictures.append(digest)


@pytest.fixture
def spool(tmp_path):
    spool = Spool(tmp_path / "x.spool")
    yield spool
    spool.close()


def fill(spool, *keys, kind="a", **options):
    for key in keys:
        spool.append(key, kind, "topic", b"body", **options)


def run_dry(spool, way):
    trips = []
    while True:
        trips.append(Postman(spool).go(way))
        if not trips[-1].more:
            return trips


def test_kinds_go_in_calls_of_their_own_in_order(spool):
    way = Way()
    fill(spool, "1", "2")
    fill(spool, "3", kind="b")
    fill(spool, "4")
    run_dry(spool, way)
    assert way.calls == [["1", "2"], ["3"], ["4"]]
    assert way.taken == ["1", "2", "3", "4"]


def test_calls_are_bounded(spool):
    way = Way()
    fill(spool, *(f"{n:04}" for n in range(MOST_ENTRIES + 3)))
    for n in range(3):
        spool.append(f"big-{n}", "a", "topic", bytes(LARGEST_CALL_BYTES * 2 // 3))
    run_dry(spool, way)
    assert [len(call) for call in way.calls] == [MOST_ENTRIES, 4, 1, 1]
    assert len(way.taken) == MOST_ENTRIES + 6


def test_one_that_spoils_a_call_is_found_and_set_aside(spool):
    way = Way()
    fill(spool, "1", "2", "3", "4")
    way.bad = {"2": Refused("bad", 400, "bad-body"), "4": NotPermitted("no", "own-handover")}
    (trip,) = run_dry(spool, way)
    assert way.taken == ["1", "3"]
    assert trip.refused == [("2", "bad-body"), ("4", "own-handover")]
    assert [(e.key, e.reason) for e in spool.aside()] == trip.refused
    assert spool.pending() == []


@pytest.mark.parametrize(
    "trouble", [ServerFailed("away"), NotPermitted("a portal's page"), Refused("a proxy", 413, "")]
)
def test_trouble_on_the_way_sets_nothing_aside(spool, trouble):
    way = Way()
    way.trouble = trouble
    fill(spool, "1", "2", pictures=[PICTURE])
    with pytest.raises(type(trouble)):
        Postman(spool).go(way)
    assert (len(spool.pending()), spool.aside()) == (2, [])
    way.trouble = None
    run_dry(spool, way)
    assert way.taken == ["1", "2"]


def test_a_picture_goes_once_and_before_its_record(spool):
    way = Way()
    fill(spool, "1", "2", pictures=[PICTURE])
    run_dry(spool, way)
    assert (way.pictures, way.taken) == ([DIGEST], ["1", "2"])
    fill(spool, "3", pictures=[PICTURE])
    way.pictures.clear()  # the center has lost it
    with pytest.raises(ServerFailed):  # no end otherwise; it is tried again after a pause
        Postman(spool).go(way)
    run_dry(spool, way)
    assert (way.pictures, way.taken) == ([DIGEST], ["1", "2", "3"])


def test_a_picture_that_is_gone_here_does_not_hold_up_the_rest(spool):
    way = Way()
    fill(spool, "1", pictures=[PICTURE])
    fill(spool, "2")
    spool._do(lambda db: db.execute("DELETE FROM picture"))
    run_dry(spool, way)
    assert way.taken == ["2"]
    assert [(e.key, e.reason) for e in spool.aside()] == [("1", "picture-lost")]

"""A real ZoneMinder for the tests of this folder: `make test-zoneminder`. Elsewhere they are skipped."""

import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "zoneminder"))

from zm_stories import Place, center  # noqa: F401 - a fixture

from tests.integration.zoneminder.server import VIEWER, NoZoneMinder
from tests.integration.zoneminder.stand import Stand

VARIABLE = "WALLCLIENT_TEST_ZONEMINDER"
CAPTURE_S = 60.0
_PATTERNS = (
    (r"continuouspantiltmove=0,0$", "stop"),
    (r"continuouspantiltmove=", "move"),
    (r"continuouszoommove=0$", ""),  # comes with the other stop
    (r"continuouszoommove=", "zoom"),
    (r"\?rpan=|\?rtilt=", "step"),
    (r"gotoserverpresetno=(\d+)", "recall "),
    (r"setserverpresetno=(\d+)", "store "),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip without the make target: a real server takes half a minute and 0.9 GB."""
    if os.environ.get(VARIABLE):
        return
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="a real ZoneMinder: make test-zoneminder"))


@pytest.fixture(scope="session")
def stand() -> Iterator[Stand]:
    """The real thing, capturing."""
    try:
        with Stand() as stand:
            began = time.monotonic()
            while "Connected" not in str(stand.server.sql("SELECT Status FROM Monitor_Status WHERE MonitorId=2")):
                assert time.monotonic() - began < CAPTURE_S, "monitor 2 never captured"
                time.sleep(0.2)
            yield stand
    except NoZoneMinder as err:
        pytest.fail(str(err))


@pytest.fixture
def place(stand: Stand) -> Place:
    """The real thing as the stories want it."""
    server = stand.server

    def heard() -> list[str]:
        some, stand.steered.heard[:] = stand.steered.heard[:], []
        return [word for path in some if (word := _word(path))]

    def revoke() -> None:
        ((now,),) = server.sql("SELECT UNIX_TIMESTAMP()")
        until = time.monotonic() + 10
        while server.sql("SELECT UNIX_TIMESTAMP()") == [[now]] and time.monotonic() < until:
            time.sleep(0.05)  # ZoneMinder counts by the second
        server.sql("UPDATE Users SET TokenMinExpiry=UNIX_TIMESTAMP() WHERE Username='admin'")

    return Place(server.base_url, server.user, server.password, *VIEWER, heard, revoke)


def _word(path: str) -> str:
    for pattern, word in _PATTERNS:
        match = re.search(pattern, path)
        if match:
            return word + match[1] if word.endswith(" ") else word
    return ""

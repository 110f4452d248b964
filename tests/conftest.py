"""For all tests: Qt draws offscreen, as no window is needed; garbage is collected on the main thread."""

import gc
import itertools
import os

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_COLLECT_EVERY = 25
_tests = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--center` say which adapters the conformance suite is run on: a kind, or kind=URL of a real server."""
    parser.addoption(
        "--center", action="append", metavar="KIND[=URL]", help="adapter for tests/conformance; repeatable"
    )


@pytest.fixture(autouse=True)
def _collect_on_the_main_thread():
    """As in the program (ui/collector.py): garbage with Qt objects in it must not be freed by a worker thread."""
    gc.disable()
    yield
    if next(_tests) % _COLLECT_EVERY == 0:
        gc.collect()

"""A ZoneMinder of our own, and clients of it."""

import pytest
from zm_double import ZoneMinder
from zm_stories import Place, center  # noqa: F401 - a fixture


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    """Look for news more often, and repeat stops sooner: the double has nothing else to do."""
    monkeypatch.setattr("wallclient.api.zoneminder.ptz.REPEAT_STOP_S", (0.15, 0.4))
    monkeypatch.setattr("wallclient.api.zoneminder.events.LOOK_EVERY_S", 0.05)


@pytest.fixture
def zm():
    with ZoneMinder() as double:
        yield double


@pytest.fixture
def place(zm):
    def heard() -> list[str]:
        some, zm.heard[:] = zm.heard[:], []
        return [word for _, name, rest in some if (word := _word(name, rest))]

    return Place(zm.base_url, zm.user, zm.password, zm.viewer, zm.viewer_password, heard, zm.revoke)


def _word(name: str, rest: dict[str, str]) -> str:
    if name == "zoomStop":
        return ""  # it comes with the other stop
    if name == "presetSet":
        return f"store {rest['preset']}"
    if name.startswith("presetGoto"):
        return f"recall {name.removeprefix('presetGoto')}"
    words = {"moveStop": "stop", "moveCon": "move", "moveRel": "step", "zoomCon": "zoom"}
    return next(word for start, word in words.items() if name.startswith(start))

"""What a center can't do is grey with its reason before anybody clicks; a key that is pressed all the same is told."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from window_fakes import FakeSession, FakeWall, channel

from tests.camera_list.list_files import row, write_csv
from tests.services.test_centers import MemoryStore, OneSource
from wallclient.api.center import Capabilities
from wallclient.camera_list.importer import read_list
from wallclient.demo.center import EmbeddedCenter
from wallclient.domain.catalog import ALL_RIGHTS, Right
from wallclient.domain.center_config import CenterConfig, Family, new_site
from wallclient.domain.errors import CameraOffline, NotAble
from wallclient.domain.notice import NoticeKind
from wallclient.domain.ptz import PtzAbility
from wallclient.services.abilities import Ability, Standing, abilities_of
from wallclient.services.centers import Centers
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.services.session import CenterSession
from wallclient.ui.ability_text import lack_of, standing_text
from wallclient.ui.background import Background
from wallclient.ui.centers_dialog import CentersDialog
from wallclient.ui.pane_commands import PaneCommands
from wallclient.ui.pane_menu import pane_menu
from wallclient.ui.playback_bar import BarState, PlaybackBar
from wallclient.ui.playback_lack import refused, with_lacks
from wallclient.ui.ptz_text import lack_text as ptz_lack
from wallclient.ui.shortcuts import SHORTCUTS, make_actions
from wallclient.ui.theme import metrics_for
from wallclient.ui.wall_widget import WallWidget

METRICS = metrics_for(1080)
LONG_S = 30.0
STATE = BarState("12:00:00", "2026-11-22", has_camera=True, chosen="0:01:00")


@pytest.fixture
def north():
    with EmbeddedCenter(16, media=OneSource()) as center:
        yield center


@pytest.fixture
def centers(loop, run, preferences, north, tmp_path: Path):
    """A list "l" and our own center "n", both connected."""
    centers = Centers(preferences, SecretKeeper(MemoryStore()), tmp_path / "data")
    site = replace(new_site(Family.LIST, "南岸站"), key="l")
    run(centers.makes.lists.keep("l", site.name, read_list(write_csv(tmp_path, row()))))

    async def add() -> None:
        centers.add(site)
        centers.add(CenterConfig("n", north.base_url, "北"))

    run(add())
    run(centers.log_in("n", north.user, north.password), LONG_S)
    run(lambda: centers.access("l").session.signed_in, LONG_S)
    yield centers
    run(centers.close(), LONG_S)


def camera(key: str, rights: int | None = None):
    return replace(channel(1), id=f"{key}/c1", rights=rights)


def test_the_table_of_a_center_says_what_it_can_do_and_why_not(qtbot, loop, centers):
    dialog = CentersDialog(centers, Background(loop), METRICS)
    qtbot.addWidget(dialog)
    table = dialog.abilities
    dialog.list.setCurrentRow(0)
    assert table.labels[Ability.PLAYBACK].toolTip() == "南岸站 has no recordings."
    assert table.labels[Ability.LIVE].toolTip() == "南岸站 can do this."
    assert "itself" in table.labels[Ability.SNAPSHOT].toolTip()
    assert not dialog.session_button.isEnabled(), "nobody logs in at a list"
    dialog.list.setCurrentRow(1)
    assert all("no" not in table.labels[ability].toolTip().split() for ability in (Ability.PTZ, Ability.PLAYBACK))
    assert dialog.session_button.isEnabled()


def test_a_center_nobody_is_signed_in_to_is_given_the_benefit_of_the_doubt(run, centers):
    assert lack_of(centers, "l/c1", Ability.PTZ) == "南岸站 steers no cameras."
    assert lack_of(centers, "n/c1", Ability.PTZ) == ""
    run(centers.log_out("l"))
    assert lack_of(centers, "l/c1", Ability.PTZ) == ""
    assert lack_of(centers, "gone/c1", Ability.PTZ) == ""


def test_the_bar_of_playback_is_grey_with_the_reason_and_gets_its_tips_back(qtbot, centers):
    bar = PlaybackBar(METRICS)
    qtbot.addWidget(bar)
    listed, own = camera("l"), camera("n", ALL_RIGHTS)
    bar.show_state(with_lacks(STATE, centers, listed, [listed]))
    for command, word in (("recorded_here", "recordings"), ("bookmark", "bookmarks"), ("export", "files")):
        assert not bar.buttons[command].isEnabled(), command
        assert word in bar.buttons[command].toolTip()
        assert "南岸站" in bar.buttons[command].toolTip()
    bar.show_state(with_lacks(STATE, centers, own, [listed, own]))
    for command in ("recorded_here", "bookmark", "export"):
        assert bar.buttons[command].isEnabled(), command
        assert bar.buttons[command].toolTip() == bar.buttons[command].accessibleName()
    bar.show_state(
        with_lacks(STATE, centers, camera("n", ALL_RIGHTS & ~Right.EXPORT.bit), [camera("n", Right.VIEW.bit)])
    )
    assert "Export" in bar.buttons["export"].toolTip()
    assert not bar.buttons["export"].isEnabled()


def test_a_key_that_asks_all_the_same_is_told_why_and_nothing_else_happens(centers):
    told = []
    assert refused(centers, camera("l"), Ability.PLAYBACK, told.append)
    assert told[0].detail == "南岸站 has no recordings."
    assert not refused(centers, camera("n"), Ability.PLAYBACK, told.append)
    assert not refused(centers, None, Ability.PLAYBACK, told.append)
    assert len(told) == 1


def test_steering_is_grey_in_the_menu_of_a_pane_whose_center_steers_nothing(qtbot, loop, centers, preferences):
    wall = FakeWall("4")
    widget = WallWidget(wall)
    window = QWidget()
    for one in (widget, window):
        qtbot.addWidget(one)
    commands = PaneCommands(wall, widget, centers, preferences, Background(loop))
    handlers = dict.fromkeys((shortcut.command for shortcut in SHORTCUTS), lambda: None)
    actions = make_actions(window, widget, handlers)
    for key, enabled in (("l", False), ("n", True)):
        wall.panes[0].show(camera(key))
        menu = pane_menu(wall.panes[0], actions, commands, window)
        entry = next(a for a in menu.actions() if a.text().startswith(actions["ptz_mode"].text()))
        assert entry.isEnabled() is enabled
        assert ("steers no cameras" in entry.text()) is not enabled


class _Center:
    def __init__(self, **can: bool) -> None:
        self.capabilities = Capabilities(**can)
        self.base_url = "test:"


@pytest.mark.parametrize(
    ("can", "ability", "standing"),
    [
        ({"ptz": True}, Ability.CRUISES, Standing.CENTER),
        ({"ptz": True, "cruises": False}, Ability.CRUISES, Standing.PROGRAM),
        ({"ptz": True, "cruises": False, "presets": False}, Ability.CRUISES, Standing.NOBODY),
        ({}, Ability.PRESETS, Standing.NOBODY),
        ({"recordings": True}, Ability.EXPORT, Standing.CENTER),
        ({"recordings": True, "export": False}, Ability.EXPORT, Standing.NOBODY),
        ({"recordings": True}, Ability.BOOKMARKS, Standing.NOBODY),
        ({"live": False}, Ability.LIVE, Standing.NOBODY),
        ({}, Ability.SNAPSHOT, Standing.PROGRAM),
    ],
)
def test_who_does_it_follows_from_what_the_adapter_says(can, ability, standing):
    assert abilities_of(_Center(**can))[ability] is standing


def test_every_lack_is_a_sentence_of_its_own(qapp):
    said = {standing_text(ability, Standing.NOBODY, "X") for ability in Ability}
    assert len(said) == len(Ability)
    assert all("X" in text and text.endswith(".") for text in said)


class _Forcing(FakeSession):
    """Centers whose one center raises alarms by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.capabilities = replace(self.capabilities, forced_alarms=True)
        self.forced, self.refuses = [], False

    async def force_alarm(self, channel_id, on):
        if self.refuses:
            raise CameraOffline("no")
        self.forced.append((channel_id, on))


def test_an_alarm_is_raised_by_hand_where_the_center_can_and_what_came_of_it_is_said(
    qtbot, run, loop, centers, preferences
):
    wall, forcing = FakeWall("4"), _Forcing()
    widget, window = WallWidget(wall), QWidget()
    for one in (widget, window):
        qtbot.addWidget(one)
    handlers = dict.fromkeys((shortcut.command for shortcut in SHORTCUTS), lambda: None)
    actions = make_actions(window, widget, handlers)
    told = []
    commands = PaneCommands(wall, widget, forcing, preferences, Background(loop))
    commands.noticed.connect(told.append)
    wall.panes[0].show(camera("main"))
    menu = pane_menu(wall.panes[0], actions, commands, window)
    alarms = next(action.menu() for action in menu.actions() if action.text() == "Alarm by hand")
    for action in alarms.actions():
        action.trigger()
    run(lambda: len(told) == 2, LONG_S)
    assert forcing.forced == [("main/c1", True), ("main/c1", False)]
    assert [notice.kind for notice in told] == [NoticeKind.ALARM_FORCED, NoticeKind.ALARM_TAKEN_BACK]
    forcing.refuses = True
    alarms.actions()[0].trigger()
    run(lambda: len(told) == 3, LONG_S)
    assert isinstance(told[-1].error, CameraOffline)
    others = PaneCommands(wall, widget, centers, preferences, Background(loop))
    wall.panes[0].show(camera("n"))
    texts = [action.text() for action in pane_menu(wall.panes[0], actions, others, window).actions()]
    assert "Alarm by hand" not in texts
    with pytest.raises(NotAble):
        run(centers.force_alarm("n/c1", True))


def test_the_panel_says_that_it_is_the_center_which_steers_nothing(qapp):
    err = NotAble("the center moves no cameras")  # as `services.session` refuses
    assert ptz_lack(err, PtzAbility.PAN_TILT) == "The camera's center steers no cameras."
    assert ptz_lack(NotAble("no such ability"), PtzAbility.PAN_TILT) == "This camera can't do this."
    session = CenterSession(_Center())
    with pytest.raises(NotAble) as refused:
        _ = session.ptz_center
    assert refused.value.args == err.args

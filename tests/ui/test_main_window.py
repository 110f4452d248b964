"""The window as an operator uses it, with a wall and a center in memory."""

from collections import Counter
from datetime import datetime

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QAction, QImage, QImageWriter, QKeySequence
from PySide6.QtWidgets import QDialog, QPushButton
from window_fakes import FakeSession, FakeWall, channel

from wallclient.domain.errors import ServerFailed
from wallclient.domain.layout import LAYOUTS
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.domain.pane import PaneState
from wallclient.domain.settings import SnapshotFormat
from wallclient.domain.view import View
from wallclient.services.snapshots import safe_file_name, snapshot_path
from wallclient.ui.dialogs import KeysDialog
from wallclient.ui.login_dialog import LogInDialog
from wallclient.ui.pane_menu import pane_menu
from wallclient.ui.shortcuts import SHORTCUTS, Where
from wallclient.ui.theme import metrics_for
from wallclient.ui.views_dialog import ViewsDialog
from wallclient.ui.window_needs import WindowNeeds
from wallclient.ui.windows import Windows


def picture() -> QImage:
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    return image


def png() -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.ReadWrite)
    QImageWriter(buffer, QByteArray(b"png")).write(picture())
    return bytes(buffer.data().data())


def key(qtbot, window, sequence: str) -> None:
    qtbot.keySequence(window.wall_widget, QKeySequence(sequence))


def fill(window) -> None:
    for index, pane in enumerate(window.wall.panes):
        pane.show(channel(index))
        pane.feed(picture())


# Keys


def test_every_key_stands_once_in_the_table_and_once_in_the_window(window):
    keys = [key for shortcut in SHORTCUTS for key in shortcut.keys]
    assert [key for key, count in Counter(keys).items() if count > 1] == []
    assert all(not QKeySequence(key).isEmpty() for key in keys)
    bound = {action.shortcut().toString() for action in window.findChildren(QAction) if not action.shortcut().isEmpty()}
    assert bound == {QKeySequence(shortcut.keys[0]).toString() for shortcut in SHORTCUTS}
    for shortcut in SHORTCUTS:
        owner = window.wall_widget if shortcut.where is Where.WALL else window
        assert window.actions_by_command[shortcut.command] in owner.actions()


def test_f1_shows_the_whole_table(qtbot, window):
    key(qtbot, window, "F1")
    dialog = window.findChild(KeysDialog)
    labels = {label.text() for label in dialog.findChildren(type(window.strip.clock_label))}
    assert {shortcut.text for shortcut in SHORTCUTS} <= labels
    dialog.accept()


def test_keys_do_what_the_table_says(qtbot, window, wall):
    fill(window)
    key(qtbot, window, "Right")
    assert wall.selected == 1
    key(qtbot, window, "Down")
    assert wall.selected == 3
    key(qtbot, window, "Return")
    assert wall.spot == 3
    key(qtbot, window, "Esc")
    assert wall.spot is None
    key(qtbot, window, "Del")
    assert wall.panes[3].channel is None
    key(qtbot, window, "R")
    assert wall.panes[3].retries == 1
    key(qtbot, window, "Shift+Del")
    assert all(pane.channel is None for pane in wall.panes)
    key(qtbot, window, "Ctrl+4")
    assert wall.layout.id == "16"
    key(qtbot, window, "Ctrl+Right")
    assert wall.layout.id == "25"


def test_sound_is_only_for_cameras_that_have_some(qtbot, window, wall):
    fill(window)
    key(qtbot, window, "M")
    assert wall.audible == 0
    key(qtbot, window, "M")
    assert wall.audible is None
    wall.select(1)
    key(qtbot, window, "M")
    assert wall.audible is None
    assert "has no audio" in window.toasts.texts[-1]


def test_zoom_keys_and_figures(qtbot, window, wall, preferences):
    fill(window)
    qtbot.waitUntil(lambda: window.wall_widget.views[0].live, timeout=10_000)
    key(qtbot, window, "+")
    assert window.wall_widget.zoom(0).factor == 1.25
    key(qtbot, window, "0")
    assert not window.wall_widget.zoom(0).active
    key(qtbot, window, "I")
    assert preferences.settings.show_info
    assert window.bar.buttons["info"].isChecked()


def test_full_screen_leaves_only_the_wall(qtbot, window):
    key(qtbot, window, "F11")
    assert window.isFullScreen()
    assert not window.bar.isVisible()
    assert not window.tree_panel.isVisible()
    key(qtbot, window, "Esc")
    assert not window.isFullScreen()
    assert window.tree_panel.isVisible()


# Layouts and views


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.id)
def test_the_bar_has_a_button_for_every_layout(qtbot, window, wall, layout):
    button = window.bar.buttons[f"layout:{layout.id}"]
    button.click()
    assert wall.layout is layout
    assert button.isChecked()


def test_a_view_is_saved_opened_and_restored(qtbot, run, window, wall, library):
    wall.show(2, channel(42))
    window._save_view("夜间")
    assert library.get("夜间").channel_ids == (None, None, "ch-42", None)
    wall.set_layout(LAYOUTS[0])
    window.bar.fill_views_menu()
    window.bar.views_menu.actions()[0].trigger()
    run(lambda: wall.layout.id == "4" and wall.panes[2].channel is not None)
    assert wall.panes[2].channel.id == "ch-42"


def test_the_views_dialog_renames_deletes_and_marks(qtbot, window, library):
    for name in ("a", "b"):
        library.save(View(name, "1", (None,)))
    dialog = ViewsDialog(library, metrics_for(1080), window)
    qtbot.addWidget(dialog)
    dialog.list.setCurrentRow(1)
    dialog.default_button.click()
    assert library.default_name == "b"
    dialog.delete_button.click()
    question = dialog.findChildren(QDialog)[0]
    question.accept()
    assert library.names == ["a"]
    with qtbot.waitSignal(dialog.open_requested) as opened:
        dialog.open_button.click()
    assert opened.args == ["a"]


def test_a_view_waits_for_the_log_in(qtbot, run, window, wall, session):
    session.signed_in = False
    window.apply(View("x", "1", ("ch-5",)))
    assert window.current_view().channel_ids == ("ch-5",)
    run(session.log_in("main", "zhang", "secret"))
    run(lambda: wall.panes[0].channel is not None)
    assert wall.layout.id == "1"


# Cameras into panes


def test_enter_in_the_tree_fills_the_selected_pane_and_moves_on(qtbot, run, window, wall):
    nodes = window._needs.centers.tree.children["d0-s0"]
    window.tree_view.nodes_wanted.emit([nodes[1]])
    window.tree_view.nodes_wanted.emit([nodes[2]])
    assert [pane.channel.id if pane.channel else None for pane in wall.panes] == ["ch-1", "ch-2", None, None]
    assert wall.selected == 2


def test_a_station_is_spread_over_the_panes_and_says_what_found_no_room(qtbot, run, window, wall):
    station = window._needs.centers.tree.children["d0"][0]
    window.commands.place(0, [station])
    assert any(station.name in text for text in window.toasts.texts), "progress is shown at once"
    run(lambda: wall.panes[3].channel is not None)
    assert [pane.channel.id for pane in wall.panes] == ["ch-0", "ch-1", "ch-2", "ch-3"]
    assert any("4 of 12" in text for text in window.toasts.texts)


def test_asking_for_a_station_can_be_cancelled(qtbot, run, window, wall):
    station = window._needs.centers.tree.children["d0"][0]
    window.commands.place(0, [station])
    window.toasts._toasts[-1].cancel_button.click()
    run(lambda: not window._background.busy)
    assert all(pane.channel is None for pane in wall.panes)
    assert not any(station.name in text for text in window.toasts.texts)


# Snapshots


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("解放碑 东口/球机:1", "解放碑 东口_球机_1"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\x00b\nc", "a_b_c"),
        ("  . ", "camera"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("x" * 400, "x" * 150),
        ("好" * 100, "好" * 50),
        ("evil\u202egnp.exe", "evil_gnp.exe"),
    ],
)
def test_camera_names_become_safe_file_names(name, safe):
    assert safe_file_name(name) == safe


def test_a_second_snapshot_in_the_same_second_gets_a_number(tmp_path):
    taken = datetime(2026, 11, 22, 14, 3, 22).astimezone()
    first = snapshot_path(tmp_path, "甲", taken, "png")
    first.touch()
    assert first.name == "甲 2026-11-22 14-03-22.png"
    assert snapshot_path(tmp_path, "甲", taken, "png").name == "甲 2026-11-22 14-03-22 (2).png"


@pytest.mark.parametrize(("file_format", "suffix"), [(SnapshotFormat.PNG, ".png"), (SnapshotFormat.JPEG, ".jpg")])
def test_a_snapshot_is_stamped_below_the_picture(qtbot, run, window, wall, preferences, tmp_path, file_format, suffix):
    preferences.change(snapshot_format=file_format)
    wall.snapshot_png = png()
    fill(window)
    run(window.commands.snapshot(0))
    (path,) = (tmp_path / "pictures").iterdir()
    assert path.suffix == suffix
    assert str(path) in window.toasts.texts[-1]
    image = QImage(str(path))
    assert image.width() == 640
    assert image.height() > 370
    assert abs(image.pixelColor(5, 355).green() - 128) < 6, "the picture itself is untouched"
    strip = {image.pixel(x, y) for x in range(0, 640, 2) for y in range(362, image.height())}
    assert len(strip) > 20, "there is text"


def test_no_snapshot_without_a_live_picture(qtbot, run, window, wall, tmp_path):
    wall.show(0, channel(1))
    run(window.commands.snapshot(0))
    assert "shows no picture" in window.toasts.texts[-1]
    fill(window)
    run(window.commands.snapshot(0))
    assert "No snapshot of" in window.toasts.texts[-1], "bytes that are no picture"
    assert not (tmp_path / "pictures").exists()


# Log-in, notices, menu


def test_the_log_in_dialog_says_what_went_wrong_and_closes_when_it_went_right(qtbot, run, window, session):
    session.signed_in = False
    key(qtbot, window, "Ctrl+L")
    dialog = window.findChild(LogInDialog)
    dialog.user_box.setEditText("zhang")
    dialog.password_edit.setText("wrong")
    qtbot.mouseClick(dialog.log_in_button, Qt.MouseButton.LeftButton)
    run(lambda: dialog.log_in_button.isEnabled() and dialog._error.text() != "")
    assert "password is wrong" in dialog._error.text()
    assert dialog.isVisible()
    dialog.password_edit.setText("secret")
    dialog.accept()
    run(lambda: not dialog.isVisible())
    assert session.signed_in
    assert window.strip.operator_label.text() == "zhang"


def test_a_lost_center_is_told_once_and_its_return_takes_the_place(qtbot, window, session):
    session.reachable = False
    session.state_changed.emit()
    session.state_changed.emit()
    assert [text for text in window.toasts.texts if session.title in text] == [
        f"{session.title} does not answer. Trying again."
    ]
    session.reachable = True
    session.state_changed.emit()
    assert [text for text in window.toasts.texts if session.title in text] == [f"{session.title} is back."]


def test_toasts_stay_few_and_inside_the_wall(qtbot, window):
    for number in range(9):
        window.notify(
            Notice(str(number), NoticeKind.FAILED, NoticeLevel.ERROR, f"camera {number}", error=ServerFailed())
        )
    assert len(window.toasts.texts) == 4
    assert "camera 8" in window.toasts.texts[-1]
    for toast in window.toasts._toasts:
        assert window.wall_widget.rect().contains(toast.geometry())


def test_the_menu_is_grey_where_nothing_can_be_done(window, wall):
    menu = pane_menu(wall.panes[0], window.actions_by_command, window.commands, window)
    enabled = {action.text() for action in menu.actions() if action.isEnabled() and action.text()}
    assert enabled == {"Enlarge the pane, and back", "Stream information"}
    fill(window)
    menu = pane_menu(wall.panes[0], window.actions_by_command, window.commands, window)
    assert all(action.isEnabled() for action in menu.actions())


def test_the_strip_counts_panes(window, wall):
    fill(window)
    wall.panes[1].set_state(PaneState.STALLED)
    window.strip.refresh()
    assert window.strip.panes_label.text() == "3 of 4 panes playing"
    assert window.strip.trouble_label.text() == "1 without picture"


# Windows


@pytest.fixture
def windows(qtbot, loop, session, library, preferences):
    walls = []

    def new_wall() -> FakeWall:
        walls.append(FakeWall("4"))
        return walls[-1]

    windows = Windows(new_wall, WindowNeeds(session, library, preferences, metrics_for(1080), loop))
    windows.walls = walls
    yield windows
    windows.close_all()


def test_each_window_has_its_own_wall_and_the_last_one_ends_the_program(qtbot, windows, library):
    first = windows.open()
    first.new_window_requested.emit()
    second = windows.windows[1]
    assert first.wall is not second.wall
    first.close()
    assert windows.walls[0].is_shut_down
    with qtbot.waitSignal(windows.all_closed):
        second.close()
    assert len(library.start_views) == 1


def test_windows_come_back_with_what_they_showed(qtbot, run, windows, session, library):
    windows.open().wall.show(1, channel(7))
    windows.open().wall.set_layout(LAYOUTS[0])
    windows.close_all()
    assert windows.windows == []
    again = windows.open_saved()
    run(lambda: again[0].wall.panes[1].channel is not None and again[1].wall.layout.id == "1")
    assert again[0].wall.panes[1].channel.id == "ch-7"


def test_a_session_that_ended_asks_for_the_password_once(qtbot, windows, session: FakeSession):
    window = windows.open()
    session.sign_in_needed.emit(session.key)
    session.sign_in_needed.emit(session.key)
    dialogs = window.findChildren(LogInDialog)
    assert len(dialogs) == 1
    dialogs[0].findChildren(QPushButton)[-1].click()

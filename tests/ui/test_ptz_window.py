"""What a window says of PTZ: in panes, in the panel, in dialogs; and what the dialogs do."""

import subprocess
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ptz_stage import FIRST, SECOND, camera, picture
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from wallclient.devices.joystick_source import Moved, Plugged
from wallclient.domain.errors import CameraHeld
from wallclient.domain.joystick import AxisUse, ButtonAction, Drive, JoystickDevice, JoystickReading
from wallclient.domain.layout import layout_by_id
from wallclient.domain.ptz import (
    Cruise,
    CruisePoint,
    Holder,
    Preset,
    PresetsChanged,
    PtzAbility,
    PtzStatus,
    TakeOver,
    Tier,
    Velocity,
    may_take,
)
from wallclient.services.hand import HandState
from wallclient.ui.joystick_dialog import JoystickDialog
from wallclient.ui.pane_geometry import NO_ZOOM, Zoom, zoomed
from wallclient.ui.ptz_cruise_dialog import PtzCruiseDialog
from wallclient.ui.ptz_drawing import ALARM
from wallclient.ui.ptz_geometry import box_area, combined, pad_vector, point_area, vector
from wallclient.ui.ptz_holder_box import ReasonDialog
from wallclient.ui.ptz_lock import DBusScreenLock
from wallclient.ui.ptz_pilot import Hold
from wallclient.ui.ptz_text import Tone

ALL = frozenset(PtzAbility)
LOW = Holder("王强", "解放碑派出所", Tier.STATION, 10, is_reserved=True, seconds_left=40, is_me=False)
HIGH = Holder("李明", "市局指挥中心", Tier.CITY, 99, is_reserved=False, seconds_left=4, is_me=False)
ME = Holder("张警官", "渝中区分局", Tier.DISTRICT, 50, is_reserved=True, seconds_left=60, is_me=True)


def dialog(stage, kind: type[QDialog]) -> QDialog:
    """Wait for a dialog of the window and return it."""
    stage.run(lambda: [d for d in stage.window.findChildren(kind) if d.isVisible()])
    return next(d for d in stage.window.findChildren(kind) if d.isVisible())


def lines(stage, index: int = 0) -> list[str]:
    return [line.text for line in stage.widget.views[index].ptz.lines]


def alarm_pixels(stage, index: int = 0) -> int:
    """Count the pixels of a pane that have the colour of an alarm."""
    image = stage.widget.grab(stage.widget.pane_rect(index)).toImage().convertToFormat(QImage.Format.Format_RGB32)
    wanted = ALARM.rgb()
    return sum(image.pixel(x, y) == wanted for y in range(image.height()) for x in range(0, image.width(), 2))


# --- in the pane ---


@pytest.mark.parametrize("layout", ["1", "64"])
def test_a_stop_that_is_not_confirmed_is_red_in_the_pane_until_it_is(steered, layout):
    steered.wall.set_layout(layout_by_id(layout))
    steered.show(0, camera(FIRST))
    steered.window.toggle_ptz_panel()
    steered.known()
    steered.center.lose_every = 1
    steered.helm.move(FIRST, Velocity(pan=1))
    steered.helm.release_all("test")
    assert alarm_pixels(steered) == 0
    steered.run(lambda: steered.widget.views[0].ptz.is_alarm)
    assert "not confirmed" in steered.panel.holder.holder.text()
    rect = steered.widget.pane_rect(0)
    assert alarm_pixels(steered) > rect.width() * 5  # half the pixels were counted: a band, not only a frame
    for color in ("#a00000", "#104010"):  # new pictures take the short path of painting
        steered.wall.panes[0].feed(picture(color))
        steered.widget._on_tick()
        assert alarm_pixels(steered) > rect.width() * 5
    steered.wall.panes[0].set_state(steered.wall.panes[0].state.STALLED)
    assert alarm_pixels(steered) > rect.width() * 5, "a picture that stands still says nothing of the camera"
    steered.center.lose_every = 0
    steered.run(lambda: steered.helm.ptz_of(FIRST).hand is HandState.IDLE and not lines(steered))
    assert alarm_pixels(steered) == 0


def test_a_stop_that_is_not_confirmed_is_told_when_no_pane_shows_the_camera(steered):
    steered.known()
    steered.center.lose_every = 1
    steered.pilot.steer(Hold.PAD, Velocity(pan=1))
    steered.wall.close(0)
    steered.run(lambda: steered.helm.unconfirmed() == [FIRST])
    steered.run(lambda: any("not confirmed" in text for text in steered.window.toasts.texts))
    assert any(camera(FIRST).name in text for text in steered.window.toasts.texts)
    steered.wall.show(1, camera(FIRST))
    steered.window.ptz._remind_if_hidden()
    assert not steered.window.ptz._reminder.isActive(), "a pane shows it again"
    steered.center.lose_every = 0


def test_the_holder_is_named_in_every_pane_that_shows_the_camera(steered):
    steered.show(3, camera(FIRST))
    steered.known()
    steered.tell(PtzStatus(ALL, holder=HIGH))
    for index in (0, 3):
        assert lines(steered, index) == ["Held by 李明 · 市局指挥中心"]
        assert steered.widget.views[index].plain is False
    assert lines(steered, 1) == []
    steered.tell(PtzStatus(ALL, holder=ME))
    assert lines(steered) == ["Reserved by you"]
    steered.tell(PtzStatus(ALL))
    assert lines(steered) == []
    assert steered.widget.views[0].plain is True


def test_who_lost_the_camera_is_told_who_took_it_and_why(steered):
    steered.enter()
    QTest.keyPress(steered.widget, Qt.Key.Key_Right)
    steered.run(lambda: not steered.stands())
    steered.tell(PtzStatus(ALL, holder=HIGH), taken=TakeOver("李明", "市局指挥中心", "处置突发警情"))
    steered.run(steered.stands)
    assert lines(steered) == ["Taken over by 李明 · 市局指挥中心: 处置突发警情"]
    assert steered.widget.views[0].ptz.lines[0].tone is Tone.WARNING
    assert any("处置突发警情" in text and camera(FIRST).name in text for text in steered.window.toasts.texts)
    QTest.keyRelease(steered.widget, Qt.Key.Key_Right)


def test_the_cruise_that_runs_is_named_in_the_pane(steered):
    steered.center.kept_cruises["k1"] = Cruise("k1", "夜间巡航", (CruisePoint(1),))
    steered.known()
    steered.tell(PtzStatus(ALL, cruise_id="k1"))
    steered.run(lambda: lines(steered) == ["Cruise: 夜间巡航"])


def test_lines_stay_within_the_smallest_pane(steered):
    steered.wall.set_layout(layout_by_id("64"))
    steered.show(0, camera(FIRST))
    steered.known()
    taken = TakeOver("李明", "市局指挥中心", "处置突发警情" * 10)
    steered.tell(PtzStatus(ALL, holder=LOW, cruise_id="k1"), taken=taken)
    view = steered.widget.views[0]
    overlay = view.ptz_lines()
    assert overlay.width() == view.ptz_rect.width()
    assert 0 < overlay.height() <= view.ptz_rect.height() // 2


# --- the panel ---


@pytest.fixture
def panel(steered):
    steered.window.toggle_ptz_panel()
    steered.known()
    return steered.panel


def test_the_panel_reserves_and_releases(steered, panel):
    holder = panel.holder
    assert holder.holder.text() == "Free"
    assert holder.reserve_button.text() == "Reserve"
    holder.reserve_button.click()
    steered.run(lambda: steered.center.called("reserve"))
    steered.tell(PtzStatus(ALL, holder=ME))
    assert holder.reserve_button.text() == "Release"
    assert "60 s left" in holder.holder.text()
    holder.reserve_button.click()
    steered.run(lambda: steered.center.called("release"))


def test_a_camera_is_taken_from_a_lower_priority_with_a_reason_only(steered, panel):
    steered.session.operator.__class__.tier, steered.session.operator.__class__.priority = Tier.DISTRICT, 50
    steered.tell(PtzStatus(ALL, holder=LOW))
    assert not panel.holder.reserve_button.isEnabled()
    assert panel.holder.take_button.isEnabled()
    panel.holder.take_button.click()
    asked = dialog(steered, ReasonDialog)
    take = next(b for b in asked.buttons.buttons() if b.text() == "Take over")
    assert not take.isEnabled()
    asked._edit.setText("  寻找走失儿童 ")
    take.click()
    steered.run(lambda: steered.center.called("reserve"))
    assert steered.center.called("reserve")[0][2] == "寻找走失儿童"
    steered.tell(PtzStatus(ALL, holder=HIGH))
    assert not panel.holder.take_button.isEnabled()
    assert "higher priority" in panel.holder.take_button.toolTip()
    assert "李明 · 市局指挥中心 (City)" in panel.holder.holder.text()


@given(
    st.sampled_from(Tier),
    st.integers(0, 100),
    st.sampled_from(Tier),
    st.integers(0, 100),
)
def test_of_two_operators_one_at_most_may_take_from_the_other(tier, priority, other_tier, other_priority):
    mine = Holder("a", "", tier, priority, False, 1.0, False)
    others = Holder("b", "", other_tier, other_priority, False, 1.0, False)
    assert not (may_take("a", tier, priority, others) and may_take("b", other_tier, other_priority, mine))
    assert may_take("a", Tier.CITY, 0, Holder("b", "", Tier.DISTRICT, 100, False, 1.0, False))
    assert may_take("a", tier, priority, mine)  # at another workstation


def test_what_a_camera_keeps_itself_is_started_and_stopped_by_number(steered, panel):
    for ability in (PtzAbility.STORED_CRUISES, PtzAbility.SCANS):
        menu = panel.stored[ability]
        assert menu.menuAction().isVisible()
        menu.actions()[2].trigger()
        menu.actions()[-1].trigger()
    steered.run(lambda: len(steered.center.called("switch")) == 4)
    assert set(steered.center.called("switch")) == {
        ("c3", ability, *what)
        for ability in (PtzAbility.STORED_CRUISES, PtzAbility.SCANS)
        for what in ((True, 3), (False, 1))
    }
    steered.tell(PtzStatus(frozenset({PtzAbility.PAN_TILT, PtzAbility.AUXILIARY})))
    assert not any(menu.menuAction().isVisible() for menu in panel.stored.values())


def test_switches_tell_the_camera_and_a_refusal_is_said(steered, panel):
    panel.switches[PtzAbility.WIPER].click()
    steered.run(lambda: steered.center.called("switch"))
    assert steered.center.called("switch") == [("c3", PtzAbility.WIPER, True, 0)]
    panel.auxiliary.menu().actions()[3].trigger()
    steered.run(lambda: len(steered.center.called("switch")) == 2)
    assert steered.center.called("switch")[1] == ("c3", PtzAbility.AUXILIARY, False, 2)
    steered.center.call_refusal = CameraHeld("held", HIGH)
    panel.switches[PtzAbility.LIGHT].click()
    steered.run(lambda: any("李明" in text for text in steered.window.toasts.texts))
    steered.run(lambda: not panel.switches[PtzAbility.LIGHT].isChecked())


# --- presets ---


@pytest.fixture
def presets(steered):
    for number, name in ((1, "东门"), (2, "=南门<b>"), (5, "广场")):
        steered.center.kept_presets[number] = Preset(number, name)
    steered.session.presets_changed.emit(PresetsChanged(FIRST))
    steered.window.toggle_ptz_panel()
    steered.run(lambda: steered.panel.presets.count() == 3)
    return steered.panel.presets


def test_a_click_on_a_preset_goes_there(steered, presets):
    rect = presets.visualItemRect(presets.item(1))
    QTest.mouseClick(presets.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    steered.run(lambda: steered.center.called("recall_preset"))
    assert steered.center.called("recall_preset")[0][:2] == ("c3", 2)
    assert steered.widget.hasFocus()


def test_a_preset_is_added_with_the_picture_of_the_pane(steered, presets):
    steered.wall.panes[0].feed(picture("#c02040"))
    steered.panel.add_button.click()
    asked = dialog(steered, QDialog)
    asked._edit.setText("北门")
    asked.accept()
    steered.run(lambda: presets.count() == 4)
    kept = steered.center.kept_presets[3]
    assert kept.name == "北门"
    jpeg = QImage.fromData(steered.center.pictures[kept.picture_id], "JPEG")
    assert jpeg.width() == 320
    assert jpeg.pixelColor(160, 90).red() > 170
    row = [presets.item(i).data(Qt.ItemDataRole.UserRole) for i in range(4)].index(3)

    def shows_picture() -> bool:
        drawn = presets.item(row).data(Qt.ItemDataRole.UserRole + 1).toImage()
        return drawn.pixelColor(drawn.width() // 2, drawn.height() // 2).red() > 170

    steered.run(shows_picture)


def test_presets_are_renamed_overwritten_and_deleted_after_asking(steered, presets):
    menu = {action.text(): action for action in presets.menu(Preset(2, "=南门<b>")).actions() if action.text()}
    menu["Rename…"].trigger()
    asked = dialog(steered, QDialog)
    asked._edit.setText("南门")
    asked.accept()
    steered.run(lambda: steered.center.kept_presets[2].name == "南门")
    menu["Delete…"].trigger()
    dialog(steered, QDialog).reject()
    menu["Overwrite with the present position…"].trigger()
    dialog(steered, QDialog).accept()
    steered.run(lambda: ("c3", 2) in {call[:2] for call in steered.center.called("save_preset_picture")})
    menu["Delete…"].trigger()
    dialog(steered, QDialog).accept()
    steered.run(lambda: 2 not in steered.center.kept_presets)
    steered.run(lambda: presets.count() == 2)


def test_what_was_asked_for_one_camera_is_not_done_to_another(steered, presets):
    menu = {action.text(): action for action in presets.menu(Preset(2, "x")).actions() if action.text()}
    menu["Delete…"].trigger()
    asked = dialog(steered, QDialog)
    steered.wall.select(1)
    asked.accept()
    steered.run(lambda: steered.helm.ptz_of(SECOND).status is not None)
    assert not steered.center.called("delete_preset")


# --- cruises ---


def test_a_cruise_is_ordered_by_dragging_and_its_points_changed(qtbot, steered):
    presets = [Preset(n, f"点{n}") for n in (1, 2, 3)]
    points = tuple(CruisePoint(n, 10.0 * n, 0.5) for n in (1, 2, 3))
    editor = PtzCruiseDialog(Cruise("k", "日间", points), presets, steered.window._needs.metrics)
    qtbot.addWidget(editor)
    model = editor.list.model()
    assert model.moveRow(editor.list.rootIndex(), 0, editor.list.rootIndex(), 3)  # as a drop to the end does
    assert [point.preset for point in editor.points] == [2, 3, 1]
    editor.list.setCurrentRow(2)
    editor.dwell_spin.setValue(45)
    editor.speed_spin.setValue(80)
    assert editor.points[2] == CruisePoint(1, 45.0, 0.8)
    assert editor.points[0] == points[1]
    editor.list.setCurrentRow(0)
    editor.remove_button.click()
    editor.preset_box.setCurrentIndex(1)
    editor.add_button.click()
    assert [point.preset for point in editor.points] == [3, 1, 2]
    editor.name_edit.setText(" ")
    assert not editor._save.isEnabled()


def test_cruises_are_made_started_marked_stopped_and_deleted(steered):
    steered.center.kept_presets[1] = Preset(1, "东门")
    steered.window.toggle_ptz_panel()
    steered.known()
    steered.panel.show_page(1)
    cruises = steered.panel.cruises
    steered.run(lambda: steered.presets.known(FIRST))
    cruises.new_button.click()
    editor = dialog(steered, PtzCruiseDialog)
    editor.name_edit.setText("夜间")
    editor.add_button.click()
    editor.accept()
    steered.run(lambda: cruises.list.count() == 1)
    assert steered.center.kept_cruises["k1"].points == (CruisePoint(1),)
    cruises.start_button.click()
    steered.run(lambda: ("c3", "k1") in steered.center.called("run_cruise"))
    steered.tell(PtzStatus(ALL, cruise_id="k1"))
    assert not cruises.start_button.isEnabled()
    assert cruises.stop_button.isEnabled()
    assert cruises.list.item(0).foreground().color().name() == "#35b57f"
    cruises.stop_button.click()
    steered.run(lambda: ("c3", None) in steered.center.called("run_cruise"))
    cruises.delete_button.click()
    dialog(steered, QDialog).accept()
    steered.run(lambda: cruises.list.count() == 0)


# --- joystick page ---


def test_the_joystick_page_shows_axes_live_and_keeps_what_was_set(steered, qtbot):
    device = JoystickDevice(1, 0x046D, 0xC215, "Stick", 3, 4)
    steered.joysticks.start()
    page = JoystickDialog(steered.joysticks, steered.window._needs.metrics)
    qtbot.addWidget(page)
    page.show()
    assert page.none.isVisible()
    steered.source.tell(Plugged(device))
    for axes in ((0.0, 0.0, 0.0), (0.5, 0.0, -1.0)):
        steered.source.tell(Moved(1, JoystickReading(axes, frozenset({2}))))
    steered.run(lambda: page.axes and page.axes[2].bar.value == -1.0)
    assert page.axes[2].bar.speed == -1.0
    assert page.keys[2].light.property("held") is True
    page.axes[0].drive.setCurrentIndex(page.axes[0].drive.findData(Drive.FOCUS))
    page.axes[0].inverted.setChecked(True)
    page.axes[0].dead_zone.setValue(30)
    page.axes[0].curve.setValue(1.0)
    page.keys[3].action.setCurrentIndex(page.keys[3].action.findData(ButtonAction.SNAPSHOT))
    assert page.axes[0].bar.value == 0.5
    page.accept()
    kept = steered.joysticks.profile(device)
    assert kept.axes[0] == AxisUse(0, Drive.FOCUS, True, 0.3, 1.0)
    assert kept.buttons[3].action is ButtonAction.SNAPSHOT
    again = JoystickDialog(steered.joysticks, steered.window._needs.metrics)
    qtbot.addWidget(again)
    assert again.profile == kept
    again.usual_button.click()
    again.accept()
    assert steered.joysticks.profile(device).axes[0].drive is Drive.PAN


# --- screen lock ---


@pytest.fixture
def bus():
    """A message bus of the test's own."""
    process = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE, encoding="utf-8"
    )
    address = process.stdout.readline().strip()
    yield address
    process.terminate()
    process.wait(10)
    process.stdout.close()


def test_a_locked_screen_and_a_sleeping_computer_are_heard(qtbot, bus):
    heard = QDBusConnection.connectToBus(bus, "heard")
    lock = DBusScreenLock(heard, heard)
    saver = QDBusConnection.connectToBus(bus, "saver")
    saver.registerService("org.freedesktop.login1")
    told = []
    lock.locked.connect(lambda: told.append(threading.current_thread()))
    for path, interface, name, args in (
        ("/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", [True]),
        ("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep", [True]),
        ("/org/freedesktop/login1/session/_31", "org.freedesktop.login1.Session", "Lock", []),
    ):
        before = len(told)
        message = QDBusMessage.createSignal(path, interface, name)
        message.setArguments(args)
        assert saver.send(message)
        qtbot.waitUntil(lambda before=before: len(told) == before + 1, timeout=10_000)
    unlocked = QDBusMessage.createSignal("/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged")
    unlocked.setArguments([False])
    saver.send(unlocked)
    relocked = QDBusMessage.createSignal("/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged")
    relocked.setArguments([True])
    saver.send(relocked)
    qtbot.waitUntil(lambda: len(told) >= 4, timeout=10_000)
    assert len(told) == 4, "unlocking stops nothing"
    assert set(told) == {threading.main_thread()}
    for name in ("heard", "saver"):
        QDBusConnection.disconnectFromBus(name)


# --- arithmetic ---

POINTS = st.builds(QPoint, st.integers(0, 399), st.integers(0, 299))
RECT = QRect(0, 0, 400, 300)


@given(POINTS)
def test_a_dragged_vector_points_to_the_pointer_and_is_never_too_fast(point):
    velocity = vector(point, RECT)
    middle = RECT.center()
    right, up = point.x() - middle.x(), middle.y() - point.y()
    assert velocity.pan * right >= 0
    assert velocity.tilt * up >= 0
    assert velocity.pan**2 + velocity.tilt**2 <= 1.05
    if not velocity.is_still:
        assert abs(velocity.pan * up - velocity.tilt * right) <= 0.02 * (abs(right) + abs(up)), "the same direction"


@given(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))
def test_the_pad_knows_eight_directions(right, up):
    velocity = pad_vector(right, up)
    assert velocity.pan == 0 or velocity.tilt == 0 or abs(velocity.pan) == abs(velocity.tilt)


@given(st.lists(st.builds(Velocity, *[st.sampled_from((-1.0, 0.0, 0.4, 1.0))] * 5), max_size=4), st.floats(0.1, 1))
def test_what_is_combined_stays_within_the_speed(velocities, speed):
    result = combined(velocities, speed)
    for value in (result.pan, result.tilt, result.zoom, result.focus, result.iris):
        assert abs(value) <= speed + 1e-4


@given(POINTS, POINTS, st.floats(1, 16), st.floats(0, 1), st.floats(0, 1))
def test_areas_lie_within_the_camera_s_picture_also_when_it_is_zoomed(first, second, factor, x, y):
    zoom = zoomed(NO_ZOOM, factor, x, y)
    point = point_area(first, RECT, zoom)
    assert 0 <= point.x <= 1
    assert 0 <= point.y <= 1
    area = box_area(QRect(first, second).normalized(), RECT, zoom)
    if area is not None:
        assert area.x + area.width <= 1 + 1e-9
        assert area.y + area.height <= 1 + 1e-9
        assert area.width > 0
        assert area.height > 0


def test_a_point_of_a_zoomed_picture_is_that_of_the_camera():
    assert point_area(QPoint(200, 150), RECT, Zoom(2.0, 0.5, 0.5)).x == pytest.approx(0.75)


def test_the_keys_page_lists_all_keys_of_ptz_mode(steered):
    steered.window.actions_by_command["keys"].trigger()
    page = dialog(steered, QDialog)
    shown = {label.text() for label in page.findChildren(type(steered.panel.speed_label))}
    assert {"C", "F8", "S", "Keypad 1–9", "Stop the camera in any case", "Go to preset 1 to 9"} <= shown
    page.reject()
    QApplication.processEvents()

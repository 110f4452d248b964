"""Steering by keys, mouse, pad and joystick: the right way, and an end to it whatever happens."""

import pytest
from ptz_stage import FIRST, MAY_VIEW_ONLY, SECOND, camera
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from wallclient.devices.joystick_source import Moved, Plugged, Unplugged
from wallclient.domain.errors import CameraHeld
from wallclient.domain.joystick import JoystickDevice, JoystickReading
from wallclient.domain.node import CameraKind
from wallclient.domain.ptz import Area, Holder, Preset, PtzAbility, PtzStatus, Tier, Velocity
from wallclient.services.hand import HandState
from wallclient.ui.ptz_drawing import MODE
from wallclient.ui.ptz_pad import STOP_RADIUS

K = Qt.Key
STICK = JoystickDevice(1, 0x046D, 0xC215, "Stick", 3, 4)
RIVAL = Holder("李明", "市局指挥中心", Tier.CITY, 90, is_reserved=True, seconds_left=40, is_me=False)


def keypad(stage, kind: QEvent.Type, key: Qt.Key) -> None:
    event = QKeyEvent(kind, key, Qt.KeyboardModifier.KeypadModifier)
    QApplication.sendEvent(stage.widget, event)


def drag(stage, to: QPoint, button=Qt.MouseButton.LeftButton, modifiers=Qt.KeyboardModifier.NoModifier) -> QPoint:
    """Press in the middle of the first pane's picture and drag; return where the middle is."""
    middle = stage.widget.video_rect(0).center()
    QTest.mousePress(stage.widget, button, modifiers, middle)
    QTest.mouseMove(stage.widget, middle + to / 2)
    QTest.mouseMove(stage.widget, middle + to)
    return middle


# --- whatever ends it ---

ENDS = {
    "key": lambda s: QTest.keyRelease(s.widget, K.Key_Right),
    "focus": lambda s: s.window.tree_view.setFocus(),
    "selection": lambda s: s.wall.select(1),
    "pane closed": lambda s: s.wall.close(0),
    "another camera": lambda s: s.show(0, camera(SECOND)),
    "other window": lambda s: s.deactivate(),
    "screen lock": lambda s: s.lock.locked.emit(),
    "mode ended": lambda s: s.window.actions_by_command["back"].trigger(),
    "window closed": lambda s: s.window.close(),
    "stop key": lambda s: QTest.keyClick(s.widget, K.Key_S),
}


@pytest.mark.parametrize("end", ENDS)
def test_each_end_of_steering_sends_one_release_and_the_camera_stops(steered, end):
    steered.enter()
    QTest.keyPress(steered.widget, K.Key_Right)
    steered.run(lambda: not steered.stands())
    assert steered.helm.releases == []
    ENDS[end](steered)
    assert len(steered.helm.releases) == 1, steered.helm.told
    steered.run(steered.stands)
    moves = len(steered.helm.moves)
    repeated = QKeyEvent(QEvent.Type.KeyPress, K.Key_Right, Qt.KeyboardModifier.NoModifier, "", True)
    QApplication.sendEvent(steered.widget, repeated)
    assert len(steered.helm.moves) == moves, "a key that is still down begins nothing anew"
    steered.run(lambda: steered.helm.ptz_of(FIRST).hand is HandState.IDLE)


def test_the_keyboard_goes_with_a_dialog_and_the_camera_stops(steered):
    steered.enter()
    QTest.keyPress(steered.widget, K.Key_Right)
    steered.window.actions_by_command["keys"].trigger()
    steered.run(lambda: steered.helm.releases)
    steered.run(steered.stands)


# --- keys ---


def test_keys_together_turn_diagonally_and_opposite_ones_stand_still(steered):
    steered.enter()
    steered.pilot.set_speed(0.5)
    steps = (
        (QTest.keyPress, K.Key_Right, Velocity(pan=0.5)),
        (QTest.keyPress, K.Key_Up, Velocity(pan=0.5, tilt=0.5)),
        (QTest.keyPress, K.Key_Plus, Velocity(pan=0.5, tilt=0.5, zoom=0.5)),
        (QTest.keyRelease, K.Key_Right, Velocity(tilt=0.5, zoom=0.5)),
        (QTest.keyPress, K.Key_Down, Velocity(zoom=0.5)),
        (QTest.keyRelease, K.Key_Up, Velocity(tilt=-0.5, zoom=0.5)),
        (QTest.keyRelease, K.Key_Plus, Velocity(tilt=-0.5)),
        (QTest.keyRelease, K.Key_Down, Velocity()),
    )
    for act, key, wanted in steps:
        act(steered.widget, key)
        assert steered.helm.told[-1] == wanted
    assert len(steered.helm.told) == len(steps)


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        (K.Key_7, Velocity(pan=-1, tilt=1)),
        (K.Key_9, Velocity(pan=1, tilt=1)),
        (K.Key_1, Velocity(pan=-1, tilt=-1)),
        (K.Key_3, Velocity(pan=1, tilt=-1)),
        (K.Key_PageDown, Velocity(pan=1, tilt=-1)),
        (K.Key_6, Velocity(pan=1)),
        (K.Key_Minus, Velocity(zoom=-1)),
    ],
)
def test_the_keypad_turns_in_eight_directions(steered, key, wanted):
    steered.enter()
    steered.pilot.set_speed(1.0)
    keypad(steered, QEvent.Type.KeyPress, key)
    assert steered.helm.told == [wanted]
    keypad(steered, QEvent.Type.KeyRelease, key)
    assert steered.helm.told[1:] == [Velocity()]


@pytest.mark.parametrize(
    ("key", "wanted"),
    [
        (K.Key_Period, Velocity(focus=1)),
        (K.Key_Comma, Velocity(focus=-1)),
        (K.Key_Apostrophe, Velocity(iris=1)),
        (K.Key_Semicolon, Velocity(iris=-1)),
    ],
)
def test_keys_drive_focus_and_iris(steered, key, wanted):
    steered.enter()
    steered.pilot.set_speed(1.0)
    QTest.keyPress(steered.widget, key)
    assert steered.helm.told == [wanted]
    QTest.keyRelease(steered.widget, key)


def test_speed_keys_change_what_moves_now(steered):
    steered.enter()
    QTest.keyPress(steered.widget, K.Key_Left)
    QTest.keyClick(steered.widget, K.Key_BracketRight)
    QTest.keyClick(steered.widget, K.Key_BracketLeft)
    QTest.keyClick(steered.widget, K.Key_BracketLeft)
    assert [round(told.pan, 2) for told in steered.helm.moves] == [-0.6, -0.7, -0.6, -0.5]
    QTest.keyRelease(steered.widget, K.Key_Left)


def test_a_key_that_writes_something_else_when_let_go_of_still_stops(steered):
    """Shift+= is a plus; who lets go of Shift first releases an equals sign."""
    steered.enter()
    for kind, key in ((QEvent.Type.KeyPress, K.Key_Plus), (QEvent.Type.KeyRelease, K.Key_Equal)):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, 21, 0, 0)
        QApplication.sendEvent(steered.widget, event)
    assert [told.is_still for told in steered.helm.told] == [False, True]


def test_outside_of_ptz_mode_keys_do_what_they_always_did(steered):
    steered.known()
    QTest.keyClick(steered.widget, K.Key_Right)
    assert steered.wall.selected == 1
    QTest.keyClick(steered.widget, K.Key_1)
    assert steered.helm.told == []
    assert not steered.center.called("recall_preset")


def test_digits_recall_presets_in_ptz_mode(steered):
    steered.center.kept_presets[4] = Preset(4, "东门")
    steered.enter()
    QTest.keyClick(steered.widget, K.Key_4)
    steered.run(lambda: steered.center.called("recall_preset"))
    assert steered.center.called("recall_preset")[0][:2] == ("c3", 4)
    assert steered.wall.selected == 0
    QTest.keyClick(steered.widget, K.Key_5)
    steered.run(lambda: steered.window.toasts.texts)
    assert "does not know" in steered.window.toasts.texts[-1]


# --- who may, and what can ---


def test_a_camera_that_is_none_for_ptz_and_a_missing_right_are_said(steered):
    steered.wall.select(2)
    steered.center.status = PtzStatus()
    QTest.keyClick(steered.widget, K.Key_C)
    assert not steered.pilot.mode
    assert "can't do this" in steered.window.toasts.texts[-1]
    steered.show(3, camera("main/c11", CameraKind.PTZ, MAY_VIEW_ONLY))
    steered.wall.select(3)
    QTest.keyClick(steered.widget, K.Key_C)
    assert not steered.pilot.mode
    assert "PTZ control" in steered.window.toasts.texts[-1]
    steered.window.toggle_ptz_panel()
    for part in (steered.panel.pad, *steered.panel.rockers.values(), steered.panel.add_button):
        assert not part.isEnabled()
        assert "PTZ control" in part.toolTip()


def test_what_a_camera_lacks_is_disabled_with_the_reason(steered):
    steered.window.toggle_ptz_panel()
    steered.known()
    steered.tell(PtzStatus(frozenset({PtzAbility.PAN_TILT, PtzAbility.ZOOM})))
    panel = steered.panel
    assert panel.pad.isEnabled()
    assert panel.rockers[PtzAbility.ZOOM].isEnabled()
    for part in (panel.rockers[PtzAbility.FOCUS], panel.switches[PtzAbility.WIPER], panel.holder.reserve_button):
        assert not part.isEnabled()
        assert "can't do this" in part.toolTip()


def test_mode_ends_with_a_pane_that_can_not_be_steered_and_stays_with_one_that_can(steered):
    steered.enter()
    steered.known(SECOND)
    steered.wall.select(1)
    assert steered.pilot.mode
    steered.center.status = PtzStatus()
    steered.wall.select(2)
    steered.run(lambda: not steered.pilot.mode)


def test_a_refusal_by_a_higher_one_is_said_once_with_his_name(steered):
    steered.enter()
    steered.center.refusal = CameraHeld("held", RIVAL)
    QTest.keyPress(steered.widget, K.Key_Right)
    steered.run(lambda: steered.window.toasts.texts)
    QTest.keyRelease(steered.widget, K.Key_Right)
    steered.run(lambda: steered.helm.ptz_of(FIRST).hand is HandState.IDLE)
    assert len(steered.window.toasts.texts) == 1
    assert "李明 · 市局指挥中心" in steered.window.toasts.texts[0]
    assert "higher priority" in steered.window.toasts.texts[0]


# --- mouse ---


def test_dragging_turns_away_from_the_middle_the_farther_the_faster(steered):
    steered.enter()
    steered.pilot.set_speed(1.0)
    height = steered.widget.video_rect(0).height()
    middle = drag(steered, QPoint(round(height * 0.3), round(-height * 0.3)))
    far = steered.helm.told[-1]
    assert far.pan == pytest.approx(far.tilt, abs=0.03)
    assert far.pan > 0.5
    QTest.mouseMove(steered.widget, middle + QPoint(-height // 8, 0))
    near = steered.helm.told[-1]
    assert -far.pan < near.pan < 0
    assert near.tilt == 0
    QTest.mouseRelease(steered.widget, Qt.MouseButton.LeftButton, pos=middle)
    assert steered.helm.told[-1].is_still
    assert len(steered.helm.releases) == 1
    assert not steered.center.called("aim")


def test_an_arrow_is_painted_while_dragging(steered):
    steered.enter()
    rect = steered.widget.video_rect(0)
    to = QPoint(rect.width() // 4, 0)
    drag(steered, to)
    on_the_way = rect.center() + to / 2

    def is_arrow() -> bool:
        color = steered.widget.grab().toImage().pixelColor(on_the_way)
        return abs(color.red() - MODE.red()) < 40 and abs(color.blue() - MODE.blue()) < 60

    assert is_arrow()
    QTest.mouseRelease(steered.widget, Qt.MouseButton.LeftButton, pos=rect.center())
    assert not is_arrow()


def test_losing_the_focus_while_dragging_stops_and_the_drag_is_over(steered):
    steered.enter()
    middle = drag(steered, QPoint(60, 0))
    steered.window.tree_view.setFocus()
    assert len(steered.helm.releases) == 1
    QTest.mouseMove(steered.widget, middle + QPoint(80, 20))
    assert steered.helm.told[-1] in steered.helm.releases


def test_a_click_centers_and_a_rectangle_zooms_in(steered):
    steered.enter()
    rect = steered.widget.video_rect(0)
    at = QPoint(rect.x() + rect.width() * 3 // 4, rect.y() + rect.height() // 4)
    QTest.mouseClick(steered.widget, Qt.MouseButton.LeftButton, pos=at)
    steered.run(lambda: steered.center.called("aim"))
    area: Area = steered.center.called("aim")[0][1]
    assert (area.x, area.y) == pytest.approx((0.75, 0.25), abs=0.01)
    assert area.width == 0
    for number, (button, modifiers) in enumerate(
        (
            (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier),
            (Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier),
        ),
        2,
    ):
        to = QPoint(rect.width() // 4, rect.height() // 4)
        middle = drag(steered, to, button, modifiers)
        QTest.mouseRelease(steered.widget, button, modifiers, middle + to)
        steered.run(lambda number=number: len(steered.center.called("aim")) == number)
        box: Area = steered.center.called("aim")[-1][1]
        assert (box.x, box.y, box.width, box.height) == pytest.approx((0.5, 0.5, 0.25, 0.25), abs=0.02)
    assert steered.helm.told == []


def test_the_wheel_zooms_the_camera_and_stops_after_the_last_notch(steered):
    steered.enter()
    middle = QPointF(steered.widget.video_rect(0).center())

    def turn(notches: int) -> None:
        event = QWheelEvent(
            middle,
            steered.widget.mapToGlobal(middle),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(steered.widget, event)

    turn(1)
    assert steered.helm.told == [Velocity(zoom=0.6)]
    assert not steered.widget.zoom(0).active
    steered.run(lambda: steered.helm.told[-1].is_still)
    steered.pilot.set_mode(False)
    turn(1)
    assert steered.widget.zoom(0).active
    assert len(steered.helm.told) == 2


# --- panel ---


def test_the_pad_steers_in_eight_directions_and_stops_in_its_middle(steered):
    steered.window.toggle_ptz_panel()
    steered.known()
    pad, center = steered.panel.pad, steered.panel.pad.rect().center()
    radius = pad.width() // 2
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=center + QPoint(round(radius * 0.7), round(radius * 0.05)))
    assert steered.helm.told[-1].pan > 0
    assert steered.helm.told[-1].tilt == 0
    QTest.mouseMove(pad, center + QPoint(round(radius * 0.6), round(-radius * 0.65)))
    diagonal = steered.helm.told[-1]
    assert diagonal.pan == diagonal.tilt > 0
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=center)
    assert steered.helm.releases == [Velocity()]
    QTest.mouseClick(pad, Qt.MouseButton.LeftButton, pos=center + QPoint(round(radius * STOP_RADIUS * 0.5), 0))
    assert steered.helm.told[-1] == "stop"
    assert steered.widget.hasFocus()


@pytest.mark.parametrize("end", ["release", "hide", "select"])
def test_rocker_and_pad_let_go_whatever_happens(steered, end):
    steered.window.toggle_ptz_panel()
    steered.known()
    rocker = steered.panel.rockers[PtzAbility.ZOOM]
    QTest.mousePress(rocker.plus, Qt.MouseButton.LeftButton)
    assert steered.helm.told == [Velocity(zoom=0.6)]
    if end == "release":
        QTest.mouseRelease(rocker.plus, Qt.MouseButton.LeftButton)
    elif end == "hide":
        steered.window.toggle_ptz_panel()
    else:
        steered.wall.select(1)
    assert len(steered.helm.releases) == 1
    steered.run(steered.stands)


# --- joystick ---


def read(stage, *axes: float, buttons: frozenset[int] = frozenset()) -> None:
    stage.source.tell(Moved(1, JoystickReading(axes, buttons)))


@pytest.fixture
def stick(steered):
    steered.known()
    steered.known(SECOND)
    steered.joysticks.start()
    steered.source.tell(Plugged(STICK))
    read(steered, 0.0, 0.0, 0.0)
    steered.run(lambda: steered.joysticks.devices)
    return steered


def test_a_joystick_moves_the_selected_camera(stick):
    read(stick, 1.0, 0.0, 0.0)
    stick.run(lambda: stick.helm.is_moving(FIRST))
    read(stick, 0.0, 0.0, 0.0)
    stick.run(lambda: not stick.helm.is_moving(FIRST))
    stick.wall.select(1)
    read(stick, 0.0, 0.01, 0.0)
    read(stick, 0.0, -1.0, 0.0)
    stick.run(lambda: stick.helm.is_moving(SECOND))
    assert stick.helm.told[-1].tilt > 0


@pytest.mark.parametrize("end", ["unplugged", "selection", "other window", "window closed", "screen lock"])
def test_a_joystick_lets_go(stick, end):
    read(stick, 1.0, 0.0, 0.0)
    stick.run(lambda: stick.helm.is_moving(FIRST))
    if end == "unplugged":
        stick.source.tell(Unplugged(1))
    else:
        ENDS[end](stick)
    stick.run(lambda: not stick.helm.is_moving(FIRST))
    assert len(stick.helm.releases) == 1
    stick.run(stick.stands)
    read(stick, 0.9, 0.0, 0.0)
    assert not stick.helm.is_moving(SECOND)


def test_joystick_buttons_recall_presets(stick):
    stick.center.kept_presets[2] = Preset(2, "南门")
    read(stick, 0.0, 0.0, 0.0, buttons=frozenset({1}))
    stick.run(lambda: stick.center.called("recall_preset"))
    assert stick.center.called("recall_preset")[0][:2] == ("c3", 2)


def test_the_frame_of_ptz_mode_is_not_that_of_the_selection(steered):
    def frame() -> QColor:
        rect = steered.widget.pane_rect(0)
        return steered.widget.grab().toImage().pixelColor(rect.center().x(), rect.top() - 1)

    before = frame()
    steered.enter()
    assert frame() == MODE
    assert before != MODE

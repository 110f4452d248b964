"""Keys of PTZ mode: they steer while they are held, several at once, and recall presets."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from wallclient.domain.ptz import Velocity
from wallclient.ui.ptz_geometry import combined
from wallclient.ui.ptz_pilot import SPEED_STEP, Hold, PtzPilot

if TYPE_CHECKING:
    from wallclient.ui.wall_widget import WallWidget

_K = Qt.Key
_HELD: Mapping[Qt.Key, Velocity] = {
    _K.Key_Left: Velocity(pan=-1),
    _K.Key_Right: Velocity(pan=1),
    _K.Key_Up: Velocity(tilt=1),
    _K.Key_Down: Velocity(tilt=-1),
    _K.Key_Home: Velocity(pan=-1, tilt=1),  # where a keypad has its 7, and so on
    _K.Key_PageUp: Velocity(pan=1, tilt=1),
    _K.Key_End: Velocity(pan=-1, tilt=-1),
    _K.Key_PageDown: Velocity(pan=1, tilt=-1),
    _K.Key_Plus: Velocity(zoom=1),
    _K.Key_Equal: Velocity(zoom=1),
    _K.Key_Minus: Velocity(zoom=-1),
    _K.Key_Period: Velocity(focus=1),
    _K.Key_Comma: Velocity(focus=-1),
    _K.Key_Apostrophe: Velocity(iris=1),
    _K.Key_Semicolon: Velocity(iris=-1),
}
_KEYPAD: Mapping[Qt.Key, Qt.Key] = {  # what a keypad's digits are with the number lock off
    _K.Key_1: _K.Key_End,
    _K.Key_2: _K.Key_Down,
    _K.Key_3: _K.Key_PageDown,
    _K.Key_4: _K.Key_Left,
    _K.Key_5: _K.Key_Clear,
    _K.Key_6: _K.Key_Right,
    _K.Key_7: _K.Key_Home,
    _K.Key_8: _K.Key_Up,
    _K.Key_9: _K.Key_PageUp,
}
_STOPS = (_K.Key_S, _K.Key_Clear)
_SPEEDS = {_K.Key_BracketLeft: -SPEED_STEP, _K.Key_BracketRight: SPEED_STEP}
_PRESETS = {Qt.Key(_K.Key_0.value + number): number for number in range(1, 10)}
_OTHERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class PtzKeys(QObject):
    """Filters the wall's key events while PTZ mode is on; the wall losing the keyboard lets go."""

    def __init__(self, widget: "WallWidget", pilot: PtzPilot) -> None:
        super().__init__(widget)
        self._pilot = pilot
        self._held: dict[int, Velocity] = {}  # by physical key: what a key writes may change while it is held
        pilot.let_go_of.connect(lambda: self._held.clear())
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of PTZ mode before they mean anything else."""
        kind = event.type()
        if kind is QEvent.Type.FocusOut:
            self._pilot.let_go("the keyboard went elsewhere")
        elif isinstance(event, QKeyEvent):
            if kind is QEvent.Type.KeyRelease:
                return self._on_release(event)
            if self._pilot.mode and _is_ours(event):
                if kind is QEvent.Type.ShortcutOverride:
                    event.accept()
                elif kind is QEvent.Type.KeyPress and not event.isAutoRepeat():
                    self._on_press(event)
                return True
        return False

    def _on_press(self, event: QKeyEvent) -> None:
        key = _meaning(event)
        if key in _HELD:
            self._held[_physical(event)] = _HELD[key]
            self._steer()
        elif key in _STOPS:
            self._pilot.stop()
        elif key in _SPEEDS:
            self._pilot.set_speed(self._pilot.speed + _SPEEDS[key])
        else:
            self._pilot.recall(_PRESETS[key])

    def _on_release(self, event: QKeyEvent) -> bool:
        """Let go of a key, whatever mode it is by now."""
        if event.isAutoRepeat():
            return _physical(event) in self._held
        if self._held.pop(_physical(event), None) is None:
            return False
        self._steer()
        return True

    def _steer(self) -> None:
        self._pilot.steer(Hold.KEYS, combined(self._held.values(), 1.0))


def _is_ours(event: QKeyEvent) -> bool:
    key = _meaning(event)
    return not event.modifiers() & _OTHERS and (key in _HELD or key in _STOPS or key in _SPEEDS or key in _PRESETS)


def _meaning(event: QKeyEvent) -> Qt.Key:
    """Return a key, with the keypad's digits as directions."""
    try:
        key = Qt.Key(event.key())
    except ValueError:  # keyboards write characters that have no name of their own
        return Qt.Key.Key_unknown
    return _KEYPAD.get(key, key) if event.modifiers() & Qt.KeyboardModifier.KeypadModifier else key


def _physical(event: QKeyEvent) -> int:
    return event.nativeScanCode() or -int(event.key())

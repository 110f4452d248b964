"""Keys of playback: on the timeline always, on the wall while the selected pane shows footage."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

_K, _M = Qt.Key, Qt.KeyboardModifier
_MODIFIERS = _M.ShiftModifier | _M.ControlModifier | _M.AltModifier | _M.MetaModifier
_Chord = tuple[Qt.KeyboardModifier, Qt.Key]
KEYS: Mapping[_Chord, str] = {
    (_M.NoModifier, _K.Key_J): "backwards",
    (_M.NoModifier, _K.Key_K): "toggle",
    (_M.NoModifier, _K.Key_L): "forwards",
    (_M.NoModifier, _K.Key_Comma): "step_back",
    (_M.NoModifier, _K.Key_Period): "step_on",
    (_M.NoModifier, _K.Key_Home): "first",
    (_M.NoModifier, _K.Key_End): "last",
    (_M.ShiftModifier, _K.Key_Left): "back_10",
    (_M.ShiftModifier, _K.Key_Right): "on_10",
    (_M.NoModifier, _K.Key_PageUp): "back_60",
    (_M.NoModifier, _K.Key_PageDown): "on_60",
    (_M.ShiftModifier, _K.Key_PageUp): "previous_segment",
    (_M.ShiftModifier, _K.Key_PageDown): "next_segment",
    (_M.ControlModifier, _K.Key_PageUp): "previous_bookmark",
    (_M.ControlModifier, _K.Key_PageDown): "next_bookmark",
    (_M.NoModifier, _K.Key_B): "bookmark",
    (_M.NoModifier, _K.Key_G): "go_to",
    (_M.NoModifier, _K.Key_BracketLeft): "range_begin",
    (_M.NoModifier, _K.Key_BracketRight): "range_end",
    (_M.ShiftModifier, _K.Key_S): "contact_sheet",
    (_M.ShiftModifier, _K.Key_M): "motion_search",
    (_M.ShiftModifier, _K.Key_T): "film_strip",
}
_TIMELINE_ONLY: Mapping[_Chord, str] = {
    (_M.NoModifier, _K.Key_Left): "back_10",
    (_M.NoModifier, _K.Key_Right): "on_10",
    (_M.NoModifier, _K.Key_Space): "toggle",
}
_REPEAT = frozenset(
    {"step_back", "step_on", "back_10", "on_10", "back_60", "on_60", "next_segment", "previous_segment"}
)


class PlaybackKeys(QObject):
    """Filters key events of the wall and the timeline, before they mean anything else."""

    def __init__(
        self, wall: QWidget, timeline: QWidget, command: Callable[[str], None], active_on_wall: Callable[[], bool]
    ) -> None:
        super().__init__(timeline)
        self._timeline, self._command, self._active_on_wall = timeline, command, active_on_wall
        wall.installEventFilter(self)
        timeline.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take a key of playback."""
        if not isinstance(event, QKeyEvent) or event.type() is QEvent.Type.KeyRelease:
            return False
        command = self._meaning(watched is self._timeline, event)
        if command is None:
            return False
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
        elif not event.isAutoRepeat() or command in _REPEAT:
            self._command(command)
        return True

    def _meaning(self, on_timeline: bool, event: QKeyEvent) -> str | None:
        if not on_timeline and not self._active_on_wall():
            return None
        try:
            chord = (event.modifiers() & _MODIFIERS, Qt.Key(event.key()))
        except ValueError:  # keyboards write characters that have no name of their own
            return None
        return KEYS.get(chord) or (_TIMELINE_ONLY.get(chord) if on_timeline else None)

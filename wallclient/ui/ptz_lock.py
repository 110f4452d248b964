"""Tells when the screen is locked or the computer goes to sleep: nobody sits before the wall any more."""

import logging
from typing import Any, Protocol

from PySide6.QtCore import SLOT, QObject, Signal, SignalInstance, Slot
from PySide6.QtDBus import QDBusConnection

_log = logging.getLogger(__name__)
_SAVERS = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver", "org.mate.ScreenSaver")
_LOGIN = "org.freedesktop.login1"
_ON_ACTIVE, _ON_LOCK = SLOT("_on_active(bool)"), SLOT("_on_lock()")


class ScreenLock(Protocol):
    """The seam: tests have one that is locked by hand."""

    locked: SignalInstance


class DBusScreenLock(QObject):
    """Hears the desktop's screen saver (session bus) and the log-in manager (system bus).

    Where there is no bus, as on Windows or in a container, it never tells anything; losing the keyboard focus lets go
    as well. Sources: freedesktop.org, "Desktop Bus Screen Saver" `ActiveChanged`; systemd, org.freedesktop.login1(5),
    `Session.Lock` and `Manager.PrepareForSleep`.
    """

    locked = Signal()

    def __init__(
        self,
        session: QDBusConnection | None = None,
        system: QDBusConnection | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        session = session or QDBusConnection.sessionBus()
        system = system or QDBusConnection.systemBus()
        heard = [self._hear(session, "", saver, "ActiveChanged", _ON_ACTIVE) for saver in _SAVERS]
        heard.append(self._hear(system, _LOGIN, f"{_LOGIN}.Session", "Lock", _ON_LOCK))
        heard.append(self._hear(system, _LOGIN, f"{_LOGIN}.Manager", "PrepareForSleep", _ON_ACTIVE))
        if not any(heard):
            _log.info("no bus tells when the screen is locked")

    def _hear(self, bus: QDBusConnection, service: str, interface: str, name: str, slot: Any) -> bool:
        return bus.isConnected() and bool(bus.connect(service, "", interface, name, self, slot))

    @Slot(bool)
    def _on_active(self, active: bool) -> None:
        if active:
            self.locked.emit()

    @Slot()
    def _on_lock(self) -> None:
        self.locked.emit()

"""What tests and the demo change about recordings in a running center."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import msgspec

from wallclient.demo.clips import ClipFailed
from wallclient.demo.recording_calendar import FootageFile, special_cameras
from wallclient.demo.recording_desk import FootageFault
from wallclient.demo.recording_http import read_address
from wallclient.demo.routes import CenterState

_Result = TypeVar("_Result")


class RecordingHooks:
    """Part of `EmbeddedCenter`. Public methods may be called from any thread but the server's own."""

    _state: CenterState

    def special_footage(self) -> dict[str, int]:
        """Return which camera (1 … 64) has footage of a special kind; see `wallclient.demo.recording_calendar`."""
        return special_cameras()

    def demand_reason(self, demanded: bool = True) -> None:
        """Hand out footage only to those who say why, or to everybody again."""
        self._on_loop(lambda: setattr(self._state.recordings, "reason_demanded", demanded))

    def reasons(self) -> list[tuple[str, str, str]]:
        """Return user, channel and reason of each session of footage that was opened."""
        return self._on_loop(lambda: list(self._state.recordings.reasons))

    def footage_fault(self, fault: FootageFault | str, number: int = 0, bytes_per_s: int = 0) -> None:
        """Let the footage of a camera, or of all (0), go wrong: see `FootageFault`; "normal" ends it."""
        what = FootageFault(fault)
        if what is FootageFault.SLOW and bytes_per_s <= 0:
            raise ValueError("how slow?")

        def change() -> None:
            self._state.recordings.faults.pop(number, None)
            if what is not FootageFault.NORMAL:
                self._state.recordings.faults[number] = (what, bytes_per_s)

        self._on_loop(change)

    def lapse_playbacks(self) -> None:
        """Let every session of footage lapse now."""
        self._on_loop(self._state.recordings.lapse_all)

    def open_playbacks(self) -> int:
        """Count the open sessions of footage."""
        return self._on_loop(lambda: len(self._state.recordings))

    def audit_records(self) -> list[dict[str, Any]]:
        """Return what was handed in of what was done with recordings, as it came."""
        records = self._on_loop(self._state.recordings.audit.records)
        found: list[dict[str, Any]] = msgspec.to_builtins(list(records))
        return found

    def footage_file(self, address: str) -> tuple[Path, str] | None:
        """Return where the file of an address (path and query) lies on disk, made if need be, and its codec.

        None where the address is good for nothing. Blocks; for the media server.
        """
        parts = urlsplit(address)
        ticket = parse_qs(parts.query).get("ticket", [""])[0]
        match parts.path.strip("/").split("/"):
            case ["footage", number, name]:
                wanted = read_address(number, name)
            case _:
                wanted = None
        if wanted is None or self._state.footage is None:
            return None
        camera, start_s, end_s, _form = wanted
        try:
            file = self._on_loop(lambda: self._state.recordings.file_for(ticket, camera, start_s, end_s))
            return None if file is None else (self._on_disk(file), str(file.codec))
        except (KeyError, OSError, ValueError, ClipFailed):
            return None

    def _on_disk(self, file: FootageFile) -> Path:
        assert self._state.footage
        return self._state.footage.path(file)

    def _on_loop(self, work: Callable[[], _Result]) -> _Result:
        """Run `work` on the server's loop and return its result."""
        raise NotImplementedError

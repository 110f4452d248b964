"""Sessions of footage the embedded center has open, what is demanded for them, and what goes wrong with them.

Used on the server's loop only.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from wallclient.api import recording_models as docs
from wallclient.demo.recording_book import AuditTrail, Shelf
from wallclient.demo.recording_calendar import FootageFile, file_at
from wallclient.domain.catalog import Right

MOST_SESSIONS = 2000


class FootageFault(StrEnum):
    """What can be wrong with footage."""

    NORMAL = "normal"
    MISSING = "missing"  # 404
    BROKEN = "broken"  # 500
    HALF = "half"  # the line breaks in the middle of the file
    SLOW = "slow"  # so many bytes a second


@dataclass(slots=True)
class OpenFootage:
    """One session. `ticket` is in its addresses."""

    session_id: str
    user: str
    channel_id: str
    number: int  # of the camera whose pictures they are
    start_ms: int
    end_ms: int
    right: Right
    reason: str
    until: float
    id: str = field(default_factory=lambda: secrets.token_hex(12))
    ticket: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)


class RecordingDesk:
    """Opens, renews and forgets sessions; one that was not renewed for `term_s` seconds is gone."""

    def __init__(
        self, term_s: float, clock: Callable[[], float] = time.monotonic, now_s: Callable[[], float] = time.time
    ) -> None:
        self.term_s = term_s
        self.now_s = now_s
        self.reason_demanded = False
        self.faults: dict[int, tuple[FootageFault, int]] = {}  # by camera, with bytes a second; 0 is for all
        self.bookmarks: Shelf[docs.BookmarkBody, docs.BookmarkDocument] = Shelf(docs.BookmarkDocument)
        self.cases: Shelf[docs.CaseBody, docs.CaseDocument] = Shelf(docs.CaseDocument)
        self.audit = AuditTrail()
        self.reasons: list[tuple[str, str, str]] = []  # user, channel, reason of each session opened
        self._clock = clock
        self._sessions: dict[str, OpenFootage] = {}

    def __len__(self) -> int:
        self._drop_lapsed()
        return len(self._sessions)

    @property
    def is_full(self) -> bool:
        """Tell whether no further session can be opened."""
        return len(self) >= MOST_SESSIONS

    def open(
        self, session_id: str, user: str, channel_id: str, number: int, wanted: docs.OpenPlayback, right: Right
    ) -> OpenFootage:
        """Open footage for a log-in."""
        made = OpenFootage(
            session_id,
            user,
            channel_id,
            number,
            wanted.start_ms,
            wanted.end_ms,
            right,
            wanted.reason.strip(),
            self._clock() + self.term_s,
        )
        self._sessions[made.id] = made
        self.reasons.append((user, channel_id, made.reason))
        del self.reasons[:-10_000]
        return made

    def renew(self, playback_id: str, session_id: str) -> OpenFootage | None:
        """Keep footage for another term; None if it lapsed, was closed or belongs to another log-in."""
        found = self._find(playback_id, session_id)
        if found is not None:
            found.until = self._clock() + self.term_s
        return found

    def close(self, playback_id: str, session_id: str) -> bool:
        """End a session; False if there is none such of this log-in."""
        found = self._find(playback_id, session_id)
        return found is not None and self._sessions.pop(found.id) is found

    def close_of(self, session_id: str) -> None:
        """End every session of a log-in."""
        self._sessions = {key: one for key, one in self._sessions.items() if one.session_id != session_id}

    def lapse_all(self) -> None:
        """End every session, as if nobody had renewed any."""
        self._sessions.clear()

    def file_for(self, ticket: str, number: int, start_s: int, end_s: int) -> FootageFile | None:
        """Return the file an address names, if its ticket is good for it; None otherwise.

        Raises KeyError for a file that does not exist (any more).
        """
        self._drop_lapsed()
        session = next((one for one in self._sessions.values() if secrets.compare_digest(one.ticket, ticket)), None)
        if session is None or session.number != number:
            return None
        if start_s * 1000 >= session.end_ms or end_s * 1000 <= session.start_ms:
            return None
        file = file_at(number, start_s, end_s, self.now_s())
        if file is None:
            raise KeyError(number)
        return file

    def fault_of(self, number: int) -> tuple[FootageFault, int]:
        """Return what is wrong with a camera's footage, and how many bytes a second it may have."""
        return self.faults.get(number) or self.faults.get(0) or (FootageFault.NORMAL, 0)

    def _find(self, playback_id: str, session_id: str) -> OpenFootage | None:
        self._drop_lapsed()
        found = self._sessions.get(playback_id)
        return found if found is not None and found.session_id == session_id else None

    def _drop_lapsed(self) -> None:
        now = self._clock()
        self._sessions = {key: one for key, one in self._sessions.items() if one.until > now}

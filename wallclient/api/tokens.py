"""The tokens of one session: renewed before they lapse, by one thread at a time."""

import threading
import time
from collections.abc import Callable

from wallclient.api.models import SessionDocument
from wallclient.domain.errors import SignInNeeded

LONGEST_MARGIN_S = 30.0


class Tokens:
    """Hands out an access token that is good. `renew` asks the center; it raises SignInNeeded if the session ended."""

    def __init__(self, renew: Callable[[str], SessionDocument], clock: Callable[[], float] = time.monotonic) -> None:
        self._ask = renew
        self._clock = clock
        self._lock = threading.Lock()  # held while renewing, so that others wait for the result instead of asking too
        self._session: SessionDocument | None = None
        self._renew_at = 0.0

    def __repr__(self) -> str:
        return "Tokens(…)"

    def keep(self, session: SessionDocument) -> None:
        """Take the tokens of a log-in."""
        with self._lock:
            self._take(session)

    def take_away(self) -> str | None:
        """Forget the session; return its access token for the log-out."""
        with self._lock:
            session, self._session = self._session, None
        return session.access_token if session else None

    @property
    def refresh_token(self) -> str | None:
        """The latest refresh token, or None when not signed in."""
        session = self._session
        return session.refresh_token if session else None

    def access(self) -> str:
        """Return a good access token, renewed first if it is about to lapse. Raises SignInNeeded or ServerFailed."""
        with self._lock:
            session = self._current()
            if self._clock() >= self._renew_at:
                session = self._renewed(session)
            return session.access_token

    def at_hand(self) -> str:
        """Return the access token as it is, without waiting for a renewal: for what must go out now.

        Raises SignInNeeded.
        """
        session = self._session
        if session is None:
            raise SignInNeeded("not signed in")
        return session.access_token

    def refused(self, token: str) -> str:
        """Return another token after the center refused this one; asks only if no other thread has done so yet."""
        with self._lock:
            session = self._current()
            if session.access_token == token:
                session = self._renewed(session)
            return session.access_token

    def _current(self) -> SessionDocument:
        if self._session is None:
            raise SignInNeeded("not signed in")
        return self._session

    def _renewed(self, session: SessionDocument) -> SessionDocument:
        try:
            fresh = self._ask(session.refresh_token)
        except SignInNeeded:
            self._session = None
            raise
        self._take(fresh)
        return fresh

    def _take(self, session: SessionDocument) -> None:
        self._session = session
        margin_s = min(LONGEST_MARGIN_S, 0.2 * session.expires_in_s)
        self._renew_at = self._clock() + max(0.0, session.expires_in_s - margin_s)

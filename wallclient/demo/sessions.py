"""Who is signed in to the embedded center: access and refresh tokens, in memory. Used on the server's loop only."""

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_SESSIONS = 1000


@dataclass(slots=True)
class Session:
    """One log-in. Tokens are replaced by renewal; the old access token dies with it."""

    user: str
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    access_until: float = 0.0  # on the clock given to Sessions
    refresh_until: float = 0.0


class Sessions:
    """Issues and checks tokens. Lives as long as the center; times are seconds."""

    def __init__(self, access_s: float, refresh_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.access_s = access_s
        self.refresh_s = refresh_s
        self._clock = clock
        self._sessions: dict[str, Session] = {}

    def open(self, user: str) -> Session:
        """Start a session of an operator. The oldest one goes when there are too many."""
        self._drop_lapsed()
        while len(self._sessions) >= MOST_SESSIONS:
            self._sessions.pop(next(iter(self._sessions)))
        session = Session(user)
        self._sessions[session.id] = session
        self._issue(session)
        return session

    def renew(self, refresh_token: str) -> Session | None:
        """Give a session new tokens; None if the refresh token is unknown or lapsed."""
        for session in self._sessions.values():
            if _same(session.refresh_token, refresh_token) and session.refresh_until > self._clock():
                self._issue(session)
                return session
        return None

    def by_access_token(self, token: str) -> Session | None:
        """Return the session of a valid access token."""
        for session in self._sessions.values():
            if _same(session.access_token, token) and session.access_until > self._clock():
                return session
        return None

    def is_open(self, session: Session) -> bool:
        """Tell whether a session was neither closed nor left to lapse."""
        return session.id in self._sessions and session.refresh_until > self._clock()

    def close(self, session: Session) -> None:
        """End a session."""
        self._sessions.pop(session.id, None)

    def close_all(self) -> None:
        """End every session, as a center does that revokes them."""
        self._sessions.clear()

    def lapse_access(self) -> None:
        """Let every access token lapse at once; the refresh tokens stay good."""
        for session in self._sessions.values():
            session.access_until = 0.0

    def _issue(self, session: Session) -> None:
        now = self._clock()
        session.access_token = secrets.token_urlsafe(24)
        # A refresh token is kept for the session's life: a reply lost on the way must not sign anybody out.
        session.refresh_token = session.refresh_token or secrets.token_urlsafe(24)
        session.access_until = now + self.access_s
        session.refresh_until = now + self.refresh_s

    def _drop_lapsed(self) -> None:
        now = self._clock()
        self._sessions = {key: session for key, session in self._sessions.items() if session.refresh_until > now}


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())

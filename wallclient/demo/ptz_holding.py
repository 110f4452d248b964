"""Who has the say over a camera: by moving it, by a reservation, by taking it from somebody of lower rank. Pure."""

from dataclasses import dataclass, field

from wallclient.domain.ptz import Tier

HOLD_S = 5.0  # after the last command of who moves it
LONGEST_TERM_S = 3600.0
_RANKS = {Tier.STATION: 0, Tier.DISTRICT: 1, Tier.CITY: 2}


@dataclass(frozen=True, slots=True)
class Claimant:
    """An operator at one workstation: the session is what holds, the rest is shown and compared."""

    session: str
    user: str
    name: str
    post: str
    tier: Tier
    priority: int

    @property
    def rank(self) -> tuple[int, int]:
        """What decides between two: the tier first."""
        return _RANKS[self.tier], self.priority


class Held(Exception):  # noqa: N818 - an answer, not a fault
    """Somebody else holds the camera; `can_take_over` with a reason."""

    def __init__(self, holder: Claimant, can_take_over: bool) -> None:
        super().__init__(holder.user)
        self.holder = holder
        self.can_take_over = can_take_over


class Unable(Exception):  # noqa: N818
    """The camera can't do that; `args[0]` says why, for people."""


class OutOfReach(Exception):  # noqa: N818
    """The camera is off the line."""


def check_reach(is_online: bool) -> None:
    """Raise OutOfReach for a camera that is off the line."""
    if not is_online:
        raise OutOfReach


@dataclass(slots=True)
class Holding:
    """Hold of one camera. `now` is on the same clock everywhere; at most one holds it at any time."""

    _who: Claimant | None = None
    _reserved_until: float = field(default=0.0)
    _moved_until: float = field(default=0.0)

    def holder(self, now: float) -> Claimant | None:
        """Return who holds the camera now."""
        return self._who if now < self.ends_s else None

    @property
    def ends_s(self) -> float:
        """When the present hold ends, or has ended."""
        return max(self._reserved_until, self._moved_until)

    def terms(self) -> tuple[float, ...]:
        """Return when parts of the hold end by themselves; `lapse` is due then."""
        return tuple(time_s for time_s in (self._reserved_until, self._moved_until) if time_s > 0)

    def lapse(self, now: float) -> None:
        """Forget what has ended."""
        if self._reserved_until <= now:
            self._reserved_until = 0.0
        if self._moved_until <= now:
            self._moved_until = 0.0
        if not self.terms():
            self._who = None

    def is_reserved(self, now: float) -> bool:
        """Tell whether it is a reservation that holds."""
        return self.holder(now) is not None and now < self._reserved_until

    def check(self, who: Claimant, now: float) -> None:
        """Raise Held where somebody else holds the camera."""
        holder = self.holder(now)
        if holder is not None and holder.session != who.session:
            raise Held(holder, self.can_take(who, now))

    def can_take(self, who: Claimant, now: float) -> bool:
        """Tell whether one may take the camera from who holds it now: of higher rank, or the same person."""
        holder = self.holder(now)
        return holder is not None and (who.rank > holder.rank or who.user == holder.user)

    def touch(self, who: Claimant, now: float) -> None:
        """Let a command hold the camera for a while. Raises Held."""
        self.check(who, now)
        self._own(who, now)
        self._moved_until = now + HOLD_S

    def reserve(self, who: Claimant, now: float, term_s: float, reason: str) -> Claimant | None:
        """Hold the camera for a term; return who lost it, if it had to be taken. Raises Held."""
        loser = None
        try:
            self.check(who, now)
        except Held as held:
            if not reason.strip() or not held.can_take_over:
                raise
            loser = held.holder
        self._own(who, now)
        self._reserved_until = now + min(term_s, LONGEST_TERM_S)
        return loser

    def release(self, session: str) -> bool:
        """End the hold if it is this session's; tell whether it was."""
        if self._who is None or self._who.session != session:
            return False
        self._who, self._reserved_until, self._moved_until = None, 0.0, 0.0
        return True

    def _own(self, who: Claimant, now: float) -> None:
        holder = self.holder(now)
        if holder is None or holder.session != who.session:
            self._reserved_until = self._moved_until = 0.0
        self._who = who

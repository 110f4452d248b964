"""Takes the age out of the burst a server sends first.

A good server sends the group of pictures in progress at once, so that a picture appears immediately. Played by
its own time stamps that burst would never be caught up: the pane would lag by up to a whole group for ever. So
pictures that arrive faster than they were made are given stamps close together, until arrival and stamps run
level.
"""

_AHEAD_S = 0.04  # stamps may run this far ahead of arrival: the network's own jitter
_SMALLEST_STEP_S = 0.001


class Retimer:
    """Maps a stream's own time stamps to those passed on; both in seconds, starting anywhere."""

    def __init__(self) -> None:
        self._first: tuple[float, float] | None = None  # stamp and arrival of the first picture
        self._shift_s = 0.0
        self._last_out = 0.0

    def retime(self, stamp_s: float, arrival_s: float) -> float:
        """Return how much to add to a picture's stamp (never above zero), so that stamps do not run ahead of
        arrival.
        """
        if self._first is None:
            self._first = stamp_s, arrival_s
        first_stamp, first_arrival = self._first
        media_s = stamp_s - first_stamp
        ahead_s = media_s + self._shift_s - (arrival_s - first_arrival)
        if ahead_s > _AHEAD_S:
            room_s = media_s + self._shift_s - self._last_out - _SMALLEST_STEP_S  # order must be kept
            self._shift_s -= max(0.0, min(ahead_s - _AHEAD_S, room_s))
        self._last_out = media_s + self._shift_s
        return self._shift_s

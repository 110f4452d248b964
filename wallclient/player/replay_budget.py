"""How much of live pictures may be kept for instant replays, and how. For the application, which has no PyAV."""

FORM = "mpegts"  # takes what cameras send as it is, parameter sets among the pictures
_MEGABYTE = 1 << 20
_TOTALS = ((16, 64 * _MEGABYTE), (36, 96 * _MEGABYTE))  # panes up to, and what is kept of all of them together
_TOTAL_BEYOND = 24 * _MEGABYTE  # a full wall of 64 has its memory for itself: 1,100 MB in all


def total_bytes(panes: int) -> int:
    """Return what a wall of so many panes may keep in all its hosts together."""
    return next((total for most, total in _TOTALS if panes <= most), _TOTAL_BEYOND)

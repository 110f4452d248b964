"""Which stream a pane should show: main or sub, by its size, without flapping at the border."""

from wallclient.domain.stream import StreamKind

DEFAULT_SUB_HEIGHT_PX = 360
_UP = 1.2  # main once the pane is this much taller than the sub stream …
_DOWN = 1.05  # … and back to sub only below this


def choose_kind(pane_height_px: int, shown: StreamKind | None, sub_height_px: int | None) -> StreamKind:
    """Return the stream for a pane of this height in device pixels that shows `shown` now."""
    ratio = pane_height_px / (sub_height_px or DEFAULT_SUB_HEIGHT_PX)
    if shown is StreamKind.MAIN:
        return StreamKind.SUB if ratio < _DOWN else StreamKind.MAIN
    return StreamKind.MAIN if ratio > _UP else StreamKind.SUB

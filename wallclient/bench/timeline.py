"""How long painting the timeline takes: sixteen rows of ten thousand segments each, zoomed and panned without end."""

import asyncio
import random
import time
from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QSize
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from wallclient.domain.errors import CenterError
from wallclient.domain.recording import RecordingKind, Segment
from wallclient.services.footage_index import FootageIndex
from wallclient.ui.playback_text import system_zone
from wallclient.ui.theme import metrics_for
from wallclient.ui.timeline import Row, Timeline
from wallclient.ui.timeline_scale import scale_for

ROWS, SEGMENTS = 16, 10_000
_NOW_MS = 1_795_000_000_000
_PAINTS = 400


class _Recordings:
    """Centers with ten thousand segments of each camera within a year: of a minute to an hour, with gaps."""

    def __init__(self) -> None:
        self.by_channel = {f"c/{row}": _year(row) for row in range(ROWS)}

    async def segments(
        self, channel_ids: Sequence[str], start_ms: int, end_ms: int
    ) -> dict[str, tuple[Segment, ...] | CenterError]:
        """Return what there is in a range."""
        return {
            gid: tuple(one for one in self.by_channel[gid] if one.start_ms < end_ms and one.end_ms > start_ms)
            for gid in channel_ids
        }

    async def recorded_days(
        self, channel_ids: Sequence[str], year: int, month: int, zone: str
    ) -> dict[str, set[date] | CenterError]:
        """Return nothing: no calendar is shown."""
        return {}


def _year(seed: int) -> list[Segment]:
    chance = random.Random(seed)
    at, found = _NOW_MS - 364 * 86_400_000, []
    for number in range(SEGMENTS):
        at += chance.randint(1000, 1_200_000)
        end = at + chance.randint(60_000, 3_600_000)
        kind = chance.choices(list(RecordingKind), (8, 1, 1))[0]
        found.append(Segment(f"{seed}-{number}", f"c/{seed}", kind, at, end))
        at = end
    return found


async def timeline_paint_ms(paints: int = _PAINTS) -> dict[str, float]:
    """Return p50, p95 and max of the milliseconds one whole repaint takes, at a zoom or place not painted before.

    Needs a QApplication. The window is 1920 pixels wide; zooms go from a year to pictures and back, at random places.
    """
    assert QApplication.instance() is not None
    recordings = _Recordings()
    index = FootageIndex(recordings, asyncio.get_running_loop().create_task, now_ms=lambda: _NOW_MS)
    ids = list(recordings.by_channel)
    index.want(ids, _NOW_MS - 366 * 86_400_000, _NOW_MS)
    while index.busy:
        await asyncio.sleep(0)
    timeline = Timeline(index, system_zone(), metrics_for(1080))
    timeline.set_rows([Row(gid, f"Camera {gid}") for gid in ids])
    timeline.resize(QSize(1920, timeline.height()))
    assert sum(len(index.segments(gid)) for gid in ids) == ROWS * SEGMENTS
    return _measured(timeline, paints)


def _measured(timeline: Timeline, paints: int) -> dict[str, float]:
    chance = random.Random(7)
    canvas = QPixmap(timeline.size())
    width = timeline.scale.width_px
    timeline.set_scale(scale_for((_NOW_MS - 364 * 86_400_000) * 1000, _NOW_MS * 1000, width))
    timeline.render(canvas)  # as after opening: the finest columns of all rows are made once
    took_ms: list[float] = []
    direction = 1
    while len(took_ms) < paints:
        drawn = timeline.painted
        at = chance.uniform(0, width)
        scale = (
            timeline.scale.zoomed(direction, at)
            if chance.random() < 0.5
            else timeline.scale.panned(round(at - width / 2))
        )
        if scale == timeline.scale or chance.random() < 0.02:
            direction = -direction
        begin = time.perf_counter()
        timeline.set_scale(scale)
        timeline.render(canvas)
        spent_ms = (time.perf_counter() - begin) * 1000
        if timeline.painted > drawn:  # all of it was drawn anew
            took_ms.append(spent_ms)
    took_ms.sort()
    return {
        "p50": round(took_ms[len(took_ms) // 2], 2),
        "p95": round(took_ms[round(len(took_ms) * 0.95) - 1], 2),
        "max": round(took_ms[-1], 2),
    }

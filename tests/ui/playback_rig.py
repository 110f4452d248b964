"""Recorded footage in a window: real desk, clock and panes, over a center in memory and players that decode nothing."""

import asyncio
from dataclasses import replace

from window_fakes import FakePane, FakeSession, FakeWall, channel

from wallclient.domain.bookmark import Bookmark
from wallclient.domain.errors import ReasonNeeded, ServerFailed
from wallclient.domain.recording import Playback, RecordingKind, Segment
from wallclient.player.review_track import Track
from wallclient.services.review_desk import ReviewDesk

NOW_MS = 1_795_000_000_000
HOUR_MS = 3_600_000


def camera(number):
    """Return a camera by its global id."""
    return replace(channel(number), id=f"main/ch-{number}")


class StillPool:
    """Players that are asked and show nothing."""

    def __init__(self):
        self.steps = []

    def open(self, width, height):
        return Track(width, height)

    def close(self, track): ...

    def set_files(self, track, files, memory=None): ...

    def follow(self, track, clock, offset_us=0):
        track.clock, track.offset_us = clock, offset_us

    def step(self, track, request, from_us, direction):
        self.steps.append(direction)
        return True

    def resize(self, track, width, height): ...

    def shut_down(self): ...


class RecordingCenters(FakeSession):
    """Four hours of each camera, with an hour's gap before the last one and an alarm in it."""

    def __init__(self):
        super().__init__()
        self.asked, self.away, self.reason_needed, self.reasons = [], False, False, []
        self.kept: dict[str, Bookmark] = {}

    def footage(self, gid):
        end = NOW_MS
        parts = (
            (end - 5 * HOUR_MS, end - 2 * HOUR_MS, RecordingKind.TIME),
            (end - HOUR_MS, end - HOUR_MS // 2, RecordingKind.ALARM),
            (end - HOUR_MS // 2, end, RecordingKind.TIME),
        )
        return tuple(Segment(f"{gid}-{i}", gid, kind, a, b) for i, (a, b, kind) in enumerate(parts))

    async def segments(self, channel_ids, start_ms, end_ms):
        self.asked.append((tuple(channel_ids), start_ms, end_ms))
        if self.away:
            return dict.fromkeys(channel_ids, ServerFailed("away"))
        return {
            gid: tuple(one for one in self.footage(gid) if one.end_ms > start_ms and one.start_ms < end_ms)
            for gid in channel_ids
        }

    async def recorded_days(self, channel_ids, year, month, zone):
        return {}

    async def open_playback(self, channel_id, start_ms, end_ms, reason=""):
        if self.reason_needed and not reason:
            raise ReasonNeeded("why?")
        self.reasons.append(reason)
        return Playback(f"p-{channel_id}", channel_id, (), 0, 60.0)

    async def renew_playback(self, playback_id):
        return Playback(playback_id, playback_id.removeprefix("p-"), (), 0, 60.0)

    async def close_playback(self, playback_id): ...

    async def ask_recordings(self, work):
        return work(self)

    # as the center's own adapter

    def bookmarks(self, channel_ids, start_ms, end_ms):
        return tuple(mark for mark in self.kept.values() if set(mark.channel_ids) & set(channel_ids))

    def save_bookmark(self, bookmark):
        self.kept[bookmark.key] = replace(bookmark, revision=bookmark.revision + 1, by_name="张警官")
        return self.kept[bookmark.key]

    def delete_bookmark(self, key, revision):
        del self.kept[key]


class PlaybackWall(FakeWall):
    """A wall that puts real panes of footage in the place of hand-fed live ones."""

    def __init__(self, review: ReviewDesk, layout_id="4"):
        super().__init__(layout_id)
        self.review = review

    def show_footage(self, index, channel, moment_ms=None):
        pane = self.review.new_pane()
        self.panes[index] = pane
        self.panes_changed.emit()
        running = asyncio._get_running_loop()
        asyncio._set_running_loop(asyncio.get_event_loop())  # a test acts between two turns of the loop
        try:
            pane.show(channel)
        finally:
            asyncio._set_running_loop(running)
        return pane

    def show_live(self, index):
        pane, self.panes[index] = self.panes[index], FakePane()
        self.panes[index].show(pane.channel)
        self.review.drop(pane)
        self.panes_changed.emit()

    async def replay(self, index, back_s=60.0):
        await asyncio.sleep(0)
        return None

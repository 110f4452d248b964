"""A center that hands out exports from a store of footage in the test."""

import asyncio
import itertools
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "player"))  # footage and its store are made there
from footage import STEP_MS

from wallclient.domain.errors import NotFound
from wallclient.domain.recording import FootageProtocol, FootageSource, Playback


class ExportCenter:
    """Sessions over a `export_store.FootageServer`; `trouble` is raised instead while set."""

    def __init__(self, server, stock, names) -> None:
        self.server = server
        self.trouble = None
        self.opened = []
        self.closed = []
        self.renewed = []
        self.expires_in_s = 60.0
        self._numbers = itertools.count(1)
        self._sources = {}  # by channel: name, moments
        for channel_id, of_channel in names.items():
            self._sources[channel_id] = [(name, stock[name][1]) for name in of_channel]
            for name in of_channel:
                server.files[name] = stock[name][0]

    async def open_export(self, channel_id, start_ms, end_ms, reason=""):
        await asyncio.sleep(0)
        if self.trouble:
            raise self.trouble
        number = next(self._numbers)
        self.opened.append((channel_id, start_ms, end_ms, reason))
        found = tuple(
            FootageSource(
                self.server.url(name), FootageProtocol.MP4, moments[0], moments[-1] + STEP_MS, clock_offset_ms=7000
            )
            for name, moments in self._sources[channel_id]
            if moments[0] < end_ms and moments[-1] + STEP_MS > start_ms
        )
        if not found:
            raise NotFound(channel_id)
        return Playback(f"c/p{number}", channel_id, found, 7000, self.expires_in_s)

    async def renew_playback(self, playback_id):
        await asyncio.sleep(0)
        self.renewed.append(playback_id)

    async def close_playback(self, playback_id):
        await asyncio.sleep(0)
        self.closed.append(playback_id)

    def ca_file(self, channel_id):
        return ""

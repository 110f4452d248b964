"""Fakes at the seams of a live pane: a center that hands out leases, and players that draw what a test tells them."""

import asyncio

from wallclient.domain.errors import NotFound
from wallclient.domain.node import Channel
from wallclient.domain.stream import Codec, Lease, Protocol, Source, StreamKind
from wallclient.player import memory, messages, ring
from wallclient.player.opening import Opening


def channel(number: int = 1) -> Channel:
    return Channel(f"c{number}", f"camera {number}", f"5000000000132{number:07d}", True)


class FakeCenter:
    """Leases with an RTSP and an HTTP-TS address; `trouble` is raised instead while set."""

    def __init__(self) -> None:
        self.trouble: Exception | None = None
        self.open_leases: dict[str, Lease] = {}
        self.opened: list[tuple[str, StreamKind]] = []
        self.renewed: list[str] = []
        self.life_s = 60.0
        self.channels = {f"c{i}": channel(i) for i in range(1, 65)}

    async def open_live(self, channel_id: str, kind: StreamKind) -> Lease:
        await asyncio.sleep(0)
        if self.trouble:
            raise self.trouble
        self.opened.append((channel_id, kind))
        size = (1280, 720) if kind is StreamKind.MAIN else (640, 360)
        sources = tuple(
            Source(protocol, f"{scheme}://127.0.0.1/{channel_id}/{kind}", Codec.H264, *size, 25.0)
            for protocol, scheme in ((Protocol.RTSP, "rtsp"), (Protocol.HTTP_TS, "http"))
        )
        lease = Lease(f"lease-{len(self.opened)}", channel_id, kind, sources, self.life_s)
        self.open_leases[lease.id] = lease
        return lease

    async def renew_live(self, lease_id: str) -> float:
        await asyncio.sleep(0)
        self.renewed.append(lease_id)
        if lease_id not in self.open_leases:
            raise NotFound(lease_id)
        return self.life_s

    async def close_live(self, lease_id: str) -> None:
        await asyncio.sleep(0)
        self.open_leases.pop(lease_id, None)

    async def channel(self, channel_id: str) -> Channel:
        await asyncio.sleep(0)
        if channel_id not in self.channels:
            raise NotFound(channel_id)
        return self.channels[channel_id]


class FakePool:
    """Openings with real rings and no host behind them."""

    def __init__(self) -> None:
        self.openings: list[Opening] = []
        self.closed: list[Opening] = []
        self._writers: dict[int, ring.RingWriter] = {}

    def open(self, source, width, height, *, audio=False, swap=False) -> Opening:
        fd, reader = ring.new_ring(width, height)
        opening = Opening(source, width, height, audio=audio, ring=reader)
        self._writers[opening.number] = ring.RingWriter(memory.attach(fd))
        self.openings.append(opening)
        return opening

    def close(self, opening: Opening) -> None:
        self.closed.append(opening)

    def snap(self, opening: Opening, request: int, path: str) -> bool:
        return opening not in self.closed

    @property
    def alive(self) -> list[Opening]:
        return [opening for opening in self.openings if opening not in self.closed]

    def draw(self, opening: Opening, at_ns: int = 0) -> None:
        """Let a picture arrive; with `at_ns` as if at that time, which is yet to come."""
        writer = self._writers[opening.number]
        slot, _ = writer.begin()
        writer.publish(slot, opening.width, opening.height, ring.stride_bytes(opening.width))
        if at_ns:
            writer._words[ring._ALIVE] = at_ns
        if writer.sequence == 1:
            opening.first_picture.emit()

    def tell(self, opening: Opening, **values) -> None:
        """Let statistics arrive."""
        told = {"codec": "h264", "width": 640, "height": 360, "fps": 25.0, "received_bytes": 0, "pictures": 0}
        opening.take_stats(messages.Stats(opening.number, **{**told, "lost_pictures": 0, **values}))

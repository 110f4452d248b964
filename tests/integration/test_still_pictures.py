"""A source that sends one and the same picture for ever is alive; once it stops sending, it is not."""

import contextlib
import http.server
import io
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import av
import pytest

from tests.integration.rig import FPS, Stage, until
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.domain.stream import Protocol

LONG_S = 5.0  # a pane waits 3 s for a picture


def still_pictures(seconds: int) -> list[bytes]:
    """Return an MPEG-TS of one picture shown again and again, one part for each time."""
    buffer = io.BytesIO()
    parts = []
    with av.open(buffer, "w", format="mpegts", options={"flush_packets": "1"}) as container:
        stream = container.add_stream("libx264", rate=FPS, options={"qp": "24", "preset": "ultrafast", "g": str(FPS)})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        stream.codec_context.options = {**stream.codec_context.options, "tune": "zerolatency"}
        frame = av.VideoFrame(640, 360, "yuv420p")
        for plane, seed in zip(frame.planes, (1, 2, 3), strict=True):
            plane.update(bytes((i * i * seed // 977) % 200 + 20 for i in range(plane.buffer_size)))
        for number in range(FPS * seconds):
            frame.pts = number
            container.mux(stream.encode(frame))
            parts.append(buffer.getvalue())
            buffer.seek(0)
            buffer.truncate()
    return parts


class Still(http.server.BaseHTTPRequestHandler):
    """Sends the still pictures in real time until told to stop, then nothing."""

    parts: list[bytes]
    sending: threading.Event
    ended: threading.Event

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "video/mp2t")
        self.end_headers()
        began = time.monotonic()
        with contextlib.suppress(OSError):  # the viewer left
            for number, part in enumerate(self.parts):
                self.ended.wait(max(0.0, began + number / FPS - time.monotonic()))
                if not self.sending.is_set():
                    self.ended.wait()
                if self.ended.is_set():
                    return
                self.wfile.write(part)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def still() -> Iterator[type[Still]]:
    handler = type(
        "Handler", (Still,), {"parts": still_pictures(60), "sending": threading.Event(), "ended": threading.Event()}
    )
    handler.sending.set()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        handler.url = f"http://127.0.0.1:{server.server_port}/still.ts"
        yield handler
        handler.ended.set()
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("protocol", [Protocol.RTSP, Protocol.HTTP_TS], ids=["through the bridge", "by libVLC itself"])
async def test_a_still_picture_lives_as_long_as_it_is_sent(stage: Stage, still, protocol):
    stage.only(protocol)
    stage.offers.spoil = lambda source: replace(source, url=still.url, credentials=None)
    await stage.put((2,))
    pane = stage.panes[0]
    await until(lambda: pane.state is PaneState.PLAYING, what=stage.describe)
    states = []
    pane.changed.connect(lambda: states.append(pane.state))
    opening, began = pane.opening, time.monotonic()
    await until(lambda: time.monotonic() - began > LONG_S)
    assert set(states) <= {PaneState.PLAYING}
    assert pane.opening is opening, "nothing was opened anew"
    assert pane.sequence() < FPS, "libVLC's repeats count for nothing"
    still.sending.clear()
    await stage.says(0, PaneState.STALLED, PaneReason.NO_PICTURE, 8.0)

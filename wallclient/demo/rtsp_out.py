"""Streams over RTSP with digest authentication.

GStreamer's server, one small pipeline per viewer, fed by the pacing thread.

A pipeline per viewer rather than per camera, because only so can everybody begin with the group of pictures in
progress; the pictures themselves are composed once. Runs under the system's Python, which has PyGObject.
"""

import threading
from collections.abc import Sequence
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstApp, GstRtsp, GstRtspServer  # noqa: E402 - versions first

from wallclient.demo.live import Coded, LiveStream  # noqa: E402
from wallclient.demo.recording_rtsp import MOUNT, FootageFactory, FootageShelf, refuse_backwards  # noqa: E402
from wallclient.demo.sound import ALAW_HZ, Sound  # noqa: E402

_ROLE = "viewer"
_BEGIN_S = (
    0.1  # where on the pipeline's clock a viewer begins, so that the pictures he catches up with have times as well
)
_START = b"\x00\x00\x00\x01"
_SOURCE = "is-live=true format=time max-bytes=8000000 leaky-type=downstream"
_CAPS = "stream-format=byte-stream,alignment=au"
_PAY = "name=pay0 pt=96 aggregate-mode=zero-latency"
_VIDEO = {
    "h264": f"appsrc name=video {_SOURCE} caps=video/x-h264,{_CAPS} ! rtph264pay {_PAY}",
    "h265": f"appsrc name=video {_SOURCE} caps=video/x-h265,{_CAPS} ! rtph265pay {_PAY}",
}
_AUDIO = f"appsrc name=audio {_SOURCE} caps=audio/x-alaw,rate={ALAW_HZ},channels=1 ! rtppcmapay name=pay1 pt=8"


Gst.init(None)
assert GstApp  # its type is what makes push_buffer a method


class RtspViewer:
    """One RTSP viewer: his pipeline's sources."""

    def __init__(self, stream: LiveStream, media: Any, sound: Sound | None) -> None:
        self._stream = stream
        self._sound = sound
        self._fps = 0.0
        self._epoch_s = 0.0
        self._video = media.get_element().get_child_by_name("video")
        self._audio = media.get_element().get_child_by_name("audio") if sound else None
        self._needed = self._video.connect("need-data", self._on_need_data)
        self._next_sample = 0
        media.connect("unprepared", self._on_unprepared)
        media.connect("prepared", _send_at_once)

    def _on_need_data(self, video: Any, _length: int) -> None:
        """The pipeline runs: the stream may begin."""
        video.disconnect(self._needed)
        video.set_emit_signals(False)
        self._stream.join(self)

    def _on_unprepared(self, _media: Any) -> None:
        self._stream.leave(self)

    def begin(self, pictures: list[Coded], parameter_sets: Sequence[bytes]) -> bool:
        """Send the group in progress."""
        self._epoch_s = pictures[-1].time_s - _BEGIN_S
        self._next_sample = int(pictures[-1].time_s * ALAW_HZ)
        return all(self.send(picture) for picture in pictures)

    def send(self, picture: Coded) -> bool:
        """Send one picture and the sound up to it."""
        since_s = max(0.0, picture.time_s - self._epoch_s)
        flow = self._push(self._video, _START + _START.join(picture.nals), since_s)
        if self._audio and self._sound and flow == Gst.FlowReturn.OK:
            until = int(picture.time_s * ALAW_HZ) + ALAW_HZ // 50
            if until > self._next_sample:
                first = max(self._next_sample, until - ALAW_HZ)
                samples = self._sound.alaw_between(first, until)
                self._push(self._audio, samples, max(0.0, first / ALAW_HZ - self._epoch_s))
                self._next_sample = until
        return bool(flow == Gst.FlowReturn.OK)

    @staticmethod
    def _push(source: Any, data: bytes, time_s: float) -> Any:
        buffer = Gst.Buffer.new_wrapped_bytes(GLib.Bytes.new(data))
        buffer.pts = buffer.dts = int(time_s * Gst.SECOND)
        return source.push_buffer(buffer)

    def close(self) -> None:
        """End the stream; the client is closed by the server."""
        self._video.end_of_stream()


def _send_at_once(media: Any) -> None:
    """Take the clock out of the way: pictures come from the pacing thread when they are due."""
    pipeline = media.get_element().get_parent()
    sinks = pipeline.iterate_sinks() if pipeline else None
    while sinks:
        result, sink = sinks.next()
        if result != Gst.IteratorResult.OK:
            break
        if sink.find_property("sync"):
            sink.set_property("sync", False)


class RtspOut:
    """The RTSP server; runs on its own GLib main loop thread, clients on threads of their own."""

    def __init__(self, port: int, user: str, password: str, streams: Sequence[LiveStream], sound: Sound) -> None:
        self._sound = sound
        self._clients: dict[str, set[Any]] = {}
        self._lock = threading.Lock()
        self._server = GstRtspServer.RTSPServer()
        self._server.set_address("127.0.0.1")
        self._server.set_service(str(port))
        self._server.set_backlog(256)
        self._server.get_thread_pool().set_max_threads(-1)  # a client that waits for a clip must not hold up others
        self._server.set_auth(_auth(user, password))
        mounts = self._server.get_mount_points()
        for stream in streams:
            mounts.add_factory(path_of(stream), self._factory(stream))
        self._server.connect("client-connected", self._on_client)
        self._context = GLib.MainContext()
        self._loop = GLib.MainLoop(self._context)

    def start(self) -> int:
        """Serve on another thread, and return the port. Raises OSError."""
        if not self._server.attach(self._context):
            raise OSError(f"RTSP port {self._server.get_service()} can't be had")
        threading.Thread(target=self._run, name="rtsp", daemon=True).start()
        return int(self._server.get_bound_port())

    def _run(self) -> None:
        self._context.push_thread_default()
        self._loop.run()

    def add_footage(self, shelf: FootageShelf) -> None:
        """Play what lies on a shelf, each viewer at his own place and speed. Before `start`."""
        factory = FootageFactory(shelf)
        factory.set_permissions(_permissions())
        self._server.get_mount_points().add_factory(MOUNT, factory)

    def drop(self, stream: LiveStream) -> None:
        """Hang up on everybody who asked for a stream."""
        with self._lock:
            clients = self._clients.pop(path_of(stream), set())
        result = GstRtspServer.RTSPFilterResult
        self._server.client_filter(lambda _server, client: result.REMOVE if client in clients else result.KEEP)

    def _factory(self, stream: LiveStream) -> Any:
        factory = GstRtspServer.RTSPMediaFactory()
        launch = f"( {_VIDEO[stream.codec]} {_AUDIO if stream.has_audio else ''} )"
        factory.set_launch(launch)
        factory.set_shared(False)
        factory.set_latency(0)
        factory.set_permissions(_permissions())
        sound = self._sound if stream.has_audio else None
        factory.connect("media-configure", lambda _factory, media: RtspViewer(stream, media, sound))
        return factory

    def _on_client(self, _server: Any, client: Any) -> None:
        client.connect("describe-request", self._on_describe)
        client.connect("pre-play-request", refuse_backwards)
        client.connect("closed", self._on_closed)

    def _on_describe(self, client: Any, context: Any) -> None:
        with self._lock:
            self._clients.setdefault(context.uri.abspath, set()).add(client)

    def _on_closed(self, client: Any) -> None:
        with self._lock:
            for clients in self._clients.values():
                clients.discard(client)


def path_of(stream: LiveStream) -> str:
    """Return a stream's path."""
    return f"/ch/{stream.number}/{stream.kind}"


def _permissions() -> Any:
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role(_ROLE, "media.factory.access", True)
    permissions.add_permission_for_role(_ROLE, "media.factory.construct", True)
    return permissions


def _auth(user: str, password: str) -> Any:
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, _ROLE)
    auth.add_digest(user, password, token)
    return auth

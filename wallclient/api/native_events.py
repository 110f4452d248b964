"""Server-sent events of Center API v1: kept open, resumed where they broke off, stopped at once from any thread."""

import threading
from collections.abc import Iterator

import msgspec
import sseclient

from wallclient.api import shapes
from wallclient.api.models import CatalogMovedDocument, ChannelStatusDocument
from wallclient.api.native_ptz import read_presets_changed, read_ptz_changed
from wallclient.api.ptz_models import PresetsChangedDocument, PtzChangedDocument
from wallclient.api.tokens import Tokens
from wallclient.api.wire import Stream, Wire
from wallclient.domain.errors import BadPayload, CenterError, SignInNeeded
from wallclient.domain.event import CatalogMoved, CenterEvent, ChannelStatus, EventsLost, LineState
from wallclient.domain.retry import retry_delay_s

SILENCE_S = 35.0  # the contract promises a byte every 15 s
LARGEST_EVENT_BYTES = 256 * 1024


class NativeEvents:
    """Iterate in one thread; `close` from any. Implements `wallclient.api.center.Events`."""

    def __init__(self, wire: Wire, tokens: Tokens) -> None:
        self._wire = wire  # its own, so that closing it stops nothing else
        self._tokens = tokens
        self._closed = threading.Event()
        self._last_id: str | None = None

    def __iter__(self) -> Iterator[CenterEvent]:
        """Yield events and every change of the line, for ever. Raises SignInNeeded when the session ended."""
        attempt = 0
        is_up: bool | None = None
        while not self._closed.is_set():
            try:
                stream = self._open()
                is_up, attempt = True, 0
                yield LineState(True)
                yield from self._read(stream)
            except SignInNeeded:
                if self._closed.is_set():
                    return
                raise
            except CenterError:
                pass  # the line is lost; what was missed is replayed or said to be lost
            if self._closed.is_set():
                return
            if is_up is not False:
                is_up = False
                yield LineState(False)
            attempt += 1
            self._closed.wait(retry_delay_s(attempt))

    def close(self) -> None:
        """End the iteration promptly."""
        self._closed.set()
        self._wire.close()

    def _open(self) -> Stream:
        headers = {"Cache-Control": "no-cache"}
        if self._last_id is not None:
            headers["Last-Event-ID"] = self._last_id
        token = self._tokens.access()
        try:
            return self._stream(token, headers)
        except SignInNeeded:
            return self._stream(self._tokens.refused(token), headers)

    def _stream(self, token: str, headers: dict[str, str]) -> Stream:
        stream = self._wire.stream("/events", "text/event-stream", token=token, headers=headers, silence_s=SILENCE_S)
        assert stream is not None  # nothing that could be unmodified was asked for
        return stream

    def _read(self, stream: Stream) -> Iterator[CenterEvent]:
        try:
            for message in sseclient.SSEClient(_bounded(stream)).events():
                event = _event(message.event, message.data)
                if message.id and _is_header_value(message.id):
                    self._last_id = message.id
                if event is not None:
                    yield event
        except UnicodeDecodeError:
            raise BadPayload("events that are not UTF-8") from None
        finally:
            stream.close()


def _event(name: str, data: str) -> CenterEvent | None:
    """Read one event; None for those this program does not know or need. Raises BadPayload."""
    try:
        match name:
            case "events-lost":
                return EventsLost()
            case "channel-status":
                return _status(shapes.read(data, ChannelStatusDocument))
            case "catalog-moved":
                return CatalogMoved(shapes.read(data, CatalogMovedDocument).sequence)
            case "ptz-changed":
                return read_ptz_changed(shapes.read(data, PtzChangedDocument))
            case "presets-changed":
                return read_presets_changed(shapes.read(data, PresetsChangedDocument))
    except (msgspec.MsgspecError, ValueError, RecursionError) as err:
        raise BadPayload(f"event {name[:40]!r}: {type(err).__name__}") from None
    return None


def _status(raw: ChannelStatusDocument) -> ChannelStatus:
    counts = tuple((count.node_id, count.channels_total, count.channels_online) for count in raw.ancestors)
    return ChannelStatus(raw.channel_id, raw.online, counts)


def _bounded(stream: Stream) -> Iterator[bytes]:
    """Yield the pieces of a stream. Raises BadPayload if one event grows past all measure."""
    since_blank_line = 0
    for piece in stream:
        at = max(piece.rfind(b"\n\n"), piece.rfind(b"\r\n\r\n"), piece.rfind(b"\r\r"))
        since_blank_line = len(piece) - at if at >= 0 else since_blank_line + len(piece)
        if since_blank_line > LARGEST_EVENT_BYTES:
            raise BadPayload(f"an event of more than {LARGEST_EVENT_BYTES} bytes")
        yield piece


def _is_header_value(text: str) -> bool:
    """Tell whether an id can be sent back as Last-Event-ID."""
    return len(text) <= 256 and text.isascii() and text.isprintable()

"""What happens at a WVP, though it hardly tells: alarms by asking or listening, cameras' states by comparing lists.

Two threads of its own ask, so that a slow list holds up no alarm; whoever iterates gets what they found.
"""

import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterator

from wallclient.api.wvp.alarms import WvpAlarms, messages
from wallclient.api.wvp.catalog import WvpCatalog
from wallclient.api.wvp.line import WvpLine
from wallclient.domain.catalog import ChannelState, StatusChange, Upsert
from wallclient.domain.errors import BadPayload, CenterError, CursorExpired, NotFound, ServerFailed, SignInNeeded
from wallclient.domain.event import CatalogMoved, CenterEvent, ChannelStatus, LineState
from wallclient.domain.node import NodeKind
from wallclient.domain.retry import retry_delay_s

_log = logging.getLogger(__name__)
ALARMS_S = 2.0
LOOK_S = 5.0
REST = 4  # a look is followed by so many times its own length of rest: the lists are the server's heaviest calls
SILENCE_S = 10.0  # the older generation gives a sign of life each second
_END = object()


class WvpEvents:
    """Iterate in one thread; `close` from any. Implements `wallclient.api.center.Events`."""

    def __init__(
        self, line: WvpLine, catalog: WvpCatalog, *, alarms_s: float = ALARMS_S, look_s: float = LOOK_S
    ) -> None:
        self._line, self._catalog = line, catalog
        self._alarms_s, self._look_s = alarms_s, look_s
        self._alarms = WvpAlarms(line)
        self._found: queue.SimpleQueue[CenterEvent | CenterError | object] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._is_up: bool | None = None
        self._is_deaf = False  # the server is there, its alarms are not
        self._listener = line.listener()  # a way of its own, so that closing it stops nothing else

    def __iter__(self) -> Iterator[CenterEvent]:
        """Yield events as they come. Raises SignInNeeded when the session ended."""
        self._catalog.watch(self, True)
        for work in (self._ask_for_alarms, self._look_for_changes):
            threading.Thread(target=self._run, args=(work,), name="wvp-events", daemon=True).start()
        try:
            while (event := self._found.get()) is not _END:
                if isinstance(event, CenterError):
                    raise event
                yield event  # type: ignore[misc]  # nothing else is put in
        finally:
            self.close()

    def close(self) -> None:
        """End the iteration promptly."""
        self._catalog.watch(self, False)
        self._closed.set()
        self._listener.close()
        self._found.put(_END)

    # --- on the threads ---

    def _run(self, work: Callable[[], None]) -> None:
        try:
            while not self._closed.is_set():
                work()
        except SignInNeeded as err:
            self._found.put(err)

    def _set_up(self, up: bool) -> None:
        if up is not self._is_up and not self._closed.is_set():
            self._is_up = up
            self._found.put(LineState(up))

    def _ask_for_alarms(self) -> None:
        """Ask or listen until that fails, then wait, ever longer, for the server to be there again."""
        try:
            if self._alarms.is_pushed():
                self._listen()
            else:
                self._poll()
        except NotFound:
            self._without_alarms()
        except SignInNeeded:
            raise
        except CenterError:
            self._wait_for_server()

    def _poll(self) -> None:
        while not self._closed.is_set():
            self._tell_fresh()
            self._set_up(True)
            self._closed.wait(self._alarms_s)

    def _tell_fresh(self) -> None:
        for alarm in self._alarms.fresh():
            self._found.put(alarm)
        if self._is_deaf:
            _log.warning("the alarms of a center can be read again")
        self._is_deaf = False

    def _listen(self) -> None:
        """Listen, after a look at the list for what came while nobody listened. Raises ServerFailed at its end."""
        query = {"browserId": uuid.uuid4().hex}  # a second listener under one name ends the first
        stream = self._listener.stream(
            "/api/emit", "text/event-stream", token="", headers={}, silence_s=SILENCE_S, query=query
        )
        assert stream is not None  # nothing that could be unmodified was asked for
        try:
            is_first = True
            for data in messages(iter(stream)):
                if is_first:  # the server has us on its list by now
                    is_first = False
                    self._tell_fresh()
                    self._set_up(True)
                pushed = self._alarms.take(data) if data is not None else None
                if pushed is not None:
                    self._found.put(pushed)
        finally:
            stream.close()
        raise ServerFailed("the server ended its events")

    def _without_alarms(self) -> None:
        """Tell of the line to a server that has no alarms."""
        try:
            self._line.is_there()
            self._set_up(True)
        except CenterError:
            self._set_up(False)
        self._closed.wait(self._look_s)

    def _wait_for_server(self) -> None:
        attempt = 0
        while not self._closed.is_set():
            try:
                self._line.is_there()  # it may be the alarms alone that are in trouble
                self._set_up(True)
                self._closed.wait(self._alarms_s)
                self._look_at_list()
                return
            except CenterError:
                self._set_up(False)
            attempt += 1
            self._closed.wait(retry_delay_s(attempt))

    def _look_at_list(self) -> None:
        """Find on the list what is not pushed, and say once where not even that can be had."""
        try:
            self._tell_fresh()
        except SignInNeeded:
            raise
        except CenterError as err:
            if not self._is_deaf:
                _log.warning("the alarms of a center can't be read, though it is there: %s", err)
            self._is_deaf = True

    def _look_for_changes(self) -> None:
        began = time.monotonic()
        try:
            looked = self._catalog.look()
        except (CursorExpired, BadPayload, ServerFailed, NotFound):
            looked = None  # whoever follows the catalog meets the same and starts anew
        if looked is not None:
            changes, sequence = looked
            for change in changes:
                match change:
                    case StatusChange(channel_id=channel_id, state=state):
                        self._found.put(ChannelStatus(channel_id, state is ChannelState.ONLINE))
                    case Upsert(node=node) if node.kind is NodeKind.CHANNEL:
                        self._found.put(ChannelStatus(node.id, node.state is ChannelState.ONLINE))
            if changes:
                self._found.put(CatalogMoved(sequence))
        self._closed.wait(max(self._look_s, REST * (time.monotonic() - began)))

"""Still pictures of a WVP's cameras. WVP takes one from the live stream, which it starts if need be.

The picture is then fetched by its own mark: without one the server hands out whatever lies there, however old.
Anybody may fetch pictures there, without a token.
"""

import re
import threading
import time
from urllib.parse import quote

from wallclient.api.wvp.line import WvpLine
from wallclient.api.wvp.ways import Way
from wallclient.domain.errors import BadPayload, CameraOffline, CenterError, NotFound, ServerFailed

TAKE_S = 15.0
WRITTEN_S = 6.0  # WVP names the file a little before it is written
AGAIN_S = 0.25
TRIES = 2  # WVP waits three seconds: a stream that was not running comes too late for the first try
_MARK = re.compile(r"_(\d{14})\.jpg")
_TYPES = {"image/png": b"\xff\xd8", "image/jpeg": b"\xff\xd8"}  # it calls its JPEG a PNG


class WvpPictures:
    """Has pictures taken. Thread safe; its methods block."""

    def __init__(self, line: WvpLine) -> None:
        self._line = line
        self._open = line.listener()
        self._closed = threading.Event()

    def take(self, way: Way) -> bytes:
        """Return the present picture, JPEG. Raises CameraOffline where the camera sends none, CenterError."""
        mark = self._mark(way)
        path = f"/api/device/query/snap/{way.path}?mark={quote(mark, safe='')}"
        until = time.monotonic() + WRITTEN_S
        while True:
            try:
                return self._open.picture(path, token="", types=_TYPES)
            except (BadPayload, NotFound):  # no content yet
                if time.monotonic() > until or self._closed.wait(AGAIN_S):
                    raise CameraOffline("a picture that was not written") from None

    def close(self) -> None:
        """Break off what is under way."""
        self._closed.set()
        self._open.close()

    def _mark(self, way: Way) -> str:
        query = {"deviceId": way.device, "channelId": way.channel}
        failure: CenterError | None = None
        for _ in range(TRIES):
            try:
                file = self._line.get("/api/play/snap", str, query, limit_s=TAKE_S, once=True)
            except (ServerFailed, CameraOffline) as err:
                failure = err
                continue
            match = _MARK.search(file)
            if match is None:
                raise BadPayload("a picture without a mark")
            return match[1]
        self._line.is_there()  # else it is not the camera that is away
        raise CameraOffline(f"no picture: {failure}")

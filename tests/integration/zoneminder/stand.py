"""What the real ZoneMinder looks at in tests: drawn cameras over RTSP, and a camera that notes how it is steered."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote

from tests.integration.zoneminder.alone import is_alone
from tests.integration.zoneminder.server import (
    KEEPS_GOING,
    STEPS,
    MonitorRow,
    ZoneMinderServer,
    accounts_sql,
    controls_sql,
    groups_sql,
    relay_sql,
    zones_sql,
)
from wallclient.demo.media import MediaServer, StreamedCamera
from wallclient.domain.stream import Codec, StreamKind

FPS = 15
CAMERA_USER, CAMERA_PASSWORD = "viewer", "k@mera:geheim/1"
GROUPS = {1: ("城区", None, ()), 2: ("北门", 1, (1,)), 3: ("南门", 1, (2, 4))}


class SteeredCamera:
    """An Axis camera (VAPIX PTZ) without a picture: remembers what it was told."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera.heard.append(unquote(self.path))
                body = b"OK"
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Close the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Stand:
    """Cameras, a ZoneMinder that records them, and a camera to steer. Use as a context manager; raises NoZoneMinder.

    Monitors: 1 records always and is steered; 2 records alarms only and is steered in steps, both with credentials in
    their addresses, and 2 by ZoneMinder's RTSP server too where nobody else can reach that; 3 has no address this
    program opens; 4 is switched off; 5 names a file.
    """

    def __init__(self) -> None:
        cameras = [
            StreamedCamera(number, f"camera {number}", Codec.H264, "street-dusk-2", main_size=(1280, 720))
            for number in (1, 2, 3, 4)
        ]
        self.media = MediaServer(
            cameras, fps=FPS, user=CAMERA_USER, password=CAMERA_PASSWORD, http_token="ticket-of-the-camera"
        )
        self.steered = SteeredCamera()
        self.server: ZoneMinderServer

    def __enter__(self) -> "Stand":
        self.media.prepare([(number, StreamKind.SUB) for number in self.media.cameras])
        self.media.start()
        try:
            self.server = ZoneMinderServer(
                [
                    *accounts_sql(),
                    *controls_sql(),
                    *(row.sql() for row in self._monitors()),
                    *zones_sql(1, 2),
                    *groups_sql(GROUPS),
                    *(relay_sql(2, "gate-2") if is_alone() else ()),
                ]
            )
            self.server.start()
        except BaseException:
            self._close_cameras()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()
        self._close_cameras()

    def _close_cameras(self) -> None:
        self.media.stop()
        self.steered.close()

    def rtsp(self, number: int) -> str:
        """Return a camera's address, without credentials."""
        return f"rtsp://127.0.0.1:{self.media.rtsp_port}/ch/{number}/sub"

    def _monitors(self) -> list[MonitorRow]:
        password, steered = quote(CAMERA_PASSWORD, safe=""), self.steered.address
        account = f"{CAMERA_USER}:{password}@"
        first, second = (self.rtsp(number).replace("rtsp://", f"rtsp://{account}") for number in (1, 2))
        ts = f"http://127.0.0.1:{self.media.http_port}/ch/3/sub.ts?token=ticket-of-the-camera"
        return [
            MonitorRow(1, "北门球机", first, control_address=steered, control_id=KEEPS_GOING),
            MonitorRow(2, "南门 2", second, "Nodect", control_address=steered, control_id=STEPS, section_s=60),
            MonitorRow(3, "Hof", ts, "Monitor"),
            MonitorRow(4, "停用", self.rtsp(4), "None"),
            MonitorRow(5, "Datei", "file:///etc/passwd", "None"),
        ]

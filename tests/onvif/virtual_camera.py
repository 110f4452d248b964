"""Runs ipycam, an ONVIF camera with a real stream whose drives move the picture, in a process of its own.

Prints its port when it can be asked, ends when its standard input does. A process of its own, because OpenCV brings a
Qt that does not go with ours, and ipycam writes into the folder it is started in.
"""

import os
import socket
import sys
import tempfile
import threading

USER, PASSWORD = "admin", "Kamera-9"
WIDTH, HEIGHT, FPS = 320, 240, 10


def main() -> None:
    """Be a camera until standard input ends."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # presets are written into the current folder
        _stay_on_loopback()
        import ipycam.camera
        import numpy

        ipycam.camera.WSDiscoveryServer.start = lambda self: None
        onvif, rtsp, web, api = (_free_port() for _ in range(4))
        config = ipycam.CameraConfig(
            name="virtual",
            local_ip="127.0.0.1",
            onvif_port=onvif,
            rtsp_port=rtsp,
            web_port=web,
            go2rtc_api_port=api,
            main_width=WIDTH,
            main_height=HEIGHT,
            main_fps=FPS,
            sub_width=WIDTH,
            sub_height=HEIGHT,
            sub_fps=FPS,
            username=USER,
            password=PASSWORD,
            show_timestamp=False,
        )
        camera = ipycam.IPCamera(config)
        assert camera.start()
        ended = threading.Event()
        threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
        row = numpy.linspace(0, 255, WIDTH).astype(numpy.uint8)  # dark on the left, bright on the right
        frame = numpy.repeat(numpy.tile(row, (HEIGHT, 1))[:, :, None], 3, axis=2)
        told = False
        while not ended.wait(1 / FPS):
            camera.stream(frame)
            if not told:
                told = True
                print(f"port={onvif}", file=sys.__stdout__, flush=True)
        camera.stop()


def _stay_on_loopback() -> None:
    bind = socket.socket.bind

    def bind_here(sock: socket.socket, address: tuple[str, int]) -> None:
        bind(sock, ("127.0.0.1", address[1]) if address[0] in ("", "0.0.0.0") else address)

    socket.socket.bind = bind_here  # type: ignore[method-assign]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    main()

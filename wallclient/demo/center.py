"""The embedded center: runs the HTTP side on 127.0.0.1 in a thread of its own, and lets tests change things."""

import asyncio
import random
import secrets
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import uvicorn

from wallclient.demo.city import City
from wallclient.demo.hooks import Hooks
from wallclient.demo.leases import Leases
from wallclient.demo.operators import OPERATORS
from wallclient.demo.patrol_plans import sample_plans
from wallclient.demo.recording_hooks import RecordingHooks
from wallclient.demo.recording_store import FootageStore
from wallclient.demo.routes import PREFIX, CenterState, StreamSources, build_app
from wallclient.demo.sessions import Sessions
from wallclient.demo.stations import STREAMED

if TYPE_CHECKING:
    from wallclient.demo.certificates import Certificates  # needs a library of its own, which few starts want

HOST = "127.0.0.1"
USER = "operator"
START_LIMIT_S = 10.0
STOP_LIMIT_S = 5.0
_Result = TypeVar("_Result")


class EmbeddedCenter(Hooks, RecordingHooks):
    """A center with `cameras` cameras. Public methods may be called from any thread but the server's own.

    `access_s`, `refresh_s`, `lease_s`: terms of access token, refresh token and lease. `flicker_s`: mean time between
    two made-up status changes of cameras that do not stream; `rival_s`: between two takings of a PTZ camera by a
    simulated operator; 0 means never. With `certificates` it serves https only. Without a store of footage what was
    recorded is told, but can't be had.
    Every operator of `wallclient.demo.operators` has the same password.
    """

    def __init__(
        self,
        cameras: int,
        port: int = 0,
        media: StreamSources | None = None,
        *,
        password: str | None = None,
        access_s: float = 300.0,
        refresh_s: float = 12 * 3600.0,
        lease_s: float = 60.0,
        flicker_s: float = 0.0,
        rival_s: float = 0.0,
        certificates: "Certificates | None" = None,
        footage: FootageStore | None = None,
    ) -> None:
        self._asked_port = port
        self._flicker_s = flicker_s
        self._rival_s = rival_s
        self._certificates = certificates
        self._state = CenterState(
            City(cameras),
            {operator.user: operator for operator in OPERATORS},
            password or secrets.token_urlsafe(12),
            media,
            Sessions(access_s, refresh_s),
            Leases(lease_s),
            footage=footage,
        )
        for plan in sample_plans(self._state.city):
            self._state.patrol.save_plan(plan)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._port = 0

    def __enter__(self) -> "EmbeddedCenter":
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    # --- life ---

    @property
    def user(self) -> str:
        """Name to log in with; this operator sees everything."""
        return USER

    @property
    def password(self) -> str:
        """Password to log in with."""
        return self._state.password

    @property
    def base_url(self) -> str:
        """Address of the center without a path, as an operator would type it."""
        return f"{'https' if self._certificates else 'http'}://{HOST}:{self._port}"

    @property
    def api_url(self) -> str:
        """Address under which the contract's paths lie."""
        return self.base_url + PREFIX

    def start(self) -> None:
        """Listen and serve. Started again after a stop, it keeps its port. Raises OSError if the port is taken."""
        listener = _listen(self._port or self._asked_port)
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            build_app(self._state),
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
            timeout_keep_alive=75,  # longer than the pauses between renewals of a lease
            server_header=False,
            ssl_certfile=self._certificates.chain_file if self._certificates else None,
            ssl_keyfile=self._certificates.key_file if self._certificates else None,
        )
        self._server = uvicorn.Server(config)
        started = threading.Event()
        arguments = (self._server, listener, started)
        self._thread = threading.Thread(target=self._run, args=arguments, name="embedded-center", daemon=True)
        self._thread.start()
        if not started.wait(START_LIMIT_S):
            raise RuntimeError("the embedded center did not start")

    def stop(self) -> None:
        """End all event streams and connections; the tree and the sessions stay for a further start."""
        if self._server is None or self._thread is None:
            return
        self._on_loop(self._state.events.close)
        self._server.should_exit = True
        self._thread.join(STOP_LIMIT_S)
        self._server = self._thread = self._loop = None

    def _run(self, server: uvicorn.Server, listener: socket.socket, started: threading.Event) -> None:
        with asyncio.Runner() as runner, listener:
            self._loop = runner.get_loop()
            runner.run(self._serve(server, listener, started))

    async def _serve(self, server: uvicorn.Server, listener: socket.socket, started: threading.Event) -> None:
        self._state.events.reopen()
        tasks = [asyncio.create_task(self._state.ptz.run())]
        tasks += [asyncio.create_task(self._flicker())] if self._flicker_s else []
        tasks += [asyncio.create_task(self._state.ptz.rival(self._rival_s))] if self._rival_s else []
        started.set()  # the socket listens already: whoever connects now is served as soon as the loop turns
        await server.serve(sockets=[listener])
        for task in tasks:
            task.cancel()

    # --- inside ---

    def _on_loop(self, work: Callable[[], _Result]) -> _Result:
        """Run `work` on the server's loop and return its result. Without a running server it runs here."""
        if self._loop is None:
            return work()

        async def call() -> _Result:
            return work()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(START_LIMIT_S)

    async def _flicker(self) -> None:
        """Switch a camera that does not stream, now and then; as many are off as before in the long run."""
        dice, total = random.Random(), self.city.total
        while total > STREAMED:
            await asyncio.sleep(dice.expovariate(1 / self._flicker_s))
            channel_id = f"c{dice.randint(STREAMED + 1, total)}"
            status = self.city.set_online(channel_id, dice.random() < 0.9)
            if status is not None:
                self._tell_status(status)


def _listen(port: int) -> socket.socket:
    # With the protocol named, asyncio sets TCP_NODELAY on what it accepts; without, every answer takes 40 ms longer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(256)
    except OSError:
        listener.close()
        raise
    return listener

"""`wallclient bench adapters`: how fast each kind of center is through its adapter, before a server or a double of it.

Pictures and steering go the program's own way: centers, panes and player hosts, helm. The servers run in processes of
their own and need a checkout of the sources. Client and servers share one machine and one monotonic clock.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from wallclient.bench.doubles import Double, NoCheckout
from wallclient.bench.pulse import until
from wallclient.bench.wvp_sync import wvp_sync_s
from wallclient.domain.center_config import CenterConfig, Family
from wallclient.domain.errors import KeyringRefused, WallError
from wallclient.domain.global_id import global_id
from wallclient.domain.pane import PaneState
from wallclient.domain.ptz import STILL, Velocity
from wallclient.domain.secret import KeeperState, SecretKind

if TYPE_CHECKING:
    from wallclient.api.center import Center
    from wallclient.services.centers import Centers
    from wallclient.services.wall import Deck

FAMILIES = (Family.NATIVE, Family.WVP, Family.ZONEMINDER, Family.ONVIF, Family.LIST)
LIVE_OPEN_P95_LIMIT_MS = 2500.0
WVP_SYNC_LIMIT_S = 90.0
_SITE_KEY = {Family.LIST: "k", Family.ONVIF: "onvif1"}  # as tests/conformance/stands.py has them
_LOGINS, _LEVELS, _OPENINGS, _PRESSES = 5, 10, 20, 20
_OPEN_LIMIT_S = 30.0
_PANE_PX = (640, 360)
_HOLD_S = 0.15
_RIGHT = Velocity(pan=0.5)


@dataclass(frozen=True, slots=True)
class AdapterFigures:
    """What was measured of one adapter; medians where nothing else is said. None: it has no such thing."""

    login_ms: float
    tree_first_level_ms: float
    live_open_ms: dict[str, float]  # p50, p95; from the wish to the first decoded picture
    ptz_press_to_server_ms: float | None


def run(options: argparse.Namespace) -> int:
    """Measure and write the figures; 0 when the limits hold."""
    import qasync
    from PySide6.QtWidgets import QApplication

    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    try:
        with (
            tempfile.TemporaryDirectory(prefix="wallclient-bench-") as folder,
            asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(application)) as runner,
        ):
            figures = runner.run(_measure_all(Path(folder)))
    except (NoCheckout, TimeoutError, WallError) as err:
        print(f"{type(err).__name__}: {err}", file=sys.stderr)
        return 2
    text = json.dumps(figures, indent=2)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0 if figures["holds"] else 1


async def _measure_all(root: Path) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for family in FAMILIES:
        with Double("conformance/serve.py", family.value) as double:
            figures[family.value] = asdict(await _measure(family, double, root / family.value))
    worst = max(figures[family.value]["live_open_ms"]["p95"] for family in FAMILIES)
    sync_s = await wvp_sync_s(root / "mirror")
    holds = worst <= LIVE_OPEN_P95_LIMIT_MS and sync_s <= WVP_SYNC_LIMIT_S
    return {**figures, "live_open_ms": {"p95": worst}, "wvp_sync_100k_s": sync_s, "holds": holds}


async def _measure(family: Family, double: Double, folder: Path) -> AdapterFigures:
    opener = _opener(family, double)
    login_ms = [await asyncio.to_thread(_login_ms, opener, double) for _ in range(_LOGINS)]
    level_ms = await asyncio.to_thread(_level_ms, opener, double)
    async with AsyncExitStack() as stack:
        centers, deck = await _program(family, double, opener, folder, stack)
        channel_id = global_id(_key(family), str(double.told["camera"]))
        open_ms = await _live_open_ms(centers, deck, channel_id)
        press_ms = await _press_ms(centers, double, channel_id) if _moves(centers) else None
    marks = quantiles(open_ms, n=100, method="inclusive")
    return AdapterFigures(
        round(median(login_ms), 1),
        round(median(level_ms), 1),
        {"p50": round(marks[49], 1), "p95": round(marks[94], 1)},
        None if press_ms is None else round(median(press_ms), 2),
    )


def _key(family: Family) -> str:
    return _SITE_KEY.get(family, family.value)


def _opener(family: Family, double: Double) -> Callable[[], "Center"]:
    """Return what opens a new adapter before the double."""
    from wallclient.api.onvif.center import OnvifCenter
    from wallclient.camera_list.center import ListCenter
    from wallclient.services.center_makes import open_by_address
    from wallclient.storage.camera_sites import site_file
    from wallclient.storage.onvif_sites import onvif_site_file

    key, told = _key(family), double.told
    if family is Family.LIST:
        return lambda: ListCenter(key, site_file(Path(told["folder"]), key), told["accounts"].get)
    if family is Family.ONVIF:
        return lambda: OnvifCenter(key, onvif_site_file(Path(told["folder"]), key), told["accounts"].get)
    return lambda: open_by_address(CenterConfig(key, double.base_url, adapter=family.value))


def _login_ms(opener: Callable[[], "Center"], double: Double) -> float:
    center = opener()
    began = time.perf_counter()
    center.log_in(double.user, double.password)
    took_ms = (time.perf_counter() - began) * 1000
    center.log_out()
    center.close()
    return took_ms


def _level_ms(opener: Callable[[], "Center"], double: Double) -> list[float]:
    found = []
    for _ in range(_LEVELS):  # each time by somebody who has not asked before
        center = opener()
        center.log_in(double.user, double.password)
        began = time.perf_counter()
        center.children(None)
        found.append((time.perf_counter() - began) * 1000)
        center.log_out()
        center.close()
    return found


class _NoKeyring:
    """A keyring that keeps nothing."""

    def state(self) -> KeeperState:
        return KeeperState.NULL

    def read(self, kind: SecretKind, center_key: str, user: str) -> str | None:
        return None

    def write(self, kind: SecretKind, center_key: str, user: str, secret: str) -> None:
        raise KeyringRefused("measurements keep nothing")

    def forget(self, kind: SecretKind, center_key: str, user: str) -> None:
        return None


async def _program(
    family: Family, double: Double, opener: Callable[[], "Center"], folder: Path, stack: AsyncExitStack
) -> tuple["Centers", "Deck"]:
    """Build what stands behind a wall, signed in at the double; `stack` takes it down."""
    from wallclient.player.host_pool import HostPool
    from wallclient.services.centers import Centers
    from wallclient.services.preferences import Preferences
    from wallclient.services.secret_keeper import SecretKeeper
    from wallclient.services.wall import Deck
    from wallclient.storage.settings import settings_file

    keeper = SecretKeeper(_NoKeyring())
    stack.callback(keeper.close)
    centers = Centers(Preferences(settings_file(folder)), keeper, folder / "data", adapter=lambda _: opener())
    stack.push_async_callback(centers.close)
    key = _key(family)
    centers.add(CenterConfig(key, double.base_url or f"list:{key}", adapter=family.value))
    await centers.access(key).session.log_in(double.user, double.password)
    pool = HostPool()
    stack.callback(pool.shut_down)
    return centers, Deck(pool, centers)


async def _live_open_ms(centers: "Centers", deck: "Deck", channel_id: str) -> list[float]:
    channel = await centers.channel(channel_id)
    found = []
    for _ in range(_OPENINGS):
        pane = deck.new_pane()
        pane.set_size(*_PANE_PX)
        began = time.perf_counter()
        pane.show(channel)
        await until(lambda pane=pane: pane.state is PaneState.PLAYING, _OPEN_LIMIT_S)  # type: ignore[misc]
        found.append((time.perf_counter() - began) * 1000)
        pane.close()
        await asyncio.sleep(0.1)
    return found


def _moves(centers: "Centers") -> bool:
    return all(access.session.capabilities.ptz for access in centers.accesses)


async def _press_ms(centers: "Centers", double: Double, channel_id: str) -> list[float]:
    """Return how long each press took to the server, which is seen there."""
    from wallclient.services.steering import Helm

    helm = Helm(centers)
    helm.watch("bench", [channel_id])
    pressed = []
    await until(lambda: helm.ptz_of(channel_id).status is not None, _OPEN_LIMIT_S)
    for _ in range(_PRESSES):
        pressed.append(time.monotonic())
        helm.move(channel_id, _RIGHT)
        await asyncio.sleep(_HOLD_S)
        helm.move(channel_id, STILL)
        await until(lambda: not helm.is_moving(channel_id) and not helm.unconfirmed(), _OPEN_LIMIT_S)
        await asyncio.sleep(_HOLD_S)
    await helm.close()
    arrived = await asyncio.to_thread(double.ask)
    return [(next(at for at in arrived if at >= press) - press) * 1000 for press in pressed]

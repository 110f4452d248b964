"""How long a WVP's whole tree takes into the mirror: the adapter, the services, and a double that is a large city."""

import asyncio
import time
from pathlib import Path

from wallclient.bench import queries
from wallclient.bench.doubles import Double
from wallclient.bench.pulse import until
from wallclient.domain.catalog_view import SyncPhase
from wallclient.storage.mirrors import mirror_folder

CHANNELS = 100_000
_KEY = "wvp"
_LIMIT_S = 200.0


async def wvp_sync_s(root: Path, channels: int = CHANNELS) -> float:
    """Return the seconds from the start of the sync until the mirror in `root` has every channel and follows.

    Runs on a Qt loop. Raises `doubles.NoCheckout`, TimeoutError, CenterError.
    """
    from wallclient.api.wvp.center import WvpCenter
    from wallclient.services.catalog import Catalog

    folder = mirror_folder(root, _KEY)
    folder.mkdir(parents=True, exist_ok=True)
    with Double("wvp/wvp_double.py", str(channels)) as double:
        center = WvpCenter(double.base_url)
        catalog = Catalog()
        try:
            await asyncio.to_thread(center.log_in, double.user, double.password)
            catalog.open(folder, _KEY, double.user)
            began = time.monotonic()
            catalog.start_sync(center)
            await until(lambda: _is_whole(catalog.state.phase, catalog.state.cameras, channels), _LIMIT_S)
            took_s = time.monotonic() - began
            rows = await asyncio.to_thread(queries.count_rows, catalog.path)
            if rows < channels:
                raise TimeoutError(f"{rows} rows of {channels} channels")
        finally:
            await catalog.close()
            center.close()
    return round(took_s, 2)


def _is_whole(phase: SyncPhase, cameras: int, channels: int) -> bool:
    return phase is SyncPhase.FOLLOWING and cameras >= channels

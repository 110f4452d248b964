"""The thread that keeps a mirror in step with its center for as long as the window is open."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from wallclient.catalog.mirror import Mirror
from wallclient.catalog.sync import CatalogSource, Sync, SyncStopped, repaired
from wallclient.domain.catalog_view import CatalogChange, SyncPhase, SyncProgress, SyncState
from wallclient.domain.errors import CenterError, SignInNeeded, StorageFailed, WallError
from wallclient.domain.retry import retry_delay_s

_log = logging.getLogger(__name__)
POLL_S = 20.0  # without a word from the center


class Follower:
    """Runs a `Sync` again and again: when woken, after a failure, and from time to time. `told` gets each new state."""

    def __init__(
        self,
        mirror: Mirror,
        source: CatalogSource,
        told: Callable[[SyncState], None],
        changed: Callable[[CatalogChange], None],
    ) -> None:
        self._mirror = mirror
        self._told = told
        self._state = SyncState(SyncPhase.FOLLOWING)
        self._changed = changed
        self._sync = Sync(mirror, source, changed, self._on_progress)
        self._wake = threading.Event()
        self._ending: SyncPhase | None = None
        self._thread = threading.Thread(target=self._run, name="catalog-sync", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """The center has something new, or can be reached again."""
        self._wake.set()

    def stop(self, phase: SyncPhase) -> None:
        """End soon, with this as the last state; what has come of a snapshot is kept."""
        self._ending = phase
        self._sync.stop()
        self._wake.set()

    def join(self, timeout_s: float) -> None:
        """Wait for the end."""
        self._thread.join(timeout_s)

    @property
    def running(self) -> bool:
        """Tell whether the thread has not ended yet."""
        return self._thread.is_alive()

    # --- on the thread ---

    def _run(self) -> None:
        failures = 0
        while self._ending is None:
            self._wake.clear()
            try:
                self._sync.catch_up()
                self._tell(SyncPhase.FOLLOWING, None, time.time())
                self._sync.tidy()
            except SyncStopped:
                break
            except SignInNeeded as err:
                self._tell(SyncPhase.SIGN_IN_NEEDED, err)
                return
            except StorageFailed as err:
                failures = self._failed(err, failures, mend=True)
            except CenterError as err:
                failures = self._failed(err, failures)
            except Exception as err:  # the edge of the thread: a bug must not leave a tree that only looks alive
                _log.exception("the mirror can't follow its center")
                failures = self._failed(WallError(f"{type(err).__name__}: {err}"), failures)
            else:
                failures = 0
                self._wake.wait(POLL_S)
        self._tell(self._ending or SyncPhase.CANCELLED, None)

    def _failed(self, err: WallError, failures: int, *, mend: bool = False) -> int:
        if failures == 0:
            _log.warning("the mirror can't follow its center for now: %s", err)
        self._tell(SyncPhase.WAITING, err)
        if mend and isinstance(err, StorageFailed) and failures == 0 and self._mended(err):
            return 1
        if self._ending is None:
            self._wake.wait(retry_delay_s(failures + 1))
        return failures + 1

    def _mended(self, err: StorageFailed) -> bool:
        try:
            mended = repaired(self._mirror, err)
        except (StorageFailed, OSError):
            _log.exception("the damaged mirror can't be put aside")
            return False
        if mended:
            self._changed(CatalogChange(everything=True))
        return mended

    def _on_progress(self, progress: SyncProgress) -> None:
        self._state = replace(self._state, phase=SyncPhase.FETCHING, progress=progress, error=None)
        self._told(self._state)

    def _tell(self, phase: SyncPhase, err: WallError | None, synced_unix_s: float | None = None) -> None:
        synced = synced_unix_s or self._state.synced_unix_s
        self._state = replace(self._state, phase=phase, progress=None, error=err, synced_unix_s=synced)
        self._told(self._state)

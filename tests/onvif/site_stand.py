"""Sites of ONVIF cameras for tests: cameras kept on disk, passwords in a keyring of the test's own."""

import time
from pathlib import Path

from onvif_double import OnvifDouble

from wallclient.api.onvif.center import OnvifCenter
from wallclient.domain.errors import KeyringFailed
from wallclient.domain.onvif import NewOnvifCamera, OnvifAddress, OnvifSite
from wallclient.domain.secret import KeeperState, SecretKind
from wallclient.services.onvif_sites import OnvifSites
from wallclient.services.secret_keeper import SecretKeeper

KEY = "onvif1"
LIMIT_S = 30.0


class Keyring:
    """A `services.secret_keeper.SecretStore` in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str], str] = {}
        self.fails = False

    def state(self) -> KeeperState:
        return KeeperState.SAFE

    def read(self, kind: SecretKind, center_key: str, user: str) -> str | None:
        self._check()
        return self.kept.get((kind.value, center_key, user))

    def write(self, kind: SecretKind, center_key: str, user: str, secret: str) -> None:
        self._check()
        self.kept[kind.value, center_key, user] = secret

    def forget(self, kind: SecretKind, center_key: str, user: str) -> None:
        self._check()
        self.kept.pop((kind.value, center_key, user), None)

    def _check(self) -> None:
        if self.fails:
            raise KeyringFailed("the test's keyring")


class SiteStand:
    """A folder with one site, and the means to change it."""

    def __init__(self, folder: Path) -> None:
        self.keyring = Keyring()
        self.keeper = SecretKeeper(self.keyring)
        self.sites = OnvifSites(folder, self.keeper)
        self.sites._save(KEY, OnvifSite("江北分局"))

    def add(self, *cameras: NewOnvifCamera) -> OnvifSite:
        return self.sites._add(KEY, cameras)

    def center(self) -> OnvifCenter:
        """Return a center nobody has opened."""
        return OnvifCenter(KEY, self.sites.file(KEY), self.sites.passwords(KEY).read)

    def close(self) -> None:
        self.keeper.close()


def camera_of(
    double: OnvifDouble, name: str = "球机", path: tuple[str, ...] = ("渝北", "两路口"), **more
) -> NewOnvifCamera:
    """Return what adds a double to a site."""
    told = {"user": double.user, "password": double.password, "can_move": double.has_ptz, **more}
    return NewOnvifCamera(path, name, OnvifAddress("127.0.0.1", double.port), **told)


def ids_of(center) -> dict[str, str]:
    """Return the ids of all cameras by name."""
    return {row.name: row.id for page in center.snapshot() for row in page.nodes if row.is_channel}


def wait_for(condition, what: str) -> None:
    limit = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < limit, what
        time.sleep(0.01)

"""The kinds of centers: what each asks of the operator, and how its adapter is opened. Only this knows all."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wallclient.api.center import Center
from wallclient.api.native import NativeCenter
from wallclient.api.wvp.center import WvpCenter
from wallclient.api.wvp.ptz import PresetNames
from wallclient.api.zoneminder.center import ZoneMinderCenter
from wallclient.camera_list.center import ListCenter
from wallclient.domain.center_config import SITES, CenterConfig, Family
from wallclient.domain.errors import BadAddress
from wallclient.services.camera_lists import CameraLists
from wallclient.services.onvif_sites import OnvifSites
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.storage.preset_names import preset_name_file


@dataclass(frozen=True, slots=True)
class CenterMake:
    """What a kind of center asks for."""

    family: Family
    icon: str  # of `resources/icons`
    asks_media_host: bool = False  # its addresses of streams often name a host only its own network knows
    example: str = ""  # of an address

    @property
    def is_site(self) -> bool:
        """Tell whether it is kept on this machine: no address, no log-in, no authority."""
        return self.family in SITES


MAKES: tuple[CenterMake, ...] = (
    CenterMake(Family.NATIVE, "center", example="https://center.example:8443"),
    CenterMake(Family.WVP, "center", asks_media_host=True, example="http://wvp.example:18080"),
    CenterMake(Family.ZONEMINDER, "center", asks_media_host=True, example="https://zoneminder.example/zm"),
    CenterMake(Family.ONVIF, "camera-dome"),
    CenterMake(Family.LIST, "groups"),
)
_Open = Callable[[CenterConfig, Path | None, PresetNames | None], Center]
_BY_ADDRESS: dict[Family, _Open] = {
    Family.NATIVE: lambda config, ca, _names: NativeCenter(config.url, ca),
    Family.WVP: lambda config, ca, names: WvpCenter(config.url, ca, media_host=config.media_host, names=names),
    Family.ZONEMINDER: lambda config, ca, _names: ZoneMinderCenter(config.url, ca, media_host=config.media_host),
}


def make_of(config: CenterConfig) -> CenterMake | None:
    """Return what kind of center a configuration is for; None for one this program does not know."""
    return next((make for make in MAKES if make.family == config.adapter), None)


def open_by_address(config: CenterConfig, names: PresetNames | None = None) -> Center:
    """Return the adapter for a center that is a server. Raises BadAddress, also for any other kind.

    `names` keeps names of presets where the center keeps none.
    """
    family = next((family for family in _BY_ADDRESS if family == config.adapter), None)
    if family is None:
        raise BadAddress(f"no adapter {config.adapter[:20]!r}")
    return _BY_ADDRESS[family](config, Path(config.ca_file) if config.ca_file else None, names)


class CenterMakes:
    """Opens adapters with what the program keeps for them."""

    def __init__(self, data: Path, keeper: SecretKeeper) -> None:
        """`data` is the folder sites and names of presets are in, `keeper` has the sites' passwords."""
        self._data = data
        self.lists = CameraLists(data, keeper)
        self.onvif = OnvifSites(data, keeper)

    def open(self, config: CenterConfig) -> Center:
        """Return the adapter for a center. Raises BadAddress."""
        if config.adapter == Family.LIST:
            return ListCenter(config.key, self.lists.file(config.key), self.lists.passwords(config.key).read)
        if config.adapter == Family.ONVIF:
            from wallclient.api.onvif.center import OnvifCenter  # here: it brings httpx, 20 MB most walls never need

            return OnvifCenter(config.key, self.onvif.file(config.key), self.onvif.passwords(config.key).read)
        return open_by_address(config, preset_name_file(self._data, config.key))

    async def password_user(self, config: CenterConfig, camera_id: str) -> str:
        """Return whose password a camera of a site asks for. Raises NotFound, StorageFailed."""
        if config.adapter == Family.ONVIF:
            return next((c.user for c in (await self.onvif.site(config.key)).cameras if c.id == camera_id), "")
        return await self.lists.password_user(config.key, camera_id)

    async def set_password(self, config: CenterConfig, camera_id: str, password: str) -> None:
        """Keep the password of a camera, and of all that share it. Raises NotFound, KeyringFailed, StorageFailed."""
        if config.adapter == Family.ONVIF:
            await self.onvif.set_password(config.key, camera_id, password)
        else:
            await self.lists.set_password(config.key, camera_id, password)

    async def forget(self, config: CenterConfig) -> None:
        """Take away what is kept for a center that was removed. Raises StorageFailed, KeyringFailed."""
        if config.adapter == Family.LIST:
            await self.lists.remove(config.key)
        elif config.adapter == Family.ONVIF:
            await self.onvif.remove(config.key)
        if not config.is_site:
            await asyncio.to_thread(preset_name_file(self._data, config.key).remove)

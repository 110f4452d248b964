"""Finding ONVIF cameras, for the dialog that adds them: coroutines around the network's blocking calls."""

import asyncio
from collections.abc import Sequence

from wallclient.api.onvif import discovery
from wallclient.domain.onvif import OnvifAddress, OnvifCameraInfo, OnvifFound, OnvifInterface

DISCOVER_S = 3.0


def interfaces() -> tuple[OnvifInterface, ...]:
    """Return this machine's interfaces that are up, with their IPv4 addresses; loopback comes last."""
    return discovery.interfaces()


def read_address(text: str, *, check_certificate: bool = True) -> OnvifAddress:
    """Return the address an operator typed: a host, host:port or URL. Raises BadAddress."""
    return discovery.read_address(text, check_certificate=check_certificate)


async def discover(chosen: Sequence[OnvifInterface], limit_s: float = DISCOVER_S) -> tuple[OnvifFound, ...]:
    """Return the devices that answer on these interfaces within `limit_s`, by address."""
    return await asyncio.to_thread(discovery.discover, tuple(chosen), limit_s)


async def probe(host: str, limit_s: float = 2.0) -> tuple[OnvifFound, ...]:
    """Return what one host answers to a probe sent to it alone."""
    return await asyncio.to_thread(discovery.probe, host, limit_s)


async def look_at(address: OnvifAddress, user: str, password: str) -> OnvifCameraInfo:
    """Log in to a camera and return what it tells.

    Raises NotPermitted with the reason `domain.onvif.PASSWORD_WRONG`, ClockDiffers, CameraOffline, NotTrusted, and
    BadPayload for what is no ONVIF camera. Takes 15 s at most.
    """
    return await asyncio.to_thread(discovery.look_at, address, user, password)

"""Trying out a center before it is used: is it there, is it one, can it be trusted?"""

import asyncio
import ssl
from dataclasses import dataclass
from enum import StrEnum

from wallclient.api.center import Center, Health
from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import BadAddress, CenterError, NotTrusted, ServerFailed, TrustFlaw
from wallclient.services.center_access import open_adapter


class ProbeResult(StrEnum):
    """What came of trying."""

    GOOD = "good"
    BAD_ADDRESS = "bad_address"  # no address of a center at all
    BAD_CA_FILE = "bad_ca_file"  # the file of the private authority can't be read
    NOT_TRUSTED = "not_trusted"  # its certificate is refused; `Probe.flaw` says why
    NO_ANSWER = "no_answer"
    NO_CENTER = "no_center"  # something answers, but it is no center of this family


@dataclass(frozen=True, slots=True)
class Probe:
    """What came of trying out a center; `name` and `version` are its own words, where the result is good."""

    result: ProbeResult
    name: str = ""
    version: str = ""
    flaw: TrustFlaw | None = None  # where it is not trusted


async def probe(config: CenterConfig) -> Probe:
    """Ask a center for its health. Signs in nowhere and sends no secret."""
    if config.ca_file and not await asyncio.to_thread(_is_ca_file, config.ca_file):
        return Probe(ProbeResult.BAD_CA_FILE)
    try:
        center = open_adapter(config)
    except BadAddress:
        return Probe(ProbeResult.BAD_ADDRESS)
    try:
        health = await asyncio.to_thread(_health, center)
    except NotTrusted as err:
        return Probe(ProbeResult.NOT_TRUSTED, flaw=err.flaw)
    except ServerFailed:
        return Probe(ProbeResult.NO_ANSWER)
    except CenterError:
        return Probe(ProbeResult.NO_CENTER)
    finally:
        center.close()
    return Probe(ProbeResult.GOOD, health.name, health.version)


def _health(center: Center) -> Health:
    return center.health()


def _is_ca_file(path: str) -> bool:
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError):  # ssl.SSLError is an OSError
        return False
    return True

"""Trying out a center before it is used: is it there, is it one of its kind, can it be trusted?"""

import asyncio
import ssl
from dataclasses import dataclass, replace
from enum import StrEnum

from wallclient.api.center import Center, Health
from wallclient.domain.center_config import CenterConfig, Family
from wallclient.domain.errors import BadAddress, CenterError, NotTrusted, ServerFailed, TrustFlaw
from wallclient.services.center_makes import MAKES, open_by_address

_VAGUE = frozenset({Family.WVP})  # its only sign of life is to refuse strangers, as other servers do


class ProbeResult(StrEnum):
    """What came of trying."""

    GOOD = "good"
    BAD_ADDRESS = "bad_address"  # no address of a center at all
    BAD_CA_FILE = "bad_ca_file"  # the file of the private authority can't be read
    NOT_TRUSTED = "not_trusted"  # its certificate is refused; `Probe.flaw` says why
    NO_ANSWER = "no_answer"
    NO_CENTER = "no_center"  # something answers, but it is no center of any kind we know
    OTHER_KIND = "other_kind"  # something answers, and it is a center of another kind: `Probe.family`


@dataclass(frozen=True, slots=True)
class Probe:
    """What came of trying out a center; `name` and `version` are its own words, where it answered as one."""

    result: ProbeResult
    name: str = ""
    version: str = ""
    flaw: TrustFlaw | None = None  # where it is not trusted
    family: Family | None = None  # what it is, where it is another kind than was asked for


async def probe(config: CenterConfig) -> Probe:
    """Ask a center for its health, and if it may be none of its kind, as every other kind of server there is.

    Signs in nowhere and sends no secret.
    """
    if config.ca_file and not await asyncio.to_thread(_is_ca_file, config.ca_file):
        return Probe(ProbeResult.BAD_CA_FILE)
    found = await _probe(config)
    is_sure = found.result is ProbeResult.GOOD and config.adapter not in _VAGUE
    if is_sure or found.result not in (ProbeResult.GOOD, ProbeResult.NO_CENTER):
        return found
    others = [make.family for make in MAKES if not make.is_site and make.family != config.adapter]
    if found.result is ProbeResult.GOOD:
        others = [family for family in others if family not in _VAGUE]
    others.sort(key=_VAGUE.__contains__)  # a vague likeness counts only where nothing better is found
    answers = await asyncio.gather(*(_probe(replace(config, adapter=family.value)) for family in others))
    for family, answer in zip(others, answers, strict=True):
        if answer.result is ProbeResult.GOOD:
            return Probe(ProbeResult.OTHER_KIND, answer.name, answer.version, family=family)
    return found


async def _probe(config: CenterConfig) -> Probe:
    try:
        center = open_by_address(config)
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

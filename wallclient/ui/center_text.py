"""Sentences about centers: how it stands with them, what came of trying one, where secrets may be kept."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from wallclient.domain.center_config import Family
from wallclient.domain.secret import KeeperState
from wallclient.services.center_access import AccessState
from wallclient.services.center_probe import Probe, ProbeResult
from wallclient.ui.i18n import QT_TRANSLATE_NOOP
from wallclient.ui.text import trust_text

_STATES: Mapping[AccessState, str] = {
    AccessState.SIGNED_OUT: QT_TRANSLATE_NOOP("center_text", "not logged in"),
    AccessState.SIGNING_IN: QT_TRANSLATE_NOOP("center_text", "signing in…"),
    AccessState.CONNECTED: QT_TRANSLATE_NOOP("center_text", "connected"),
    AccessState.AWAY: QT_TRANSLATE_NOOP("center_text", "does not answer"),
}
_PROBES: Mapping[ProbeResult, str] = {
    ProbeResult.GOOD: QT_TRANSLATE_NOOP("center_text", "{name} answers, version {version}."),
    ProbeResult.BAD_ADDRESS: QT_TRANSLATE_NOOP(
        "center_text", "This address can't be used. It looks like https://center.example:8443."
    ),
    ProbeResult.BAD_CA_FILE: QT_TRANSLATE_NOOP(
        "center_text", "The certificate file can't be read. It has to be a PEM file with an authority's certificate."
    ),
    ProbeResult.NOT_TRUSTED: QT_TRANSLATE_NOOP("center_text", "The center answers, but is not trusted. {trust}"),
    ProbeResult.NO_ANSWER: QT_TRANSLATE_NOOP(
        "center_text", "Nobody answers at this address. Check the address, http or https, and the network."
    ),
    ProbeResult.OTHER_KIND: QT_TRANSLATE_NOOP("center_text", "What answers there is of the kind “{kind}”: {name}."),
    ProbeResult.NO_CENTER: QT_TRANSLATE_NOOP("center_text", "Something answers at this address, but it is no center."),
}
_FAMILIES: Mapping[Family, str] = {
    Family.NATIVE: QT_TRANSLATE_NOOP("center_text", "Video center"),
    Family.WVP: QT_TRANSLATE_NOOP("center_text", "WVP-GB28181-pro"),
    Family.ZONEMINDER: QT_TRANSLATE_NOOP("center_text", "ZoneMinder"),
    Family.ONVIF: QT_TRANSLATE_NOOP("center_text", "ONVIF cameras"),
    Family.LIST: QT_TRANSLATE_NOOP("center_text", "Camera list"),
}
_FAMILY_HINTS: Mapping[Family, str] = {
    Family.NATIVE: QT_TRANSLATE_NOOP("center_text", "A center with the interface of this program (Center API)."),
    Family.WVP: QT_TRANSLATE_NOOP("center_text", "A GB/T 28181 platform, WVP-GB28181-pro 2.7."),
    Family.ZONEMINDER: QT_TRANSLATE_NOOP("center_text", "A ZoneMinder 1.36 server with its API switched on."),
    Family.ONVIF: QT_TRANSLATE_NOOP(
        "center_text", "Cameras in this network, without any center: found by themselves, or added by their address."
    ),
    Family.LIST: QT_TRANSLATE_NOOP(
        "center_text", "Cameras from a table (.csv, .xlsx) with the address of each, without any center."
    ),
}
_KEEPERS: Mapping[KeeperState, str] = {
    KeeperState.SAFE: QT_TRANSLATE_NOOP("center_text", "Kept encrypted in the keyring of this computer."),
    KeeperState.NONE: QT_TRANSLATE_NOOP("center_text", "This computer has no keyring, so nothing is kept."),
    KeeperState.NULL: QT_TRANSLATE_NOOP("center_text", "The keyring of this computer is switched off."),
    KeeperState.CHAIN: QT_TRANSLATE_NOOP(
        "center_text", "Several keyrings are installed and not all may be safe, so nothing is kept."
    ),
    KeeperState.PROMPT: QT_TRANSLATE_NOOP(
        "center_text", "The keyring asks for its password on a terminal, so nothing is kept."
    ),
    KeeperState.PLAIN: QT_TRANSLATE_NOOP("center_text", "The keyring writes unencrypted, so nothing is kept."),
    KeeperState.UNKNOWN: QT_TRANSLATE_NOOP("center_text", "The keyring is not known to be safe, so nothing is kept."),
    KeeperState.BROKEN: QT_TRANSLATE_NOOP("center_text", "The keyring does not work, so nothing is kept."),
}


def access_text(state: AccessState) -> str:
    """Say how it stands with a center, in a word or two."""
    return QCoreApplication.translate("center_text", _STATES[state])


def probe_text(probe: Probe) -> str:
    """Say what came of trying out a center."""
    text = QCoreApplication.translate("center_text", _PROBES[probe.result])
    if probe.result is ProbeResult.GOOD and not probe.version:  # some tell it only to those who are signed in
        text = QCoreApplication.translate("center_text", "{name} answers.")
    trust = trust_text(probe.flaw) if probe.flaw else ""
    kind = family_text(probe.family) if probe.family else ""
    return text.format(name=probe.name, version=probe.version, trust=trust, kind=kind)


def family_text(family: Family) -> str:
    """Name a kind of center."""
    return QCoreApplication.translate("center_text", _FAMILIES[family])


def family_hint(family: Family) -> str:
    """Say what a kind of center is."""
    return QCoreApplication.translate("center_text", _FAMILY_HINTS[family])


def keeper_text(state: KeeperState) -> str:
    """Say whether, and if not why not, an operator can be kept signed in."""
    return QCoreApplication.translate("center_text", _KEEPERS[state])


def unencrypted_text() -> str:
    """Warn of http."""
    return QCoreApplication.translate(
        "center_text", "http:// is not encrypted: passwords and pictures can be read on the way."
    )

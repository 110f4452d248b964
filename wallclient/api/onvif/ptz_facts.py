"""What a camera's drives can do, as its PTZ node and its imaging service tell. Sources: ONVIF PTZ 5.2, Imaging 5.1."""

from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from onveef import envelopes, parsers

from wallclient.api.onvif.device import Device
from wallclient.api.onvif.media import kept_profiles, of_source
from wallclient.domain.errors import BadPayload, CenterError, NotAble
from wallclient.domain.ptz import PtzAbility, Velocity

FACTS_S = 3600.0
_FOV = "/PanTiltSpaces/TranslationSpaceFov"


@dataclass(frozen=True, slots=True)
class PtzFacts:
    """The drives behind one video source."""

    profile: str = ""  # token; empty: nothing moves
    source: str = ""  # token of the video source
    pan_tilt: bool = False
    zoom: bool = False
    focus: bool = False
    presets: int = 0  # how many there may be
    tours: int = 0
    auxiliary: tuple[str, ...] = ()  # commands the camera knows, such as `tt:Wiper|On`
    view_range: tuple[float, float] | None = None  # x and y that are half a picture; None: it can't aim

    @property
    def moves(self) -> bool:
        """Tell whether there is a drive to stop."""
        return self.pan_tilt or self.zoom

    def can(self, velocity: Velocity) -> bool:
        """Tell whether any drive that is asked for is there; of a stop, whether there is any to stop."""
        if velocity.is_still:
            return self.moves or self.focus
        turns, zooms = bool(velocity.pan or velocity.tilt), bool(velocity.zoom)
        return (turns and self.pan_tilt) or (zooms and self.zoom) or (bool(velocity.focus) and self.focus)

    @property
    def abilities(self) -> frozenset[PtzAbility]:
        """The same in the program's words."""
        told = {
            PtzAbility.PAN_TILT: self.pan_tilt,
            PtzAbility.ZOOM: self.zoom,
            PtzAbility.FOCUS: self.focus,
            PtzAbility.PRESETS: self.presets > 0,
            PtzAbility.CRUISES: self.tours > 0 and self.presets > 0,
            PtzAbility.WIPER: self.command(PtzAbility.WIPER, on=True) is not None,
            PtzAbility.LIGHT: self.command(PtzAbility.LIGHT, on=True) is not None,
            PtzAbility.AIM_POINT: self.view_range is not None,
        }
        return frozenset(ability for ability, there in told.items() if there)

    def command(self, ability: PtzAbility, *, on: bool) -> str | None:
        """Return the auxiliary command for a switch; None where the camera has none. Source: ONVIF Core 8.6."""
        names = {PtzAbility.WIPER: ("wiper",), PtzAbility.LIGHT: ("whitelight", "light", "irlamp")}.get(ability, ())
        for name in names:
            for command in self.auxiliary:
                what, _, state = command.rpartition(":")[2].partition("|")
                if what.lower() == name and state.lower() == ("on" if on else "off"):
                    return command
        return None


async def kept_facts(device: Device, source: str) -> PtzFacts:
    """Return what a camera can do, as it was told within the hour. A camera without drives is none that fails."""
    return await device.keep(f"ptz {source}", FACTS_S, lambda: _read(device, source))


async def _read(device: Device, source: str) -> PtzFacts:
    own = of_source(await kept_profiles(device), source)
    focus = await _has_focus(device, own[0].source)
    profile = next((one for one in own if one.has_ptz), None)
    if profile is None or not await device.has("ptz"):
        return PtzFacts(source=own[0].source, focus=focus)
    try:
        answer = await device.raw("ptz", "GetNodes", envelopes.ptz_get_nodes())
    except NotAble:
        return PtzFacts(source=own[0].source, focus=focus)
    nodes = parsers.find_all_local(answer, "PTZNode")
    node = next((one for one in nodes if one.attrib.get("token") == profile.ptz_node), nodes[0] if nodes else None)
    if node is None:
        return PtzFacts(source=own[0].source, focus=focus)
    return PtzFacts(
        profile.token,
        own[0].source,
        parsers.find_local(node, "ContinuousPanTiltVelocitySpace") is not None,
        parsers.find_local(node, "ContinuousZoomVelocitySpace") is not None,
        focus,
        _count(node, "MaximumNumberOfPresets"),
        _count(node, "MaximumNumberOfPresetTours"),
        tuple((one.text or "").strip() for one in parsers.find_all_local(node, "AuxiliaryCommands")),
        _view_range(node),
    )


async def _has_focus(device: Device, source: str) -> bool:
    if not source or not await device.has("imaging"):
        return False
    try:
        options: dict[str, Any] = await device.ask(lambda one: one.imaging_get_move_options(video_source_token=source))
    except (NotAble, BadPayload):
        return False
    except CenterError:
        raise
    return bool((options.get("continuous") or {}).get("speed"))


def _count(node: Element, tag: str) -> int:
    found = parsers.find_local(node, tag)
    text = (found.text or "").strip() if found is not None else ""
    return min(int(text), 10_000) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _view_range(node: Element) -> tuple[float, float] | None:
    """Return what leads to the picture's edge in the space that is counted in pictures, if the camera has that."""
    for space in parsers.find_all_local(node, "RelativePanTiltTranslationSpace"):
        uri = parsers.find_local(space, "URI")
        if uri is None or not (uri.text or "").strip().endswith(_FOV):
            continue
        x, y = (parsers.find_local(space, tag) for tag in ("XRange", "YRange"))
        if x is not None and y is not None:
            try:
                return float(parsers.child_text(x, "Max")), float(parsers.child_text(y, "Max"))
            except ValueError:
                return None
    return None

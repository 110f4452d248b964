"""Presets and preset tours of a camera, by the numbers the program knows them under. Source: ONVIF PTZ 5.5, 5.6."""

import logging
from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import Element

from onveef import envelopes, parsers

from wallclient.api.onvif.device import Device
from wallclient.api.onvif.ptz_facts import PtzFacts
from wallclient.api.onvif.site import SiteStore
from wallclient.domain.errors import BadPayload, NotAble, NotFound, StorageFailed
from wallclient.domain.ptz import Cruise, CruisePoint, Preset

_log = logging.getLogger(__name__)
MOST = 255
_RUNNING = ("Touring", "Extended")


class Numbers:
    """The numbers of one camera's presets. ONVIF has tokens: texts the camera makes up."""

    def __init__(self, store: SiteStore, camera_id: str) -> None:
        self._store = store
        self._camera_id = camera_id
        self._by_token = store.preset_numbers(camera_id)

    def see(self, tokens: Sequence[str]) -> dict[str, int]:
        """Return numbers by token for those a camera has now, and keep them.

        A token that is a number is that number. What was seen before keeps the number it had; what is new takes the
        lowest nobody has or had. Beyond 255 there are none.
        """
        known = {token: number for token, number in self._by_token.items() if token in set(tokens)}
        taken = set(known.values())
        for token in tokens:
            if token not in known and _plain(token) not in (None, *taken):
                known[token] = _plain(token) or 0
                taken.add(known[token])
        free = (number for number in range(1, MOST + 1) if number not in taken)
        for token in tokens:
            if token not in known and (number := next(free, None)) is not None:
                known[token] = number
        self._keep(known)
        return known

    def set(self, token: str, number: int) -> None:
        """Give a preset this number; whatever had it before has none."""
        self._keep({**{t: n for t, n in self._by_token.items() if n != number}, token: number})

    def forget(self, token: str) -> None:
        """Forget a preset."""
        self._keep({t: n for t, n in self._by_token.items() if t != token})

    def token(self, number: int) -> str | None:
        """Return the token of a number as it was seen last."""
        return next((token for token, known in self._by_token.items() if known == number), None)

    def number(self, token: str) -> int | None:
        """Return the number of a token as it was seen last."""
        return self._by_token.get(token)

    def _keep(self, numbers: dict[str, int]) -> None:
        if numbers == self._by_token:
            return
        self._by_token = numbers
        try:
            self._store.keep_preset_numbers(self._camera_id, numbers)
        except StorageFailed as err:
            _log.warning("numbers of presets are not kept: %s", err)


def _plain(token: str) -> int | None:
    return int(token) if token.isascii() and token.isdecimal() and len(token) < 4 and 1 <= int(token) <= MOST else None


async def read_presets(device: Device, facts: PtzFacts, numbers: Numbers) -> tuple[Preset, ...]:
    """Return a camera's presets by number."""
    _require(facts.presets, "presets")
    raw = await device.ask(lambda one: one.ptz_get_presets(profile_token=facts.profile))
    names = {str(item["token"]): str(item.get("name") or "") for item in raw if item.get("token")}
    known = numbers.see(list(names))
    found = (Preset(number, names[token] or token) for token, number in known.items())
    return tuple(sorted(found, key=lambda preset: preset.number))


async def recall(device: Device, facts: PtzFacts, numbers: Numbers, number: int, speed: float) -> None:
    """Let the camera go to a preset; full speed is the camera's own. Raises NotFound."""
    token = await _token(device, facts, numbers, number)
    pace = None if speed >= 1.0 else max(speed, 0.01)
    await device.ask(
        lambda one: one.ptz_goto_preset(
            profile_token=facts.profile,
            preset_token=token,
            speed_pan=pace if facts.pan_tilt else None,
            speed_tilt=pace if facts.pan_tilt else None,
            speed_zoom=pace if facts.zoom else None,
        )
    )


async def save(device: Device, facts: PtzFacts, numbers: Numbers, number: int, name: str) -> Preset:
    """Make a preset of the present position, or move the one that has this number."""
    _require(facts.presets, "presets")
    if not 1 <= number <= MOST:
        raise NotFound(f"preset {number}")
    held = {preset.number for preset in await read_presets(device, facts, numbers)}
    before = numbers.token(number) if number in held else None
    token = await device.ask(
        lambda one: one.ptz_set_preset(profile_token=facts.profile, preset_name=name, preset_token=before or "")
    )
    if not token:
        raise BadPayload("the camera does not name the preset it made")
    if before is not None and token != before:  # it has made another one in place of moving that
        await device.ask(lambda one: one.ptz_remove_preset(profile_token=facts.profile, preset_token=before))
    numbers.set(token, number)
    return Preset(number, name)


async def delete(device: Device, facts: PtzFacts, numbers: Numbers, number: int) -> None:
    """Forget a preset. Raises NotFound."""
    token = await _token(device, facts, numbers, number)
    await device.ask(lambda one: one.ptz_remove_preset(profile_token=facts.profile, preset_token=token))
    numbers.forget(token)


async def _token(device: Device, facts: PtzFacts, numbers: Numbers, number: int) -> str:
    _require(facts.presets, "presets")
    token = numbers.token(number)
    if token is None:
        await read_presets(device, facts, numbers)
        token = numbers.token(number)
    if token is None:
        raise NotFound(f"preset {number}")
    return token


# --- tours ---


async def read_tours(device: Device, facts: PtzFacts, numbers: Numbers) -> tuple[Cruise, ...]:
    """Return a camera's preset tours. Spots that are no presets can't be shown, and are left out."""
    _require(facts.tours, "tours")
    await read_presets(device, facts, numbers)  # tours name presets by their tokens
    return tuple(_cruise(tour, numbers) for tour in await _tours(device, facts))


async def running_tour(device: Device, facts: PtzFacts) -> str | None:
    """Return the tour that runs."""
    tours = await _tours(device, facts) if facts.tours else []
    states = ((tour.attrib["token"], parsers.find_local(tour, "Status")) for tour in tours)
    return next(
        (token for token, status in states if status is not None and parsers.child_text(status, "State") in _RUNNING),
        None,
    )


async def _tours(device: Device, facts: PtzFacts) -> list[Element]:
    """Return the tours as XML: `onveef` leaves out how fast they go."""
    answer = await device.raw("ptz", "GetPresetTours", envelopes.ptz_get_preset_tours(profile_token=facts.profile))
    return [tour for tour in parsers.find_all_local(answer, "PresetTour") if tour.attrib.get("token")]


async def save_tour(
    device: Device, facts: PtzFacts, numbers: Numbers, cruise_id: str, name: str, points: Sequence[CruisePoint]
) -> Cruise:
    """Change a tour, which ONVIF replaces whole; make one where `cruise_id` is empty."""
    _require(facts.tours, "tours")
    spots = [await _spot(device, facts, numbers, point) for point in points]
    token = cruise_id or await device.ask(lambda one: one.ptz_create_preset_tour(profile_token=facts.profile))
    if not token:
        raise BadPayload("the camera does not name the tour it made")
    await device.ask(
        lambda one: one.ptz_modify_preset_tour(
            profile_token=facts.profile, preset_tour_token=token, name=name, direction="Forward", tour_spots=spots
        )
    )
    return Cruise(token, name, tuple(points))


async def delete_tour(device: Device, facts: PtzFacts, cruise_id: str) -> None:
    """Forget a tour."""
    _require(facts.tours, "tours")
    await device.ask(lambda one: one.ptz_remove_preset_tour(profile_token=facts.profile, preset_tour_token=cruise_id))


async def operate_tour(device: Device, facts: PtzFacts, cruise_id: str, *, start: bool) -> None:
    """Start or stop a tour."""
    _require(facts.tours, "tours")
    operation = "Start" if start else "Stop"
    await device.ask(
        lambda one: one.ptz_operate_preset_tour(
            profile_token=facts.profile, preset_tour_token=cruise_id, operation=operation
        )
    )


async def _spot(device: Device, facts: PtzFacts, numbers: Numbers, point: CruisePoint) -> dict[str, Any]:
    token = await _token(device, facts, numbers, point.preset)
    speeds = {"pan": point.speed, "tilt": point.speed} if facts.pan_tilt else {}
    if facts.zoom:
        speeds["zoom"] = point.speed
    return {"preset_token": token, "stay_time": f"PT{max(0, round(point.dwell_s))}S", **speeds}


def _cruise(tour: Element, numbers: Numbers) -> Cruise:
    token = tour.attrib["token"]
    points = (_point(spot, numbers) for spot in parsers.find_all_local(tour, "TourSpot"))
    name = parsers.child_text(tour, "Name") or token
    return Cruise(token, name, tuple(point for point in points if point is not None))


def _point(spot: Element, numbers: Numbers) -> CruisePoint | None:
    preset, speed = parsers.find_local(spot, "PresetToken"), parsers.find_local(spot, "Speed")
    number = numbers.number((preset.text or "").strip()) if preset is not None else None
    if number is None:
        return None
    pace = 1.0  # the camera's own
    for axis in speed if speed is not None else ():
        try:
            pace = min(max(abs(float(axis.attrib.get("x", ""))), 0.0), 1.0)
        except ValueError:
            continue
        break
    return CruisePoint(number, seconds(parsers.child_text(spot, "StayTime")), pace)


def seconds(duration: str) -> float:
    """Return an ISO 8601 duration of days and less in seconds; 0 where it can't be read."""
    total, number, factor = 0.0, "", {"D": 86400.0, "H": 3600.0, "M": 60.0, "S": 1.0}
    for sign in duration.upper().removeprefix("P"):
        if sign in factor:
            try:
                total += float(number) * factor[sign]
            except ValueError:
                return 0.0
            number = ""
        elif sign != "T":
            number += sign
    return total


def _require(there: object, what: str) -> None:
    if not there:
        raise NotAble(what)

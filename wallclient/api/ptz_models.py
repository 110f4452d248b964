"""The documents of the contract's part `ptz` as they travel (resources/center-api.yaml), for client and center."""

from typing import Annotated

from msgspec import Meta, Struct

from wallclient.api.models import Problem, Sequence

LARGEST_PICTURE_BYTES = 128 * 1024
MOST_POINTS = 64
_Share = Annotated[float, Meta(ge=0, le=1)]
_Speed = Annotated[float, Meta(ge=-1, le=1)]
_PositiveShare = Annotated[float, Meta(gt=0, le=1)]
_PresetNumber = Annotated[int, Meta(ge=1, le=255)]
_Name = Annotated[str, Meta(min_length=1, max_length=64)]
_Hand = Annotated[str, Meta(min_length=8, max_length=64, pattern="^[A-Za-z0-9-]+$")]


class VelocityDocument(Struct, frozen=True):
    """Speed of each drive, -1 to 1."""

    pan: _Speed = 0.0
    tilt: _Speed = 0.0
    zoom: _Speed = 0.0
    focus: _Speed = 0.0
    iris: _Speed = 0.0


class SteeringDocument(Struct):
    """Body of `POST /channels/{id}/ptz/steering`."""

    hand: _Hand
    number: Sequence
    velocity: VelocityDocument = VelocityDocument()
    dead_man_s: Annotated[float, Meta(gt=0, le=60)] = 1.0


class AreaDocument(Struct):
    """Body of `POST /channels/{id}/ptz/aim`, fractions of the picture."""

    x: _Share
    y: _Share
    width: _Share = 0.0
    height: _Share = 0.0


class SwitchDocument(Struct):
    """Body of `POST /channels/{id}/ptz/switches`."""

    switch: Annotated[str, Meta(min_length=1, max_length=64)]
    on: bool
    number: Annotated[int, Meta(ge=0, le=255)] = 0


class ReserveDocument(Struct):
    """Body of `PUT /channels/{id}/ptz/reservation`; without a reason nothing is taken from anybody."""

    term_s: Annotated[float, Meta(gt=0, le=86400)]
    take_over_reason: Annotated[str, Meta(max_length=256)] = ""


class RunCruiseDocument(Struct):
    """Body of `PUT /channels/{id}/ptz/cruise`; null stops the one that runs."""

    cruise_id: Annotated[str, Meta(min_length=1, max_length=128, pattern="^[A-Za-z0-9._~-]+$")] | None


class PositionDocument(Struct):
    """Where a camera looks."""

    pan_deg: float
    tilt_deg: float
    zoom: float


class HolderDocument(Struct):
    """Who has the say over a camera."""

    name: str
    post: str = ""
    tier: str = "station"
    priority: int = 0
    is_reserved: bool = False
    seconds_left: float = 0.0
    is_me: bool = False


class PtzStatusDocument(Struct):
    """State of a channel's PTZ."""

    abilities: list[str] = []
    is_moving: bool = False
    position: PositionDocument | None = None
    holder: HolderDocument | None = None
    cruise_id: str | None = None


class TakeOverDocument(Struct):
    """Who took a camera, and why."""

    by_name: str
    by_post: str = ""
    reason: str = ""


class PtzChangedDocument(Struct):
    """Data of the event `ptz-changed`; `taken_over` only for the session that lost the camera."""

    channel_id: str
    status: PtzStatusDocument
    taken_over: TakeOverDocument | None = None


class PresetsChangedDocument(Struct):
    """Data of the event `presets-changed`."""

    channel_id: str


class SavePresetDocument(Struct):
    """Body of `PUT /channels/{id}/presets/{number}`."""

    name: _Name
    keep_position: bool = False


class RecallDocument(Struct):
    """Body of `POST /channels/{id}/presets/{number}/recall`."""

    speed: _PositiveShare = 1.0


class PresetDocument(Struct):
    """A preset."""

    number: _PresetNumber
    name: str
    picture_id: str = ""


class PresetsDocument(Struct):
    """Reply of `GET /channels/{id}/presets`."""

    items: list[PresetDocument]


class CruisePointDocument(Struct):
    """One stop of a cruise."""

    preset: _PresetNumber
    dwell_s: Annotated[float, Meta(ge=1, le=3600)] = 10.0
    speed: _PositiveShare = 0.5


class SaveCruiseDocument(Struct):
    """Body of `POST /channels/{id}/cruises` and of `PUT …/{cruise_id}`."""

    name: _Name
    points: Annotated[list[CruisePointDocument], Meta(max_length=MOST_POINTS)]


class CruiseDocument(Struct):
    """A cruise."""

    id: str
    name: str
    points: list[CruisePointDocument] = []


class CruisesDocument(Struct):
    """Reply of `GET /channels/{id}/cruises`."""

    items: list[CruiseDocument]


class HeldProblem(Problem, omit_defaults=True):
    """Problem document with the slug `camera-held`."""

    holder: HolderDocument | None = None
    can_take_over: bool = False

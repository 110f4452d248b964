"""Searches in recorded footage in the trade's words: what is looked for, and what was found.

Moments are whole microseconds since 1970 UTC by the center's clock, as on the timeline.
"""

from dataclasses import dataclass
from enum import StrEnum

Point = tuple[float, float]  # parts of the picture's width and height, 0 … 1 from the upper left corner
Area = tuple[Point, ...]  # a polygon of at least three corners
MOST_AREAS = 8
MOST_CORNERS = 32
MOST_PICTURES = 720  # of one sheet and camera


class LackReason(StrEnum):
    """Why a part of a range could not be looked at."""

    GAP = "gap"  # nothing was recorded
    PENDING = "pending"  # the center is having it fetched from the camera's recorder
    BROKEN = "broken"  # the file ends too soon, or can't be decoded
    AWAY = "away"  # whoever has the file does not answer
    REFUSED = "refused"  # he hands it out no more
    CENTER = "center"  # the center gave no session
    NO_FILES = "no_files"  # the center has no files of it that this program reads


@dataclass(frozen=True, slots=True)
class MotionQuery:
    """What is looked for in a camera's footage."""

    channel_id: str
    start_us: int
    end_us: int
    areas: tuple[Area, ...] = ()  # none: the whole picture
    sensitivity: int = 50  # 1 … 100
    least_part: float = 0.002  # of the whole picture: what moves must be as large
    every_picture: bool = False  # also between key pictures: finds what is over sooner, and takes longer
    join_us: int = 3_000_000  # movements so near to each other are one


@dataclass(frozen=True, slots=True)
class MotionHit:
    """A movement in the area, [`start_us`, `end_us`], strongest at `peak_us`; `score`: the part of the area that
    moved then, 0 … 1.
    """

    channel_id: str
    start_us: int
    end_us: int
    peak_us: int
    score: float


@dataclass(frozen=True, slots=True)
class Lack:
    """A part of the range that was not looked at."""

    channel_id: str
    start_us: int
    end_us: int
    reason: LackReason


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """How far a search is; `speed` is seconds of footage per second."""

    part: float  # 0 … 1
    at_us: int
    speed: float = 0.0

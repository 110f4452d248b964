"""Where a camera stands, out of one cell or two: decimal degrees, longitude first unless only the other can be."""

import re

from wallclient.domain.camera_list import RowFlaw

Position = tuple[float, float]  # longitude, latitude; degrees
_DECIMAL = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,20})?")
_BETWEEN = re.compile(r"\s*[,，;；/]\s*|\s+")


class PositionRefused(Exception):  # noqa: N818
    """The position is not taken; `flaw` says why."""

    def __init__(self, flaw: RowFlaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


def read_position(both: str, longitude: str, latitude: str) -> Position | None:
    """Return the position in a cell for both or else in two cells; None where all are empty. Raises PositionRefused."""
    if longitude or latitude:
        if not (longitude and latitude):
            raise PositionRefused(RowFlaw.POSITION_HALF)
        return _checked(_degrees(longitude), _degrees(latitude))
    if not both:
        return None
    parts = [part for part in _BETWEEN.split(both.strip("()（）[] ")) if part]
    if len(parts) != 2:
        raise PositionRefused(RowFlaw.POSITION_UNREADABLE)
    first, second = map(_degrees, parts)
    if abs(first) <= 90 < abs(second):  # only the second can be a longitude
        first, second = second, first
    return _checked(first, second)


def _degrees(text: str) -> float:
    plain = text.strip().rstrip("°").strip()
    if not plain.isascii() or not _DECIMAL.fullmatch(plain):
        raise PositionRefused(RowFlaw.POSITION_UNREADABLE)
    return float(plain)


def _checked(longitude: float, latitude: float) -> Position:
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise PositionRefused(RowFlaw.POSITION_RANGE)
    if longitude == 0 == latitude:
        raise PositionRefused(RowFlaw.POSITION_ZERO)
    return longitude, latitude

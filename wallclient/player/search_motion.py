"""Tells movement in small gray pictures from light, noise and what stands: the only user of numpy.

A pixel moves when it differs from the background (what is usually to be seen there) and from a picture about a second
before; both are brought to the brightness of the picture first. Pixels that are restless by themselves - water,
leaves, a clock in the picture - need more. What stands comes to an end, what was left behind by something that drove
off is none, and a change of most of the picture at once is a lamp or a switch to infrared.
"""

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wallclient.domain.footage_search import Area

Gray = NDArray[np.float32]
Mask = NDArray[np.bool_]
WIDTH = 240  # px: what is looked at; the height follows the picture's shape
_LEAST_PX = 4
_REFERENCE_US = 800_000  # the picture compared with is at least so much older …
_STALE_US = 12_000_000  # … and not older than this
_WHOLE = 0.55  # of the picture changed at once: light
_NOISE_FACTOR = 4.0  # times the usual deviation
_LEARN_LEVELS_S = 0.8  # the background follows what stays, in levels a second …
_LEARN_MOST = 4.0  # … and at most so much at a time
_NOISE_LEVELS_S = 0.05
_SPECK = 4  # of the nine pixels around and at one: fewer are specks of noise
_SAMPLE = 5  # every so many pixels tell the light …
_STEADY_GAIN, _STEADY_LEVELS = 0.04, 1.0  # … which is the same as before within these bounds


class MotionDetector:
    """Looks at one picture after the other of one camera. Not thread-safe."""

    def __init__(self, areas: Sequence[Area], sensitivity: int, least_part: float) -> None:
        """`areas` are polygons in parts of the picture; none stands for all of it. `least_part` is of the picture."""
        self._areas = areas
        self._threshold = 5.0 * 9.0 ** ((100 - min(100, max(1, sensitivity))) / 99)  # levels of 255: 5 … 45
        self._least_part = least_part
        self._background: Gray | None = None
        self._noise: Gray | None = None
        self._mask: Mask | None = None
        self._past: deque[tuple[int, Gray]] = deque(maxlen=12)
        self._last_us: int | None = None
        self.light_changes = 0

    @property
    def is_primed(self) -> bool:
        """Whether there is a background."""
        return self._background is not None

    def prime(self, pictures: Sequence[Gray]) -> None:
        """Take what most of these pictures show for the background."""
        same = [picture for picture in pictures if picture.shape == pictures[-1].shape]
        stack = np.stack(same)
        self._background = np.median(stack, axis=0).astype(np.float32)
        self._noise = np.median(np.abs(stack - self._background), axis=0).astype(np.float32)
        self._mask = _drawn(self._areas, same[-1].shape)
        self._past.clear()
        self._last_us = None

    def fork(self, since_us: int) -> "MotionDetector":
        """Return a detector that knows the same background, and the pictures since a moment, and may go back there."""
        other = MotionDetector((), 50, self._least_part)
        other._areas, other._threshold = self._areas, self._threshold
        other._background = None if self._background is None else self._background.copy()
        other._noise = None if self._noise is None else self._noise.copy()
        other._mask = self._mask
        other._past.extend(one for one in self._past if one[0] >= since_us)
        return other

    def look(self, moment_us: int, picture: Gray) -> float:
        """Look at the next picture (moments rise); return the part of the area that moves, 0: nothing large enough."""
        if self._background is None or self._background.shape != picture.shape:
            self.prime([picture])  # the coding changed
        assert self._background is not None
        assert self._noise is not None
        gap_us = None if self._last_us is None else moment_us - self._last_us
        if gap_us is not None and gap_us > _STALE_US:
            self._past.clear()
        reference = self._reference(moment_us)
        need = self._threshold + _NOISE_FACTOR * self._noise
        off = np.abs(picture - _lit_as(self._background, picture))
        strange = off > need
        if float(strange.mean()) > _WHOLE:
            self._new_light(moment_us, picture)
            return 0.0
        moving = strange
        if reference is not None:
            moving = strange & (np.abs(picture - _lit_as(reference, picture)) > 0.7 * need)
        self._learn(picture, off, strange, 0.0 if gap_us is None else min(gap_us, _STALE_US) / 1e6)
        self._past.append((moment_us, picture))
        self._last_us = moment_us
        return 0.0 if reference is None else self._score(moving)

    def _reference(self, moment_us: int) -> Gray | None:
        """Return the newest picture that is old enough; before there is one, the oldest."""
        before = sorted((one for one in self._past if one[0] < moment_us), key=lambda one: one[0])
        old = [one for one in before if one[0] <= moment_us - _REFERENCE_US]
        return old[-1][1] if old else before[0][1] if before else None

    def _new_light(self, moment_us: int, picture: Gray) -> None:
        self.light_changes += 1
        self._background = picture.copy()
        self._past.clear()
        self._past.append((moment_us, picture))
        self._last_us = moment_us

    def _learn(self, picture: Gray, off: Gray, strange: Mask, seconds: float) -> None:
        assert self._background is not None
        assert self._noise is not None
        step = np.where(strange, 0.25, 1.0).astype(np.float32) * min(_LEARN_MOST, _LEARN_LEVELS_S * seconds)
        self._background += np.clip(picture - self._background, -step, step)
        self._noise += np.sign(off - self._noise) * np.float32(min(0.5, _NOISE_LEVELS_S * seconds))
        np.maximum(self._noise, 0.0, out=self._noise)

    def _score(self, moving: Mask) -> float:
        assert self._mask is not None
        if not moving.any():
            return 0.0
        whole = _without_specks(moving) & self._mask
        count = int(whole.sum())
        least = max(_LEAST_PX, round(self._least_part * moving.size))
        if count < least or _largest(whole) < least:
            return 0.0
        return count / max(1, int(self._mask.sum()))


def _light(picture: Gray) -> tuple[float, float, float]:
    """Return the levels below which a fifth, half and four fifths of a picture's pixels are."""
    some = np.clip(picture.ravel()[::_SAMPLE], 0, 255).astype(np.uint8)
    below = np.cumsum(np.bincount(some, minlength=256))  # a fifth of the time of sorting them
    low, mid, high = np.searchsorted(below, (0.2 * some.size, 0.5 * some.size, 0.8 * some.size))
    return float(low), float(mid), float(high)


def _lit_as(other: Gray, picture: Gray) -> Gray:
    """Return `other` with the brightness and contrast of `picture`, judged by the middle of all pixels."""
    a_low, a_mid, a_high = _light(other)
    b_low, b_mid, b_high = _light(picture)
    spread = a_high - a_low
    gain = min(1.6, max(0.6, (b_high - b_low) / spread)) if spread > 8 else 1.0
    if abs(gain - 1) < _STEADY_GAIN and abs(a_mid - b_mid) <= _STEADY_LEVELS:  # within the noise of this measure
        return other
    lit: Gray = (other - np.float32(a_mid)) * np.float32(gain) + np.float32(b_mid)
    return lit


def _without_specks(moving: Mask) -> Mask:
    """Return the pixels with company."""
    around = np.zeros(moving.shape, np.uint8)
    padded = np.pad(moving, 1).astype(np.uint8)
    height, width = moving.shape
    for y in range(3):
        for x in range(3):
            around += padded[y : y + height, x : x + width]
    kept: Mask = moving & (around >= _SPECK)
    return kept


def _largest(mask: Mask) -> int:
    """Return the size of the largest patch of pixels that touch, also by their corners."""
    parent: list[int] = []
    sizes: list[int] = []

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    above: list[tuple[int, int, int]] = []  # runs of the row before: begin, end, number
    for row in mask[mask.any(axis=1).argmax() :]:
        edges = np.flatnonzero(np.diff(np.concatenate(([False], row, [False])).astype(np.int8)))
        runs = []
        for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            number = len(parent)
            parent.append(number)
            sizes.append(end - begin)
            for other_begin, other_end, other in above:
                if other_begin <= end and begin <= other_end:  # a corner is enough
                    a, b = root(number), root(other)
                    if a != b:
                        parent[a] = b
                        sizes[b] += sizes[a]
            runs.append((begin, end, number))
        above = runs
    return max((sizes[number] for number in range(len(parent)) if parent[number] == number), default=0)


def _drawn(areas: Sequence[Area], shape: tuple[int, ...]) -> Mask:
    """Return which pixels lie in any of the areas, by their middles; all of them where there are none."""
    height, width = shape
    if not areas:
        return np.ones((height, width), np.bool_)
    x = (np.arange(width, dtype=np.float64) + 0.5) / width
    y = ((np.arange(height, dtype=np.float64) + 0.5) / height)[:, None]
    drawn = np.zeros((height, width), np.bool_)
    for area in areas:
        inside = np.zeros((height, width), np.bool_)
        for (x1, y1), (x2, y2) in zip(area, (*area[1:], area[0]), strict=True):
            if y1 != y2:
                inside ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
        drawn |= inside
    return drawn

"""A decoded picture as it lies in memory."""

from dataclasses import dataclass


@dataclass(slots=True)
class Picture:
    """A claimed picture: BGRX, 4 bytes a pixel, lines `stride_bytes` apart; valid until the reader claims the next."""

    width: int
    height: int
    stride_bytes: int
    sequence: int
    monotonic_ns: int  # when libVLC wanted it shown; CLOCK_MONOTONIC, the same in all processes
    pixels: memoryview
    moment_us: int = 0  # of recorded footage: microseconds since 1970 UTC by the center's clock; 0: live

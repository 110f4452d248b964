"""The size a picture is drawn in; loads neither libVLC nor FFmpeg."""


def fit(source: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    """Return the size of `source` scaled into `box`, its shape kept, never above the source, even and at least
    2 × 2.
    """
    scale = min(box[0] / source[0], box[1] / source[1], 1.0)
    return max(2, round(source[0] * scale) // 2 * 2), max(2, round(source[1] * scale) // 2 * 2)

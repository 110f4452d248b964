"""Scenes: many, different, repeatable, looping, and still at the top where the band's neighbourhood must not move."""

import pytest
from PySide6.QtGui import QGuiApplication

from wallclient.demo.scenes import LOOP_S, SCENES, scene

SIZE = (160, 84)


def luma(name: str, t: float) -> bytes:
    image = scene(name).picture(*SIZE, t)
    return bytes(image.constBits())


def alike(one: bytes, other: bytes) -> bool:
    """Tell whether two pictures are the same but for rounding, which differs with the address of a picture's memory."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 3


def test_there_are_enough_different_scenes(qapp: QGuiApplication) -> None:
    assert len(SCENES) >= 16
    pictures = [luma(name, 1.0) for name in SCENES]
    assert not any(alike(a, b) for i, a in enumerate(pictures) for b in pictures[:i])


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_moves_repeats_and_loops_but_its_top_stays(qapp: QGuiApplication, name: str) -> None:
    start = luma(name, 0.0)
    assert alike(luma(name, 0.0), start)
    assert alike(luma(name, float(LOOP_S)), start)
    later = luma(name, 2.5)
    assert not alike(later, start)
    top_bytes = SIZE[0] * 4 * 8  # 32 of 336 lines
    assert alike(later[:top_bytes], start[:top_bytes])


def test_a_scene_of_an_unknown_place_is_refused() -> None:
    with pytest.raises(KeyError):
        scene("moon-day-1")

"""Searches before the real center: what is drawn to move is found in its phases, and nothing where nothing moves."""

import math

import numpy as np

from tests.integration.rig import Stage, until
from wallclient.demo.encode import scene_lines
from wallclient.demo.scenes import LOOP_S, SCENES, scene
from wallclient.domain.footage_search import Area, LackReason
from wallclient.domain.recording import Segment
from wallclient.ui.search_range import NamedRange

CAMERA = 4  # a square by day
WIDTH, HEIGHT = 320, 180  # px, at which truth is drawn
BUSY, QUIET = (0, 130, 50, 40), (0, 20, 60, 40)  # x, y, width, height there: somebody passes once a loop; sky and roofs
SECOND = 1_000_000
LOOPS = 4


def drawn_presence(place: tuple[int, int, int, int]) -> list[bool]:
    """Return of each fifth of a second of the scene's loop whether somebody is in a place."""
    drawn = scene(SCENES[CAMERA - 1])
    pictures = []
    for index in range(LOOP_S * 5):
        image = drawn.picture(WIDTH, HEIGHT, index / 5)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(HEIGHT, image.bytesPerLine() // 4, 4)
        pictures.append(rows[:, :WIDTH, 1].astype(int))
    stack = np.stack(pictures)
    x, y, width, height = place
    moved = np.abs(stack - np.median(stack, axis=0))[:, y : y + height, x : x + width] > 20
    return [bool(count > 25) for count in moved.sum((1, 2))]


def area_of(place: tuple[int, int, int, int]) -> Area:
    """Return the area of the camera's picture that shows a place of its scene, below the band."""
    _, lines = scene_lines(640, 360)
    x, y, width, height = place
    top = 360 - math.ceil(360 / 16) * 16 + math.ceil(360 / 16) * 16 - lines

    def part(row: int) -> float:
        return (top + row / HEIGHT * lines) / 360

    left, right = x / WIDTH, (x + width) / WIDTH
    return (left, part(y)), (right, part(y)), (right, part(y + height)), (left, part(y + height))


async def uninterrupted_minute(stage: Stage, gid: str) -> int:
    """Return where (us) a minute of footage begins, at the start of a loop, with enough before it."""
    playback = stage.window.playback
    assert playback is not None
    end_ms = playback.now_us() // 1000 - 600_000
    found = (await stage.app.centers.segments([gid], end_ms - 6 * 3_600_000, end_ms))[gid]
    assert isinstance(found, tuple)
    whole: Segment = max(found, key=lambda one: min(one.end_ms, end_ms) - one.start_ms)
    assert min(whole.end_ms, end_ms) - whole.start_ms > 200_000
    loop_ms = LOOP_S * 1000
    return -(-(whole.start_ms + 60_000) // loop_ms) * loop_ms * 1000


async def test_movement_of_the_drawn_square_is_found_in_its_phases_and_nowhere_else(stage: Stage) -> None:
    present = drawn_presence(BUSY)
    assert not any(drawn_presence(QUIET))
    begins = [i for i, now in enumerate(present) if now and not present[i - 1]]
    ends = [i for i, now in enumerate(present) if not now and present[i - 1]]
    assert len(begins) == len(ends) == 1
    begin_s, end_s = begins[0] / 5, ends[0] / 5
    await stage.show([CAMERA])
    desk, channel = stage.window.footage_search, stage.wall.panes[0].channel
    assert desk is not None
    assert channel is not None
    start_us = await uninterrupted_minute(stage, channel.id)
    desk.go(channel, start_us)
    motion = desk.show_motion()
    assert motion is not None
    await until(lambda: not motion.editor._image.isNull())
    motion.range.set(NamedRange("", start_us, start_us + LOOPS * LOOP_S * SECOND))
    motion.editor.add(area_of(BUSY))
    motion.search()
    await until(lambda: not motion.busy)
    found = [((one.hit.start_us - start_us) / 1e6, (one.hit.end_us - start_us) / 1e6) for one in motion.model.found]
    wanted = [(loop * LOOP_S + begin_s, loop * LOOP_S + end_s) for loop in range(LOOPS)]
    assert len(found) == len(wanted), found
    assert all(abs(a - b) <= 1 and abs(c - d) <= 1 for (a, c), (b, d) in zip(found, wanted, strict=True)), found
    assert motion._lacks == []
    motion.editor.clear()
    motion.editor.add(area_of(QUIET))
    motion.sensitivity.setValue(80)
    motion.search()
    await until(lambda: not motion.busy)
    assert motion.model.found == []
    assert motion._progress.part == 1.0
    motion.reject()
    await until(lambda: any(record["kind"] == "searched" for record in stage.center.audit_records()))


async def test_a_sheet_and_the_strip_show_the_centers_pictures_and_give_their_sessions_back(stage: Stage) -> None:
    await stage.show([CAMERA])
    desk, channel = stage.window.footage_search, stage.wall.panes[0].channel
    assert desk is not None
    assert channel is not None
    start_us = await uninterrupted_minute(stage, channel.id)
    sheet = desk.show_sheet(start_us)
    assert sheet is not None
    sheet.range.set(NamedRange("", start_us, start_us + 60 * SECOND))
    sheet.step_box.setCurrentIndex(sheet.step_box.findData(2 * SECOND))
    sheet.search()
    await until(lambda: len(sheet.model.cells) == 30 and not sheet.busy)
    moments = [cell.moment_us - start_us for cell in sheet.model.cells]
    assert moments == [number * 2 * SECOND for number in range(30)]
    assert all(cell.found is not None and cell.found.image is not None for cell in sheet.model.cells)
    future = start_us + 86_400 * SECOND  # a gap, and at the start of a loop
    sheet.range.set(NamedRange("", future, future + 10 * SECOND))
    sheet.search()
    await until(lambda: len(sheet.model.cells) == 5 and not sheet.busy)
    assert {cell.found.lack for cell in sheet.model.cells if cell.found is not None} == {LackReason.GAP}, (
        sheet._error.text()
    )
    sheet.reject()
    await until(lambda: stage.center.open_playbacks() == 0)
    desk.go(channel, start_us)
    desk.toggle_strip()
    shown = desk.strip
    await until(lambda: any(slot.moment_us is not None for slot in shown.slots()))
    width = shown._box()[0]

    def all_there() -> bool:
        known = [
            desk.film.get(channel.id, slot.moment_us, width) for slot in shown.slots() if slot.moment_us is not None
        ]
        return bool(known) and all(one is not None and one.image is not None for one in known)

    await until(all_there)
    assert stage.center.open_playbacks() == 2, "the pane's, and the strip's"
    assert 0 < desk.film.kept_bytes <= 24 << 20
    desk.toggle_strip()
    await until(lambda: stage.center.open_playbacks() == 1)

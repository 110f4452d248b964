"""Steering seen where the operator sees it: the painted picture turns while the key is held, and stands after."""

import asyncio
from statistics import median

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from tests.integration.rig import LIMIT_S, Stage, camera_id, until
from wallclient.api.native import NativeCenter
from wallclient.demo import ptz_strip
from wallclient.domain.errors import CameraHeld
from wallclient.domain.ptz import Holder, Position, TakeOver
from wallclient.services.hand import HandState

CAMERA = 3
FAR_DEG = 12.0
SETTLED_S = 0.5  # the coder needs some pictures to draw all of a still scene


def pose(stage: Stage) -> Position | None:
    """Read off the painted wall where the camera of the first pane looks."""
    image, rect = stage.image(), stage.video_rect(0)
    box = (rect.x(), rect.y(), rect.width(), rect.height())
    read = ptz_strip.read(memoryview(image.constBits()), image.width(), image.height(), image.bytesPerLine(), 4, box)
    return read.position if read else None


async def seen(stage: Stage, condition, limit_s: float = LIMIT_S) -> Position:
    """Wait until the painted pose fulfils a condition; return it."""
    found: list[Position] = []

    def is_so() -> bool:
        now = pose(stage)
        if now is not None and condition(now):
            found.append(now)
        return bool(found)

    await until(is_so, limit_s, lambda: f"{pose(stage)}; {stage.describe()}")
    return found[0]


async def at_rest(stage: Stage) -> Position:
    """Wait until the camera stands still and the painted picture shows where it really looks; return that."""

    def rests(now: Position) -> bool:
        real = stage.center.ptz_pose(CAMERA)
        off = abs(real["pan"] - now.pan_deg) + abs(real["tilt"] - now.tilt_deg) + abs(real["zoom"] - now.zoom)
        return real["speed"] == 0 and off < 0.1

    await seen(stage, rests)
    await asyncio.sleep(SETTLED_S)
    return await seen(stage, rests)


def profile(image: QImage) -> list[int]:
    """Return the brightness of each column of a picture's middle, where buildings stand."""
    rows = range(image.height() * 35 // 100, image.height() * 60 // 100, 2)
    return [sum(image.pixel(x, y) >> 8 & 0xFF for y in rows) // len(rows) for x in range(image.width())]


def shift_px(before: list[int], after: list[int], most: int) -> int:
    """Return by how many columns a picture has moved to the right."""

    def difference(shift: int) -> float:
        pairs = [(before[x], after[x + shift]) for x in range(most, len(before) - most, 2)]
        return sum(abs(a - b) for a, b in pairs)

    return min(range(-most, most + 1), key=difference)


async def steer(stage: Stage) -> None:
    """Show the camera with its panel, and begin PTZ mode."""
    await stage.show([CAMERA])
    stage.window.activateWindow()
    stage.window.wall_widget.setFocus()
    await until(lambda: stage.app.helm.ptz_of(camera_id(CAMERA)).status is not None)
    QTest.keyClick(stage.window.wall_widget, Qt.Key.Key_C)
    assert stage.window.ptz.pilot.mode
    stage.window.ptz.pilot.set_speed(0.3)


async def go_to_preset(stage: Stage, key: Qt.Key) -> Position:
    began = len(stage.center.ptz_log(CAMERA))
    QTest.keyClick(stage.window.wall_widget, key)
    await until(lambda: any(e["kind"] == "recall" for e in stage.center.ptz_log(CAMERA, began)))
    return await at_rest(stage)


async def test_the_painted_picture_turns_the_right_way_while_the_key_is_held_and_stands_after(stage: Stage):
    await steer(stage)
    before_all = len(stage.center.ptz_log(CAMERA))
    start = await go_to_preset(stage, Qt.Key.Key_1)
    widget = stage.window.wall_widget
    before = profile(stage.pane_image(0))
    QTest.keyPress(widget, Qt.Key.Key_Right)
    await seen(stage, lambda now: now.pan_deg > start.pan_deg + 1.0)
    after = profile(stage.pane_image(0))
    await seen(stage, lambda now: now.pan_deg > start.pan_deg + FAR_DEG)
    QTest.keyRelease(widget, Qt.Key.Key_Right)
    assert shift_px(before, after, len(before) // 4) < 0, "who turns right sees the scene go to the left"
    rest = await at_rest(stage)
    assert abs(rest.tilt_deg - start.tilt_deg) < 0.05
    QTest.keyPress(widget, Qt.Key.Key_Left)
    QTest.keyPress(widget, Qt.Key.Key_Up)
    await seen(stage, lambda now: now.pan_deg < rest.pan_deg - 2 and now.tilt_deg > rest.tilt_deg + 2)
    stage.window.tree_view.setFocus()  # and not a key is let go of
    await until(lambda: stage.app.helm.ptz_of(camera_id(CAMERA)).hand is HandState.IDLE)
    await at_rest(stage)
    assert stage.center.ptz_pose(CAMERA)["speed"] == 0
    assert not any(entry["kind"] == "dead_man" for entry in stage.center.ptz_log(CAMERA, before_all)), "a stop did it"


async def test_a_preset_leads_back_to_the_same_picture(stage: Stage):
    await steer(stage)
    first = await go_to_preset(stage, Qt.Key.Key_1)
    picture = stage.pane_image(0)
    away = await go_to_preset(stage, Qt.Key.Key_2)
    assert abs(away.pan_deg - first.pan_deg) + abs(away.tilt_deg - first.tilt_deg) > 3
    elsewhere = stage.pane_image(0)
    again = await go_to_preset(stage, Qt.Key.Key_1)
    assert abs(again.pan_deg - first.pan_deg) < 0.05
    assert abs(again.tilt_deg - first.tilt_deg) < 0.05
    assert abs(again.zoom / first.zoom - 1) < 0.01
    back = stage.pane_image(0)

    def unlike(one: QImage, other: QImage) -> float:
        """Compare below strips and clock; most of a street does not move."""
        rows = range(one.height() * 25 // 100, one.height() * 90 // 100, 4)
        pairs = [(one.pixelColor(x, y), other.pixelColor(x, y)) for y in rows for x in range(0, one.width(), 4)]
        return median(abs(a.red() - b.red()) + abs(a.green() - b.green()) + abs(a.blue() - b.blue()) for a, b in pairs)

    assert unlike(picture, back) < 12
    assert unlike(picture, elsewhere) > unlike(picture, back) * 2


async def test_both_sides_see_who_takes_the_camera(stage: Stage):
    await steer(stage)
    other = NativeCenter(stage.center.base_url)
    seen_by_other: list[Holder | None] = []

    async def as_other(work):
        return await asyncio.to_thread(work)

    await as_other(lambda: other.log_in("admin", stage.center.password))
    widget, helm, channel_id = stage.window.wall_widget, stage.app.helm, camera_id(CAMERA)
    QTest.keyPress(widget, Qt.Key.Key_Right)
    await until(lambda: (status := helm.ptz_of(channel_id).status) and status.holder and status.holder.is_me)
    seen_by_other.append((await as_other(lambda: other.ptz(f"c{CAMERA}"))).holder)
    await as_other(lambda: other.reserve(f"c{CAMERA}", 30.0, "寻找走失儿童"))
    await until(lambda: helm.ptz_of(channel_id).taken_over is not None)
    taken = helm.ptz_of(channel_id).taken_over
    assert taken == TakeOver("管理员", "重庆市视频监控中心", "寻找走失儿童")
    lines = " ".join(line.text for line in stage.window.wall_widget.views[0].ptz.lines)
    assert "管理员" in lines
    assert "寻找走失儿童" in lines
    assert any("寻找走失儿童" in text for text in stage.window.toasts.texts)
    await until(lambda: stage.center.ptz_pose(CAMERA)["speed"] == 0)  # though the key is still down
    QTest.keyRelease(widget, Qt.Key.Key_Right)
    await until(lambda: helm.ptz_of(channel_id).hand is HandState.IDLE)
    QTest.keyPress(widget, Qt.Key.Key_Left)
    await until(lambda: any("管理员" in text and "priority" in text for text in stage.window.toasts.texts))
    QTest.keyRelease(widget, Qt.Key.Key_Left)
    seen_by_other.append((await as_other(lambda: other.ptz(f"c{CAMERA}"))).holder)
    assert [(holder.name, holder.is_me) for holder in seen_by_other if holder] == [("值班员", False), ("管理员", True)]
    refused: list[CameraHeld] = []
    await as_other(lambda: other.release(f"c{CAMERA}"))
    await until(lambda: (status := helm.ptz_of(channel_id).status) and status.holder is None)
    stage.window.ptz.pilot.reserve()
    await until(lambda: helm.ptz_of(channel_id).keeps_reservation)
    third = NativeCenter(stage.center.base_url)
    await as_other(lambda: third.log_in("station1", stage.center.password))
    try:
        await as_other(lambda: third.reserve(f"c{CAMERA}", 30.0, "值班需要"))
    except CameraHeld as err:
        refused.append(err)
    assert refused
    assert refused[0].holder is not None
    assert refused[0].holder.name == "值班员"
    assert refused[0].can_take_over is False
    for center in (other, third):
        await as_other(center.log_out)


async def test_closing_the_window_in_mid_move_stops_the_camera(stage: Stage):
    await steer(stage)
    QTest.keyPress(stage.window.wall_widget, Qt.Key.Key_Right)
    await until(lambda: stage.center.ptz_pose(CAMERA)["speed"] > 0)
    before = len(stage.center.ptz_log(CAMERA))
    stage.window.close()
    await until(lambda: any(entry["kind"] == "stop" for entry in stage.center.ptz_log(CAMERA, before)))
    await until(lambda: stage.center.ptz_pose(CAMERA)["speed"] == 0)
    kinds = [entry["kind"] for entry in stage.center.ptz_log(CAMERA, before)]
    assert "dead_man" not in kinds
    assert "move" not in kinds[kinds.index("stop") :]

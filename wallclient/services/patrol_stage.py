"""Shows the steps of a round in the panes of a wall, and tells how it stands with their pictures.

Lives on the GUI thread, on the Qt loop.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from wallclient.domain.catalog import Right
from wallclient.domain.errors import (
    CameraHeld,
    CameraOffline,
    NotAble,
    NotFound,
    NotPermitted,
    SnapshotFailed,
    StorageFailed,
    WallError,
)
from wallclient.domain.global_id import global_id, key_of, split_id
from wallclient.domain.node import Channel
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.domain.patrol import Step, Why
from wallclient.domain.view import View
from wallclient.services.patrol_round import Sight, SightState
from wallclient.services.rights import allowed
from wallclient.services.wall import Snapshot
from wallclient.services.wall_pane import WallPane

_log = logging.getLogger(__name__)
VIEW_PATIENCE_S = 10.0  # a view with some pictures is shown with those once this has passed
JPEG_QUALITY = 88
LARGEST_PICTURE_BYTES = 16 * 1024 * 1024  # the contract's limit
_GONE = {
    PaneReason.CAMERA_OFFLINE: Why.OFFLINE,
    PaneReason.NOT_PERMITTED: Why.FORBIDDEN,
    PaneReason.NO_VIEW_RIGHT: Why.FORBIDDEN,
    PaneReason.NOT_FOUND: Why.NOT_FOUND,
    PaneReason.CENTER_UNAVAILABLE: Why.CENTER_AWAY,
    PaneReason.SIGNED_OUT: Why.CENTER_AWAY,
}
_FOR_GOOD = frozenset({Why.OFFLINE, Why.FORBIDDEN, Why.NOT_FOUND})
_WAITING = Sight(SightState.WAITING)
Recall = Callable[[str, int], Awaitable[None]]  # global channel id, preset number; raises CenterError
FindChannel = Callable[[str], Awaitable[Channel]]  # by its global id; raises CenterError


class StageWall(Protocol):
    """What a stage needs of a wall; `services.wall.Wall` is one."""

    panes: list[WallPane]
    selected: int

    def show(self, index: int, channel: Channel) -> None:
        """Show a camera in a pane."""
        ...

    async def apply(self, view: View) -> int:
        """Show a view."""
        ...

    async def snapshot(self, index: int) -> Snapshot:
        """Return the picture of a pane. Raises SnapshotFailed."""
        ...


@dataclass(slots=True)
class _Shown:
    """What is on stage: which panes should hold which cameras (global ids), and what went wrong on the way."""

    step: Step
    wanted: dict[int, str] = field(default_factory=dict)
    is_up: bool = False  # the panes were given their cameras
    since: float = 0.0  # on the loop's clock
    why: Why | None = None
    preset_why: Why | None = None


class WallStage:
    """A `services.patrol_round.Stage` on a wall, for the plans of the center `key`.

    `recall` sends a camera to a preset; without it every preset counts as missed because nobody can go there.
    """

    def __init__(self, wall: StageWall, key: str, find: FindChannel, recall: Recall | None = None) -> None:
        self._wall = wall
        self._key = key
        self._find = find
        self._recall = recall
        self._shown: _Shown | None = None
        self._task: asyncio.Task[None] | None = None

    def show(self, step: Step, pane: int) -> None:
        """Begin to show a step, in place of the one before. Returns at once."""
        self.leave()
        loop = asyncio.get_running_loop()
        self._shown = shown = _Shown(step, since=loop.time())
        work = self._show_camera(shown, pane) if step.view is None else self._show_view(shown)
        self._task = loop.create_task(work)

    def leave(self) -> None:
        """Forget the step; its pictures stay."""
        if self._task is not None:
            self._task.cancel()
        self._task = self._shown = None

    @property
    def sight(self) -> Sight:
        """How it stands with what was shown last."""
        shown = self._shown
        if shown is None:
            return _WAITING
        if not shown.is_up:
            is_final = shown.why in _FOR_GOOD
            return Sight(SightState.GONE if is_final else SightState.WAITING, shown.why)
        panes = self._wall.panes
        if any(i >= len(panes) or not _shows(panes[i], gid) for i, gid in shown.wanted.items()):
            return Sight(SightState.ELSEWHERE)
        return self._of_view(shown) if shown.step.view is not None else self._of_camera(shown)

    async def snapshot(self) -> tuple[bytes, str | None]:
        """Return the picture of now as JPEG, and the channel (by its id at the center) it is of."""
        shown = self._shown
        if shown is None or not shown.is_up:
            raise SnapshotFailed("nothing is shown")
        playing = [i for i in shown.wanted if self._wall.panes[i].state is PaneState.PLAYING]
        if not playing:
            raise SnapshotFailed("no moving picture")
        index = self._wall.selected if self._wall.selected in playing else playing[0]
        taken = await self._wall.snapshot(index)
        return await asyncio.to_thread(as_jpeg, taken.png), split_id(shown.wanted[index])[1]

    # --- showing ---

    async def _show_camera(self, shown: _Shown, pane: int) -> None:
        assert shown.step.channel_id is not None
        gid = global_id(self._key, shown.step.channel_id)
        channel = await self._found(shown, gid)
        index = pane % len(self._wall.panes)
        if channel is None:
            held = self._wall.panes[index].channel  # its picture may go on while the center is away
            if held is None or held.id != gid or shown.why in _FOR_GOOD:
                return
            channel = held
        shown.wanted, shown.why = {index: gid}, None
        self._wall.show(index, channel)
        shown.is_up = True
        if shown.step.preset is not None:
            await self._go_to_preset(shown, gid, shown.step.preset)

    async def _found(self, shown: _Shown, gid: str) -> Channel | None:
        """Return a camera that may be tried; None with `why` in `shown` where it may not."""
        try:
            channel = await self._find(gid)
        except WallError as err:
            shown.why = why_of(err)
            return None
        if not allowed(channel, Right.VIEW):
            shown.why = Why.FORBIDDEN
        elif not channel.online:
            shown.why = Why.OFFLINE
        return None if shown.why else channel

    async def _go_to_preset(self, shown: _Shown, gid: str, number: int) -> None:
        if self._recall is None:
            shown.preset_why = Why.NOT_ABLE
            return
        try:
            await self._recall(gid, number)
        except WallError as err:
            shown.preset_why = why_of(err)
            _log.info("preset %d was not reached: %s", number, type(err).__name__)

    async def _show_view(self, shown: _Shown) -> None:
        view = shown.step.view
        assert view is not None
        gids = tuple(None if local is None else global_id(self._key, local) for local in view.channel_ids)
        try:
            await self._wall.apply(View(view.name, view.layout_id, gids))
        except WallError as err:
            shown.why = why_of(err)
            return
        except (KeyError, StorageFailed):  # a layout this program does not have
            shown.why = Why.NOT_FOUND
            return
        in_panes = enumerate(self._wall.panes)
        shown.wanted = {i: pane.channel.id for i, pane in in_panes if pane.channel and pane.channel.id in gids}
        shown.is_up = bool(shown.wanted)
        shown.why = None if shown.wanted else Why.NOT_FOUND

    # --- looking ---

    def _of_camera(self, shown: _Shown) -> Sight:
        ((index, _),) = shown.wanted.items()
        state, why = _look(self._wall.panes[index])
        return Sight(state, why, shown.preset_why)

    def _of_view(self, shown: _Shown) -> Sight:
        assert shown.step.view is not None
        looks = {gid: _look(self._wall.panes[index]) for index, gid in shown.wanted.items()}
        wanted = [global_id(self._key, local) for local in shown.step.view.channel_ids if local]
        missing = tuple(
            f"{split_id(gid)[1]}:{(looks[gid][1] or Why.NO_PICTURE) if gid in looks else Why.NOT_FOUND}"
            for gid in wanted
            if gid not in looks or looks[gid][0] is not SightState.PLAYING
        )
        states = [state for state, _ in looks.values()]
        is_patient = asyncio.get_running_loop().time() - shown.since < VIEW_PATIENCE_S
        if SightState.PLAYING in states and not (is_patient and SightState.WAITING in states):
            return Sight(SightState.PLAYING, missing=missing)
        if all(state is SightState.GONE for state in states):
            return Sight(SightState.GONE, next((why for _, why in looks.values()), None), missing=missing)
        return Sight(SightState.WAITING, missing=missing)


def why_of(err: WallError) -> Why:
    """Return the word for an error on the way to a picture or a preset."""
    words: tuple[tuple[type[WallError], Why], ...] = (
        (CameraOffline, Why.OFFLINE),
        (CameraHeld, Why.HELD),
        (NotPermitted, Why.FORBIDDEN),
        (NotFound, Why.NOT_FOUND),
        (NotAble, Why.NOT_ABLE),
    )
    return next((why for kind, why in words if isinstance(err, kind)), Why.CENTER_AWAY)


def as_jpeg(picture: bytes) -> bytes:
    """Return a picture as JPEG within the contract's limit. Raises SnapshotFailed for what is none."""
    image = QImage.fromData(picture)
    if image.isNull():
        raise SnapshotFailed("not a picture")
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "JPEG", JPEG_QUALITY):  # type: ignore[call-overload]  # the format is text, say the docs
        raise SnapshotFailed("the picture can't be written")
    jpeg = bytes(buffer.data().data())
    if len(jpeg) > LARGEST_PICTURE_BYTES:
        raise SnapshotFailed("the picture is too large")
    return jpeg


def _shows(pane: WallPane, gid: str) -> bool:
    assert key_of(gid), "a local id"
    return pane.channel is not None and pane.channel.id == gid


def _look(pane: WallPane) -> tuple[SightState, Why | None]:
    if pane.state is PaneState.PLAYING:
        return SightState.PLAYING, None
    why = _GONE.get(pane.reason, Why.NO_PICTURE) if pane.reason is not None else None
    is_final = why in _FOR_GOOD or pane.state is PaneState.FAILED
    return (SightState.GONE if is_final else SightState.WAITING), why

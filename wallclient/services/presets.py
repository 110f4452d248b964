"""Presets of the cameras an operator works with: lists that keep themselves fresh, thumbnails, and going there."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from functools import partial
from typing import Any

from PySide6.QtCore import QBuffer, QIODevice, QObject, Qt, Signal
from PySide6.QtGui import QImage

from wallclient.domain.errors import NotAble, ServerFailed, TooManyRequests, WallError
from wallclient.domain.global_id import key_of
from wallclient.domain.ptz import Preset, PresetsChanged
from wallclient.domain.retry import retry_delay_s
from wallclient.services.center_access import AccessState
from wallclient.services.centers import Centers

_log = logging.getLogger(__name__)
HIGHEST_NUMBER = 255  # GB/T 28181 A.3.4
THUMBNAIL_PX = (320, 180)
LARGEST_THUMBNAIL_BYTES = 128 * 1024
PICTURES_KEPT = 512
_QUALITIES = (82, 60, 35)


class Presets(QObject):
    """Owns the preset lists of followed cameras, by global id. Lives on the UI thread; runs on the Qt loop.

    Coroutines raise the errors of `wallclient.domain.errors`. Each change made here is read back from the center.
    """

    changed = Signal(str)  # channel id: `known` or `error_of`
    recalled = Signal(str, int)  # channel id, number: the operator has sent the camera there

    def __init__(self, centers: Centers) -> None:
        super().__init__()
        self._centers = centers
        self._followed: dict[Hashable, frozenset[str]] = {}
        self._lists: dict[str, tuple[Preset, ...]] = {}
        self._errors: dict[str, WallError] = {}
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._stale: set[str] = set()  # changed while it was read
        self._failures: dict[str, int] = {}  # readings without an answer, in a row
        self._pictures: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._asked: dict[tuple[str, str], asyncio.Task[bytes]] = {}
        self._connected = self._connected_keys()
        self._is_closed = False
        centers.presets_changed.connect(self._on_presets_changed)
        centers.events_lost.connect(self._on_events_lost)
        centers.changed.connect(self._on_center_changed)

    # --- lists ---

    def follow(self, owner: Hashable, channel_ids: Iterable[str]) -> None:
        """Keep the lists of these cameras fresh for `owner`, in place of those it named before; none ends it."""
        before = self.followed
        wanted = frozenset(channel_ids)
        if wanted:
            self._followed[owner] = wanted
        else:
            self._followed.pop(owner, None)
        for channel_id in self.followed - before:
            self._read(channel_id)
        for channel_id in before - self.followed:
            self._lists.pop(channel_id, None)
            self._errors.pop(channel_id, None)

    @property
    def followed(self) -> frozenset[str]:
        """The cameras whose lists are kept fresh."""
        return frozenset().union(*self._followed.values())

    def known(self, channel_id: str) -> tuple[Preset, ...] | None:
        """Return a followed camera's presets by number; None while they are not known."""
        return self._lists.get(channel_id)

    def error_of(self, channel_id: str) -> WallError | None:
        """Return why a camera's presets could not be read last time."""
        return self._errors.get(channel_id)

    async def read(self, channel_id: str) -> tuple[Preset, ...]:
        """Ask for a camera's presets, by number."""
        return await self._centers.ask_ptz(channel_id, lambda center, local_id: center.presets(local_id))

    # --- going there, and changes ---

    async def recall(self, channel_id: str, number: int, speed: float = 1.0) -> None:
        """Let a camera go to a preset, at a share of its fastest speed."""
        await self._centers.ask_ptz(channel_id, lambda center, local_id: center.recall_preset(local_id, number, speed))
        self.recalled.emit(channel_id, number)

    async def add(self, channel_id: str, name: str, picture: QImage | None = None) -> Preset:
        """Make a preset of the present position under the lowest free number. Raises NotAble if there is none."""
        taken = {preset.number for preset in await self.read(channel_id)}
        number = next((n for n in range(1, HIGHEST_NUMBER + 1) if n not in taken), None)
        if number is None:
            raise NotAble("every preset number is taken")
        return await self.overwrite(channel_id, number, name, picture)

    async def overwrite(self, channel_id: str, number: int, name: str, picture: QImage | None = None) -> Preset:
        """Make a preset of the present position under this number, with a thumbnail of `picture`."""
        try:
            preset = await self._centers.ask_ptz(
                channel_id, lambda center, local_id: center.save_preset(local_id, number, name)
            )
            if picture is not None and not picture.isNull():
                jpeg = await asyncio.to_thread(thumbnail, picture)
                preset = await self._centers.ask_ptz(
                    channel_id, lambda center, local_id: center.save_preset_picture(local_id, number, jpeg)
                )
                self._keep_picture((channel_id, preset.picture_id), jpeg)
        finally:
            self._read_if_followed(channel_id)
        return preset

    async def rename(self, channel_id: str, number: int, name: str) -> Preset:
        """Give a preset another name; its position and picture stay."""
        preset = await self._centers.ask_ptz(
            channel_id, lambda center, local_id: center.save_preset(local_id, number, name, keep_position=True)
        )
        self._read_if_followed(channel_id)
        return preset

    async def delete(self, channel_id: str, number: int) -> None:
        """Forget a preset."""
        await self._centers.ask_ptz(channel_id, lambda center, local_id: center.delete_preset(local_id, number))
        self._read_if_followed(channel_id)

    # --- thumbnails ---

    async def picture(self, channel_id: str, picture_id: str) -> bytes:
        """Return a thumbnail, JPEG; from memory where it was fetched before. Raises NotFound."""
        key = (channel_id, picture_id)
        if key in self._pictures:
            self._pictures.move_to_end(key)
            return self._pictures[key]
        task = self._asked.get(key)
        if task is None:
            task = self._asked[key] = asyncio.get_running_loop().create_task(self._fetch(key))
            task.add_done_callback(lambda _: self._asked.pop(key, None))
        return await asyncio.shield(task)

    async def _fetch(self, key: tuple[str, str]) -> bytes:
        channel_id, picture_id = key
        jpeg = await self._centers.ask_ptz(
            channel_id, lambda center, local_id: center.preset_picture(local_id, picture_id)
        )
        self._keep_picture(key, jpeg)
        return jpeg

    def _keep_picture(self, key: tuple[str, str], jpeg: bytes) -> None:
        self._pictures[key] = jpeg
        while len(self._pictures) > PICTURES_KEPT:
            self._pictures.popitem(last=False)

    # --- inside ---

    def _read_if_followed(self, channel_id: str) -> None:
        if channel_id in self.followed:
            self._read(channel_id)

    def _read(self, channel_id: str) -> None:
        if self._is_closed:
            return
        if channel_id in self._reading:
            self._stale.add(channel_id)
            return
        task = asyncio.get_running_loop().create_task(self._read_list(channel_id))
        self._reading[channel_id] = task
        task.add_done_callback(lambda _: self._on_read(channel_id))

    async def _read_list(self, channel_id: str) -> None:
        try:
            presets = await self.read(channel_id)
        except WallError as err:
            _log.info("no presets of %s: %s", channel_id, type(err).__name__)
            self._errors[channel_id] = err
            if isinstance(err, (ServerFailed, TooManyRequests)):
                attempt = self._failures[channel_id] = self._failures.get(channel_id, 0) + 1
                later = partial(self._read_if_followed, channel_id)
                asyncio.get_running_loop().call_later(retry_delay_s(attempt), later)
        else:
            self._errors.pop(channel_id, None)
            self._failures.pop(channel_id, None)
            self._lists[channel_id] = presets
        if channel_id in self.followed:
            self.changed.emit(channel_id)
        else:
            self._lists.pop(channel_id, None)
            self._errors.pop(channel_id, None)

    def _on_read(self, channel_id: str) -> None:
        self._reading.pop(channel_id, None)
        if channel_id in self._stale:
            self._stale.discard(channel_id)
            self._read_if_followed(channel_id)

    def _on_presets_changed(self, event: Any) -> None:
        assert isinstance(event, PresetsChanged)
        self._read_if_followed(event.channel_id)

    def _on_events_lost(self) -> None:
        for channel_id in self.followed:
            self._read(channel_id)

    def _on_center_changed(self, key: str) -> None:
        before, self._connected = self._connected, self._connected_keys()
        if key in self._connected - before:
            for channel_id in self.followed:
                if key_of(channel_id) == key:
                    self._read(channel_id)

    def _connected_keys(self) -> frozenset[str]:
        return frozenset(a.key for a in self._centers.accesses if a.state is AccessState.CONNECTED)

    def close(self) -> None:
        """Read nothing any more."""
        self._is_closed = True
        for task in (*self._reading.values(), *self._asked.values()):
            task.cancel()


def thumbnail(picture: QImage) -> bytes:
    """Return a picture as a JPEG for a preset: 320×180 at most, in its own proportions, 128 KiB at most."""
    small = picture.scaled(
        *THUMBNAIL_PX, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    for quality in _QUALITIES:
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        if not small.save(buffer, "JPEG", quality):  # type: ignore[call-overload]  # the stubs want bytes, Qt a str
            raise NotAble("the picture can't be made a JPEG")
        jpeg = bytes(buffer.data().data())
        if len(jpeg) <= LARGEST_THUMBNAIL_BYTES:
            return jpeg
    raise NotAble(f"a thumbnail of {len(jpeg)} bytes")

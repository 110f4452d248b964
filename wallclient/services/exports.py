"""The queue of exports: one at a time, over crashes, full disks and centers that are away.

Lives on the GUI thread, on the Qt loop; fetching and writing happen in a worker process.
"""

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal

from wallclient.domain.audit import AuditKind
from wallclient.domain.errors import (
    CenterError,
    DiskFull,
    NotFound,
    ServerFailed,
    SignInNeeded,
    StorageFailed,
    TooManyRequests,
)
from wallclient.domain.export import (
    HELD,
    OVER,
    ExportCamera,
    ExportedFile,
    ExportJob,
    ExportLack,
    ExportProgress,
    ExportState,
    ExportTrouble,
)
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.domain.recording import FootageSource, Playback
from wallclient.domain.retry import retry_delay_s
from wallclient.player.export_messages import End, Ended, Order, Progress
from wallclient.player.export_process import ExportProcess
from wallclient.services.audit import AuditBook
from wallclient.services.export_captions import captions
from wallclient.services.export_meter import Meter
from wallclient.services.export_order import (
    exported,
    fetched_part,
    files_of,
    gaps_of,
    order_of,
    part_folder,
    sessions_of,
    stem_of,
)
from wallclient.services.export_outcome import notice_of, trouble_of
from wallclient.storage.exports import ExportQueue
from wallclient.storage.final_files import settle
from wallclient.storage.json_file import JsonFile

_log = logging.getLogger(__name__)
ROOM_EVERY_S = 5.0
LEAST_ROOM_BYTES = 32 * 1024 * 1024
MOST_CRASHES = 3  # of a worker, one after the other
_MISS_AFTER = 2  # times a file was not there with fresh addresses
_AWAY = (ServerFailed, SignInNeeded, TooManyRequests)


class ExportCenters(Protocol):
    """What is needed of the centers; `services.centers.Centers` has it."""

    async def open_export(self, channel_id: str, start_ms: int, end_ms: int, reason: str = "") -> Playback:
        """Open footage for taking it along."""

    async def renew_playback(self, playback_id: str) -> Playback:
        """Keep it open."""

    async def close_playback(self, playback_id: str) -> None:
        """Give it back."""

    def ca_file(self, channel_id: str) -> str:
        """Return the private authority of a channel's center; "" for those of the system."""


class _GaveUp(Exception):  # noqa: N818 - reads as what happened
    def __init__(self, trouble: ExportTrouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class Exports(QObject):
    """Owns the queue. What was begun goes on at the next start."""

    changed = Signal(str)  # key of an export that was added, is another now, or is gone
    progressed = Signal(str)  # key
    finished = Signal(object)  # ExportJob: done, failed or cancelled
    noticed = Signal(object)  # Notice
    _told = Signal(object)  # Progress, from a worker's thread

    def __init__(
        self,
        centers: ExportCenters,
        file: JsonFile[ExportQueue],
        audit: AuditBook | None = None,
        parent: QObject | None = None,
        *,
        room_every_s: float = ROOM_EVERY_S,
        least_room_bytes: int = LEAST_ROOM_BYTES,
    ) -> None:
        super().__init__(parent)
        self._centers, self._file, self._audit = centers, file, audit
        self._room_every_s, self._least_room_bytes = room_every_s, least_room_bytes
        self._jobs = {job.key: _woken(job) for job in file.load().jobs}
        self.set_aside = file.set_aside
        self._wake = asyncio.Event()
        self._again = asyncio.Event()  # ends a wait for the center or for room
        self._process: ExportProcess | None = None
        self._current = ""
        self._unwanted: set[str] = set()  # to be forgotten once it is their turn no more
        self._task: asyncio.Task[None] | None = None
        self._saving: asyncio.Task[None] | None = None
        self._meter = Meter()
        self._told.connect(self._on_progress, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin with what waits."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    @property
    def jobs(self) -> tuple[ExportJob, ...]:
        """All exports in their order."""
        return tuple(self._jobs.values())

    def job(self, key: str) -> ExportJob:
        """Return an export. Raises KeyError."""
        return self._jobs[key]

    def progress(self, key: str) -> ExportProgress:
        """Return how far an export is."""
        job = self._jobs[key]
        if key == self._current:
            return self._meter.progress(len(job.done), len(job.cameras))
        return ExportProgress(1.0 if job.state is ExportState.DONE else len(job.done) / max(1, len(job.cameras)))

    def add(self, job: ExportJob) -> None:
        """Put an export into the queue. It needs the right "export" at each camera, which its center judges."""
        self._put(job)
        self._wake.set()

    def pause(self, key: str) -> None:
        """Let an export stand; what was fetched is kept, also over a restart."""
        if self._jobs[key].state not in OVER:
            self._put(replace(self._jobs[key], state=ExportState.PAUSED))
            self._interrupt(key)

    def resume(self, key: str, reason: str = "", folder: str = "") -> None:
        """Go on with an export that stands, or try one that failed again; with another reason or folder, if given."""
        job = self._jobs[key]
        if job.state in (ExportState.PAUSED, ExportState.FAILED):
            if folder and folder != job.folder:
                self._clear(job)  # what was fetched lies on another disk, perhaps
            reason, folder = reason or job.reason, folder or job.folder
            job = replace(job, state=ExportState.WAITING, trouble=ExportTrouble.NONE, reason=reason, folder=folder)
            self._put(job)
            self._wake.set()

    def cancel(self, key: str) -> None:
        """End an export. What was fetched is deleted; finished files stay."""
        if self._jobs[key].state not in OVER:
            was_held = key == self._current
            self._over(replace(self._jobs[key], state=ExportState.CANCELLED))
            self._interrupt(key)
            if not was_held:
                self._clear(self._jobs[key])

    def forget(self, key: str) -> None:
        """Take an export that is over from the queue."""
        if key == self._current:  # cancelled, and still being put away
            self._unwanted.add(key)
        elif self._jobs[key].state in OVER:
            job = self._jobs.pop(key)
            self._clear(job)
            self._save()
            self.changed.emit(key)

    def try_now(self) -> None:
        """Try again at once what waits for a center or for room."""
        self._again.set()

    async def close(self) -> None:
        """End the worker and save the queue."""
        if self._task is not None:
            self._task.cancel()
            if self._process is not None:
                self._process.kill()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._saving is not None:
            await self._saving
        await self._write_down()

    # --- the queue ---

    def _put(self, job: ExportJob) -> None:
        self._jobs[job.key] = job
        self._save()
        self.changed.emit(job.key)

    def _over(self, job: ExportJob) -> None:
        self._put(job)
        if job.state is not ExportState.DONE:
            why = job.trouble or job.state
            self._note(AuditKind.EXPORT_FAILED, job, [camera.channel_id for camera in job.cameras], text=str(why))
        self.finished.emit(job)
        if (notice := notice_of(job)) is not None:
            self.noticed.emit(notice)

    def _save(self) -> None:
        if self._saving is None or self._saving.done():
            self._saving = asyncio.get_running_loop().create_task(self._save_soon())

    async def _save_soon(self) -> None:
        await asyncio.sleep(0)  # one file for all that changes in this turn
        saved: tuple[ExportJob, ...] | None = None
        while saved != self.jobs:  # it may have changed while it was written
            saved = self.jobs
            await self._write_down()

    async def _write_down(self) -> None:
        try:
            await asyncio.to_thread(self._file.save, ExportQueue(self.jobs))
        except StorageFailed as err:
            self.noticed.emit(Notice("exports", NoticeKind.FAILED, NoticeLevel.WARNING, error=err))

    def _interrupt(self, key: str) -> None:
        if key == self._current:
            if self._process is not None:
                self._process.kill()
            self._again.set()

    def _clear(self, job: ExportJob) -> None:
        folders = [part_folder(job, camera) for camera in job.cameras]
        asyncio.get_running_loop().run_in_executor(None, _delete, folders)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            job = next((job for job in self.jobs if job.state is ExportState.WAITING), None)
            if job is None:
                await self._wake.wait()
                continue
            self._current = job.key
            try:
                await self._export(job)
            except _GaveUp as err:
                if self._jobs[job.key].state in HELD:  # not cancelled in this very moment
                    self._over(replace(self._jobs[job.key], state=ExportState.FAILED, trouble=err.trouble))
            except Exception:  # the edge of this loop: the exports behind it go on
                _log.exception("export failed")
                failed = replace(self._jobs[job.key], state=ExportState.FAILED, trouble=ExportTrouble.WORKER)
                self._over(failed)
            finally:
                self._current, self._process = "", None
            if self._jobs[job.key].state is ExportState.CANCELLED:
                self._clear(self._jobs[job.key])
            if job.key in self._unwanted:
                self._unwanted.discard(job.key)
                self.forget(job.key)

    # --- one export ---

    async def _export(self, job: ExportJob) -> None:
        if not job.done and not job.files:
            self._note(AuditKind.EXPORT_STARTED, job, [camera.channel_id for camera in job.cameras])
        self._set(job.key, ExportState.RUNNING)
        for camera in job.cameras:
            if camera.channel_id in self._jobs[job.key].done:
                continue
            self._meter = Meter(camera.name)
            if not await self._camera(job.key, camera):
                return
        self._over(replace(self._jobs[job.key], state=ExportState.DONE))

    async def _camera(self, key: str, camera: ExportCamera) -> bool:
        """Export one camera; False where the export was paused or cancelled meanwhile."""
        attempt = refusals = crashes = 0
        while self._jobs[key].state in HELD:
            job = self._jobs[key]
            playbacks: list[Playback] = []
            try:
                playbacks = await self._open(job, camera)
                playbacks = await self._fetched(key, playbacks)
                if self._jobs[key].state not in HELD:
                    break
                sources = files_of(playbacks, job.start_ms, job.end_ms)
                if not sources and playbacks:
                    raise _GaveUp(ExportTrouble.NO_FILES)
                self._set(key, ExportState.RUNNING)
                ended = Ended(End.NO_FOOTAGE)
                if sources:
                    ended = await self._work(job, camera, sources, playbacks, may_miss=refusals >= _MISS_AFTER)
            except _AWAY as err:
                attempt += 1
                await self._wait(key, ExportState.NO_CENTER, attempt, str(type(err).__name__))
                continue
            finally:
                await self._close(playbacks)
            if self._jobs[key].state not in HELD:
                break
            if ended.end is End.DONE or (ended.end is End.NO_FOOTAGE and len(job.cameras) > 1):
                if await self._settle(key, camera, sources, ended):
                    return True
            elif ended.end is End.DISK_FULL:
                await self._wait_for_room(key)
            elif ended.end is End.NETWORK:
                attempt = 1 if self._meter.moved() else attempt + 1
                await self._wait(key, ExportState.NO_CENTER, attempt, ended.detail)
            elif ended.end is End.SOURCES:
                refusals = 1 if self._meter.moved() else refusals + 1
                if refusals > _MISS_AFTER + 1:
                    raise _GaveUp(ExportTrouble.CENTER)
            elif ended.end is End.NO_FOOTAGE:
                raise _GaveUp(ExportTrouble.NO_FOOTAGE)
            else:
                crashes += 1
                _log.warning("export worker: %s %s", ended.end, ended.detail)
                if crashes >= MOST_CRASHES:
                    raise _GaveUp(ExportTrouble.FOLDER if ended.end is End.FAILED else ExportTrouble.WORKER)
        return False

    async def _open(self, job: ExportJob, camera: ExportCamera) -> list[Playback]:
        """Open sessions for a camera's whole range. Raises _GaveUp, or CenterError where the center is away."""
        opened: list[Playback] = []
        try:
            for start_ms, end_ms in sessions_of(job.start_ms, job.end_ms):
                with contextlib.suppress(NotFound):  # no footage on that day
                    opened.append(await self._centers.open_export(camera.channel_id, start_ms, end_ms, job.reason))
        except CenterError as err:
            await self._close(opened)
            if isinstance(err, _AWAY):
                raise
            raise _GaveUp(trouble_of(err)) from None
        return opened

    async def _fetched(self, key: str, playbacks: list[Playback]) -> list[Playback]:
        """Wait until a center has what it fetches from recorders first. Raises _GaveUp, CenterError as `_open` does."""
        while self._jobs[key].state in HELD and any(playback.pending for playback in playbacks):
            self._meter.fetch(fetched_part(playbacks))
            self.progressed.emit(key)
            self._again.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(playback.expires_in_s for playback in playbacks) / 2):
                    await self._again.wait()
            try:
                playbacks = [await self._centers.renew_playback(playback.id) for playback in playbacks]
            except NotFound:
                raise ServerFailed("footage that could not be fetched") from None
            except CenterError as err:
                if isinstance(err, _AWAY):
                    raise
                raise _GaveUp(trouble_of(err)) from None
        return playbacks

    async def _close(self, playbacks: Sequence[Playback]) -> None:
        for playback in playbacks:
            with contextlib.suppress(CenterError):
                await self._centers.close_playback(playback.id)

    async def _work(
        self,
        job: ExportJob,
        camera: ExportCamera,
        sources: Sequence[FootageSource],
        playbacks: Sequence[Playback],
        *,
        may_miss: bool,
    ) -> Ended:
        burn = None
        if job.burn:
            who = " ".join(word for word in (job.by.name, f"({job.by.user})", job.by.post) if word)
            details = f"{camera.code}  {who}".strip()
            burn = captions(camera.name, details, job.zone, (sources[0].width, sources[0].height))
        ca_file = self._centers.ca_file(camera.channel_id)
        order = order_of(job, camera, sources, ca_file=ca_file, may_miss=may_miss, burn=burn)
        renewing = asyncio.get_running_loop().create_task(self._renew(playbacks))
        try:
            return await self._in_process(order)
        finally:
            renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await renewing

    async def _in_process(self, order: Order) -> Ended:
        self._process = process = ExportProcess(order)
        try:
            return await asyncio.to_thread(process.run, self._told.emit)
        except OSError as err:
            return Ended(End.FAILED, detail=str(err.errno))
        finally:
            process.kill()  # where we are cancelled; otherwise it is gone already
            self._process = None

    async def _renew(self, playbacks: Sequence[Playback]) -> None:
        while True:
            await asyncio.sleep(min(playback.expires_in_s for playback in playbacks) / 2)
            for playback in playbacks:
                with contextlib.suppress(CenterError):  # if it lapsed, the worker is refused, and we ask anew
                    await self._centers.renew_playback(playback.id)

    async def _settle(self, key: str, camera: ExportCamera, sources: Sequence[FootageSource], ended: Ended) -> bool:
        """Give finished files their names; False where the disk does not take even that."""
        job, folder = self._jobs[key], part_folder(self._jobs[key], camera)
        files: list[ExportedFile] = []
        try:
            for piece in ended.pieces:
                part, stem = folder / piece.name, stem_of(job, camera, piece)
                path = await asyncio.to_thread(settle, part, Path(job.folder), stem, part.suffix)
                files.append(exported(piece, path, camera, sources))
        except DiskFull:
            await self._wait_for_room(key)
            return False
        except StorageFailed:
            raise _GaveUp(ExportTrouble.FOLDER) from None
        lacks = [ExportLack(camera.channel_id, lack.start_ms, lack.end_ms, lack.why) for lack in ended.lacks]
        spans = [(piece.start_ms, piece.end_ms) for piece in ended.pieces]
        spans += [(lack.start_ms, lack.end_ms) for lack in ended.lacks if lack.why != "not_burned"]
        lacks += gaps_of(spans, job, camera)
        now = self._jobs[key]
        done = (*now.done, camera.channel_id)
        self._put(replace(now, files=(*now.files, *files), lacks=(*now.lacks, *lacks), done=done))
        for file in files:
            self._note(AuditKind.EXPORT_FINISHED, job, [camera.channel_id], text=Path(file.path).name, ref=file.sha256)
        await asyncio.to_thread(_delete, [folder])
        return True

    async def _wait(self, key: str, state: ExportState, attempt: int, why: str) -> None:
        if self._jobs[key].state is not state:
            _log.info("export waits: %s", why)
        self._set(key, state)
        self._again.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(retry_delay_s(attempt)):
                await self._again.wait()

    async def _wait_for_room(self, key: str) -> None:
        self._set(key, ExportState.DISK_FULL)
        while self._jobs[key].state is ExportState.DISK_FULL:
            self._again.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._room_every_s):
                    await self._again.wait()
            with contextlib.suppress(OSError):
                if shutil.disk_usage(self._jobs[key].folder).free >= self._least_room_bytes:
                    return

    def _set(self, key: str, state: ExportState) -> None:
        if self._jobs[key].state in (*HELD, ExportState.WAITING) and self._jobs[key].state is not state:
            self._put(replace(self._jobs[key], state=state))

    def _on_progress(self, progress: Progress) -> None:
        if self._current:
            self._meter.take(progress)
            self.progressed.emit(self._current)

    def _note(self, kind: AuditKind, job: ExportJob, channel_ids: Sequence[str], text: str = "", ref: str = "") -> None:
        if self._audit is not None:
            span = job.start_ms, job.end_ms
            self._audit.note(kind, channel_ids, *span, reason=job.reason, text=text, ref=ref, by=job.by)


def _woken(job: ExportJob) -> ExportJob:
    """Return an export as it is after a restart."""
    return replace(job, state=ExportState.WAITING) if job.state in HELD else job


def _delete(folders: Sequence[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)

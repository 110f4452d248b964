"""Where the demo's footage comes from: any file of any camera, composed on demand or kept on disk for a while."""

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from wallclient.demo import glyphs, h265_band, sound, typeset
from wallclient.demo.clip_file import Clip
from wallclient.demo.clips import ClipFailed, ClipMaker, ClipWanted
from wallclient.demo.live import Band, Library
from wallclient.demo.media import StreamedCamera, default_cache_dir
from wallclient.demo.recording_calendar import (
    B_PICTURES,
    BROKEN_OFF,
    BROKEN_OFF_SHARE,
    CODEC_CHANGE,
    LATE_SOUND,
    LATE_SOUND_S,
    FootageFile,
    pictures_in,
)
from wallclient.demo.recording_making import copy_of, write_ts, write_with_b_pictures
from wallclient.demo.recording_mp4 import (
    BrokenOffFile,
    ComposedFile,
    DiskFile,
    Footage,
    Template,
    make_template,
    shown_pictures,
)
from wallclient.domain.stream import Codec

SIZE = 640, 360  # px, of all footage
KEPT_BYTES = 512 * 1024 * 1024  # on disk
_KEPT_TEMPLATES = 64
_VERSION = 1  # raise it when files come out otherwise
_CLIP_LIMIT_S = 120.0
_NICE = 10


class FootageStore:
    """Hands out files of footage. Thread-safe; `open` and `path` block while something has to be made first."""

    def __init__(
        self,
        cameras: Sequence[StreamedCamera],
        fps: int = 25,
        cache_dir: Path | None = None,
        kept_bytes: int = KEPT_BYTES,
        shelf: Path | None = None,
    ) -> None:
        """Take the cameras with their names and scenes; clips and lettering are those of the live streams.

        `shelf` is where files lie that have to be made, up to `kept_bytes`.
        """
        self.fps = fps
        self._cameras = {camera.number: camera for camera in cameras}
        self._directory = cache_dir or default_cache_dir()
        self._shelf = shelf or self._directory / "footage"
        self._kept_bytes = kept_bytes
        self._clips = ClipMaker(self._directory)
        self._lock = threading.Lock()  # held while an index is written, so never taken by whoever must not wait
        self._shelf_lock = threading.Lock()
        self._library: Library | None = None
        self._bands: dict[tuple[int, Path], tuple[Clip, Band]] = {}
        self._sound: sound.Sound | None = None
        self._templates: OrderedDict[object, Template] = OrderedDict()
        self._making: dict[Path, Future[None]] = {}
        self._maker = ThreadPoolExecutor(1, "footage", initializer=_be_nice)

    def close(self) -> None:
        """End what is being made."""
        self._maker.shutdown(wait=False, cancel_futures=True)
        self._clips.close()

    def has(self, number: int, form: str) -> bool:
        """Tell whether a camera's footage can be had in a form: mp4, ts."""
        return number in self._cameras and (form == "mp4" or (form == "ts" and number not in (B_PICTURES, BROKEN_OFF)))

    def open(self, file: FootageFile, form: str) -> Footage:
        """Return a file as MP4 or MPEG-TS. Raises KeyError, OSError, ClipFailed, ValueError."""
        if not self.has(file.number, form):
            raise KeyError(file.number)
        if form == "ts" or file.number == B_PICTURES:
            return DiskFile(self.path(file, form))
        composed = self._composed(file)[0]
        return BrokenOffFile(composed, BROKEN_OFF_SHARE) if file.breaks_off else composed

    def path(self, file: FootageFile, form: str = "mp4") -> Path:
        """Return where a file lies on disk, made if it isn't there. Raises as `open` does."""
        if not self.has(file.number, form):
            raise KeyError(file.number)
        cut = "-cut" if file.breaks_off else ""
        name = f"{file.number}-{self.fps}-{file.codec}-{file.start_s}-{file.end_s}{cut}-v{_VERSION}.{form}"
        path = self._shelf / name
        with self._shelf_lock:
            with suppress(OSError):
                os.utime(path)  # it was used now
                return path
            made = self._making.get(path)
            if made is None:
                made = self._making[path] = self._maker.submit(self._make, file, form, path)
        try:
            made.result()
        finally:
            with self._shelf_lock:
                self._making.pop(path, None)
        return path

    # --- inside ---

    def _make(self, file: FootageFile, form: str, path: Path) -> None:
        self._shelf.mkdir(parents=True, exist_ok=True)
        composed, template = self._composed(file)
        if form == "ts":
            write_ts(composed, template, _sound_delay_s(file.number), path)
        elif file.number == B_PICTURES:
            write_with_b_pictures(composed, self.fps, path)
        else:
            copy_of(BrokenOffFile(composed, BROKEN_OFF_SHARE) if file.breaks_off else composed, path)
        self._make_room()

    def _make_room(self) -> None:
        """Delete what was not used for longest."""
        found = []
        for path in self._shelf.iterdir():
            with suppress(OSError):  # another demo was faster
                status = path.stat()
                found.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found)[:-1]:
            if total <= self._kept_bytes:
                break
            path.unlink(missing_ok=True)
            total -= size

    def _composed(self, file: FootageFile) -> tuple[ComposedFile, Template]:
        camera = self._cameras[file.number]
        clip_path = self._clip_path(camera, file.codec)
        counts = tuple(pictures_in(file.number, unix_s, self.fps) for unix_s in range(file.start_s, file.end_s))
        with self._lock:
            clip, band = self._clip_and_band(file.number, clip_path)
            has_sound = camera.has_audio and file.number != B_PICTURES
            start = file.start_s * clip.fps % len(clip.pictures)
            key = (clip_path, start, counts, has_sound, _sound_delay_s(file.number))
            template = self._templates.get(key)
            if template is None:
                pictures = shown_pictures(clip, file.start_s, counts)
                noise = self._read_sound() if has_sound else None
                template = make_template(clip, band, pictures, noise, _sound_delay_s(file.number))
                self._templates[key] = template
            self._templates.move_to_end(key)
            while len(self._templates) > _KEPT_TEMPLATES:
                self._templates.popitem(last=False)
        return ComposedFile(template, band, file.number, file.start_s), template

    def _clip_and_band(self, number: int, path: Path) -> tuple[Clip, Band]:
        found = self._bands.get((number, path))
        if found is None:
            found = self._bands[number, path] = self._read_library().clip_and_band(number, str(path))
        return found

    def _clip_path(self, camera: StreamedCamera, codec: Codec) -> Path:
        wanted = ClipWanted(camera.scene, str(codec), *SIZE, self.fps)
        answered: Future[Path] = Future()

        def done(path: Path | None, error: str) -> None:
            if path is None:
                answered.set_exception(ClipFailed(error))
            else:
                answered.set_result(path)

        self._clips.request(wanted, done)
        try:
            return answered.result(_CLIP_LIMIT_S)
        except TimeoutError:
            raise ClipFailed("the clip takes too long") from None

    def _read_library(self) -> Library:
        if self._library is None:
            names = {number: camera.name for number, camera in self._cameras.items()}
            h265 = [n for n, camera in self._cameras.items() if n == CODEC_CHANGE or camera.codec is Codec.H265]
            lettering, pieces = typeset.prepare(names, [1], h265, self._directory)
            self._library = Library(glyphs.load(lettering), h265_band.load(pieces))
        return self._library

    def _read_sound(self) -> sound.Sound:
        if self._sound is None:
            self._sound = sound.load(sound.prepare(self._directory))
        return self._sound


def _sound_delay_s(number: int) -> float:
    return LATE_SOUND_S if number == LATE_SOUND else 0.0


def _be_nice() -> None:
    """Let everything else go first; a thread has a priority of its own on Linux."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)

"""What an export's worker is told to do, made of what a center hands out."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from wallclient.domain.export import ExportCamera, ExportedFile, ExportJob, ExportLack, OriginalFile
from wallclient.domain.file_names import file_name
from wallclient.domain.recording import FootageProtocol, FootageSource, Playback
from wallclient.player.export_messages import BurnOrder, Order, Piece, SourceOrder

LONGEST_SESSION_MS = 86_400_000  # Center API v1
SMALLEST_GAP_MS = 500
_FORMS = {FootageProtocol.MP4: "mp4", FootageProtocol.TS: "ts"}  # the first is taken where there are both


def sessions_of(start_ms: int, end_ms: int) -> list[tuple[int, int]]:
    """Return the ranges an export asks a center for, none longer than a session may be."""
    return [(at, min(end_ms, at + LONGEST_SESSION_MS)) for at in range(start_ms, end_ms, LONGEST_SESSION_MS)]


def files_of(playbacks: Iterable[Playback], start_ms: int, end_ms: int) -> list[FootageSource]:
    """Return the files that cover a range, in order of time.

    Files may overlap: where a recorder's clock was set back, both are what was recorded. Another container is taken
    only where it has something the better one has not.
    """
    wanted = [
        source
        for playback in playbacks
        for source in playback.sources
        if source.protocol in _FORMS and source.start_ms < end_ms and source.end_ms > start_ms
    ]
    chosen: list[FootageSource] = []
    for protocol in _FORMS:
        longest: dict[int, FootageSource] = {}  # by start: the file that is being recorded may have grown meanwhile
        for source in sorted((one for one in wanted if one.protocol is protocol), key=lambda one: one.end_ms):
            longest[source.start_ms] = source
        known = sorted((one.start_ms, one.end_ms) for one in chosen)
        chosen += [source for source in longest.values() if _adds(source, known)]
    return sorted(chosen, key=lambda one: (one.start_ms, one.end_ms))


def _adds(source: FootageSource, known: Iterable[tuple[int, int]]) -> bool:
    """Tell whether a file has what those before it, in order of time, have not."""
    at = source.start_ms
    for start_ms, end_ms in known:
        if start_ms > at + SMALLEST_GAP_MS:
            break
        at = max(at, end_ms)
    return at < source.end_ms - SMALLEST_GAP_MS


def fetched_part(playbacks: Iterable[Playback]) -> float:
    """Return how much of sessions' footage their center has together, 0 to 1."""
    there = coming = 0.0
    for playback in playbacks:
        there += sum(source.end_ms - source.start_ms for source in playback.sources)
        there += sum((part.end_ms - part.start_ms) * part.progress for part in playback.pending)
        coming += sum((part.end_ms - part.start_ms) * (1.0 - part.progress) for part in playback.pending)
    return there / (there + coming) if there + coming else 1.0


def gaps_of(spans: Iterable[tuple[int, int]], job: ExportJob, camera: ExportCamera) -> list[ExportLack]:
    """Return the parts of a range that none of `spans` covers: nothing was recorded, or a file broke off."""
    lacks, at = [], job.start_ms
    for start_ms, end_ms in sorted(spans):
        if start_ms > at + SMALLEST_GAP_MS:
            lacks.append(ExportLack(camera.channel_id, at, start_ms, "gap"))
        at = max(at, end_ms)
    if at < job.end_ms - SMALLEST_GAP_MS:
        lacks.append(ExportLack(camera.channel_id, at, job.end_ms, "gap"))
    return lacks


def order_of(
    job: ExportJob,
    camera: ExportCamera,
    sources: Sequence[FootageSource],
    *,
    ca_file: str = "",
    may_miss: bool = False,
    burn: BurnOrder | None = None,
) -> Order:
    """Return what the worker is told."""
    told = [_told(source) for source in sources]
    comment = f"{camera.code} {camera.center}; exported by {job.by.name} ({job.by.user}) {job.by.post}"
    folder = str(part_folder(job, camera))
    title = f"{camera.name} {camera.code}".strip()
    return Order(folder, job.start_ms, job.end_ms, told, title, comment, ca_file, may_miss, burn)


def _told(source: FootageSource) -> SourceOrder:
    user, password = (source.credentials.user, source.credentials.password) if source.credentials else ("", "")
    return SourceOrder(source.url, _FORMS[source.protocol], source.start_ms, source.end_ms, user, password)


def part_folder(job: ExportJob, camera: ExportCamera) -> Path:
    """Return where the unfinished files of a camera lie: on the disk of the finished ones."""
    number = job.cameras.index(camera)
    return Path(job.folder) / f".{job.key}-{number}.part"


def stem_of(job: ExportJob, camera: ExportCamera, piece: Piece) -> str:
    """Return what a finished file is called: camera, code, when it begins in local time."""
    begins = datetime.fromtimestamp(piece.start_ms / 1000, UTC).astimezone(ZoneInfo(job.zone))
    name = file_name(f"{camera.name}_{camera.code}" if camera.code else camera.name)
    return f"{name}_{begins:%Y%m%d-%H%M%S}" + ("_burned-in" if piece.burned_from else "")


def exported(piece: Piece, path: Path, camera: ExportCamera, sources: Sequence[FootageSource]) -> ExportedFile:
    """Return a finished file."""
    originals = tuple(OriginalFile(one.start_ms, one.end_ms, one.size, one.sha256) for one in piece.sources)
    offset = next((one.clock_offset_ms for one in sources if one.end_ms > piece.start_ms), 0)
    return ExportedFile(
        str(path),
        camera.channel_id,
        piece.start_ms,
        piece.end_ms,
        piece.size,
        piece.sha256,
        piece.codec,
        piece.width,
        piece.height,
        piece.pictures,
        offset,
        bool(piece.burned_from),
        originals,
    )

"""What was found in recordings, as a case gathers it."""

import hashlib
import mimetypes
from pathlib import Path

from wallclient.domain.bookmark import Bookmark
from wallclient.domain.case import LONGEST_TITLE, CaseItem, ItemKind
from wallclient.domain.errors import StorageFailed
from wallclient.domain.export import ExportJob, ExportState
from wallclient.domain.global_id import split_id

_READ_BYTES = 1 << 20
_LONGEST_REF = 256


def bookmark_item(bookmark: Bookmark) -> CaseItem:
    """Return a bookmark as a case gathers it: under the first of its cameras."""
    channel_id = bookmark.channel_ids[0] if bookmark.channel_ids else ""
    key = split_id(bookmark.key)[1]
    return CaseItem(ItemKind.BOOKMARK, key, bookmark.title, channel_id, bookmark.start_ms, bookmark.end_ms)


def clip_items(job: ExportJob) -> list[CaseItem]:
    """Return the files of a finished export as a case gathers them."""
    if job.state is not ExportState.DONE:
        return []
    names = {camera.channel_id: camera.name for camera in job.cameras}
    return [
        CaseItem(
            ItemKind.CLIP,
            Path(file.path).name[:_LONGEST_REF],
            names.get(file.channel_id, "")[:LONGEST_TITLE],
            file.channel_id,
            file.start_ms,
            file.end_ms,
            file.sha256,
            file.path,
        )
        for file in job.files
    ]


def file_item(path: Path, channel_id: str = "", at_ms: int | None = None) -> CaseItem:
    """Return a file as a case gathers it, with its hash; blocks. Raises StorageFailed."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_READ_BYTES):
                digest.update(piece)
    except OSError as err:
        raise StorageFailed(f"read {path.name}: {err.strerror}") from err
    kind = mimetypes.guess_type(path.name)[0] or ""
    what = ItemKind.CLIP if kind.startswith("video/") else ItemKind.SNAPSHOT
    return CaseItem(
        what,
        path.name[:_LONGEST_REF],
        path.stem[:LONGEST_TITLE],
        channel_id,
        at_ms,
        None,
        digest.hexdigest(),
        str(path),
    )

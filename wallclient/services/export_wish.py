"""From an operator's wish to exports of the queue: who asks, is a reason demanded, will the folder do."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from wallclient.domain.errors import CenterError, NotFound, ReasonNeeded, StorageFailed
from wallclient.domain.export import ExportCamera, ExportJob
from wallclient.domain.global_id import key_of
from wallclient.domain.names import display_name
from wallclient.domain.node import Channel
from wallclient.domain.patrol import Person, new_key
from wallclient.services.export_order import sessions_of

if TYPE_CHECKING:
    from wallclient.services.centers import Centers

NOBODY = Person("", "")
_PATIENCE_S = 6.0  # with a center, while the operator waits


@dataclass(frozen=True, slots=True)
class Wish:
    """What an operator asked for; moments in ms by the centers' clock, `zone` an IANA name."""

    channels: tuple[Channel, ...]
    start_ms: int
    end_ms: int
    folder: str
    zone: str
    reason: str = ""
    burn: bool = False


def person_at(centers: "Centers", gid: str) -> Person:
    """Return who is signed in at the center of a channel; nobody where that can't be told."""
    with contextlib.suppress(NotFound):
        operator = centers.access(key_of(gid)).session.operator
        if operator is not None:
            return Person(operator.user, operator.name, operator.post)
    return NOBODY


def new_jobs(centers: "Centers", wish: Wish) -> list[ExportJob]:
    """Return the exports of a wish: one, or one for each person where centers know the operator by several names."""
    by_person: dict[Person, list[ExportCamera]] = {}
    for channel in wish.channels:
        center = _title(centers, channel.id)
        camera = ExportCamera(channel.id, display_name(channel.name) or channel.gb_code, channel.gb_code, center)
        by_person.setdefault(person_at(centers, channel.id), []).append(camera)
    now = datetime.now(UTC)
    return [
        ExportJob(
            new_key(), tuple(cameras), wish.start_ms, wish.end_ms, wish.folder, person, now, wish.zone, wish.reason,
            wish.burn,
        )
        for person, cameras in by_person.items()
    ]  # fmt: skip


async def demands_reason(centers: "Centers", channels: Sequence[Channel], start_ms: int, end_ms: int) -> str:
    """Return the name of the first center that hands out footage only with a reason; "" where none does.

    Only the center itself knows: one camera of each is opened and given back. A center that is away is not waited for,
    its exports do that.
    """
    first_of: dict[str, Channel] = {}
    for channel in channels:
        first_of.setdefault(key_of(channel.id), channel)
    start_ms, end_ms = sessions_of(start_ms, end_ms)[0]
    for channel in first_of.values():
        try:
            async with asyncio.timeout(_PATIENCE_S):
                opened = await centers.open_export(channel.id, start_ms, end_ms)
            await centers.close_playback(opened.id)
        except ReasonNeeded:
            return _title(centers, channel.id)
        except (CenterError, TimeoutError):
            continue  # the queue tells, and waits where that helps
    return ""


def check_folder(folder: Path) -> None:
    """Make a folder and see whether files can be written there; blocking. Raises StorageFailed."""
    if not folder.is_absolute():
        raise StorageFailed("folder of exports: not a full path")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"?")
            os.fsync(file.fileno())
    except (OSError, ValueError) as err:
        raise StorageFailed(f"folder of exports: {err}") from err


def free_bytes(folder: Path) -> int | None:
    """Return the room on a folder's disk, which need not exist yet; None where that can't be told."""
    with contextlib.suppress(OSError, ValueError):
        there = next(path for path in (folder, *folder.parents) if path.exists())
        return shutil.disk_usage(there).free
    return None


def _title(centers: "Centers", gid: str) -> str:
    with contextlib.suppress(NotFound):
        return centers.access(key_of(gid)).title
    return key_of(gid)

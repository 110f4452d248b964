"""Snapshot and change feed of Center API v1: read line by line, checked, half a million rows in seconds."""

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise

import msgspec

from wallclient.api import models
from wallclient.api.wire import Stream, Wire
from wallclient.domain.catalog import (
    CatalogNode,
    Change,
    ChangeBatch,
    ChannelState,
    Removed,
    SnapshotPage,
    StatusChange,
    Upsert,
)
from wallclient.domain.errors import BadPayload, CursorExpired, ServerFailed, SnapshotGone
from wallclient.domain.node import CameraKind, NodeKind, PlaceCategory

MEDIA_TYPE = "application/x-ndjson"
SILENCE_S = 30.0  # the contract promises a line every 15 s
LARGEST_LINE_BYTES = 64 * 1024 * 1024  # a page with several absurd names
ROWS_BEYOND_TOTAL = 200_000  # what may have been added while the snapshot was read
LARGEST_ORDER = 2**53
LONGEST_CURSOR, LONGEST_ETAG = 256, 128

_KINDS = {word.value: word for word in NodeKind}
_STATES = {word.value: word for word in ChannelState}
_CAMERAS = {word.value: word for word in CameraKind}
_PLACES = {word.value: word for word in PlaceCategory}
_UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)
_head = msgspec.json.Decoder(models.SnapshotHead)
_line = msgspec.json.Decoder(models.SnapshotLine)
_raw_line = msgspec.json.Decoder(models.RawSnapshotLine)
_row = msgspec.json.Decoder(models.CatalogRow)
_changes = msgspec.json.Decoder(list[models.StateRow | models.UpsertRow | models.RemovedRow])


def open_snapshot(wire: Wire, token: str, cursor: str | None, etag: str | None) -> Stream | None:
    """Ask for a snapshot; None if it is the one of `etag`. Raises SnapshotGone and what every call raises."""
    if cursor is not None and not 0 < len(cursor) <= LONGEST_CURSOR:
        raise SnapshotGone("not a cursor")
    headers = {"Accept-Encoding": "gzip"}
    if etag is not None and 0 < len(etag) <= LONGEST_ETAG and etag.isascii() and etag.isprintable() and '"' not in etag:
        headers["If-None-Match"] = f'W/"{etag}"'
    return wire.stream(
        "/catalog/snapshot", MEDIA_TYPE, token=token, headers=headers, silence_s=SILENCE_S, query={"cursor": cursor}
    )


def read_snapshot(stream: Stream) -> Iterator[SnapshotPage]:
    """Yield the pages of a snapshot. Raises ServerFailed if it breaks off, BadPayload if it is none."""
    with closing(stream):
        lines = _lines(stream)
        head = _read_head(next(lines, b""))
        rows = 0
        for line in lines:
            page = _page(line, head)
            rows += len(page.nodes) + page.unreadable
            if rows > head.total + ROWS_BEYOND_TOTAL:
                raise BadPayload("snapshot: more rows than the center said there are")
            yield page
            if page.cursor is None:
                return
        raise ServerFailed("the snapshot broke off")


def read_changes(raw: models.RawChangesDocument, since: int) -> ChangeBatch:
    """Read a reply of the change feed. Raises CursorExpired if anything between `since` and its end is missing.

    Source: contract, `GET /catalog/changes`. A change that can't be read counts as missing: to skip it would leave a
    wrong tree behind.
    """
    try:
        rows = _changes.decode(raw.changes)
    except _UNREADABLE as err:
        raise CursorExpired(f"changes: {type(err).__name__}") from None
    numbers = [since, *(row.sequence for row in rows), raw.sequence + 1]
    if any(earlier >= later for earlier, later in pairwise(numbers)):
        raise CursorExpired("changes: the numbers are out of order")
    if len(rows) + raw.hidden != raw.sequence - since:
        raise CursorExpired("changes: there is a gap")
    if raw.more and raw.sequence == since:
        raise BadPayload("changes: more of nothing")
    return ChangeBatch(tuple(_change(row) for row in rows), raw.sequence, raw.more)


def read_row(raw: models.CatalogRow) -> CatalogNode:
    """Read a row; a kind this program does not know is a group, other unknown words are left out.

    Source: contract, schema CatalogRow.
    """
    longitude, latitude = raw.longitude, raw.latitude
    if longitude is None or latitude is None or not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        longitude = latitude = None
    return CatalogNode(
        raw.id,
        raw.parent_id,
        _KINDS.get(raw.kind, NodeKind.GROUP),
        raw.name,
        raw.gb_code,
        _STATES.get(raw.state, ChannelState.OFFLINE),
        None if raw.camera_kind is None else _CAMERAS.get(raw.camera_kind, CameraKind.BOX),
        None if raw.place is None else _PLACES.get(raw.place),
        longitude,
        latitude,
        raw.has_audio,
        raw.rights & 0xFFFF,
        raw.order if 0 <= raw.order <= LARGEST_ORDER else 0,
        raw.civil_code,
    )


def _read_head(line: bytes) -> models.SnapshotHead:
    if not line:
        raise ServerFailed("the snapshot broke off")
    try:
        return _head.decode(line)
    except _UNREADABLE as err:
        raise BadPayload(f"snapshot: {type(err).__name__}") from None


def _page(line: bytes, head: models.SnapshotHead) -> SnapshotPage:
    """Read one line. Raises BadPayload if it is none at all; rows that are none are counted and left out."""
    try:
        page = _line.decode(line)
        rows, cursor, unreadable = page.rows, page.cursor, 0
    except _UNREADABLE:
        rows, cursor, unreadable = _readable(line)
    if cursor is not None and not 0 < len(cursor) <= LONGEST_CURSOR:
        raise BadPayload("snapshot: not a cursor")
    nodes = tuple([read_row(row) for row in rows])
    return SnapshotPage(nodes, cursor, head.total, head.revision, head.sequence, unreadable)


def _readable(line: bytes) -> tuple[list[models.CatalogRow], str | None, int]:
    """Pick the good rows out of a line with bad ones. Raises BadPayload if it is no line at all."""
    try:
        page = _raw_line.decode(_repaired(line))
    except _UNREADABLE as err:
        raise BadPayload(f"snapshot: {type(err).__name__}") from None
    rows = [row for row in map(_readable_row, page.rows) if row is not None]
    return rows, page.cursor, len(page.rows) - len(rows)


def _repaired(line: bytes) -> str:
    """Return a line as the JSON it was meant to be. Raises ValueError.

    Bytes that are no UTF-8 and halves of surrogate pairs become U+FFFD, bare control characters are taken, NaN is null.
    """
    meant = json.loads(line.decode("utf-8", "replace"), strict=False, parse_constant=lambda _: None)
    text = json.dumps(meant, ensure_ascii=False)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _readable_row(raw: msgspec.Raw) -> models.CatalogRow | None:
    try:
        return _row.decode(raw)
    except _UNREADABLE:
        return None


def _change(row: models.StateRow | models.UpsertRow | models.RemovedRow) -> Change:
    if isinstance(row, models.StateRow):
        return StatusChange(row.sequence, row.channel_id, _STATES.get(row.state, ChannelState.OFFLINE))
    if isinstance(row, models.UpsertRow):
        return Upsert(row.sequence, read_row(row.row))
    return Removed(row.sequence, row.node_id)


def _lines(stream: Stream) -> Iterator[bytes]:
    """Yield whole lines without their ends; what follows the last one was cut off and is dropped."""
    rest: list[bytes] = []
    held = 0
    for piece in stream:
        *ends, last = piece.split(b"\n")
        for end in ends:
            yield b"".join((*rest, end)) if rest else end
            rest, held = [], 0
        if last:
            rest.append(last)
            held += len(last)
        if held > LARGEST_LINE_BYTES:
            raise BadPayload(f"snapshot: a line of more than {LARGEST_LINE_BYTES} bytes")

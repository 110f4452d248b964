"""The documents of the contract's tag `recordings` as they travel, shared by client and embedded center.

As in `api.models`, enumerations are plain text: a client must live with values a newer center adds.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from wallclient.api.models import LARGEST_NUMBER, CredentialsDocument
from wallclient.api.patrol_models import PersonDocument

MOST_CHANNELS = 64  # in one call
MOST_RECORDS = 200  # in one call
LATEST_MS = 4_102_444_800_000  # 2100
LONGEST_RANGE_MS = 86_400_000  # of a session

Key = Annotated[str, Meta(min_length=8, max_length=64, pattern="^[A-Za-z0-9-]+$")]
Ms = Annotated[int, Meta(ge=0, le=LATEST_MS)]
Utc = Annotated[datetime, Meta(tz=True)]
_Revision = Annotated[int, Meta(ge=0, le=LARGEST_NUMBER)]
_Id = Annotated[str, Meta(min_length=1, max_length=256)]
_Title = Annotated[str, Meta(min_length=1, max_length=200)]
_Word = Annotated[str, Meta(max_length=64)]
_WordNeeded = Annotated[str, Meta(min_length=1, max_length=64)]
_Text = Annotated[str, Meta(max_length=4000)]
_Reason = Annotated[str, Meta(max_length=500)]
_Sha256 = Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]
_Channels = Annotated[list[_Id], Meta(max_length=MOST_CHANNELS)]


class DaysOfDocument(Struct):
    """Of which days of a month there is footage of a channel."""

    channel_id: str
    days: list[Annotated[int, Meta(ge=1, le=31)]]


class DaysDocument(Struct):
    """Reply of `GET /recordings/days`."""

    items: list[DaysOfDocument]


class SegmentDocument(Struct):
    """Uninterrupted footage."""

    id: str
    channel_id: str
    kind: str
    start_ms: Ms
    end_ms: Ms


class SegmentPageDocument(Struct):
    """Reply of `GET /recordings/segments`; `channel_ids` are those it answers for, with or without footage."""

    items: list[SegmentDocument]
    channel_ids: list[str]
    next_cursor: str | None = None


class OpenPlayback(Struct):
    """Body of `POST /channels/{id}/playback` and `/export`."""

    start_ms: Ms
    end_ms: Ms
    reason: _Reason = ""


class FootageSourceDocument(Struct):
    """One address of some footage."""

    protocol: str
    url: str
    start_ms: Ms
    end_ms: Ms
    codec: str | None = None
    width: int | None = None
    height: int | None = None
    clock_offset_ms: int = 0
    credentials: CredentialsDocument | None = None

    def __repr__(self) -> str:
        return f"FootageSourceDocument({self.protocol!r}, …)"


class PlaybackDocument(Struct):
    """A session of footage."""

    id: str
    channel_id: str
    start_ms: Ms
    end_ms: Ms
    expires_in_s: float
    sources: list[FootageSourceDocument]
    clock_offset_ms: int = 0
    note: str | None = None


class BookmarkBody(Struct):
    """Body of `PUT /bookmarks/{key}`."""

    revision: _Revision
    title: _Title
    start_ms: Ms
    end_ms: Ms
    channel_ids: Annotated[list[_Id], Meta(min_length=1, max_length=MOST_CHANNELS)]
    text: _Text = ""
    category: _Word = ""
    is_shared: bool = False


class BookmarkDocument(BookmarkBody, kw_only=True):
    """A bookmark as the center keeps it."""

    key: Key
    by: PersonDocument
    changed_utc: Utc


class BookmarkPageDocument(Struct):
    """A page of bookmarks."""

    items: list[BookmarkDocument]
    next_cursor: str | None = None


class CaseItemDocument(Struct):
    """What a case gathers, by reference: a bookmark's key, or a snapshot or clip by the hash of its file."""

    kind: _WordNeeded
    ref: Annotated[str, Meta(min_length=1, max_length=256)]
    title: Annotated[str, Meta(max_length=200)] = ""
    channel_id: _Id | None = None
    start_ms: Ms | None = None
    end_ms: Ms | None = None
    sha256: _Sha256 = ""


class CaseBody(Struct):
    """Body of `PUT /cases/{key}`."""

    revision: _Revision
    title: _Title
    number: _Word = ""
    text: _Text = ""
    is_shared: bool = False
    is_closed: bool = False
    items: Annotated[list[CaseItemDocument], Meta(max_length=1000)] = []


class CaseDocument(CaseBody, kw_only=True):
    """A case as the center keeps it."""

    key: Key
    by: PersonDocument
    changed_utc: Utc


class CasePageDocument(Struct):
    """A page of cases."""

    items: list[CaseDocument]
    next_cursor: str | None = None


class AuditRecordDocument(Struct):
    """One thing somebody did with recordings."""

    key: Key
    kind: _WordNeeded
    at_utc: Utc
    by: PersonDocument
    channel_ids: _Channels = []
    start_ms: Ms | None = None
    end_ms: Ms | None = None
    reason: _Reason = ""
    text: _Text = ""
    ref: Annotated[str, Meta(max_length=256)] = ""


class AuditRecordsBody(Struct):
    """Body of `POST /audit/records`."""

    records: Annotated[list[AuditRecordDocument], Meta(min_length=1, max_length=MOST_RECORDS)]


class AuditResultDocument(Struct):
    """What became of one record."""

    key: str
    outcome: str
    reason: str = ""


class AuditRecordsReply(Struct):
    """Reply of `POST /audit/records`."""

    results: list[AuditResultDocument]

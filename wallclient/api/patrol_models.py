"""The documents of the contract's tag `patrol` as they travel, shared by client and embedded center.

As in `api.models`, enumerations are plain text: a client must live with values a newer center adds.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from wallclient.api.models import LARGEST_NUMBER

MOST_RECORDS = 200  # in one call
LARGEST_PICTURE_BYTES = 16 * 1024 * 1024
PICTURE_TYPES = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}  # and how their bytes begin

Key = Annotated[str, Meta(min_length=8, max_length=64, pattern="^[A-Za-z0-9-]+$")]
Utc = Annotated[datetime, Meta(tz=True)]
_Revision = Annotated[int, Meta(ge=0, le=LARGEST_NUMBER)]
_Id = Annotated[str, Meta(min_length=1, max_length=256)]
_Name = Annotated[str, Meta(max_length=120)]
_NameNeeded = Annotated[str, Meta(min_length=1, max_length=120)]
_Word = Annotated[str, Meta(max_length=64)]
_WordNeeded = Annotated[str, Meta(min_length=1, max_length=64)]
_Text = Annotated[str, Meta(max_length=2000)]
_Clock = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
_Sha256 = Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]


class PersonDocument(Struct):
    """Who did something."""

    user: _Id
    name: Annotated[str, Meta(max_length=256)]
    post: Annotated[str, Meta(max_length=256)] = ""


class ViewDocument(Struct):
    """The content of a saved view."""

    name: _Name
    layout_id: Annotated[str, Meta(min_length=1, max_length=32)]
    channel_ids: Annotated[list[_Id | None], Meta(max_length=64)]


class StepDocument(Struct):
    """A step of a plan."""

    title: _Name
    dwell_s: Annotated[float, Meta(ge=1, le=3600)]
    channel_id: _Id | None = None
    preset: Annotated[int, Meta(ge=1, le=255)] | None = None
    view: ViewDocument | None = None
    look_for: _Text = ""
    categories: Annotated[list[_WordNeeded], Meta(max_length=64)] = []


class ShiftDocument(Struct):
    """A shift; times are local, hours and minutes."""

    name: _NameNeeded
    begin: _Clock
    end: _Clock
    weekdays: Annotated[list[Annotated[int, Meta(ge=1, le=7)]], Meta(min_length=1, max_length=7)]
    starts: Annotated[list[_Clock], Meta(max_length=96)] = []
    every_min: Annotated[int, Meta(ge=5, le=1440)] | None = None


class ScheduleDocument(Struct):
    """When rounds are made."""

    time_zone: _WordNeeded
    shifts: Annotated[list[ShiftDocument], Meta(max_length=12)] = []


class PlanBody(Struct):
    """Body of `PUT /patrol/plans/{id}`."""

    revision: _Revision
    name: _NameNeeded
    steps: Annotated[list[StepDocument], Meta(min_length=1, max_length=500)]
    schedule: ScheduleDocument
    panes: Annotated[list[Annotated[int, Meta(ge=0, le=63)]], Meta(min_length=1, max_length=64)] = field(
        default_factory=lambda: [0]
    )
    note: _Text = ""
    enabled: bool = True


class PlanDocument(PlanBody, kw_only=True):
    """A plan as the center tells it."""

    id: Key


class PlansDocument(Struct):
    """Reply of `GET /patrol/plans`."""

    items: list[PlanDocument]


class RecordDocument(Struct):
    """One fact of a round."""

    key: Key
    round_id: Key
    plan_id: Key
    plan_revision: Annotated[int, Meta(ge=1, le=LARGEST_NUMBER)]
    kind: Annotated[str, Meta(min_length=1, max_length=32)]
    at_utc: Utc
    by: PersonDocument
    step: Annotated[int, Meta(ge=0, le=499)] | None = None
    channel_id: _Id | None = None
    category: _Word = ""
    text: _Text = ""
    reason: _Text = ""
    picture: _Sha256 = ""
    scheduled_utc: Utc | None = None


class RecordsBody(Struct):
    """Body of `POST /patrol/records`."""

    records: Annotated[list[RecordDocument], Meta(min_length=1, max_length=MOST_RECORDS)]


class ResultDocument(Struct):
    """What became of one record."""

    key: str
    outcome: str
    reason: str = ""


class TakenOverDocument(Struct):
    """Somebody else goes on with a round."""

    round_id: str
    by: PersonDocument
    at_utc: Utc


class RecordsReply(Struct):
    """Reply of `POST /patrol/records`."""

    results: list[ResultDocument]
    taken_over: list[TakenOverDocument] = []


class RoundLineDocument(Struct):
    """A round in a list."""

    id: str
    plan_id: str
    plan_revision: int
    plan_name: str
    state: str
    started_utc: Utc
    operators: list[PersonDocument]
    steps: int
    seen: int
    missed: int
    unavailable: int
    skipped: int
    findings: int
    ended_utc: Utc | None = None
    scheduled_utc: Utc | None = None


class RoundPageDocument(Struct):
    """A page of rounds."""

    items: list[RoundLineDocument]
    next_cursor: str | None = None


class RoundDocument(Struct):
    """A round with its plan and records."""

    id: str
    plan: PlanDocument
    records: list[RecordDocument]


class ClosingDocument(Struct):
    """How a finding was settled; body of `PATCH /patrol/findings/{key}`."""

    at_utc: Utc
    by: PersonDocument
    remark: _Text = ""


class FindingDocument(Struct):
    """A finding."""

    key: str
    round_id: str
    plan_id: str
    plan_name: str
    title: str
    at_utc: Utc
    by: PersonDocument
    category: str
    text: str
    step: int | None = None
    channel_id: str | None = None
    picture: _Sha256 = ""
    closing: ClosingDocument | None = None


class FindingPageDocument(Struct):
    """A page of findings."""

    items: list[FindingDocument]
    next_cursor: str | None = None


class AcknowledgementDocument(Struct):
    """Who took a shift over; body of `POST /patrol/handovers/{key}/acknowledgement`."""

    at_utc: Utc
    by: PersonDocument
    remark: _Text = ""


class HandoverBody(Struct):
    """Body of `POST /patrol/handovers`."""

    key: Key
    shift: _Name
    from_utc: Utc
    to_utc: Utc
    made_utc: Utc
    by: PersonDocument
    remarks: Annotated[str, Meta(max_length=10_000)] = ""
    rounds: Annotated[list[Key], Meta(max_length=1000)] = []
    open_findings: Annotated[list[Key], Meta(max_length=1000)] = []


class HandoverDocument(HandoverBody):
    """A hand-over as the center keeps it."""

    acknowledgement: AcknowledgementDocument | None = None

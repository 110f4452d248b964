"""A case gathers what was found in recordings: bookmarks, snapshots, clips. Source: Center API v1, schema Case.

What people do to a case is a *change*, made once and applied to whatever the case is by then: two posts that add to the
same case at the same time, or one that was cut off from the center meanwhile, take nothing from each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

LONGEST_TITLE, LONGEST_NUMBER, LONGEST_TEXT = 200, 64, 4000
MOST_ITEMS = 1000


class ItemKind(StrEnum):
    """What a case gathers. A center may know more kinds; they are kept as they are."""

    BOOKMARK = "bookmark"
    SNAPSHOT = "snapshot"
    CLIP = "clip"


@dataclass(frozen=True, slots=True)
class CaseItem:
    """One thing in a case, by reference. Moments are ms since 1970 UTC by the center's clock."""

    kind: str  # see `ItemKind`
    ref: str  # a bookmark's key; the name of a file
    title: str = ""
    channel_id: str = ""  # "" where the camera is not one of the case's center, seen from another post
    start_ms: int | None = None
    end_ms: int | None = None
    sha256: str = ""  # of the file
    path: str = ""  # of the file on this machine; "" where it lies on another

    @property
    def key(self) -> str:
        """What tells items of one case apart."""
        return f"{self.kind}:{self.ref}:{self.sha256}"


@dataclass(frozen=True, slots=True)
class CaseFields:
    """What people write about a case."""

    title: str
    number: str = ""  # the file number of the authority
    text: str = ""
    is_shared: bool = False
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it is kept: by the center `home` (its key), or on this workstation where that is empty."""

    key: str
    home: str
    fields: CaseFields
    items: tuple[CaseItem, ...] = ()
    revision: int = 0
    by: str = ""  # login name of who made it
    by_name: str = ""
    changed_utc: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def clips(self) -> tuple[CaseItem, ...]:
        """The clips whose files are on this machine."""
        return tuple(item for item in self.items if item.kind == ItemKind.CLIP and item.path)


@dataclass(frozen=True, slots=True)
class CaseChange:
    """Something done to a case. Made once, kept until the case's home has it."""

    case_key: str
    home: str
    at_utc: datetime
    is_new: bool = False  # the case is made by it, where there is none
    fields: CaseFields | None = None
    added: tuple[CaseItem, ...] = ()
    removed: tuple[str, ...] = ()  # keys of items
    is_deleted: bool = False
    by: str = ""
    by_name: str = ""


def changed_case(case: Case | None, change: CaseChange) -> Case | None:
    """Return what a change makes of a case; None for no case. Doing it twice is as good as once."""
    if change.is_deleted:
        return None
    if case is None:
        if not change.is_new or change.fields is None:
            return None
        case = Case(change.case_key, change.home, change.fields, by=change.by, by_name=change.by_name)
    gone = set(change.removed)
    items = [item for item in case.items if item.key not in gone]
    known = {item.key for item in items}
    items += [item for item in change.added if item.key not in known]
    return replace(
        case,
        fields=change.fields or case.fields,
        items=tuple(items[:MOST_ITEMS]),
        changed_utc=max(case.changed_utc, change.at_utc),
    )


def all_changed(cases: Iterable[Case], changes: Iterable[CaseChange]) -> dict[str, Case]:
    """Return cases by key after changes in their order."""
    now = {case.key: case for case in cases}
    for change in changes:
        after = changed_case(now.get(change.case_key), change)
        if after is None:
            now.pop(change.case_key, None)
        else:
            now[after.key] = after
    return now

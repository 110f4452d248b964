"""What people keep about footage at the embedded center: bookmarks, cases, and the record of what was done.

In memory, as long as the center lives. Used on the server's loop only.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Generic, TypeVar

import msgspec

from wallclient.api import recording_models as docs
from wallclient.api.patrol_models import PersonDocument

_Body = TypeVar("_Body", docs.BookmarkBody, docs.CaseBody)
_Kept = TypeVar("_Kept", docs.BookmarkDocument, docs.CaseDocument)


class Outdated(Exception):  # noqa: N818 - an answer, not a fault of the center
    """Somebody changed or deleted it meanwhile."""


class Shelf(Generic[_Body, _Kept]):
    """Documents by the keys their makers made up, each with a revision that counts on, also past a deletion."""

    def __init__(self, shape: type[_Kept]) -> None:
        self._shape: Callable[..., _Kept] = shape
        self._kept: dict[str, _Kept] = {}
        self._deleted: dict[str, int] = {}

    def __iter__(self) -> Iterator[_Kept]:
        return iter(list(self._kept.values()))

    def get(self, key: str) -> _Kept:
        """Return a document. Raises KeyError."""
        return self._kept[key]

    def save(self, key: str, body: _Body, by: PersonDocument) -> _Kept:
        """Keep a new document, or the change of one at its revision. Raises Outdated, KeyError for one there never was.

        What already is as it should be stays as it is: the answer to an earlier call was lost.
        """
        now = self._kept.get(key)
        if now is None and body.revision and key not in self._deleted:
            raise KeyError(key)
        if now is not None and body.revision != now.revision:
            if body.revision == now.revision - 1 and _content(body) == _content(now):
                return now
            raise Outdated
        if now is None and body.revision:
            raise Outdated
        revision = (now.revision if now else self._deleted.get(key, 0)) + 1
        maker = now.by if now else by
        fields = {**_content(body), "revision": revision, "key": key, "by": maker, "changed_utc": datetime.now(UTC)}
        self._kept[key] = self._shape(**fields)
        return self._kept[key]

    def delete(self, key: str, revision: int) -> None:
        """Forget a document. Raises Outdated, KeyError."""
        if self._kept[key].revision != revision:
            raise Outdated
        self._deleted[key] = revision
        del self._kept[key]


def _content(document: docs.BookmarkBody | docs.CaseBody) -> dict[str, object]:
    """Return what its maker wrote."""
    own = {"revision", "key", "by", "changed_utc"}
    return {name: value for name, value in msgspec.structs.asdict(document).items() if name not in own}


class AuditTrail:
    """Records of what was done with recordings, each once, in the order they came."""

    def __init__(self) -> None:
        self._records: dict[str, docs.AuditRecordDocument] = {}

    def add(self, record: docs.AuditRecordDocument) -> docs.AuditResultDocument:
        """Keep a record."""
        if record.start_ms is not None and record.end_ms is not None and record.end_ms < record.start_ms:
            return docs.AuditResultDocument(record.key, "refused", "bad-range")
        outcome = "known" if record.key in self._records else "stored"
        self._records.setdefault(record.key, record)
        return docs.AuditResultDocument(record.key, outcome)

    def records(self) -> Iterable[docs.AuditRecordDocument]:
        """Return all records."""
        return list(self._records.values())

"""Cases at a center that speaks Center API v1: the part of `NativeCenter` that is a `CaseCenter`."""

from abc import abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from typing import TypeVar
from urllib.parse import quote

from wallclient.api import recording_models as docs
from wallclient.api.native_bookmarks import LARGEST_PAGE, MOST_PAGES
from wallclient.domain.case import Case, CaseFields, CaseItem
from wallclient.domain.errors import BadPayload, NotFound

_Reply = TypeVar("_Reply")


class NativeCases:
    """Implements `wallclient.api.cases.CaseCenter`; see there."""

    @abstractmethod
    def _call(
        self,
        method: str,
        path: str,
        shape: type[_Reply],
        *,
        body: object = None,
        query: Mapping[str, str | int | None] | None = None,
        headers: Mapping[str, str] | None = None,
        jpeg: bytes | None = None,
    ) -> _Reply: ...

    def cases(self) -> tuple[Case, ...]:
        """Return all cases the operator sees."""
        found: list[Case] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            query = {"limit": LARGEST_PAGE, "cursor": cursor}
            page = self._call("GET", "/cases", docs.CasePageDocument, query=query)
            found += [_read(raw) for raw in page.items]
            cursor = page.next_cursor
            if cursor is None:
                return tuple(found)
        raise BadPayload("cases: pages without an end")

    def case(self, key: str) -> Case:
        """Return a case."""
        return _read(self._call("GET", _path(key), docs.CaseDocument))

    def save_case(self, case: Case) -> Case:
        """Make or change a case."""
        items = [_written(item) for item in case.items]
        fields = case.fields
        body = docs.CaseBody(
            case.revision, fields.title, fields.number, fields.text, fields.is_shared, fields.is_closed, items
        )
        return _read(self._call("PUT", _path(case.key), docs.CaseDocument, body=body))

    def delete_case(self, key: str, revision: int) -> None:
        """Delete a case; one that is gone already is no error."""
        with suppress(NotFound):
            self._call("DELETE", _path(key), type(None), query={"revision": revision})


def _read(raw: docs.CaseDocument) -> Case:
    fields = CaseFields(raw.title, raw.number, raw.text, raw.is_shared, raw.is_closed)
    items = tuple(_item(item) for item in raw.items)
    return Case(raw.key, "", fields, items, raw.revision, raw.by.user, raw.by.name, raw.changed_utc)


def _item(raw: docs.CaseItemDocument) -> CaseItem:
    return CaseItem(raw.kind, raw.ref, raw.title, raw.channel_id or "", raw.start_ms, raw.end_ms, raw.sha256)


def _written(item: CaseItem) -> docs.CaseItemDocument:
    return docs.CaseItemDocument(
        item.kind, item.ref, item.title, item.channel_id or None, item.start_ms, item.end_ms, item.sha256
    )


def _path(key: str) -> str:
    if key in ("", ".", ".."):
        raise NotFound(f"case {key!r}")
    return f"/cases/{quote(key, safe='')}"

"""Takes what lies in a spool to its center: in order, pictures before the record that names them, each once.

Blocking; runs on worker threads, one round at a time.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import takewhile
from typing import Protocol

from wallclient.domain.errors import NotPermitted, Refused, ServerFailed, StorageFailed
from wallclient.storage.spool import Entry, Spool

MOST_ENTRIES = 50  # in one call
LARGEST_CALL_BYTES = 256 * 1024


class Outcome(StrEnum):
    """What a center said of an entry."""

    TAKEN = "taken"  # now or earlier
    REFUSED = "refused"  # for good
    PICTURE_MISSING = "picture_missing"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The center's answer for one entry."""

    key: str
    outcome: Outcome
    reason: str = ""


class Route(Protocol):
    """The way to one center for the kinds of entry somebody writes. Methods block and raise CenterError.

    Refused, and NotPermitted with a reason, mean that the center will never take what was sent; any other error that it
    may be sent again.
    """

    def deliver(self, entries: Sequence[Entry]) -> Sequence[Receipt]:
        """Hand in entries of one kind, in their order; answer one receipt for each."""
        ...

    def upload(self, sha256: str, picture: bytes) -> None:
        """Hand in a picture."""
        ...


@dataclass(slots=True)
class Trip:
    """What one round came to."""

    taken: list[str] = field(default_factory=list)  # keys
    refused: list[tuple[str, str]] = field(default_factory=list)  # keys and reasons
    more: bool = False  # to be delivered at once


class Postman:
    """Delivers the entries of a spool."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def go(self, route: Route) -> Trip:
        """Deliver what is next. Raises CenterError, StorageFailed; what was delivered until then is noted.

        Raises ServerFailed too when the center wants a picture again that it has just been given: no end otherwise.
        """
        trip = Trip()
        waiting = self._spool.pending(MOST_ENTRIES + 1)
        bundle = _bundle(waiting)
        if not bundle:
            return trip
        bundle = [entry for entry in bundle if self._with_pictures(entry, route, trip)]
        if bundle:
            self._hand_in(bundle, route, trip)
        trip.more = len(waiting) > len(trip.taken) + len(trip.refused)
        return trip

    def _with_pictures(self, entry: Entry, route: Route, trip: Trip) -> bool:
        """Upload an entry's pictures; False if one is refused, which sets the entry aside."""
        for sha256 in self._spool.missing_pictures(entry):
            picture = self._spool.picture(sha256)
            try:
                if picture is None:
                    raise Refused("the picture is not in the spool", 0, "picture-lost")
                route.upload(sha256, picture)
            except (Refused, NotPermitted) as err:
                self._set_aside(entry.key, _reason(err), trip)
                return False
            with contextlib.suppress(StorageFailed):  # it is uploaded again next time, which does no harm
                self._spool.picture_delivered(sha256)
        return True

    def _hand_in(self, bundle: list[Entry], route: Route, trip: Trip) -> None:
        try:
            receipts = route.deliver(bundle)
        except (Refused, NotPermitted) as err:
            reason = _reason(err)
            if len(bundle) == 1:
                self._set_aside(bundle[0].key, reason, trip)
                return
            for entry in bundle:  # one of them spoils it for all: find out which
                self._hand_in([entry], route, trip)
            return
        self._note(bundle, receipts, trip)

    def _note(self, bundle: list[Entry], receipts: Sequence[Receipt], trip: Trip) -> None:
        taken = [receipt.key for receipt in receipts if receipt.outcome is Outcome.TAKEN]
        trip.taken += taken
        with contextlib.suppress(StorageFailed):  # the spool knows it all the same, while we live
            self._spool.delivered(taken)
        wanted: set[str] = set()
        for entry, receipt in zip(bundle, receipts, strict=True):
            if receipt.outcome is Outcome.REFUSED:
                self._set_aside(receipt.key, receipt.reason, trip)
            elif receipt.outcome is Outcome.PICTURE_MISSING:
                wanted.update(entry.pictures)
                if not entry.pictures:
                    self._set_aside(entry.key, "picture-missing", trip)
        with contextlib.suppress(StorageFailed):
            for sha256 in wanted:
                self._spool.picture_delivered(sha256, delivered=False)
        if wanted and not taken:
            raise ServerFailed("the center has lost pictures it was given")

    def _set_aside(self, key: str, reason: str, trip: Trip) -> None:
        trip.refused.append((key, reason))
        with contextlib.suppress(StorageFailed):
            self._spool.refused(key, reason or "refused")


def _bundle(waiting: list[Entry]) -> list[Entry]:
    """Return the first entries of one kind that go into one call."""
    size = 0
    bundle: list[Entry] = []
    for entry in takewhile(lambda entry: entry.kind == waiting[0].kind, waiting[:MOST_ENTRIES]):
        size += len(entry.body)
        if bundle and size > LARGEST_CALL_BYTES:
            break
        bundle.append(entry)
    return bundle


def _reason(err: Refused | NotPermitted) -> str:
    """Return why for good, as a word. Raises the error again where only somebody on the way said no."""
    reason = err.slug if isinstance(err, Refused) else err.reason or err.right
    if not reason:
        raise err
    return reason

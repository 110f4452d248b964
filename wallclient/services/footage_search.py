"""Searches in recorded footage: sheets of pictures, and movement in drawn areas. Lives on the loop's thread.

Each search has a worker process of its own; cancelling the task that awaits it kills that. Sessions are opened by
camera and stretch, one at a time, with the reason the center may ask for.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtGui import QImage

from wallclient.domain.audit import AuditKind
from wallclient.domain.errors import NotFound, NotPermitted, ReasonNeeded, SignInNeeded, WallError
from wallclient.domain.footage_search import Lack, LackReason, MotionHit, MotionQuery, SearchProgress
from wallclient.player.search_messages import Addresses, Looked, Motion, MotionOrder, Picture, PicturesOrder, Skipped
from wallclient.services.footage_session import FootageSession
from wallclient.services.playback_leases import AskReason, Footages
from wallclient.services.search_line import SearchLine, WorkerGone, image_of, next_number

LONGEST_SESSION_US = 86_400_000_000  # Center API v1
MOST_AT_ONCE = 2  # searches; others wait
_MOST_CRASHES = 5  # of a worker in one stretch
_EDGE_US = 1_000_000
_HIT_PX = (320, 180)
_FINAL = (NotPermitted, SignInNeeded, ReasonNeeded)  # what no other stretch would do better


class SearchAudit(Protocol):
    """What is needed of `services.audit.AuditBook`."""

    def note(
        self,
        kind: AuditKind,
        channel_ids: Sequence[str],
        start_ms: int | None = None,
        end_ms: int | None = None,
        *,
        reason: str = "",
        text: str = "",
    ) -> None:
        """Note what was done."""


@dataclass(frozen=True, slots=True)
class FoundPicture:
    """The answer for one moment: a picture and its exact moment, or why there is none."""

    channel_id: str
    asked_us: int
    moment_us: int | None = None
    image: QImage | None = None
    lack: LackReason | None = None


@dataclass(frozen=True, slots=True)
class MotionNews:
    """How a search is told to whoever wants it; called on the loop's thread."""

    found: Callable[[MotionHit, QImage], object]
    lacked: Callable[[Lack], object]
    progressed: Callable[[SearchProgress], object]


class FootageSearches:
    """Does searches; all coroutines raise CenterError where a center refuses, and OSError without a worker."""

    def __init__(self, footages: Footages, ask_reason: AskReason, audit: SearchAudit | None = None) -> None:
        self.footages, self.ask_reason, self._audit = footages, ask_reason, audit
        self._room = asyncio.Semaphore(MOST_AT_ONCE)

    async def pictures(
        self,
        channel_id: str,
        moments_us: Sequence[int],
        box: tuple[int, int],
        slack_us: int,
        take: Callable[[FoundPicture], object],
        *,
        noted: bool = True,
    ) -> None:
        """Hand over the picture of each moment (rising), no larger than the box; see `PicturesOrder.slack_us`.

        `noted`: it is a search for the record, and not a single picture to draw on.
        """
        async with self._room:
            for part in _stretches(moments_us):
                try:
                    async with self._session(channel_id, part[0] - _EDGE_US, part[-1] + _EDGE_US) as session:
                        if noted:
                            text = f"{len(moments_us)} pictures"
                            self._note(session, channel_id, moments_us[0], moments_us[-1], text)
                            noted = False
                        await self._pictures(session, channel_id, part, box, slack_us, take)
                except _FINAL:
                    raise
                except WallError as err:
                    for asked in part:
                        take(FoundPicture(channel_id, asked, lack=lack_of(err)))

    async def motion(self, query: MotionQuery, news: MotionNews) -> None:
        """Look for movement; hits come in order of time, while it runs."""
        async with self._room:
            run = _MotionRun(query, news)
            for start_us in range(query.start_us, query.end_us, LONGEST_SESSION_US):
                end_us = min(query.end_us, start_us + LONGEST_SESSION_US)
                try:
                    async with self._session(query.channel_id, start_us, end_us) as session:
                        if start_us == query.start_us:
                            text = f"motion, sensitivity {query.sensitivity}"
                            self._note(session, query.channel_id, query.start_us, query.end_us, text)
                        await run.stretch(session, start_us, end_us)
                except _FINAL:
                    raise
                except WallError as err:
                    run.lacks(start_us, end_us, lack_of(err))
            run.over()

    def _session(self, channel_id: str, start_us: int, end_us: int) -> FootageSession:
        return FootageSession(self.footages, self.ask_reason, channel_id, start_us, end_us)

    def _note(self, session: FootageSession, channel_id: str, start_us: int, end_us: int, text: str) -> None:
        if self._audit is not None:
            start_ms, end_ms = start_us // 1000, -(-end_us // 1000)
            kind = AuditKind.SEARCHED
            self._audit.note(kind, [channel_id], start_ms, end_ms, reason=session.reason, text=text)

    async def _pictures(
        self,
        session: FootageSession,
        channel_id: str,
        moments_us: Sequence[int],
        box: tuple[int, int],
        slack_us: int,
        take: Callable[[FoundPicture], object],
    ) -> None:
        left, crashes = list(moments_us), 0
        files = session.files
        while left and crashes < _MOST_CRASHES and not session.unreadable:
            with contextlib.closing(SearchLine()) as line:
                session.on_moved = lambda moved, line=line: line.tell(Addresses(moved))
                order = PicturesOrder(next_number(), files, tuple(left), *box, slack_us)
                try:
                    async for news, pixels in line.run(order):
                        if isinstance(news, Picture):
                            left.remove(news.asked_us)
                            take(found_picture(session, channel_id, news, pixels))
                except WorkerGone:
                    crashes += 1
                    if left:  # whatever ended it is not tried twice
                        take(FoundPicture(channel_id, left.pop(0), lack=LackReason.BROKEN))
        why = LackReason.NO_FILES if session.unreadable else LackReason.BROKEN
        for asked in left:
            take(FoundPicture(channel_id, asked, lack=why))


def lack_of(err: WallError) -> LackReason:
    """Return why there is nothing where no session was to be had: centers open none where nothing was recorded."""
    return LackReason.GAP if isinstance(err, NotFound) else LackReason.CENTER


def found_picture(session: FootageSession, channel_id: str, news: Picture, pixels: bytes) -> FoundPicture:
    """Return what a worker said of a moment."""
    if news.lack is None:
        return FoundPicture(channel_id, news.asked_us, news.moment_us, image_of(news, pixels))
    pending = news.lack is LackReason.GAP and session.pending(news.asked_us)
    return FoundPicture(channel_id, news.asked_us, lack=LackReason.PENDING if pending else news.lack)


class _MotionRun:
    """What is known of one search while it runs."""

    def __init__(self, query: MotionQuery, news: MotionNews) -> None:
        self._query, self._news = query, news
        self._began = time.monotonic()
        self._at_us = query.start_us
        self._told_us = 0  # of footage looked at

    async def stretch(self, session: FootageSession, start_us: int, end_us: int) -> None:
        """Look at a stretch; a worker that dies of a file is followed by one that begins behind it."""
        if session.unreadable:
            self.lacks(start_us, end_us, LackReason.NO_FILES)
            return
        for _ in range(_MOST_CRASHES):
            try:
                await self._look(session, start_us, end_us)
            except WorkerGone:
                fatal = next((f for f in session.files if f.start_us <= self._at_us < f.end_us), None)
                start_us = max(self._at_us + 1, min(end_us, fatal.end_us if fatal is not None else end_us))
                self.lacks(self._at_us, start_us, LackReason.BROKEN)
            else:
                return
            if start_us >= end_us:
                return
        self.lacks(start_us, end_us, LackReason.BROKEN)

    async def _look(self, session: FootageSession, start_us: int, end_us: int) -> None:
        query, files = self._query, session.files
        self._reached(start_us)
        with contextlib.closing(SearchLine()) as line:
            session.on_moved = lambda moved: line.tell(Addresses(moved))
            order = MotionOrder(
                next_number(), files, start_us, end_us, query.areas, query.sensitivity, query.least_part,
                query.every_picture, query.join_us, *_HIT_PX,
            )  # fmt: skip
            async for news, pixels in line.run(order):
                match news:
                    case Motion():
                        hit = MotionHit(query.channel_id, news.start_us, news.end_us, news.peak_us, news.score)
                        self._news.found(hit, image_of(news, pixels))
                    case Skipped():
                        pending = news.lack is LackReason.GAP and session.pending((news.start_us + news.end_us) // 2)
                        self.lacks(news.start_us, news.end_us, LackReason.PENDING if pending else news.lack)
                    case Looked():
                        self._reached(news.at_us)
        self._reached(end_us)

    def lacks(self, start_us: int, end_us: int, reason: LackReason) -> None:
        """Tell of a part that was not looked at."""
        if end_us > start_us:
            self._told_us -= end_us - start_us  # it does not count as looked at
            self._reached(end_us)
            self._news.lacked(Lack(self._query.channel_id, start_us, end_us, reason))

    def _reached(self, at_us: int) -> None:
        query = self._query
        if at_us > self._at_us:
            self._told_us += at_us - self._at_us
            self._at_us = at_us
        part = (self._at_us - query.start_us) / max(1, query.end_us - query.start_us)
        seconds = max(0.001, time.monotonic() - self._began)
        self._news.progressed(SearchProgress(min(1.0, part), self._at_us, max(0.0, self._told_us / 1e6 / seconds)))

    def over(self) -> None:
        """Tell the end."""
        self._reached(self._query.end_us)


def _stretches(moments_us: Sequence[int]) -> list[list[int]]:
    """Return moments grouped so that a session can cover each group."""
    groups: list[list[int]] = []
    for moment in moments_us:
        if groups and moment - groups[-1][0] < LONGEST_SESSION_US - 2 * _EDGE_US:
            groups[-1].append(moment)
        else:
            groups.append([moment])
    return groups

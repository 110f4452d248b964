"""Groups of pictures that grow while they are being sent. Used by the thread that receives them; others read them.

What is told of a group is always true: it covers no more than what can't change by what comes next.
"""

import bisect
from itertools import pairwise

from wallclient.player.review_file import Gop
from wallclient.player.review_messages import File
from wallclient.player.review_rtsp import RtspFootage, SentPicture

_USUAL_US = 40_000  # between pictures, before the second one came
_SURE_PICTURES = 4  # after so many in their order a stream has no pictures between pictures
_HOLD_PICTURES, _LAST_HOLD_US = 3, 1_000_000


class GroupsSent:
    """The groups made of what one connection sends from a moment on."""

    def __init__(self, file: File, footage: RtspFootage, key: SentPicture, asked_us: int) -> None:
        self._file, self._footage = file, footage
        self._interval_us = _USUAL_US  # the shortest there was: the next picture may come so soon
        self._received = 1
        self._reorders = False  # pictures come after others they are shown before
        self._former: Gop | None = None  # pictures of it may still come, behind the next key picture
        self._whole: Gop | None = None  # what was before that, not told yet
        self._group = self._new(key)
        self._newest = [self._group.key_us]  # the latest moments so far, rising; two of them
        self.stopping = False  # no further group is wanted
        if self._group.start_us > asked_us:  # there is nothing before it
            self._group.start_us = file.start_us
        self.start_us = self._group.start_us
        self._cover()

    @property
    def end_us(self) -> int:
        """The moment up to which all is at hand."""
        return self._former.end_us if self._former is not None else self._group.end_us

    @property
    def key_us(self) -> int:
        """The moment of the latest key picture."""
        return self._group.key_us

    @property
    def at_seam(self) -> bool:
        """Whether the newest picture is the key picture of a group."""
        return len(self._group.packets) == 1

    def told(self) -> list[Gop]:
        """Return the groups that may have changed."""
        before = [group for group in (self._whole, self._former) if group is not None]
        self._whole = None
        return before if self.stopping else [*before, self._group]

    def take(self, picture: SentPicture) -> bool:
        """Take the next picture; False when the last group wanted is whole."""
        at = self._footage.moment_us(picture)
        self._received += 1
        if at > self._newest[-1]:
            self._newest = [self._newest[-1], at]
        else:
            self._reorders = True
        if self._former is not None and at < self._group.key_us:
            self._take_leading(self._former, picture, at)
        elif self._former is not None and self.stopping:
            self._end_former()
            return False
        elif picture.is_key:
            self._end_former()
            self._former, self._group = self._group, self._new(picture)
        else:
            self._end_former()
            self._add(self._group, picture, at)
        self._cover()
        return True

    def finish(self) -> None:
        """What came is all there is of the file."""
        self._end_former()
        group = self._group
        group.last = True
        group.end_us = group.pictures[-1] + max(_LAST_HOLD_US, _HOLD_PICTURES * group.interval_us)
        group.partial = group.growing = False

    def cut(self) -> None:
        """Nothing more comes of what is not whole."""
        for group in (self._former, self._group):
            if group is not None:
                group.growing = False

    # -- inside ------------------------------------------------------------------------------------

    def _new(self, key: SentPicture) -> Gop:
        at = self._footage.moment_us(key)
        return Gop(
            self._file, self._footage.coding(key), [key.packet], [], [at], at, at + 1, at, False,
            0, self._footage.us_per_tick, self._interval_us, partial=True, growing=True,
        )  # fmt: skip

    def _add(self, group: Gop, picture: SentPicture, at: int) -> None:
        group.packets.append(picture.packet)
        group.size_bytes += picture.packet.size
        self._place(group, at)

    def _take_leading(self, former: Gop, picture: SentPicture, at: int) -> None:
        """Take a picture of an open group that comes behind the key picture it needs."""
        if not former.tail:
            former.tail.append(self._group.packets[0])
        former.tail.append(picture.packet)
        former.size_bytes += picture.packet.size
        self._group.packets.append(picture.packet)
        self._place(former, at)

    def _place(self, group: Gop, at: int) -> None:
        if at < group.key_us or at in group.pictures:
            return
        bisect.insort(group.pictures, at)

    def _end_former(self) -> None:
        """All pictures of the former group have come."""
        former, self._former = self._former, None
        if former is not None:
            former.end_us = self._group.key_us
            former.partial = former.growing = False
            self._whole = former

    def _cover(self) -> None:
        """Move on the end of what is known: pictures may still come before the latest one."""
        unsure = self._reorders or self._received < _SURE_PICTURES
        known = self._newest[0] if unsure else self._newest[-1]
        for group in (self._former, self._group):
            if group is not None and known >= group.key_us:
                sure = group.pictures[: bisect.bisect_right(group.pictures, known)]
                if gaps := sorted(b - a for a, b in pairwise(sure)):
                    self._interval_us, group.interval_us = gaps[0], gaps[len(gaps) // 2]
                group.end_us = max(group.end_us, min(sure[-1] + self._interval_us, self._limit_us(group)))

    def _limit_us(self, group: Gop) -> int:
        return self._group.key_us if group is self._former else self._file.end_us


def sparse_group(file: File, footage: RtspFootage, key: SentPicture, stands_us: int) -> Gop:
    """Return a key picture as a group of its own that stands for all that follows, for so long."""
    at = footage.moment_us(key)
    return Gop(
        file, footage.coding(key), [key.packet], [], [at], at, at + stands_us, at, False,
        0, footage.us_per_tick, 0, sparse=True,
    )  # fmt: skip

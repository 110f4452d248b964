"""What of playback can't be done with a camera, and why: said before it is tried."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from wallclient.domain.catalog import Right
from wallclient.domain.node import Channel
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.services.abilities import Ability
from wallclient.services.rights import allowed
from wallclient.ui.ability_text import lack_of
from wallclient.ui.playback_bar import BarState
from wallclient.ui.text import missing_text

if TYPE_CHECKING:
    from wallclient.services.centers import Centers

_RIGHTS = {Ability.PLAYBACK: Right.PLAYBACK, Ability.EXPORT: Right.EXPORT}


def lack_text(centers: "Centers", channel: Channel, ability: Ability) -> str:
    """Say why something can't be done with a camera: its center, or a right that is missing; empty where it can."""
    right = _RIGHTS.get(ability)
    if right is not None and not allowed(channel, right):
        return missing_text(right)
    return lack_of(centers, channel.id, ability)


def refused(centers: "Centers", channel: Channel | None, ability: Ability, tell: Callable[[Notice], object]) -> bool:
    """Tell whether something can't be done with a camera, and who asks all the same, by a key, why."""
    text = lack_text(centers, channel, ability) if channel is not None else ""
    if channel is not None and text:
        tell(Notice("playback", NoticeKind.NOT_OFFERED, NoticeLevel.WARNING, channel.name, detail=text))
    return bool(text)


def with_lacks(state: BarState, centers: "Centers", channel: Channel | None, exported: Iterable[Channel]) -> BarState:
    """Return what the bar shows, with what can't be done: `channel` is the selected one's, `exported` are asked for."""
    exports = [lack_text(centers, other, Ability.EXPORT) for other in exported]
    export = exports[0] if exports and all(exports) else ""
    if channel is None:
        return replace(state, export_lack=export)
    playback, bookmark = (lack_text(centers, channel, one) for one in (Ability.PLAYBACK, Ability.BOOKMARKS))
    return replace(state, playback_lack=playback, bookmark_lack=bookmark, export_lack=export)

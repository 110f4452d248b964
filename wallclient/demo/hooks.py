"""What tests and the demo change in a running center: cameras, states, rights, and how it misbehaves."""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from wallclient.api import models
from wallclient.demo.city import City, is_channel_id
from wallclient.demo.mischief import Misbehaviour, Mischief
from wallclient.demo.ptz_desk import MotionListener
from wallclient.demo.routes import CenterState
from wallclient.demo.stations import STREAMED
from wallclient.domain.catalog import ChannelState, Right, rights_mask
from wallclient.domain.event import ChannelStatus
from wallclient.domain.ptz import Tier

_Result = TypeVar("_Result")


class Hooks:
    """Part of `EmbeddedCenter`. Public methods may be called from any thread but the server's own.

    Whatever changes is told to all clients. Unknown ids and users raise KeyError.
    """

    _state: CenterState

    @property
    def city(self) -> City:
        """The tree behind the center."""
        return self._state.city

    def set_online(self, channel_id: str, online: bool) -> None:
        """Switch a camera on or off."""
        status = self.city.set_online(channel_id, online)
        if status is not None:
            self._on_loop(lambda: self._tell_status(status))

    def set_state(self, channel_id: str, state: ChannelState | str) -> None:
        """Set a camera's state."""
        status = self.city.set_state(channel_id, ChannelState(state))
        if status is not None:
            self._on_loop(lambda: self._tell_status(status))

    def burst(self, count: int, seed: int = 0) -> list[str]:
        """Change the state of `count` cameras that do not stream, at once; return their ids.

        Clients are told of the catalog's new place only, once, as centers do when a whole district goes dark.
        """
        numbers = random.Random(seed).sample(range(STREAMED + 1, self.city.total + 1), count)
        changed = [f"c{number}" for number in numbers if not self.city.is_gone(number)]
        for channel_id in changed:
            on = self.city.state(int(channel_id[1:])) is ChannelState.ONLINE
            status = self.city.set_state(channel_id, ChannelState.OFFLINE if on else ChannelState.ONLINE)
            if status is not None:
                self._state.changes.append(channel_id, (), state_only=True)
        self._on_loop(self._tell_moved)
        return changed

    def add_camera(self, parent_id: str, name: str) -> str:
        """Add a camera below a node and return its id."""
        channel_id = self.city.add(parent_id, name)
        self._note(channel_id, ())
        return channel_id

    def rename(self, node_id: str, name: str) -> None:
        """Give a camera or any other node another name."""
        self.city.rename(node_id, name)
        self._note(node_id, self._line_of(node_id))

    def move_camera(self, channel_id: str, parent_id: str) -> None:
        """Put a camera below another node."""
        before = self._line_of(channel_id)
        self.city.move(channel_id, parent_id)
        self._note(channel_id, before)

    def remove_camera(self, channel_id: str) -> None:
        """Take a camera away."""
        before = self._line_of(channel_id)
        self.city.remove(channel_id)
        self._note(channel_id, before)

    def set_rights(
        self, user: str, rights: Iterable[Right | str] | None = None, districts: Iterable[str] | None = None
    ) -> None:
        """Give an operator other rights, or other districts (ids), or both; None leaves them as they are."""
        operator = self._state.operators[user]
        if rights is not None:
            operator = replace(operator, rights=rights_mask(Right(right) for right in rights))
        if districts is not None:
            operator = replace(operator, districts=frozenset(districts))
        self._state.operators[user] = operator
        self._state.changes.forget_for(user)
        self._on_loop(self._tell_moved)

    def misbehave(self, *kinds: Mischief | str, after_pages: int = 1, pause_s: float = 0.0) -> None:
        """Answer snapshot and changes wrongly from now on, or rightly again without any `kinds`."""
        wrong = frozenset(Mischief(kind) for kind in kinds)
        self._state.misbehaviour = Misbehaviour(wrong, after_pages, pause_s)

    def changes_at(self) -> int:
        """Return the number of the latest change."""
        return self._state.changes.last

    def lose_changes(self, count: int) -> None:
        """Lose the latest changes of the feed without noticing: a gap."""
        self._state.changes.lose(count)

    def expire_changes(self) -> None:
        """Begin the feed anew: nobody can read on, no snapshot can be resumed."""
        self._state.changes.expire()
        self._on_loop(self._tell_moved)

    def lapse_access_tokens(self) -> None:
        """Let every access token lapse now; refresh tokens stay good."""
        self._on_loop(self._state.sessions.lapse_access)

    def revoke_sessions(self) -> None:
        """End every session, as an administrator would; open event streams end too."""
        self._on_loop(self._state.sessions.close_all)
        self._on_loop(self._state.ptz.release_all)
        self._on_loop(self._state.events.wake)

    def lose_events(self) -> None:
        """Forget what could be replayed: whoever comes back has lost events."""
        self._on_loop(self._state.events.forget)

    def swallow_answers(self, count: int) -> None:
        """Carry out the next calls that hand something in for patrols, and let no answer reach the client."""
        self._state.patrol.answers_to_swallow = count

    def open_leases(self) -> int:
        """Count the open live streams."""
        return self._on_loop(lambda: len(self._state.leases))

    def listeners(self) -> int:
        """Count the open event streams."""
        return self._on_loop(lambda: self._state.events.listeners)

    # --- PTZ ---

    def follow_ptz(self, listener: MotionListener | None) -> None:
        """Tell how the streamed PTZ cameras move, now and at each change, by their number; on the server's loop."""
        self._on_loop(lambda: self._state.ptz.follow(listener))

    def ptz_pose(self, number: int, unix_s: float | None = None) -> dict[str, float]:
        """Return where camera `number` looks now, or looked at a time: unix_s, pan, tilt, zoom, speed (units/s)."""
        return self._on_loop(lambda: self._state.ptz.pose(number, unix_s))

    def ptz_log(self, number: int, after: int = 0) -> list[dict[str, Any]]:
        """Return what happened to camera `number` from entry `after` on, the oldest first.

        Each entry has kind, at_s (monotonic), unix_s, pan, tilt, zoom; commands also user, hand, number, velocity.
        Kinds of steering: move, stop, idle_stop (nothing of his to stop), stale (overtaken), refused, swallowed.
        Others: aim, recall, switch, cruise, taken_over. What the camera did: started, dead_man, stopped (begins to
        brake), still.
        """
        return self._on_loop(lambda: self._state.ptz.log(number, after))

    def ptz_delay(self, seconds: float) -> None:
        """Answer steering so late from now on, though it is obeyed on arrival."""
        self._state.steering_faults.delay_s = seconds

    def ptz_swallow(self, every: int, *, hangs_up: bool = False) -> None:
        """Read every so-manyth steering request from now on without obeying or answering it; 0 ends that.

        Its connection hangs until the client goes, or with `hangs_up` is cut.
        """
        faults = self._state.steering_faults
        faults.requests, faults.swallow_every, faults.hangs_up = 0, every, hangs_up

    def rival_takes(self, number: int, seconds: float, tier: Tier | str = Tier.CITY) -> bool:
        """Let a simulated operator of a tier take camera `number` and move it for a while; tell whether he could."""
        return self._on_loop(lambda: self._state.ptz.rival_takes(number, seconds, Tier(tier)))

    # --- inside ---

    def _on_loop(self, work: Callable[[], _Result]) -> _Result:
        """Run `work` on the server's loop and return its result."""
        raise NotImplementedError

    def _line_of(self, node_id: str) -> tuple[str, ...]:
        """Return a node's id and those above it."""
        self.city.node(node_id)
        if is_channel_id(node_id):
            return (node_id, *self.city.ancestors(self.city.number(node_id)))
        return (node_id, *self.city.above(node_id))

    def _note(self, node_id: str, ancestors: tuple[str, ...]) -> None:
        self._state.changes.append(node_id, ancestors)
        self._on_loop(self._tell_moved)

    def _tell_status(self, status: ChannelStatus) -> None:
        """Note a change of state and tell everybody who may know of it. Runs on the loop."""
        if not status.online:
            self._state.ptz.lose(status.channel_id)
        self._state.changes.append(status.channel_id, (), state_only=True)
        self._state.events.publish("channel-status", lambda user: self._status_for(user, status))
        self._tell_moved()

    def _status_for(self, user: str, status: ChannelStatus) -> bytes | None:
        view = self._state.view(user)
        if not view.sees(status.channel_id):
            return None
        counts = [models.NodeCount(*count) for count in view.counts(status.ancestors)]
        return msgspec.json.encode(models.ChannelStatusDocument(status.channel_id, status.online, counts))

    def _tell_moved(self) -> None:
        document = models.CatalogMovedDocument(self._state.changes.last)
        self._state.events.publish("catalog-moved", msgspec.json.encode(document))

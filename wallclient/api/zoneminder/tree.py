"""ZoneMinder's groups as a tree with monitors at its leaves, and a folder for monitors that are in no group.

Ids: "g2" a group, "m1" a monitor, each with ZoneMinder's own key, and the folder, which is ours. A monitor may be in
several groups; it hangs below the deepest of them, of two as deep below the older one, so that it has one place.
Where there are no groups, or the user may not read them, monitors are the roots.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wallclient.api import shapes
from wallclient.api.center import ChannelPage
from wallclient.api.zoneminder import documents as docs
from wallclient.api.zoneminder.line import ZmLine
from wallclient.api.zoneminder.monitors import Monitor, Monitors
from wallclient.domain.catalog import CatalogNode, ChannelState, Right, rights_mask
from wallclient.domain.errors import NotFound, NotPermitted
from wallclient.domain.node import CameraKind, Channel, Node, NodeKind, NodePage

UNFILED = "unfiled"
UNFILED_NAME = "未分组"  # as the other adapters say it
LAST = 2**53  # of all siblings
DEEPEST = 32  # levels of groups
_ID = re.compile(r"([gm])(\d{1,15})")


@dataclass(frozen=True, slots=True)
class Group:
    """One group; `parent` is None for a root."""

    id: int
    name: str
    parent: int | None
    members: frozenset[int]


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole tree at one moment."""

    groups: dict[int, Group]
    monitors: dict[int, Monitor]
    parents: dict[int, int]  # of monitors that are in a group

    def groups_in(self, parent: int | None) -> list[Group]:
        """Return the groups right below a group, or the roots."""
        return sorted((one for one in self.groups.values() if one.parent == parent), key=lambda one: (one.name, one.id))

    def monitors_in(self, parent: int | None) -> list[Monitor]:
        """Return the monitors of a group, or those in none."""
        return [one for one in self.monitors.values() if self.parents.get(one.id) == parent]

    def below(self, group_id: int | None) -> Iterator[Monitor]:
        """Yield the monitors anywhere below a group."""
        yield from self.monitors_in(group_id)
        for group in self.groups_in(group_id) if group_id is not None else ():
            yield from self.below(group.id)


class ZmTree:
    """Reads the tree. Thread safe."""

    def __init__(self, line: ZmLine, monitors: Monitors) -> None:
        self._line = line
        self._monitors = monitors
        self.may_play_back = False  # as the log-in found out

    def read(self, fresh_s: float | None = None) -> Picture:
        """Return the tree as it is now; monitors may have been read `fresh_s` ago."""
        monitors = self._monitors.all(fresh_s)
        groups = self._groups()
        depths = {group_id: _depth(groups, group_id) for group_id in groups}
        parents: dict[int, int] = {}
        for group in sorted(groups.values(), key=lambda one: (depths[one.id], -one.id)):
            parents |= dict.fromkeys(group.members, group.id)  # the last one stays
        return Picture(groups, monitors, parents)

    def _groups(self) -> dict[int, Group]:
        try:
            raw = self._line.api("/groups/associations.json", docs.GroupsDocument).groups
        except NotPermitted:
            return {}
        found: dict[int, Group] = {}
        for row in shapes.readable(raw, docs.GroupRow):
            group_id = docs.whole(row.Group.Id)
            if group_id is not None:
                members = frozenset(number for one in row.Monitor if (number := docs.whole(one.Id)) is not None)
                name = row.Group.Name or str(group_id)
                found[group_id] = Group(group_id, name, docs.whole(row.Group.ParentId), members)
        return {one.id: _rooted(one, found) for one in found.values()}

    # --- what Center asks ---

    def children(self, node_id: str | None, cursor: str | None, limit: int) -> NodePage:
        """Return a page of the children of a node, or of the roots; groups come first."""
        tree = self.read()
        kind, number = ("", None) if node_id in (None, UNFILED) else split_id(node_id or "")
        if kind == "m" or (kind == "g" and number not in tree.groups):
            raise NotFound(f"no folder {(node_id or '')[:40]!r}")
        nodes = [] if node_id == UNFILED else [self._folder(tree, group) for group in tree.groups_in(number)]
        unfiled = tree.monitors_in(None)
        if node_id is None and tree.groups:
            nodes += [_own_folder(unfiled)] if unfiled else []
        else:
            parent = node_id
            nodes += [self._leaf(one, parent) for one in (unfiled if number is None else tree.monitors_in(number))]
        at = _offset(cursor)
        return NodePage(tuple(nodes[at : at + limit]), str(at + limit) if at + limit < len(nodes) else None)

    def node(self, node_id: str) -> Node:
        """Return one node. Raises NotFound."""
        tree = self.read()
        if node_id == UNFILED and tree.groups:
            return _own_folder(tree.monitors_in(None))
        kind, number = split_id(node_id)
        if kind == "m" and number in tree.monitors:
            return self._leaf(tree.monitors[number], _parent_of(tree, number))
        if kind == "g" and number in tree.groups:
            return self._folder(tree, tree.groups[number])
        raise NotFound(f"node {node_id[:40]!r}")

    def channels_below(self, node_id: str, cursor: str | None, limit: int) -> ChannelPage:
        """Return a page of the monitors anywhere below a folder, those that are online first."""
        tree = self.read()
        kind, number = ("g", None) if node_id == UNFILED else split_id(node_id)
        if kind != "g" or (number is not None and number not in tree.groups):
            raise NotFound(f"no folder {node_id[:40]!r}")
        found = sorted(tree.below(number), key=lambda one: not one.online)
        at = _offset(cursor)
        page = tuple(self.channel_of(one) for one in found[at : at + limit])
        return ChannelPage(page, str(at + limit) if at + limit < len(found) else None)

    def channel(self, channel_id: str) -> Channel:
        """Return one channel. Raises NotFound."""
        return self.channel_of(self.monitor(channel_id))

    def monitor(self, channel_id: str) -> Monitor:
        """Return the monitor of a channel. Raises NotFound."""
        kind, number = split_id(channel_id)
        if kind != "m":
            raise NotFound(f"{channel_id[:40]!r} is no channel")
        return self._monitors.one(number)

    def monitors(self) -> dict[int, Monitor]:
        """Return all monitors by id."""
        return self._monitors.all()

    def channel_of(self, monitor: Monitor) -> Channel:
        """Return a monitor as a channel."""
        kind = CameraKind.PTZ if monitor.control_id else CameraKind.BOX
        return Channel(
            channel_id_of(monitor.id), monitor.name, "", monitor.online, kind, longitude=monitor.longitude,
            latitude=monitor.latitude, rights=self._rights(monitor),
        )  # fmt: skip

    # --- what the catalog asks ---

    def rows(self) -> list[CatalogNode]:
        """Return the whole tree as rows, folders before what is in them."""
        tree = self.read(0.0)
        folders = [self._folder_row(tree, group) for group in _top_down(tree)]
        unfiled = tree.groups and tree.monitors_in(None)
        if unfiled:
            everything = rights_mask(Right)
            folders.append(CatalogNode(UNFILED, None, NodeKind.GROUP, UNFILED_NAME, "", rights=everything, order=LAST))
        return [*folders, *(self._row(tree, one, order) for order, one in enumerate(tree.monitors.values()))]

    def _folder_row(self, tree: Picture, group: Group) -> CatalogNode:
        parent = None if group.parent is None else f"g{group.parent}"
        order = tree.groups_in(group.parent).index(group)
        return CatalogNode(
            f"g{group.id}", parent, NodeKind.GROUP, group.name, "", rights=rights_mask(Right), order=order
        )

    def _row(self, tree: Picture, monitor: Monitor, order: int) -> CatalogNode:
        channel = self.channel_of(monitor)
        state = ChannelState.ONLINE if monitor.online else ChannelState.OFFLINE
        if monitor.captures and not monitor.online:
            state = ChannelState.VIDEO_LOST
        return CatalogNode(
            channel.id, _parent_of(tree, monitor.id), NodeKind.CHANNEL, channel.name, "", state, channel.camera_kind,
            longitude=channel.longitude, latitude=channel.latitude, rights=self._rights(monitor), order=order,
        )  # fmt: skip

    def _rights(self, monitor: Monitor) -> int:
        footage = Right.PLAYBACK.bit | Right.EXPORT.bit if self.may_play_back else 0
        return Right.VIEW.bit | footage | (Right.PTZ.bit if monitor.control_id else 0)

    def _leaf(self, monitor: Monitor, parent: str | None) -> Node:
        channel = self.channel_of(monitor)
        return Node(channel.id, parent, NodeKind.CHANNEL, channel.name, "", 1, int(channel.online), channel)

    def _folder(self, tree: Picture, group: Group) -> Node:
        below = list(tree.below(group.id))
        parent = None if group.parent is None else f"g{group.parent}"
        online = sum(one.online for one in below)
        return Node(f"g{group.id}", parent, NodeKind.GROUP, group.name, "", len(below), online)


def channel_id_of(monitor_id: int) -> str:
    """Return our id of a monitor."""
    return f"m{monitor_id}"


def split_id(node_id: str) -> tuple[str, int]:
    """Return kind and number of one of our ids. Raises NotFound."""
    match = _ID.fullmatch(node_id)
    if not match or not node_id.isascii():
        raise NotFound(f"id {node_id[:40]!r}")
    return match[1], int(match[2])


def _rooted(group: Group, groups: dict[int, Group]) -> Group:
    """Return the group, as a root where its parent is missing or below itself."""
    parent, seen = group.parent, {group.id}
    while parent is not None and parent in groups and parent not in seen and len(seen) < DEEPEST:
        seen.add(parent)
        parent = groups[parent].parent
    return group if parent is None and group.parent is not None else Group(group.id, group.name, None, group.members)


def _depth(groups: dict[int, Group], group_id: int) -> int:
    depth, parent = 0, groups[group_id].parent
    while parent is not None and depth < DEEPEST:
        depth, parent = depth + 1, groups[parent].parent
    return depth


def _top_down(tree: Picture, parent: int | None = None) -> Iterator[Group]:
    for group in tree.groups_in(parent):
        yield group
        yield from _top_down(tree, group.id)


def _parent_of(tree: Picture, monitor_id: int) -> str | None:
    parent = tree.parents.get(monitor_id)
    if parent is not None:
        return f"g{parent}"
    return UNFILED if tree.groups else None


def _own_folder(monitors: list[Monitor]) -> Node:
    return Node(UNFILED, None, NodeKind.GROUP, UNFILED_NAME, "", len(monitors), sum(one.online for one in monitors))


def _offset(cursor: str | None) -> int:
    return int(cursor) if cursor and cursor.isascii() and cursor.isdecimal() and len(cursor) < 10 else 0

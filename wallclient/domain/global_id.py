"""Ids that are unique over all centers: "<center key>/<id at the center>". Opaque to all but this module.

Above the sessions every node, channel and lease id is a global one; what a center knows are its own, local ids.
"""

from dataclasses import replace

from wallclient.domain.event import Alarm, ChannelStatus
from wallclient.domain.node import Channel, Node, NodePage
from wallclient.domain.ptz import PresetsChanged, PtzChanged
from wallclient.domain.recording import Playback, Segment
from wallclient.domain.stream import Lease

_SEPARATOR = "/"  # never in a key; a local id may hold it
ROOT = ""  # local id of the center itself, the root above its own roots


def global_id(key: str, local_id: str) -> str:
    """Return the global id of what the center `key` calls `local_id`."""
    assert key, "a center without a key"
    assert _SEPARATOR not in key
    return f"{key}{_SEPARATOR}{local_id}"


def root_id(key: str) -> str:
    """Return the id of the center itself as a node."""
    return global_id(key, ROOT)


def split_id(gid: str) -> tuple[str, str]:
    """Return center key and local id; the key is empty for what is no global id."""
    key, separator, local_id = gid.partition(_SEPARATOR)
    return (key, local_id) if separator else ("", gid)


def key_of(gid: str) -> str:
    """Return the key of the center an id belongs to; empty for what is no global id."""
    return split_id(gid)[0]


def global_channel(key: str, channel: Channel) -> Channel:
    """Return a center's channel under its global id."""
    return replace(channel, id=global_id(key, channel.id))


def global_node(key: str, node: Node) -> Node:
    """Return a center's node under its global id; its roots hang below the center's own node."""
    parent = ROOT if node.parent_id is None else node.parent_id
    channel = global_channel(key, node.channel) if node.channel else None
    return replace(node, id=global_id(key, node.id), parent_id=global_id(key, parent), channel=channel)


def global_page(key: str, page: NodePage) -> NodePage:
    """Return a page of a center's nodes under their global ids; cursors are the center's own."""
    return NodePage(tuple(global_node(key, node) for node in page.nodes), page.next_cursor)


def global_lease(key: str, lease: Lease) -> Lease:
    """Return a center's lease with its own id and its channel's as global ones."""
    return replace(lease, id=global_id(key, lease.id), channel_id=global_id(key, lease.channel_id))


def global_playback(key: str, playback: Playback) -> Playback:
    """Return a center's session of footage with its own id and its channel's as global ones."""
    return replace(playback, id=global_id(key, playback.id), channel_id=global_id(key, playback.channel_id))


def global_segment(key: str, segment: Segment) -> Segment:
    """Return a center's segment under its own and its channel's global ids."""
    return replace(segment, id=global_id(key, segment.id), channel_id=global_id(key, segment.channel_id))


def global_status(key: str, status: ChannelStatus) -> ChannelStatus:
    """Return a center's news with global ids."""
    ancestors = tuple((global_id(key, node), total, online) for node, total, online in status.ancestors)
    return ChannelStatus(global_id(key, status.channel_id), status.online, ancestors)


def global_ptz(key: str, changed: PtzChanged) -> PtzChanged:
    """Return a center's news of a camera's PTZ under the camera's global id."""
    return replace(changed, channel_id=global_id(key, changed.channel_id))


def global_presets(key: str, changed: PresetsChanged) -> PresetsChanged:
    """Return a center's news of presets under the camera's global id."""
    return PresetsChanged(global_id(key, changed.channel_id))


def global_alarm(key: str, alarm: Alarm) -> Alarm:
    """Return a center's alarm under its own and its channel's global ids."""
    return replace(alarm, id=global_id(key, alarm.id), channel_id=global_id(key, alarm.channel_id))

"""WVP's tree: business groups with their cameras, regions, and a folder for cameras nobody has filed.

Ids: "g12" a business group, "r12" a region, "c345" a channel (each with WVP's own database key), and the two folders
below, which are ours. Both trees hold the same channels; the whole catalog follows the groups, because the mirror makes
regions of the civil codes by itself.
"""

import re
from dataclasses import replace

import msgspec

from wallclient.api.center import ChannelPage
from wallclient.api.wvp import documents as docs
from wallclient.api.wvp.line import WvpLine, readable
from wallclient.domain.catalog import ALL_RIGHTS, CatalogNode, ChannelState
from wallclient.domain.errors import CenterError, NotFound, SignInNeeded
from wallclient.domain.node import CameraKind, Channel, Node, NodeKind, NodePage

UNFILED, REGIONS = "unfiled", "regions"
# Said by the adapter in the server's language, as all other names of this tree are.
UNFILED_NAME, REGIONS_NAME = "未分组", "行政区划"
GB28181, JT1078 = 1, 200
DEEPEST = 32  # levels of folders
LAST = 2**53  # of all siblings
_ID = re.compile(r"([grc])(\d{1,18})")
# GB/T 28181 PTZType: 1 dome, 2 half-dome, 3 fixed box, 4 PTZ box, 5 PTZ half-dome, 6 and 7 several lenses
_CAMERAS = {1: CameraKind.PTZ, 2: CameraKind.DOME, 4: CameraKind.PTZ, 5: CameraKind.PTZ}
_TREES = {"g": "/api/group/tree/list", "r": "/api/region/tree/list"}


class WvpTree:
    """Reads the tree level by level. Thread safe: what it remembers of folders is only ever added to."""

    def __init__(self, line: WvpLine) -> None:
        self._line = line
        self._folders: dict[str, docs.FolderDocument] = {}  # by our id
        self._has_places = True  # of channels that move

    def children(self, node_id: str | None, cursor: str | None = None, limit: int = 200) -> NodePage:
        """Return a page of the children of a node, or of the roots; folders come first."""
        if node_id is None:
            roots = [folder_node("g", folder) for folder in self.folders("g", None)]
            return NodePage((*roots, _own_folder(REGIONS, REGIONS_NAME), _own_folder(UNFILED, UNFILED_NAME)))
        if node_id == REGIONS:
            return NodePage(tuple(folder_node("r", folder) for folder in self.folders("r", None)))
        page = _page_number(cursor)
        folders: list[Node] = []
        if page == 1 and node_id != UNFILED:
            kind, number = split_id(node_id)
            if kind == "c":
                raise NotFound(f"{node_id[:40]!r} is no folder")
            folders = [folder_node(kind, folder) for folder in self.folders(kind, number)]
        channels, more = self._channels_in(node_id, page, limit)
        nodes = [channel_node(raw, node_id) for raw in channels]
        return NodePage((*folders, *nodes), str(page + 1) if more else None)

    def node(self, node_id: str) -> Node:
        """Return one node."""
        if node_id in (UNFILED, REGIONS):
            return _own_folder(node_id, UNFILED_NAME if node_id == UNFILED else REGIONS_NAME)
        kind, _ = split_id(node_id)
        if kind == "c":
            return channel_node(self.document(node_id), None)
        return folder_node(kind, self._folder(node_id))

    def channels_below(self, node_id: str, cursor: str | None = None, limit: int = 200) -> ChannelPage:
        """Return a page of the channels anywhere below a folder; one page never spans two folders."""
        index, _, page_text = (cursor or "0:1").partition(":")
        below = self._below(node_id)
        at, page = int(index) if index.isdecimal() else 0, _page_number(page_text)
        while at < len(below):
            raw, more = self._channels_in(below[at], page, limit)
            at, page = (at, page + 1) if more else (at + 1, 1)
            if raw:
                following = f"{at}:{page}" if at < len(below) else None
                return ChannelPage(tuple(read_channel(one) for one in raw), following)
        return ChannelPage()

    def channel(self, channel_id: str) -> Channel:
        """Return one channel, where it is now: of one that moves the server may know a later place than its list."""
        raw = self.document(channel_id)
        channel = read_channel(raw)
        latest = self._latest(raw.gbId)
        return channel if latest is None else replace(channel, longitude=latest[0], latitude=latest[1])

    def _latest(self, gb_id: int) -> tuple[float, float] | None:
        """Return longitude and latitude as a device has told them by itself; None where it has not."""
        if not self._has_places:
            return None
        try:
            place = self._line.get("/api/position/latest", docs.PlaceDocument | None, {"channelId": gb_id})  # type: ignore[arg-type]
        except NotFound:
            self._has_places = False  # an older server: it knows places by device only
            return None
        except SignInNeeded:
            raise
        except CenterError:
            return None  # the list's own will do
        return None if place is None else _position(place.longitude, place.latitude)

    def document(self, channel_id: str) -> docs.ChannelDocument:
        """Return a channel as WVP tells it. Raises NotFound."""
        kind, number = split_id(channel_id)
        if kind != "c":
            raise NotFound(f"{channel_id[:40]!r} is no channel")
        return self._line.get("/api/common/channel/one", docs.ChannelDocument, {"id": number})

    def folders(self, kind: str, parent: int | None) -> list[docs.FolderDocument]:
        """Return the folders in a group ("g") or region ("r"), or its roots. A row that can't be read is left out."""
        level = self._line.get(_TREES[kind], list[msgspec.Raw], {"parent": parent})
        found = [one for one in readable(level, docs.FolderDocument) if one.type == 0]
        for one in found:
            # The parent is what we asked for: WVP's own field is not filled in every version.
            self._folders[f"{kind}{one.id}"] = _with_parent(one, parent)
        return [_with_parent(one, parent) for one in found]

    def all_groups(self) -> list[docs.FolderDocument]:
        """Return all business groups, parents before children, each once."""
        found: dict[int, docs.FolderDocument] = {}
        level: list[int | None] = [None]
        for _ in range(DEEPEST):
            below = [folder for parent in level for folder in self.folders("g", parent) if folder.id not in found]
            found |= {folder.id: folder for folder in below}
            level = [folder.id for folder in below]
            if not level:
                break
        return list(found.values())

    def _folder(self, node_id: str) -> docs.FolderDocument:
        if node_id not in self._folders:
            self._below(REGIONS) if node_id.startswith("r") else self.all_groups()
        if node_id not in self._folders:
            raise NotFound(f"folder {node_id[:40]!r}")
        return self._folders[node_id]

    def _below(self, node_id: str) -> list[str]:
        """Return the ids of a folder and all folders below it."""
        if node_id == UNFILED:
            return [UNFILED]
        kind, number = ("r", None) if node_id == REGIONS else split_id(node_id)
        if kind == "c":
            raise NotFound(f"{node_id[:40]!r} is no folder")
        found = [] if number is None else [node_id]
        level: list[int | None] = [number]
        for _ in range(DEEPEST):
            level = [one.id for up in level for one in self.folders(kind, up) if f"{kind}{one.id}" not in found]
            found += [f"{kind}{one}" for one in level]
            if not level:
                break
        return found

    def _channels_in(self, node_id: str, page: int, limit: int) -> tuple[list[docs.ChannelDocument], bool]:
        query: dict[str, str | int | None] = {"page": page, "count": limit}
        path = "/api/common/channel/parent/list"
        if node_id.startswith("r"):
            path = "/api/common/channel/civilcode/list"
            query["civilCode"] = self._folder(node_id).deviceId
        elif node_id != UNFILED:
            query["groupDeviceId"] = self._folder(node_id).deviceId
        rows, total = self._line.rows(path, docs.ChannelDocument, query)
        return rows, page * limit < total


def split_id(node_id: str) -> tuple[str, int]:
    """Return kind and number of one of our ids. Raises NotFound."""
    match = _ID.fullmatch(node_id)
    if not match or not node_id.isascii():
        raise NotFound(f"id {node_id[:40]!r}")
    return match[1], int(match[2])


def folder_node(kind: str, raw: docs.FolderDocument) -> Node:
    """Read a folder of either tree. WVP counts nothing."""
    parent = None if raw.parentId is None else f"{kind}{raw.parentId}"
    if parent is None and kind == "r":
        parent = REGIONS
    return Node(f"{kind}{raw.id}", parent, NodeKind.GROUP, raw.name or raw.deviceId or "", raw.deviceId or "", 0, 0)


def channel_node(raw: docs.ChannelDocument, parent_id: str | None) -> Node:
    """Read a channel as a leaf of the tree."""
    channel = read_channel(raw)
    return Node(channel.id, parent_id, NodeKind.CHANNEL, channel.name, channel.gb_code, 1, int(channel.online), channel)


def read_channel(raw: docs.ChannelDocument) -> Channel:
    """Read a channel. Only "ON" counts as online.

    A position out of range, or 0/0 as WVP fills it in, is none. Others are WGS-84: WVP converts what a device tells by
    the `geoCoordSys` (WGS84 or GCJ02) that is set for that device.
    """
    longitude, latitude = _position(raw.gbLongitude, raw.gbLatitude) or (None, None)
    return Channel(
        f"c{raw.gbId}",
        raw.gbName or raw.gbDeviceId or str(raw.gbId),
        raw.gbDeviceId or "",
        raw.gbStatus == "ON",
        _CAMERAS.get(raw.gbPtzType or 0, CameraKind.BOX),
        longitude=longitude,
        latitude=latitude,
    )


def catalog_folder(raw: docs.FolderDocument) -> CatalogNode:
    """Return a business group as a row of the catalog, in the order of keys, which no other group changes."""
    node = folder_node("g", raw)
    return CatalogNode(
        node.id, node.parent_id, NodeKind.GROUP, node.name, node.gb_code, rights=ALL_RIGHTS, order=raw.id
    )


def catalog_unfiled() -> CatalogNode:
    """Return the folder of unfiled channels as a row of the catalog."""
    return CatalogNode(UNFILED, None, NodeKind.GROUP, UNFILED_NAME, "", rights=ALL_RIGHTS, order=LAST)


def catalog_channel(raw: docs.ChannelDocument, parent_id: str) -> CatalogNode:
    """Return a channel as a row of the catalog. WVP knows no rights by channel: whoever is signed in may do all."""
    channel = read_channel(raw)
    return CatalogNode(
        channel.id,
        parent_id,
        NodeKind.CHANNEL,
        channel.name,
        channel.gb_code,
        ChannelState.ONLINE if channel.online else ChannelState.OFFLINE,
        channel.camera_kind,
        longitude=channel.longitude,
        latitude=channel.latitude,
        rights=ALL_RIGHTS,
        order=raw.gbId,
        civil_code=raw.gbCivilCode or "",
    )


def without_state(row: CatalogNode) -> CatalogNode:
    """Return the row as it is when its channel is online."""
    return replace(row, state=ChannelState.ONLINE)


def _own_folder(node_id: str, name: str) -> Node:
    return Node(node_id, None, NodeKind.GROUP, name, "", 0, 0)


def _with_parent(raw: docs.FolderDocument, parent: int | None) -> docs.FolderDocument:
    return docs.FolderDocument(raw.id, raw.deviceId, raw.name, parent, raw.businessGroup, raw.type)


def _position(longitude: float | None, latitude: float | None) -> tuple[float, float] | None:
    if longitude is None or latitude is None or not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        return None
    return (longitude, latitude) if longitude or latitude else None


def _page_number(cursor: str | None) -> int:
    return max(1, int(cursor)) if cursor and cursor.isdecimal() and len(cursor) < 10 else 1

"""The tree of a site: folders made of the cameras' paths, cameras in the site's order, with who is there now.

Not thread safe: its `Site` holds the lock.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from wallclient.domain.catalog import CatalogNode, ChannelState, Right, rights_mask
from wallclient.domain.errors import NotFound
from wallclient.domain.node import CameraKind, Channel, Node, NodeKind
from wallclient.domain.onvif import OnvifCamera, OnvifSite

_RIGHTS = rights_mask([Right.VIEW, Right.PLAYBACK, Right.PTZ])  # who has the camera's password may; nothing exports


@dataclass(slots=True)
class _Folder:
    id: str
    parent_id: str | None
    path: tuple[str, ...]
    folders: list["_Folder"] = field(default_factory=list)
    cameras: list[OnvifCamera] = field(default_factory=list)
    total: int = 0  # cameras anywhere below
    online: int = 0


class OnvifTree:
    """Folders and cameras of one site. A camera counts as online until it was asked and did not answer."""

    def __init__(self, site: OnvifSite, away: frozenset[str] = frozenset()) -> None:
        self.site = site
        self.away = set(away) & {camera.id for camera in site.cameras}
        self._top = _Folder("", None, ())
        self._folders: dict[str, _Folder] = {}  # by id, each after the one above it
        self._by_path: dict[tuple[str, ...], _Folder] = {(): self._top}
        self._cameras = {camera.id: camera for camera in site.cameras}
        for camera in site.cameras:
            self._hang(camera)

    def __len__(self) -> int:
        """Return how many rows the tree has."""
        return len(self._folders) + len(self._cameras)

    def camera(self, camera_id: str) -> OnvifCamera:
        """Return a camera. Raises NotFound."""
        camera = self._cameras.get(camera_id)
        if camera is None:
            raise NotFound(f"no camera {camera_id[:40]!r} in the site")
        return camera

    def channel(self, camera_id: str) -> Channel:
        """Return a camera as a channel. Raises NotFound."""
        camera = self.camera(camera_id)
        return Channel(
            camera.id,
            camera.name,
            camera.gb_code,
            online=camera.id not in self.away,
            camera_kind=_kind(camera),
            longitude=camera.longitude,
            latitude=camera.latitude,
            path=camera.path,
            rights=_RIGHTS,
        )

    def children(self, node_id: str | None, start: int, limit: int) -> tuple[list[Node], int]:
        """Return a part of what is right below a folder, or at the top, folders first, and how much there is."""
        folder = self._top if node_id is None else self._folder(node_id)
        count = len(folder.folders) + len(folder.cameras)
        folders = folder.folders[start : start + limit]
        first = max(0, start - len(folder.folders))
        cameras = folder.cameras[first : first + limit - len(folders)]
        return [*map(_folder_node, folders), *(self._camera_node(c, folder) for c in cameras)], count

    def node(self, node_id: str) -> Node:
        """Return a folder or camera. Raises NotFound."""
        camera = self._cameras.get(node_id)
        if camera is not None:
            return self._camera_node(camera, self._by_path[camera.path])
        return _folder_node(self._folder(node_id))

    def channels_below(self, node_id: str, start: int, limit: int) -> tuple[list[Channel], int]:
        """Return a part of the cameras anywhere below a folder, in the site's order, and how many there are."""
        path = self._folder(node_id).path
        below = [camera for camera in self.site.cameras if camera.path[: len(path)] == path]
        return [self.channel(camera.id) for camera in below[start : start + limit]], len(below)

    def rows(self, start: int, limit: int) -> list[CatalogNode]:
        """Return a part of all rows: folders from the top down, then cameras."""
        return list(self._rows(start, limit))

    def set_online(self, camera_id: str, online: bool) -> tuple[tuple[str, int, int], ...] | None:
        """Note whether a camera is there; return the folders above it with fresh counts, None if nothing changed."""
        if (camera_id not in self.away) == online or camera_id not in self._cameras:
            return None
        (self.away.discard if online else self.away.add)(camera_id)
        above = self._above(self._cameras[camera_id])
        for folder in above:
            folder.online += 1 if online else -1
        return tuple((folder.id, folder.total, folder.online) for folder in above if folder.id)

    # --- inside ---

    def _rows(self, start: int, limit: int) -> Iterator[CatalogNode]:
        folders = list(self._folders.values())[start : start + limit]
        for number, folder in enumerate(folders, start=start):
            name = folder.path[-1]
            yield CatalogNode(folder.id, folder.parent_id, NodeKind.GROUP, name, "", rights=_RIGHTS, order=number)
        first = max(0, start - len(self._folders))
        for number, camera in enumerate(self.site.cameras[first : first + limit - len(folders)], start=first):
            yield self._camera_row(camera, len(self._folders) + number)

    def _camera_row(self, camera: OnvifCamera, order: int) -> CatalogNode:
        return CatalogNode(
            camera.id,
            self._by_path[camera.path].id or None,
            NodeKind.CHANNEL,
            camera.name,
            camera.gb_code,
            ChannelState.OFFLINE if camera.id in self.away else ChannelState.ONLINE,
            camera_kind=_kind(camera),
            longitude=camera.longitude,
            latitude=camera.latitude,
            rights=_RIGHTS,
            order=order,
        )

    def _camera_node(self, camera: OnvifCamera, folder: _Folder) -> Node:
        channel = self.channel(camera.id)
        online = int(channel.online)
        return Node(
            camera.id, folder.id or None, NodeKind.CHANNEL, camera.name, camera.gb_code, 1, online, channel=channel
        )

    def _hang(self, camera: OnvifCamera) -> None:
        self._at(camera.path).cameras.append(camera)
        for folder in self._above(camera):
            folder.total += 1
            folder.online += camera.id not in self.away

    def _above(self, camera: OnvifCamera) -> list[_Folder]:
        """Return the folders above a camera from the nearest up, the top of the tree included."""
        return [self._by_path[camera.path[:depth]] for depth in range(len(camera.path), -1, -1)]

    def _at(self, path: tuple[str, ...]) -> _Folder:
        """Return the folder at a path, making it and those above it where they are missing."""
        found = self._by_path.get(path)
        if found is None:
            above = self._at(path[:-1])
            found = self._by_path[path] = _Folder(_folder_id(path), above.id or None, path)
            above.folders.append(found)
            self._folders[found.id] = found
        return found

    def _folder(self, node_id: str) -> _Folder:
        folder = self._folders.get(node_id)
        if folder is None:
            raise NotFound(f"no folder {node_id[:40]!r} in the site")
        return folder


def _folder_node(folder: _Folder) -> Node:
    return Node(folder.id, folder.parent_id, NodeKind.GROUP, folder.path[-1], "", folder.total, folder.online)


def _kind(camera: OnvifCamera) -> CameraKind:
    return CameraKind.PTZ if camera.can_move else CameraKind.BOX


def _folder_id(path: Sequence[str]) -> str:
    """Return an id that follows from the path; lengths keep ("ab", "c") apart from ("a", "bc")."""
    joined = "".join(f"{len(part)}:{part}" for part in path)
    return f"g{hashlib.blake2b(joined.encode('utf-8', 'surrogatepass'), digest_size=10).hexdigest()}"

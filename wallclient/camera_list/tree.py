"""The tree of a site in memory: folders made of the cameras' paths, cameras in the list's order. For any thread."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from wallclient.camera_list.identity import group_id
from wallclient.domain.camera_list import CameraSite, ListedCamera
from wallclient.domain.catalog import CatalogNode, Right, rights_mask
from wallclient.domain.errors import NotFound
from wallclient.domain.node import CameraKind, Channel, Node, NodeKind

_RIGHTS = rights_mask([Right.VIEW])  # there is nothing behind a list that records or steers


@dataclass(slots=True)
class _Folder:
    id: str
    parent_id: str | None
    path: tuple[str, ...]
    folders: list["_Folder"] = field(default_factory=list)
    cameras: list[ListedCamera] = field(default_factory=list)
    total: int = 0  # cameras anywhere below


class SiteTree:
    """Folders and cameras of one site. Cameras count as online: only opening one tells whether it is there."""

    def __init__(self, site: CameraSite) -> None:
        self.site = site
        self._top = _Folder("", None, ())
        self._folders: dict[str, _Folder] = {}  # by id, each after the one above it
        self._by_path: dict[tuple[str, ...], _Folder] = {(): self._top}
        self._cameras = {camera.id: camera for camera in site.cameras}
        for camera in site.cameras:
            self._hang(camera)

    def __len__(self) -> int:
        """Return how many rows the tree has."""
        return len(self._folders) + len(self._cameras)

    def camera(self, camera_id: str) -> ListedCamera:
        """Return a camera. Raises NotFound."""
        camera = self._cameras.get(camera_id)
        if camera is None:
            raise NotFound(f"no camera {camera_id[:40]!r} in the list")
        return camera

    def children(self, node_id: str | None, start: int, limit: int) -> tuple[list[Node], int]:
        """Return a part of what is right below a folder, or at the top, folders first, and how much there is."""
        folder = self._top if node_id is None else self._folder(node_id)
        count = len(folder.folders) + len(folder.cameras)
        folders = folder.folders[start : start + limit]
        first = max(0, start - len(folder.folders))
        cameras = folder.cameras[first : first + limit - len(folders)]
        return [*map(_folder_node, folders), *(_camera_node(c, folder) for c in cameras)], count

    def node(self, node_id: str) -> Node:
        """Return a folder or camera. Raises NotFound."""
        camera = self._cameras.get(node_id)
        if camera is not None:
            return _camera_node(camera, self._by_path[camera.path])
        return _folder_node(self._folder(node_id))

    def channels_below(self, node_id: str, start: int, limit: int) -> tuple[list[Channel], int]:
        """Return a part of the cameras anywhere below a folder, in the list's order, and how many there are."""
        path = self._folder(node_id).path
        below = [camera for camera in self.site.cameras if camera.path[: len(path)] == path]
        return [channel_of(camera) for camera in below[start : start + limit]], len(below)

    def rows(self, start: int, limit: int) -> list[CatalogNode]:
        """Return a part of all rows: folders from the top down, then cameras."""
        return list(self._rows(start, limit))

    # --- inside ---

    def _rows(self, start: int, limit: int) -> Iterator[CatalogNode]:
        folders = list(self._folders.values())[start : start + limit]
        for number, folder in enumerate(folders, start=start):
            name = folder.path[-1]
            yield CatalogNode(folder.id, folder.parent_id, NodeKind.GROUP, name, "", rights=_RIGHTS, order=number)
        first = max(0, start - len(self._folders))
        for number, camera in enumerate(self.site.cameras[first : first + limit - len(folders)], start=first):
            yield _camera_row(camera, self._by_path[camera.path].id or None, len(self._folders) + number)

    def _hang(self, camera: ListedCamera) -> None:
        folder = self._at(camera.path)
        folder.cameras.append(camera)
        for depth in range(len(camera.path) + 1):
            self._by_path[camera.path[:depth]].total += 1

    def _at(self, path: tuple[str, ...]) -> _Folder:
        """Return the folder at a path, making it and those above it where they are missing."""
        found = self._by_path.get(path)
        if found is None:
            above = self._at(path[:-1])
            found = self._by_path[path] = _Folder(group_id(path), above.id or None, path)
            above.folders.append(found)
            self._folders[found.id] = found
        return found

    def _folder(self, node_id: str) -> _Folder:
        folder = self._folders.get(node_id)
        if folder is None:
            raise NotFound(f"no folder {node_id[:40]!r} in the list")
        return folder


def channel_of(camera: ListedCamera) -> Channel:
    """Return a camera as a channel."""
    return Channel(
        camera.id,
        camera.name,
        camera.gb_code,
        online=True,
        camera_kind=CameraKind.BOX,
        place=camera.place,
        longitude=camera.longitude,
        latitude=camera.latitude,
        path=camera.path,
        rights=_RIGHTS,
    )


def _camera_node(camera: ListedCamera, folder: _Folder) -> Node:
    return Node(camera.id, folder.id or None, NodeKind.CHANNEL, camera.name, camera.gb_code, 1, 1, channel_of(camera))


def _folder_node(folder: _Folder) -> Node:
    return Node(folder.id, folder.parent_id, NodeKind.GROUP, folder.path[-1], "", folder.total, folder.total)


def _camera_row(camera: ListedCamera, parent_id: str | None, order: int) -> CatalogNode:
    return CatalogNode(
        camera.id,
        parent_id,
        NodeKind.CHANNEL,
        camera.name,
        camera.gb_code,
        camera_kind=CameraKind.BOX,
        place=camera.place,
        longitude=camera.longitude,
        latitude=camera.latitude,
        rights=_RIGHTS,
        order=order,
    )

"""Which camera of a list read again is which of the one before: views and favourites keep ids, and must stay true."""

import hashlib
from collections import Counter
from collections.abc import Callable, Hashable, Sequence

from wallclient.domain.camera_list import ListedCamera, ReadCamera

_Camera = ReadCamera | ListedCamera
_Key = Callable[[_Camera], Hashable]


def ids_for(cameras: Sequence[ReadCamera], old: Sequence[ListedCamera]) -> list[str]:
    """Return an id for each camera, different from all others; the same as before where it is the same camera.

    The same is what has the same code; else, where codes don't say otherwise, the same main address, else the same path
    and name; whatever is there twice says nothing. A new camera's id follows from code or path and name, so that
    the same list has the same ids on every workstation.
    """
    ids: list[str | None] = [None] * len(cameras)
    free = {camera.id: camera for camera in old}
    for key in (_code, _address, _place):
        known = _once(list(free.values()), key)
        wanted = _once([c for c, id_ in zip(cameras, ids, strict=True) if id_ is None], key)
        for index, camera in enumerate(cameras):
            value = key(camera)
            before = known.get(value)
            if ids[index] is None and value in wanted and before is not None and _may_be(camera, before):
                ids[index] = before.id
                del free[before.id]
    taken = {camera.id for camera in old}  # also of cameras that are gone: theirs must never open another
    return [id_ or _new_id(camera, taken) for camera, id_ in zip(cameras, ids, strict=True)]


def group_id(path: Sequence[str]) -> str:
    """Return the id of the folder at a path."""
    return f"g{_digest(path)}"


def _code(camera: _Camera) -> Hashable:
    return camera.gb_code or None


def _address(camera: _Camera) -> Hashable:
    return camera.main.url


def _place(camera: _Camera) -> Hashable:
    return camera.path, camera.name


def _once(cameras: Sequence[_Camera], key: _Key) -> dict[Hashable, ListedCamera]:
    """Return the cameras whose key no other has, by key."""
    counts = Counter(map(key, cameras))
    return {k: c for c in cameras if (k := key(c)) is not None and counts[k] == 1}  # type: ignore[misc]


def _may_be(camera: ReadCamera, before: ListedCamera) -> bool:
    """Tell whether the codes allow that both are the same."""
    return not (camera.gb_code and before.gb_code) or camera.gb_code == before.gb_code


def _new_id(camera: ReadCamera, taken: set[str]) -> str:
    seed = (camera.gb_code,) if camera.gb_code else (*camera.path, camera.name)
    count = 0
    while (id_ := f"c{_digest((*seed, str(count)))}") in taken:
        count += 1
    taken.add(id_)
    return id_


def _digest(parts: Sequence[str]) -> str:
    """Return 20 hexadecimal digits that stand for texts; lengths keep ("ab", "c") apart from ("a", "bc")."""
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()

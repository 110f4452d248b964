"""How WVP's older calls name a channel: by the code of its device and the code the device itself uses.

A channel may have been given another GB code in WVP than its device knows, so the pair is asked for, and remembered.
"""

import threading
from typing import NamedTuple

from wallclient.api.wvp import documents as docs
from wallclient.api.wvp.line import MOST_PAGES, PAGE, WvpLine, code_segment
from wallclient.api.wvp.tree import GB28181, WvpTree
from wallclient.domain.errors import BadPayload, NotAble, NotFound, ServerFailed


class Way(NamedTuple):
    """A channel as WVP's GB calls name it. Both codes are empty for channels of other kinds."""

    gb_id: int
    data_type: int
    ptz_type: int
    device: str
    channel: str

    @property
    def path(self) -> str:
        """The last two segments of the path of a call. Raises NotAble for channels that are no GB devices'."""
        if self.data_type != GB28181:
            raise NotAble("not a channel of a GB28181 device")
        return f"{code_segment(self.device)}/{code_segment(self.channel)}"


class Ways:
    """Finds and remembers ways. Thread safe."""

    def __init__(self, line: WvpLine, tree: WvpTree) -> None:
        self._line = line
        self._tree = tree
        self._lock = threading.Lock()
        self._devices: dict[int, str] = {}
        self._known: dict[str, Way] = {}

    def to(self, channel_id: str) -> Way:
        """Return the way to a channel. Raises NotFound."""
        with self._lock:
            known = self._known.get(channel_id)
        if known is not None:
            return known
        way = self._find(self._tree.document(channel_id))
        with self._lock:
            self._known[channel_id] = way
        return way

    def forget(self, channel_id: str) -> None:
        """Ask anew next time: the channel was not found there."""
        with self._lock:
            self._known.pop(channel_id, None)

    def _find(self, raw: docs.ChannelDocument) -> Way:
        kind, ptz_type = raw.dataType or 0, raw.gbPtzType or 0
        if kind != GB28181:
            return Way(raw.gbId, kind, ptz_type, "", "")
        device = self._device(raw)
        return Way(raw.gbId, kind, ptz_type, device, self._code_at(device, raw))

    def _device(self, raw: docs.ChannelDocument) -> str:
        """Return the code of a channel's device. WVP tells only a key that no call takes, so the code is guessed first.

        A camera is often its own device, and a recorder often its channels' parent. To read the list of all devices
        takes half a minute where there are tens of thousands.
        """
        row = raw.dataDeviceId
        if row is None:
            raise NotFound("a channel without a device")
        if row not in self._devices:
            guesses = (code for code in (raw.gbDeviceId, raw.gbParentId) if code)
            if not any(self._is_device(code, row) for code in guesses):
                self._search(row)
        if row not in self._devices:
            raise NotFound(f"device {row}")
        return self._devices[row]

    def _is_device(self, code: str, row: int) -> bool:
        """Tell whether a device of this code is the one with this key."""
        path = f"/api/device/query/devices/{code_segment(code)}"
        try:
            found = self._line.get(path, docs.DeviceDocument | None)  # type: ignore[arg-type]
        except (NotFound, BadPayload, ServerFailed):  # versions differ in how they say that there is none
            return False
        if found is None or found.id != row:
            return False
        self._devices[row] = found.deviceId
        return True

    def _search(self, row: int) -> None:
        """Read the list of devices until one with this key comes; all that are seen on the way are remembered."""
        for page in range(1, MOST_PAGES):
            query = {"page": page, "count": PAGE}
            found, total = self._line.rows("/api/device/query/devices", docs.DeviceDocument, query)
            self._devices |= {one.id: one.deviceId for one in found}
            if row in self._devices or page * PAGE >= total:
                return

    def _code_at(self, device: str, raw: docs.ChannelDocument) -> str:
        """Return the device's own code of a channel: mostly the one WVP shows, so that is looked for first."""
        path = f"/api/device/query/devices/{code_segment(device)}/channels"
        for wanted in (raw.gbDeviceId, None):
            for page in range(1, MOST_PAGES):
                query = {"page": page, "count": PAGE, "query": wanted}
                found, total = self._line.rows(path, docs.DeviceChannelDocument, query)
                match = next((one.deviceId for one in found if one.id == raw.gbId), None)
                if match is not None:
                    return match
                if page * PAGE >= total:
                    break
        raise NotFound(f"channel {raw.gbId} at its device")

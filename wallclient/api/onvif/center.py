"""A site of ONVIF cameras as a center: the tree is the site's, everything else is asked of the cameras themselves.

There is no server and no log-in but those of the cameras. A camera that hangs, lies or refuses is its own trouble:
calls for it fail, and no other camera notices.
"""

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from wallclient.api.center import Capabilities, ChannelPage, Events, Health, Identity
from wallclient.api.onvif import media
from wallclient.api.onvif.device import CALL_S, Device
from wallclient.api.onvif.errands import Errands
from wallclient.api.onvif.playback import OnvifRecords
from wallclient.api.onvif.ptz import OnvifPtz
from wallclient.api.onvif.site import ReadPassword, Site, SiteStore, offset
from wallclient.api.onvif.watch import Watch
from wallclient.domain.catalog import ChangeBatch, NotModified, SnapshotPage
from wallclient.domain.errors import CenterError, NotFound
from wallclient.domain.node import Channel, Node, NodePage
from wallclient.domain.onvif import OnvifCamera
from wallclient.domain.stream import Lease, Source, StreamKind

LEASE_S = 60.0  # panes renew at half of it: so soon they follow a camera that was edited


@dataclass(frozen=True, slots=True)
class _Held:
    """A lease that was given out, and for what."""

    lease: Lease
    camera: OnvifCamera
    until_s: float


class OnvifCenter(OnvifPtz, OnvifRecords):
    """Implements `wallclient.api.center.Center`, `PtzCenter`, `RecordingCenter`, `PictureCenter` for a saved site.

    A site that is saved anew is noticed with the next question. `password(account)` asks the keyring: it blocks and may
    raise KeyringFailed, which calls for a camera let through. What it has answered is kept in memory until the log-out.
    """

    def __init__(
        self, key: str, file: SiteStore, password: ReadPassword, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._site = Site(key, file, password, Errands())
        self._watch = Watch(self._site)
        self._clock = clock
        self._lock = threading.Lock()  # of the leases
        self._leases: dict[str, _Held] = {}
        self._lease_numbers = itertools.count(1)
        OnvifPtz.__init__(self, self._site)
        OnvifRecords.__init__(self, self._site)

    def __repr__(self) -> str:
        return f"OnvifCenter({self._site.key!r})"

    @property
    def base_url(self) -> str:
        """What stands for an address: `onvif:` and the site's key."""
        return f"onvif:{self._site.key}"

    @property
    def capabilities(self) -> Capabilities:
        """What a site can do; what each camera can is told by its own status."""
        return Capabilities(
            live=True,
            events=True,
            counts=True,
            catalog=True,
            ptz=True,
            recordings=True,
            alarms=True,
            pictures=True,
            export=False,
        )

    # --- log-in ---

    def health(self) -> Health:
        """Tell the site's name. Raises ServerFailed where it can't be read."""
        return Health(self._site.fresh_tree().site.name, "")

    def log_in(self, user: str, password: str) -> Identity:
        """Open the site for whoever asks; the password is not looked at. Raises ServerFailed."""
        self._site.fresh_tree()
        self._site.is_open = True
        return Identity(user, user)

    @property
    def refresh_token(self) -> str | None:
        """Return None: there is nothing to keep."""
        return None

    def resume(self, refresh_token: str) -> Identity:
        """Open the site."""
        return self.log_in("", "")

    def log_out(self) -> None:
        """Stop what moves, forget leases and passwords."""
        if self._site.is_open:
            self.halt()
        self.forget_footage()
        self._watch.end()
        self._site.log_out()
        with self._lock:
            self._leases.clear()

    # --- tree ---

    def children(self, node_id: str | None, cursor: str | None = None, limit: int = 200) -> NodePage:
        """Return a page of folders and cameras right below a folder, or at the top."""
        start = offset(cursor)
        with self._site.lock:
            nodes, count = self._site.tree().children(node_id, start, limit)
        return NodePage(tuple(nodes), _following(start + len(nodes), count))

    def node(self, node_id: str) -> Node:
        """Return a folder or camera."""
        with self._site.lock:
            return self._site.tree().node(node_id)

    def channels_below(self, node_id: str, cursor: str | None = None, limit: int = 200) -> ChannelPage:
        """Return a page of the cameras anywhere below a folder, in the site's order."""
        start = offset(cursor)
        with self._site.lock:
            channels, count = self._site.tree().channels_below(node_id, start, limit)
        return ChannelPage(tuple(channels), _following(start + len(channels), count))

    def channel(self, channel_id: str) -> Channel:
        """Return one camera."""
        with self._site.lock:
            return self._site.tree().channel(channel_id)

    def snapshot(self, cursor: str | None = None, etag: str | None = None) -> Iterator[SnapshotPage] | NotModified:
        """Begin to read the whole tree, or go on after a page. Raises SnapshotGone where the site was saved since."""
        return self._site.snapshot(cursor, etag)

    def changes(self, since: int, limit: int = 1000) -> ChangeBatch:
        """Return which cameras came and went. Raises CursorExpired where the site itself is another."""
        return self._site.changes(since, limit)

    # --- live ---

    def open_live(self, channel_id: str, kind: StreamKind) -> Lease:
        """Return a camera's address for its largest or its smallest stream.

        Raises NotFound, CameraOffline, NotPermitted with a reason of `domain.onvif`, ClockDiffers, BadAddress,
        BadPayload for what is no ONVIF camera, NotTrusted, and KeyringFailed.
        """
        camera = self._site.camera(channel_id)
        device = self._site.device(camera)
        source = self._site.errands.run(_live(device, camera, kind), 2 * CALL_S)
        lease_id = f"{channel_id}:{kind.value}:{next(self._lease_numbers)}"
        lease = Lease(lease_id, channel_id, kind, (source,), LEASE_S)
        now_s = self._clock()
        with self._lock:
            self._leases = {id_: held for id_, held in self._leases.items() if held.until_s > now_s}
            self._leases[lease.id] = _Held(lease, camera, now_s + LEASE_S)
        return lease

    def renew_live(self, lease_id: str) -> Lease:
        """Keep a lease. Raises NotFound once it has lapsed, or the camera was edited or taken out."""
        tree = self._site.tree()
        with self._lock:
            held = self._leases.pop(lease_id, None)
            now_s = self._clock()
            if held is None or held.until_s <= now_s:
                raise NotFound("the lease has lapsed")
            if tree.camera(held.camera.id) != held.camera:
                raise NotFound("the camera was edited")
            self._leases[lease_id] = _Held(held.lease, held.camera, now_s + LEASE_S)
        return held.lease

    def close_live(self, lease_id: str) -> None:
        """Forget a lease."""
        with self._lock:
            self._leases.pop(lease_id, None)

    def picture(self, channel_id: str) -> bytes:
        """Return the present picture of a camera, JPEG. Raises NotAble where it takes none."""
        camera = self._site.camera(channel_id)
        return self._site.errands.run(_picture(self._site.device(camera), camera), 3 * CALL_S)

    # --- events, end ---

    def events(self) -> Events:
        """Return who comes and goes, and alarms; while somebody listens, cameras are asked whether they are there."""
        return self._watch.listen()

    def close(self) -> None:
        """Break off every call under way and refuse further ones."""
        self._watch.end()
        self._site.close()
        with self._lock, contextlib.suppress(CenterError):
            self._leases.clear()


async def _live(device: Device, camera: OnvifCamera, kind: StreamKind) -> Source:
    own = media.of_source(await media.kept_profiles(device), camera.source)
    return await media.live_source(device, media.choose(own, kind))


async def _picture(device: Device, camera: OnvifCamera) -> bytes:
    own = media.of_source(await media.kept_profiles(device), camera.source)
    return await media.picture(device, media.choose(own, StreamKind.MAIN))


def _following(start: int, count: int) -> str | None:
    return str(start) if start < count else None

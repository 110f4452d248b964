"""A site of ONVIF cameras: what is kept of each, what one tells of itself, what was found on the network."""

from dataclasses import dataclass, field

PASSWORD_MISSING = "password-missing"  # `NotPermitted.reason`: the keyring has lost the password of this camera
PASSWORD_WRONG = "password-wrong"  # the camera refuses user or password; its clock is not the cause
DEFAULT_PORT, DEFAULT_TLS_PORT = 80, 443


@dataclass(frozen=True, slots=True)
class OnvifAddress:
    """Where a camera's device service is. `check_certificate` is off only on the operator's own decision."""

    host: str  # name or address, IPv6 without brackets
    port: int = DEFAULT_PORT
    is_https: bool = False
    check_certificate: bool = True

    @property
    def is_private(self) -> bool:
        """Tell whether nobody on the way can read along, nor pretend to be the camera."""
        return self.is_https and self.check_certificate

    @property
    def origin(self) -> str:
        """Scheme, host and port, as an URL begins."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.is_https else 'http'}://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class OnvifCamera:
    """One picture of one device as it is kept; holds no secret."""

    id: str  # stays the camera's own whatever is edited
    path: tuple[str, ...]
    name: str
    address: OnvifAddress
    user: str = ""
    account: str = ""  # of the keyring, where the password lies; empty: none is needed
    source: str = ""  # token of the video source; empty: the only one, or the first
    gb_code: str = ""
    longitude: float | None = None  # WGS-84, degrees
    latitude: float | None = None
    maker: str = ""  # as the device told when it was added, for people
    model: str = ""
    can_move: bool = False  # as it told then; what it really can is asked when it is steered


@dataclass(frozen=True, slots=True)
class OnvifSite:
    """All cameras of a site, in its order.

    `sequence` grows with every change. It is the time of it in ms since 1970, or one more than the last where the clock
    went back.
    """

    name: str = ""
    sequence: int = 0
    cameras: tuple[OnvifCamera, ...] = ()

    @property
    def accounts(self) -> frozenset[str]:
        """All accounts of the keyring this site has passwords under."""
        return frozenset(camera.account for camera in self.cameras if camera.account)


@dataclass(frozen=True, slots=True)
class OnvifInterface:
    """A network interface of this machine with one of its IPv4 addresses."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class OnvifFound:
    """A device that answered a probe. What it says of itself is untrusted text."""

    address: OnvifAddress
    endpoint: str = ""  # a UUID that stays with the device
    name: str = ""
    hardware: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class OnvifSource:
    """One video source of a device, which becomes one camera of a site."""

    token: str
    name: str
    width: int | None = None  # px, of its largest stream
    height: int | None = None
    encoding: str = ""  # in the device's word: H264, H265, JPEG
    can_move: bool = False


@dataclass(frozen=True, slots=True)
class OnvifCameraInfo:
    """What a device tells after a log-in that worked."""

    address: OnvifAddress
    maker: str
    model: str
    firmware: str
    serial: str
    sources: tuple[OnvifSource, ...]
    clock_offset_s: float | None  # how far its clock is ahead of this machine's; None where it does not tell
    has_events: bool = False
    has_recordings: bool = False


@dataclass(frozen=True, slots=True)
class NewOnvifCamera:
    """A camera to be added to a site. `password` never leaves memory but for the keyring."""

    path: tuple[str, ...]
    name: str
    address: OnvifAddress
    user: str = ""
    password: str = field(default="", repr=False)
    source: str = ""
    gb_code: str = ""
    longitude: float | None = None
    latitude: float | None = None
    maker: str = ""
    model: str = ""
    can_move: bool = False

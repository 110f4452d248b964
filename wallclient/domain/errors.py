"""The program's own errors. Adapters raise these; only `ui.text` turns them into sentences."""

from enum import StrEnum

from wallclient.domain.export import ExportTrouble
from wallclient.domain.ptz import Holder


class WallError(Exception):
    """Base of every error an operator may see. `args[0]` is for the log and never holds a secret."""


class CenterError(WallError):
    """A center could not do what was asked."""


class SignInNeeded(CenterError):  # noqa: N818 - reads as what the caller has to do
    """The center does not know us (any more): wrong password, or a token that lapsed or was revoked."""


class NotPermitted(CenterError):  # noqa: N818
    """The center knows the operator and refuses (403).

    `reason` is a word of the contract such as "right-missing", `right` the word of the right that is missing
    (`domain.catalog.Right`); both are empty where the center gives none.
    """

    def __init__(self, message: str = "", reason: str = "", right: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.right = right


class ClockDiffers(NotPermitted):
    """A camera refuses the log-in, and its clock is `ahead_s` seconds ahead of this machine's (negative: behind).

    Log-ins of ONVIF carry the time (WS-Security UsernameToken 1.0, 3.1): too old a one is refused as a wrong password
    is.
    """

    def __init__(self, message: str = "", ahead_s: float = 0.0) -> None:
        super().__init__(message, "clock-differs")
        self.ahead_s = ahead_s


class NotFound(CenterError):  # noqa: N818
    """The center has no such node, channel or lease (404, 410)."""


class CursorExpired(CenterError):  # noqa: N818
    """The change feed can't be read on from there: too old, of another life of the center, or with a gap.

    Only a fresh snapshot leads back to a true tree.
    """


class SnapshotGone(CenterError):  # noqa: N818
    """A snapshot that was broken off can't be resumed any more; it has to be begun anew."""


class CameraOffline(CenterError):  # noqa: N818
    """The center knows the channel, but its camera can't be reached now (409 camera-offline)."""


class CameraHeld(CenterError):  # noqa: N818
    """Somebody with the say over the camera holds it (409 camera-held): who, as a `domain.ptz.Holder`.

    `can_take_over` tells whether the operator's priority is high enough to take it, with a reason.
    """

    def __init__(self, message: str = "", holder: Holder | None = None, can_take_over: bool = False) -> None:
        super().__init__(message)
        self.holder = holder
        self.can_take_over = can_take_over


class NotAble(CenterError):  # noqa: N818
    """The camera or its center can't do that (409 not-able)."""


class ReasonNeeded(CenterError):  # noqa: N818
    """The center hands out footage only to those who say why (403 reason-needed)."""


class ServerFailed(CenterError):  # noqa: N818
    """No answer, or an answer that says the center itself is in trouble (5xx)."""


class TrustFlaw(StrEnum):
    """Why a certificate is refused."""

    AUTHORITY = "authority"  # none we trust vouches for it
    HOST = "host"  # it is another host's
    TIME = "time"  # it has lapsed, or is not valid yet
    CA_FILE = "ca_file"  # our own file of the private authority can't be read


class NotTrusted(ServerFailed):
    """Nobody we trust vouches for the center's certificate (`flaw` says why): nothing was sent."""

    def __init__(self, message: str = "", flaw: TrustFlaw = TrustFlaw.AUTHORITY) -> None:
        super().__init__(message)
        self.flaw = flaw


class TooManyRequests(CenterError):  # noqa: N818
    """The center asks us to slow down (429)."""


class BadPayload(CenterError):  # noqa: N818
    """The center answered something the contract does not allow."""


class Refused(BadPayload):
    """The center says in a problem document that it will not take what we sent: 4xx other than those above.

    Sending it again does not help. `slug` is the last part of the problem's type.
    """

    def __init__(self, message: str = "", status: int = 0, slug: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.slug = slug


class Stale(CenterError):  # noqa: N818
    """Somebody else changed meanwhile what we meant to change (409 revision-stale, finding-closed): read it again."""


class BadAddress(WallError):  # noqa: N818
    """An address the program refuses to open (scheme, options, no host)."""


class StorageFailed(WallError):  # noqa: N818
    """A file of ours could not be read or written."""


class DiskFull(StorageFailed):
    """There is no room left where a file was to be written."""


class FootageChanged(WallError):  # noqa: N818
    """A file is not what it was when it was exported: nothing vouches for it."""


class ExportFailed(WallError):  # noqa: N818
    """An export ended without its files: why is told by `trouble`."""

    def __init__(self, message: str = "", trouble: ExportTrouble = ExportTrouble.CENTER) -> None:
        super().__init__(message)
        self.trouble = trouble


class SnapshotFailed(WallError):  # noqa: N818
    """There is no picture to take, or libVLC could not write it."""


class KeyringFailed(WallError):  # noqa: N818
    """The operating system's keyring did not answer or refused."""


class KeyringLocked(KeyringFailed):
    """The keyring is locked, and nobody unlocked it."""


class KeyringRefused(KeyringFailed):
    """There is no keyring that is safe: nothing is stored."""

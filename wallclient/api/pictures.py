"""Still pictures of a center's cameras; a center that has them says so in `Capabilities.pictures`."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class PictureCenter(Protocol):
    """Still pictures, taken by the center: cheaper than a stream where one look is enough."""

    def picture(self, channel_id: str) -> bytes:
        """Return the present picture of a camera, JPEG. Raises CameraOffline, NotFound, NotAble, ServerFailed."""
        ...

"""What the operator may do with a camera, as far as its center has told."""

from wallclient.domain.catalog import Right
from wallclient.domain.node import Channel


def allowed(channel: Channel, right: Right) -> bool:
    """Tell whether the operator has a right; where the center does not tell, it decides when it is asked."""
    return channel.rights is None or bool(channel.rights & right.bit)

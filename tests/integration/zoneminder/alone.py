"""Runs a command with nothing but loopback: `unshare --net python alone.py COMMAND ...`.

ZoneMinder's RTSP server listens on every interface and can't be told otherwise; in here there is no other.
"""

import fcntl
import os
import socket
import struct
import sys

_SIOCSIFFLAGS, _IFF_UP, _IFF_RUNNING = 0x8914, 0x1, 0x40  # netdevice(7)


def is_alone() -> bool:
    """Tell whether this process sees nothing but loopback."""
    return [name for _, name in socket.if_nameindex()] == ["lo"]


def main() -> None:
    """Bring loopback up and become the command."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", _IFF_UP | _IFF_RUNNING))
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()

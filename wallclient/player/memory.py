"""Memory shared by the application and one host process.

A block is an unnamed file in memory (memfd) handed over as an open descriptor: nobody else can open it by name,
and the kernel frees it when the last of the two processes is gone, however it went. This module is the seam for
systems without memfd: another `create` and another way to carry the handle are all a port needs.
"""

import mmap
import os


def create(size_bytes: int) -> int:
    """Return the descriptor of a new block of zeros, readable by its owner only. Raises OSError."""
    fd = os.memfd_create("wallclient-ring", os.MFD_CLOEXEC)
    try:
        os.fchmod(fd, 0o600)
        os.ftruncate(fd, size_bytes)
    except OSError:
        os.close(fd)
        raise
    return fd


def attach(fd: int) -> mmap.mmap:
    """Map a block and close its descriptor; the mapping keeps the block alive. Raises OSError, ValueError."""
    try:
        return mmap.mmap(fd, os.fstat(fd).st_size)
    finally:
        os.close(fd)

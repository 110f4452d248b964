"""Checks evidence packages for the window: on a worker thread, with progress, to be stopped.

The sentences are those of `wallclient verify`, which has them in both languages because it needs no Qt: what the window
says of a package and what the command says of it must never differ.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wallclient.domain.errors import StorageFailed
from wallclient.evidence.command import lines_of
from wallclient.evidence.signing import BadKey
from wallclient.evidence.verify import Verdict, verify


class CheckStopped(Exception):  # noqa: N818 - reads as what happened
    """The operator stopped it."""


class UnusableKey(Exception):  # noqa: N818
    """The file given as the signer's key holds none this program can use."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check came to, in sentences; `is_signer_given` is False where the package brought its key itself."""

    holds: bool
    is_signer_given: bool
    lines: tuple[str, ...]


async def check_package(
    package: Path,
    key: Path | None,
    language: str,
    report: Callable[[int, int], None] = lambda _done, _all: None,
    stop: threading.Event | None = None,
) -> Checked:
    """Check a package, with the signer's public key if there is one; `report` is called on the worker thread.

    `language` is "zh" or "en". Raises StorageFailed (a file can't be read), UnusableKey, CheckStopped.
    """

    def step(done: int, total: int) -> None:
        if stop is not None and stop.is_set():
            raise CheckStopped
        report(done, total)

    verdict = await asyncio.to_thread(_verdict, package, key, step)
    return Checked(verdict.fault is None, verdict.is_signer_given, tuple(lines_of(verdict, language, is_command=False)))


def _verdict(package: Path, key: Path | None, step: Callable[[int, int], None]) -> Verdict:
    try:
        return verify(package, key.read_bytes() if key else None, step)
    except BadKey:
        raise UnusableKey from None
    except OSError as err:
        raise StorageFailed(f"{package.name}: {err.strerror}") from err

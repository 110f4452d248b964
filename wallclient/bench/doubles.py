"""Doubles of foreign servers, each in a process of its own. They lie with the tests, so they need a checkout."""

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
_END_S = 5.0


class NoCheckout(Exception):  # noqa: N818 - reads as what it is
    """The double is not there: the program was installed without its tests."""


class Double:
    """A double that was told `arguments`. Use as a context manager; it ends with its standard input."""

    def __init__(self, script: str, *arguments: str) -> None:
        """`script` is a path below `tests`. Raises NoCheckout where it is not."""
        path = CHECKOUT / "tests" / script
        if not path.is_file():
            raise NoCheckout(f"tests/{script} is not there: doubles of servers need a checkout of the sources")
        self._process = subprocess.Popen(
            [sys.executable, str(path), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        try:
            told = json.loads(self._process.stdout.readline())
        except ValueError:
            self.close()
            raise NoCheckout(f"tests/{script} did not start") from None
        self.told: dict[str, Any] = told
        self.base_url: str = told["base_url"]
        self.user: str = told["user"]
        self.password: str = told["password"]

    def __enter__(self) -> "Double":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self) -> Any:
        """Send an empty line and return the JSON of the line that comes back. Raises NoCheckout where none does."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write("\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())
        except (OSError, ValueError):
            raise NoCheckout("the double has ended by itself") from None

    def close(self) -> None:
        """End the process."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

"""Runs a probe in a child process, so that a library that crashes or hangs can't take the doctor down."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

_TIMEOUT_S = 20.0


class ProbeFailed(Exception):  # noqa: N818 - reads as what happened
    """The probe gave no answer; `args[0]` says why in a few words, `output` is what it wrote to stderr."""

    def __init__(self, reason: str, output: str = "") -> None:
        super().__init__(reason)
        self.output = output


def probe(module: str, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run `python -m wallclient.doctor.<module>` and return the JSON object it prints. Raises ProbeFailed."""
    return run([sys.executable, "-m", f"wallclient.doctor.{module}"], environment)


def run(command: list[str], environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run a command that prints one JSON object as its last line and return that. Raises ProbeFailed."""
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ProbeFailed(f"no answer within {_TIMEOUT_S:.0f} s") from None
    except OSError as err:
        raise ProbeFailed(err.strerror or "can't be started") from None
    if done.returncode:
        raise ProbeFailed(_reason(done), done.stderr)
    try:
        answer = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        raise ProbeFailed("no answer", done.stderr) from None
    if not isinstance(answer, dict):
        raise ProbeFailed("no answer", done.stderr)
    return answer


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    """Return the last line the child wrote, or the signal that ended it."""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    if done.returncode < 0:
        try:
            return signal.Signals(-done.returncode).name
        except ValueError:
            return f"signal {-done.returncode}"
    return lines[-1] if lines else f"exit status {done.returncode}"


def first_line(command: list[str]) -> str | None:
    """Return the first line a tool prints (stdout, else stderr), or None if it can't be run."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return next(iter((done.stdout or done.stderr).strip().splitlines()), "")

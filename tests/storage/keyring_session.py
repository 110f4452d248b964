"""A session bus of its own with a real Secret Service on it, for code that runs in a child process."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

needs_secret_service = pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")), reason="needs dbus, gnome-keyring"
)
SECRET_SERVICE = "keyring.backends.SecretService.Keyring"


def run_with_keyring(code: str, home: Path, *, unlocked: bool = True, backend: str = SECRET_SERVICE) -> Any:
    """Run Python code with a keyring of its own in `home` and return what it prints last, as JSON."""
    (home / "run").mkdir(mode=0o700, parents=True, exist_ok=True)
    start = "gnome-keyring-daemon --start --components=secrets"
    if unlocked:
        start = "printf pw | gnome-keyring-daemon --unlock --components=secrets"
    environment = {**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "LC_ALL": "C.UTF-8"}
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
        environment.pop(name, None)
    environment["PYTHON_KEYRING_BACKEND"] = backend
    script = f'{start} >/dev/null 2>&1; exec "$0" -c "$1"'
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script, sys.executable, code],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])

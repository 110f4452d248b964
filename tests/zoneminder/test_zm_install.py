"""What installs ZoneMinder for tests says in plain words why it can't."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "integration" / "zoneminder" / "install.sh"


def check(**options: object) -> subprocess.CompletedProcess[str]:
    # Read from stdin: somebody else may not be allowed into this checkout.
    command = ["/bin/bash", "-s", "--", "--check"]
    return subprocess.run(command, input=SCRIPT.read_text(), capture_output=True, text=True, check=False, **options)


def test_a_system_without_apt_is_told(tmp_path):
    done = check(env={"PATH": str(tmp_path)})
    assert (done.returncode, done.stdout) == (3, "ZoneMinder: this is no Debian-like system\n")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_who_is_not_root_is_told():
    if not Path("/usr/bin/apt-get").exists():
        pytest.skip("no apt-get here")
    done = check(user="nobody", cwd="/")
    assert (done.returncode, done.stdout) == (3, "ZoneMinder: only root can start it in namespaces of its own\n")

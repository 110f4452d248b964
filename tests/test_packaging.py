"""Set-up and packages: the table of system packages, the scripts that read it, a real .deb around a small program."""

import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
from types import ModuleType

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
PACKAGING = ROOT / "packaging"
SCRIPT = PACKAGING / "system-packages.sh"
needs_dpkg = pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="needs Debian's tools")


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("deb_build", PACKAGING / "debian" / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _sh(*command: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _path_with(folder: pathlib.Path, *tools: str, **fakes: str) -> str:
    """Fill `folder` with links to real tools and with fake ones (shell scripts), and return it as PATH."""
    for tool in tools:
        found = shutil.which(tool)
        assert found
        (folder / tool).symlink_to(found)
    for name, body in fakes.items():
        (folder / name.replace("_", "-")).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name.replace("_", "-")).chmod(0o755)
    return str(folder)


BASICS = ("bash", "awk", "dirname", "head", "tail", "mkdir", "env", "xargs")


def test_each_package_is_listed_once_with_its_reason():
    rows = [line.split(maxsplit=2) for line in (PACKAGING / "debian/packages.txt").read_text("utf-8").splitlines()]
    rows = [row for row in rows if row and not row[0].startswith("#")]
    assert {row[0] for row in rows} == {"setup", "runtime", "demo", "test"}
    assert all(len(row) == 3 for row in rows)
    names = [row[1] for row in rows]
    assert len(names) == len(set(names))
    assert _sh(SCRIPT, "--list").stdout.split() == names
    assert "xvfb" not in _sh(SCRIPT, "--list", "runtime").stdout.split()


def test_nothing_is_asked_of_apt_when_all_is_there(tmp_path):
    path = _path_with(tmp_path, *BASICS, dpkg_query="printf installed", id="echo 1000", apt_get="exit 99")
    done = _sh(SCRIPT, PATH=path, WALLCLIENT_APT_LOG=str(tmp_path / "log"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_root_and_sudo_the_one_line_to_run_is_printed(tmp_path):
    path = _path_with(
        tmp_path,
        *BASICS,
        dpkg_query='case "$4" in xvfb|ffmpeg) exit 1;; *) printf installed;; esac',
        id="echo 1000",
        apt_get="echo must not run >&2; exit 99",
    )
    done = _sh(SCRIPT, "demo", PATH=path, WALLCLIENT_APT_LOG=str(tmp_path / "log"))
    assert done.returncode == 1
    assert "    sudo apt-get install -y --no-install-recommends ffmpeg xvfb\n" in done.stderr
    assert "must not run" not in done.stderr


def test_an_old_list_of_packages_is_refreshed_once_and_the_install_tried_again(tmp_path):
    log, state = tmp_path / "log", tmp_path / "state"
    path = _path_with(
        tmp_path,
        *BASICS,
        "touch",
        "rm",
        dpkg_query=f'[ "$4" != xvfb ] || [ -e {state}.installed ] || exit 1; printf installed',
        id="echo 0",
        apt_cache="exit 0",
        apt_get=f"""echo "apt-get $*"
for word; do case "$word" in
    update) touch {state}.fresh; exit 0;;
    install) [ -e {state}.fresh ] || {{ echo 404 Not Found; exit 100; }}; touch {state}.installed; exit 0;;
esac; done""",
    )
    done = _sh(SCRIPT, "demo", PATH=path, WALLCLIENT_APT_LOG=str(log))
    assert done.returncode == 0, done.stderr
    words = [line.split()[-1] for line in log.read_text().splitlines() if line.startswith("apt-get")]
    assert words == ["xvfb", "update", "xvfb"]
    assert "404" not in done.stderr  # apt's noise stays in the log while all goes well


def test_a_failure_of_apt_shows_the_end_of_its_log(tmp_path):
    path = _path_with(
        tmp_path,
        *BASICS,
        dpkg_query="exit 1",
        id="echo 0",
        apt_cache="exit 0",
        apt_get="echo E: no space left on device; exit 100",
    )
    done = _sh(SCRIPT, "demo", PATH=path, WALLCLIENT_APT_LOG=str(tmp_path / "log"))
    assert done.returncode == 1
    assert "no space left on device" in done.stderr


def test_a_python_that_is_too_old_is_refused_in_plain_words(tmp_path):
    old = tmp_path / "python3.9"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.18\nexit 1\n')
    old.chmod(0o755)
    done = _sh(PACKAGING / "make-venv.sh", tmp_path / "venv", PYTHON=str(old))
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "Python 3.9.18" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_the_control_file_depends_on_debians_libvlc_and_on_the_python_it_was_built_for(builder):
    control = builder.control("amd64", (3, 11), 300_000)
    fields = dict(line.split(": ", 1) for line in control.splitlines() if ": " in line and not line.startswith(" "))
    depends = fields["Depends"].split(", ")
    assert depends[:2] == ["python3 (>= 3.11)", "python3 (<< 3.12~)"]
    assert {"libvlc5", "vlc-plugin-base", "fonts-noto-cjk", "libxcb-cursor0"} <= set(depends)
    assert "xvfb" not in depends
    assert fields["Version"] == builder.project()["version"]
    assert control.endswith("\n")


@needs_dpkg
def test_a_package_is_built_and_holds_command_menu_entry_unit_and_icon(builder, tmp_path):
    stage = tmp_path / "stage"
    builder.install_desktop_files(stage)
    builder.write(stage / "opt/wallclient/bin/wallclient", builder.LAUNCHER, mode=0o755)
    package = builder.build(stage, (3, 11), tmp_path)
    assert _sh("dpkg-deb", "-f", package, "Package").stdout == "wallclient\n"
    content = {line.split()[5]: line for line in _sh("dpkg-deb", "-c", package).stdout.splitlines()}
    assert {
        "./usr/bin/wallclient",
        "./usr/share/applications/wallclient.desktop",
        "./usr/share/icons/hicolor/scalable/apps/wallclient.svg",
        "./usr/lib/systemd/user/wallclient.service",
    } <= set(content)
    assert content["./usr/bin/wallclient"].endswith("-> /opt/wallclient/bin/wallclient")
    assert content["./opt/wallclient/bin/wallclient"].startswith("-rwxr-xr-x root/root")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd")
def test_the_user_unit_is_understood_by_systemd(tmp_path):
    unit = tmp_path / "wallclient.service"
    words = (PACKAGING / "systemd/wallclient.service").read_text("utf-8")
    unit.write_text(words.replace("/usr/bin/wallclient", sys.executable))  # the program need not be installed here
    done = _sh("systemd-analyze", "--user", "verify", unit, XDG_RUNTIME_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert unit.name not in done.stderr

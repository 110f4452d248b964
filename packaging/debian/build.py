"""Builds dist/wallclient_<version>_<arch>.deb: the program in an environment of its own below /opt/wallclient.

    .venv/bin/python packaging/debian/build.py [--python /usr/bin/python3] [--wheel dist/wallclient-….whl]

libVLC, fonts and the X libraries come from Debian (Depends), so that they get their security updates from there. The
Python packages are those of requirements.txt, checked against its hashes. The package fits the Python it was built
with, because the wheels do: build it on the release it is for.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PREFIX = pathlib.PurePosixPath("/opt/wallclient")
NEEDLESS = (  # Qt's tools and QML modules: nothing of the program runs them, and they are a third of PySide6
    "PySide6/Qt/qml",
    "PySide6/Qt/metatypes",
    "PySide6/Qt/libexec",
    "PySide6/assistant",
    "PySide6/designer",
    "PySide6/linguist",
    "PySide6/lrelease",
    "PySide6/lupdate",
    "PySide6/qmlformat",
    "PySide6/qmllint",
    "PySide6/qmlls",
    "PySide6/include",
    "PySide6/scripts",
)
LAUNCHER = f"""#!{PREFIX}/venv/bin/python
import sys

from wallclient.cli import main

sys.exit(main())
"""
POSTRM = f"""#!/bin/sh
set -e
if [ "$1" = remove ] || [ "$1" = purge ]; then
    rm -rf {PREFIX}  # byte code that Python wrote after the installation
fi
"""


def main() -> None:
    """Stage the files, write the control file, build the package."""
    parser = argparse.ArgumentParser(description="Build the Debian package.")
    parser.add_argument("--python", default="/usr/bin/python3", help="the Python the package will run under")
    parser.add_argument("--wheel", type=pathlib.Path, help="default: the newest in dist/")
    arguments = parser.parse_args()
    wheel = arguments.wheel or max((ROOT / "dist").glob("wallclient-*.whl"), key=lambda path: path.stat().st_mtime)
    stage = ROOT / "build" / "deb"
    shutil.rmtree(stage, ignore_errors=True)
    install_program(stage, arguments.python, wheel)
    install_desktop_files(stage)
    print(build(stage, python_version(arguments.python), ROOT / "dist"))


def python_version(python: str) -> tuple[int, int]:
    """Return (major, minor) of an interpreter."""
    script = "import sys; print(*sys.version_info[:2])"
    major, minor = subprocess.run([python, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    return int(major), int(minor)


def install_program(stage: pathlib.Path, python: str, wheel: pathlib.Path) -> None:
    """Make the environment below `stage` and fit its paths to the place it will have."""
    venv = stage / PREFIX.relative_to("/") / "venv"
    subprocess.run([python, "-m", "venv", "--without-pip", venv], check=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--python", str(venv / "bin/python")]
    install = [*pip, "install", "--no-compile"]
    quiet = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    subprocess.run([*install, "--require-hashes", "-r", ROOT / "requirements.txt"], check=True, env=quiet)
    subprocess.run([*install, "--no-deps", "--no-index", wheel], check=True, env=quiet)
    packages = next(venv.glob("lib/python3.*/site-packages"))
    for name in NEEDLESS:
        target = packages / name
        shutil.rmtree(target) if target.is_dir() else target.unlink(missing_ok=True)
    for script in (venv / "bin").iterdir():  # they name the place they were made in, and nothing needs them
        if not script.name.startswith("python"):
            script.unlink()
    for note in packages.glob("wallclient-*.dist-info/direct_url.json"):
        note.unlink()  # where the wheel lay
    settings = venv / "pyvenv.cfg"
    lines = settings.read_text().splitlines(keepends=True)
    settings.write_text("".join(line for line in lines if not line.startswith("command")))
    compile_all(stage, venv)
    write(stage / PREFIX.relative_to("/") / "bin" / "wallclient", LAUNCHER, mode=0o755)


def compile_all(stage: pathlib.Path, venv: pathlib.Path) -> None:
    """Write the byte code, which an operator's account may not do later; its paths are those of the place to be."""
    options = ["-q", "-j", "2", "-s", str(stage), "-p", "/", "--invalidation-mode", "unchecked-hash"]
    done = subprocess.run([venv / "bin" / "python", "-m", "compileall", *options, venv / "lib"], check=False)
    if done.returncode:  # a package may bring templates that are no Python
        print("some files could not be compiled; they are compiled at each start", file=sys.stderr)


def install_desktop_files(stage: pathlib.Path) -> None:
    """Put the menu entry, the icon, the user unit, the command and the papers in their places."""
    copy(HERE / "wallclient.desktop", stage / "usr/share/applications/wallclient.desktop")
    copy(ROOT / "resources/icons/app.svg", stage / "usr/share/icons/hicolor/scalable/apps/wallclient.svg")
    copy(HERE.parent / "systemd/wallclient.service", stage / "usr/lib/systemd/user/wallclient.service")
    examples = stage / "usr/share/doc/wallclient/examples"
    copy(HERE.parent / "systemd/wallclient-autostart.desktop", examples / "wallclient-autostart.desktop")
    copy(ROOT / "CHANGELOG.md", stage / "usr/share/doc/wallclient/CHANGELOG.md")
    command = stage / "usr/bin/wallclient"
    command.parent.mkdir(parents=True, exist_ok=True)
    command.symlink_to(PREFIX / "bin" / "wallclient")


def write(path: pathlib.Path, content: str, mode: int = 0o644) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    path.chmod(mode)


def copy(source: pathlib.Path, target: pathlib.Path) -> None:
    """Copy a file, readable by everybody."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)


def build(stage: pathlib.Path, python: tuple[int, int], target: pathlib.Path) -> pathlib.Path:
    """Write DEBIAN/ into the stage and return the package built from it."""
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    ).stdout.strip()
    size_kib = sum(path.lstat().st_size for path in stage.rglob("*")) // 1024
    write(stage / "DEBIAN/control", control(architecture, python, size_kib))
    write(stage / "DEBIAN/postrm", POSTRM, mode=0o755)
    target.mkdir(parents=True, exist_ok=True)
    package = target / f"wallclient_{project()['version']}_{architecture}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zxz", "-z3", "--build", stage, package], check=True, stdout=2)
    return package


def control(architecture: str, python: tuple[int, int], size_kib: int) -> str:
    """Return the control file."""
    about = project()
    major, minor = python
    depends = [f"python3 (>= {major}.{minor})", f"python3 (<< {major}.{minor + 1}~)", *depended_on("runtime")]
    return f"""Package: wallclient
Version: {about["version"]}
Architecture: {architecture}
Maintainer: wallclient developers <wallclient@localhost>
Section: video
Priority: optional
Installed-Size: {size_kib}
Depends: {", ".join(depends)}
Recommends: gnome-keyring | libkf5wallet-bin
Suggests: {", ".join(name for name in depended_on("demo") if name != "python3")}
Description: {about["description"]}
 Shows the cameras of one or several centers on a wall of panes, on as many
 monitors as there are. Pictures are decoded in processes of their own, so that
 a broken stream or decoder never stops the wall.
"""


def project() -> dict[str, str]:
    """Return the [project] table of pyproject.toml."""
    table: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def depended_on(group: str) -> list[str]:
    """Return the packages of a group in packages.txt."""
    rows = (line.split() for line in (HERE / "packages.txt").read_text("utf-8").splitlines())
    return [row[1] for row in rows if row and row[0] == group]


if __name__ == "__main__":
    main()

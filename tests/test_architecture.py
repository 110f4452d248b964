"""The rules of the house: who may import whom, how long a module may be, what must not be in a tracked file."""

import ast
import functools
import json
import pathlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "wallclient"
ON_TOP = {"bench", "doctor", *(path.stem for path in PACKAGE.glob("*.py"))}  # they put the rest together: no limits
LONGEST_MODULE = 500

MAY_IMPORT = {  # package -> what it may import besides itself and the standard library
    "domain": (),
    "api": ("wallclient.domain", "requests", "urllib3", "msgspec", "sseclient", "onveef", "httpx", "psutil"),
    "storage": ("wallclient.domain", "keyring", "platformdirs", "msgspec"),
    "camera_list": ("wallclient.domain", "wallclient.api.center", "wallclient.storage.camera_sites", "openpyxl"),
    "catalog": ("wallclient.domain", "pypinyin"),
    "evidence": ("wallclient.domain", "cryptography"),
    "player": ("wallclient.domain", "vlc", "av", "msgspec", "numpy", "psutil", "PySide6.QtCore"),
    "devices": ("wallclient.domain", "pygame"),
    "services": (
        "wallclient.domain",
        "wallclient.api",
        "wallclient.camera_list",
        "wallclient.catalog",
        "wallclient.devices",
        "wallclient.evidence",
        "wallclient.player",
        "wallclient.storage",
        "PySide6.QtCore",
        "PySide6.QtGui.QImage",
        *(
            f"PySide6.QtGui.{name}"
            for name in ("QFont", "QPageLayout", "QPageSize", "QPainter", "QPdfWriter", "QTextDocument")
        ),
        "xlsxwriter",
    ),
    "ui": ("wallclient.domain", "wallclient.services", "PySide6", "qasync"),
    "demo": (
        "wallclient.domain",
        "wallclient.api.models",
        "wallclient.api.patrol_documents",
        "wallclient.api.patrol_models",
        "wallclient.api.ptz_models",
        "wallclient.api.recording_models",
        "av",
        "cryptography",
        "gi",
        "msgspec",
        "platformdirs",
        "psutil",
        "PySide6",
        "starlette",
        "uvicorn",
    ),
}
ONLY_IN = {  # a library with one door, besides the packages on top
    "vlc": {"player"},
    "av": {"player", "demo"},
    "numpy": {"player"},
    "cryptography": {"evidence", "demo"},
    "keyring": {"storage"},
    "requests": {"api"},
    "onveef": {"api"},  # and there in api/onvif alone, as httpx, which it brings
    "httpx": {"api"},
    "xlsxwriter": {"services"},
    "openpyxl": {"camera_list"},
    "pygame": {"devices"},
    "wallclient.demo": {"demo"},
}


@functools.cache
def _sources() -> dict[str, ast.Module]:
    """Return the syntax trees of all modules by dotted name."""
    return {_dotted(path): ast.parse(path.read_text("utf-8"), str(path)) for path in sorted(PACKAGE.rglob("*.py"))}


def _dotted(path: pathlib.Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _package(module: str) -> str:
    """Return the kind of work a module belongs to: the name below `wallclient`."""
    return ([*module.split("."), ""])[1]


def _imports(tree: ast.Module) -> Iterator[str]:
    """Yield what a module imports, at the top or in functions, as `package.module` or `package.module.name`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _within(name: str, allowed: str) -> bool:
    return name == allowed or name.startswith(allowed + ".")


def _foreign(module: str) -> list[str]:
    """Return the imports of a module from outside the standard library."""
    return [name for name in _imports(_sources()[module]) if name.split(".")[0] not in sys.stdlib_module_names]


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_imports_point_down(package):
    allowed = (*MAY_IMPORT[package], f"wallclient.{package}")
    wrong = {
        f"{module} imports {name}"
        for module in _sources()
        if _package(module) == package
        for name in _foreign(module)
        if not any(_within(name, a) for a in allowed)
    }
    assert not wrong


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_a_library_has_one_door(library):
    wrong = {
        f"{module} imports {name}"
        for module in _sources()
        if _package(module) not in ONLY_IN[library] | ON_TOP
        for name in _foreign(module)
        if _within(name, library)
    }
    assert not wrong


def test_every_package_has_its_rule():
    packages = {_package(module) for module in _sources()} - {""}
    assert packages - ON_TOP == set(MAY_IMPORT) & packages
    assert packages - ON_TOP <= set(MAY_IMPORT)


@pytest.mark.parametrize(
    "host", ["wallclient.player.host", "wallclient.player.review_host", "wallclient.player.search_worker"]
)
def test_the_host_processes_load_no_qt(host):
    script = f"import json, sys, {host}; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout)
    assert host in loaded
    assert [name for name in loaded if name.startswith(("PySide6", "shiboken6"))] == []
    ours = [name for name in loaded if name in _sources()]
    later = {f"{module} imports {name}" for module in ours for name in _foreign(module) if name.startswith("PySide6")}
    assert not later  # nor in a function that runs later
    assert ("vlc" in loaded) == (host == "wallclient.player.host")  # footage needs no libVLC


def test_no_module_is_too_long():
    lengths = {str(path): path.read_text("utf-8").count("\n") for path in PACKAGE.rglob("*.py")}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def _tracked() -> list[pathlib.Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listing.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def test_no_tracked_file_names_a_registry_or_a_place_on_one_machine():
    hosts = ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("deb.debian", "org"), ("ubuntu", "com/ubuntu")
    options = ("extra-index-url", "index-url", "find-links", "trusted-host")
    patterns = [re.escape(".".join(host)) for host in hosts] + [rf"(?<![\w-])--{option}\b" for option in options]
    patterns += [r"/work/\w", r"/root/[.\w]", r"/home/\w"]
    forbidden = re.compile("|".join(patterns))
    found = []
    for path in _tracked():
        if path == pathlib.Path(__file__):
            continue
        try:
            words = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # pictures
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in forbidden.finditer(words)]
    assert found == []


def _pins(name: str) -> dict[str, str]:
    """Return the pins of a requirements file, and check that each is a plain pin with SHA-256 hashes."""
    logical = (ROOT / name).read_text().replace("\\\n", " ").splitlines()
    pins = {}
    for line in filter(None, (line.strip() for line in logical)):
        match = re.fullmatch(r"([a-z0-9-]+)==([\w.]+)( ; [^#]+?)?(?:\s+--hash=sha256:[0-9a-f]{64})+", line)
        assert match, f"{name}: not a hashed pin: {line[:80]}"
        assert "://" not in line
        pins[match[1]] = match[2]
    return pins


def test_requirements_are_pinned_with_hashes_and_name_no_address():
    runtime, dev = _pins("requirements.txt"), _pins("requirements-dev.txt")
    assert runtime.items() <= dev.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {_canonical(line) for line in project["dependencies"]} <= set(runtime)
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    assert {_canonical(line) for line in extras} - {"wallclient"} <= set(dev)


def _canonical(requirement: str) -> str:
    match = re.match(r"[\w.-]+", requirement)
    assert match
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def test_qt_is_pinned_below_the_release_that_loses_references():
    assert _pins("requirements.txt")["pyside6-essentials"].startswith("6.11.")


def test_the_changelog_tells_of_the_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    headings = re.findall(r"^## \[?([\w.]+)\]?", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert version in headings

"""Child of the doctor: loads libVLC as a host does and prints what it found as JSON."""

import json
import pathlib


def main() -> None:
    """Print version and library of libVLC, or fail as the loading does."""
    import vlc

    from wallclient.player.host import INSTANCE_OPTIONS

    instance = vlc.Instance(list(INSTANCE_OPTIONS))
    if instance is None:
        raise SystemExit("libvlc_new failed: are the plug-ins of the same version as the library?")
    told: bytes = vlc.libvlc_get_version()
    version = told.decode(errors="replace").split()[0]
    print(json.dumps({"version": version, "library": _library()}))


def _library() -> str:
    """Return the path of the loaded library, or "" where the system does not tell."""
    maps = pathlib.Path("/proc/self/maps")
    if not maps.exists():
        return ""
    paths = {line.split(maxsplit=5)[5].strip() for line in maps.read_text().splitlines() if "/libvlc.so" in line}
    return min(paths, default="")


if __name__ == "__main__":
    main()

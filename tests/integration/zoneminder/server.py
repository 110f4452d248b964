"""A real ZoneMinder from Debian's packages, in namespaces, directories and on a port of its own.

It ends with whoever started it, however he ends: its first process reads from a pipe of ours, and the kernel ends a
namespace with its first process. Try it by hand: `python -m tests.integration.zoneminder.server`.
"""

import json
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ZONE = "Asia/Shanghai"
ADMIN, VIEWER = ("admin", "Wächter&密码+1"), ("viewer", "nur schauen 看")
SECTION_S = 8
RTSP_PORT = 20000
STEPS, KEEPS_GOING = 4, 100  # kinds of control: ZoneMinder's own "Axis API v2", and one that uses all the protocol can


class NoZoneMinder(Exception):  # noqa: N818 - reads as what happened
    """It can't run here, or did not start; `args[0]` says why in plain words."""


@dataclass(frozen=True, slots=True)
class MonitorRow:
    """One monitor as it is written into the database."""

    id: int
    name: str
    path: str
    function: str = "Mocord"
    user: str = ""
    password: str = ""
    control_address: str = ""  # of an Axis camera: it can be steered
    control_id: int = 0
    video_writer: int = 2  # 2: the camera's own packets in MP4, 0: JPEG files only
    section_s: int = SECTION_S

    def sql(self) -> str:
        """Return the statement that makes it."""
        values: dict[str, object] = {
            "Id": self.id, "Name": self.name, "Type": "Ffmpeg", "Function": self.function, "Path": self.path,
            "User": self.user, "Pass": self.password, "Method": "rtpRtsp", "Options": "", "Width": 640, "Height": 360,
            "Colours": 4, "SaveJPEGs": 3 if self.video_writer == 0 else 0, "VideoWriter": self.video_writer,
            "OutputCodec": 27, "OutputContainer": "auto", "SectionLength": self.section_s, "MinSectionLength": 2,
            "ImageBufferCount": 3, "MaxImageBufferCount": 120, "PreEventCount": 2, "PostEventCount": 5,
            "AlarmFrameCount": 1, "LabelFormat": "", "EncoderParameters": "", "LinkedMonitors": "", "SecondPath": "",
            "FPSReportInterval": 20, "Controllable": 1 if self.control_address else 0,
            "ControlId": self.control_id, "ControlAddress": self.control_address, "Sequence": self.id,
        }  # fmt: skip
        names = ", ".join(f"`{name}`" for name in values)
        return f"INSERT INTO Monitors ({names}) VALUES ({', '.join(map(_quoted, values.values()))})"


def _quoted(value: object) -> str:
    return str(value) if isinstance(value, int) else "'" + str(value).replace("\\", "\\\\").replace("'", "''") + "'"


def accounts_sql() -> list[str]:
    """Return the statements for two accounts: one that may all, one that sees monitor 2 only."""
    config = {
        "ZM_OPT_USE_AUTH": "1", "ZM_AUTH_HASH_SECRET": "tests only", "ZM_SHOW_PRIVACY": "0", "ZM_OPT_CONTROL": "1",
        "ZM_CHECK_FOR_UPDATES": "0", "ZM_TELEMETRY_DATA": "0", "ZM_TIMEZONE": ZONE, "ZM_LOG_LEVEL_SYSLOG": "-5",
        "ZM_STATS_UPDATE_INTERVAL": "5", "ZM_CONTROL_SHOW": "1",
    }  # fmt: skip
    sets = [f"UPDATE Config SET Value={_quoted(value)} WHERE Name={_quoted(name)}" for name, value in config.items()]
    admin = f"UPDATE Users SET APIEnabled=1, Password=PASSWORD({_quoted(ADMIN[1])}) WHERE Username='admin'"
    viewer = (
        "INSERT INTO Users (Username, Password, Enabled, Stream, Events, Control, Monitors, Groups, Snapshots, System, "
        f"MonitorIds, APIEnabled) VALUES ('{VIEWER[0]}', PASSWORD({_quoted(VIEWER[1])}), 1, 'View', 'View', 'None', "
        "'View', 'None', 'None', 'None', '2', 1)"
    )
    return [*sets, admin, viewer.replace("Groups,", "`Groups`,").replace("System,", "`System`,")]


def relay_sql(monitor: int, name: str) -> list[str]:
    """Return the statements that let ZoneMinder's own RTSP server hand out a monitor; it listens on all interfaces."""
    offered = f"UPDATE Monitors SET RTSPServer=1, RTSPStreamName={_quoted(name)} WHERE Id={monitor}"
    return [f"UPDATE Config SET Value='{RTSP_PORT}' WHERE Name='ZM_MIN_RTSP_PORT'", offered]


def controls_sql() -> list[str]:
    """Return the statements for `KEEPS_GOING`: drives that run until they are told to stop."""
    changes = (
        "Id=100, Name='Axis, continuous', CanMoveCon=1, CanZoomCon=1, CanMoveRel=0, CanZoomRel=0, HasPanSpeed=1, "
        "MinPanSpeed=1, MaxPanSpeed=100, HasTiltSpeed=1, MinTiltSpeed=1, MaxTiltSpeed=100, HasZoomSpeed=1, "
        "MinZoomSpeed=1, MaxZoomSpeed=100"
    )
    copy = "CREATE TEMPORARY TABLE c SELECT * FROM Controls WHERE Id=4"
    return [f"{copy}; UPDATE c SET {changes}; INSERT INTO Controls SELECT * FROM c"]


def zones_sql(*monitors: int) -> list[str]:
    """Return the statements for a zone of each monitor that sees nothing: without any ZoneMinder complains all day."""
    columns = "MonitorId, Name, Type, Units, NumCoords, Coords, Area, AlarmRGB, CheckMethod"
    values = "'all', 'Inactive', 'Pixels', 4, '0,0 639,0 639,359 0,359', 230400, 16711680, 'Blobs'"
    return [f"INSERT INTO Zones ({columns}) VALUES ({one}, {values})" for one in monitors]


def groups_sql(groups: dict[int, tuple[str, int | None, tuple[int, ...]]]) -> list[str]:
    """Return the statements for groups: id -> name, parent, monitors."""
    made = []
    for group_id, (name, parent, members) in groups.items():
        made.append(
            f"INSERT INTO `Groups` (Id, Name, ParentId) VALUES ({group_id}, {_quoted(name)}, {parent or 'NULL'})"
        )
        made += [f"INSERT INTO Groups_Monitors (GroupId, MonitorId) VALUES ({group_id}, {one})" for one in members]
    return made


class ZoneMinderServer:
    """Use as a context manager. Raises NoZoneMinder from `start`."""

    user, password = ADMIN

    def __init__(self, sql: list[str]) -> None:
        self._sql = sql
        self._port = _free_port()
        self._process: subprocess.Popen[str] | None = None
        self._folder = Path()
        self.took_s: dict[str, float] = {}

    @property
    def base_url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._port}/zm"

    @property
    def folder(self) -> Path:
        """Its directory; logs are in `var-log-zm`."""
        return self._folder

    def __enter__(self) -> "ZoneMinderServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything; returns when it answers. Raises NoZoneMinder."""
        check = subprocess.run([HERE / "install.sh", "--check"], capture_output=True, text=True, check=False)
        if check.returncode:
            raise NoZoneMinder(check.stdout.strip() or check.stderr.strip())
        self._folder = Path(tempfile.mkdtemp(prefix="wallclient-zoneminder-"))
        self._folder.chmod(0o755)
        inside = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        inside += ["/usr/bin/python3", "-I", str(HERE / "inside.py")]
        # The shell outlives a killed test and clears away what is left.
        script = f"{shlex.join(inside)}; rm -rf {shlex.quote(str(self._folder))}"
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        news = self._ask({"folder": str(self._folder), "port": self._port, "zone": ZONE, "sql": self._sql})
        if news.get("event") != "ready":
            self.stop()
            raise NoZoneMinder(f"ZoneMinder did not start: {news.get('error', 'it said nothing')}")
        self.took_s = news["took_s"]

    def stop(self) -> None:
        """End all of it; harmless when nothing runs."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin
        assert process.stdout
        process.stdin.close()
        process.stdout.read()
        process.wait(30)
        process.stdout.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def sql(self, statement: str) -> list[list[str]]:
        """Run a statement in its database; return the rows, all as text. Raises NoZoneMinder."""
        rows: list[list[str]] = self._obey({"sql": statement})
        return rows

    def daemon(self, *words: str) -> str:
        """Tell its supervisor of processes, as in `daemon("stop", "zmc", "-m", "1")`."""
        return str(self._obey({"daemon": list(words)}))

    def _obey(self, command: dict[str, Any]) -> Any:
        news = self._ask(command)
        if "reply" not in news:
            raise NoZoneMinder(str(news.get("error", "it is gone")))
        return news["reply"]

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        assert self._process
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        news: dict[str, Any] = json.loads(line) if line else {}
        return news


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def main() -> None:
    """Start one without cameras and wait for the end of stdin."""
    with ZoneMinderServer(accounts_sql()) as server:
        print(server.base_url, *ADMIN, server.folder, server.took_s, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()

"""A double of ZoneMinder 1.36.33: answers as recorded from the real one, with its quirks, each to be switched.

    with ZoneMinder() as zm:
        center = ZoneMinderCenter(zm.base_url)
        center.log_in(zm.user, zm.password)

Monitors are those of tests/integration/zoneminder/stand.py: 1 records always and is steered, 2 records alarms and is
steered in steps, 3 has no address this program opens, 4 is off, 5 names a file.
"""

import base64
import copy
import hashlib
import hmac
import json
import re
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from http.server import ThreadingHTTPServer
from zoneinfo import ZoneInfo

from zm_answers import RECORDED, Refusal
from zm_http import handler_for

STEPS, KEEPS_GOING = 4, 100
TIME = "%Y-%m-%d %H:%M:%S"
SMALLEST_JPEG = b"\xff\xd8\xff\xdb\x00\x43" + bytes(67) + b"\xff\xd9"


@dataclass
class Monitor:
    """One monitor of the double; `extra` are fields as broken as a test likes."""

    id: int
    name: str
    path: str = ""
    function: str = "Mocord"
    status: str | None = "Connected"
    control_id: int = 0
    extra: dict[str, object] = field(default_factory=dict)


@dataclass
class Event:
    """One event, by the double's clock; `end_s` is None while it goes on."""

    id: int
    monitor_id: int
    start_s: float
    end_s: float | None
    cause: str = "Continuous"
    notes: str = ""
    alarm_frames: int = 0
    video: bool = True


@dataclass
class User:
    """An account and what it may."""

    password: str
    monitors: tuple[int, ...] = ()  # empty: all
    api: bool = True
    rights: frozenset[str] = frozenset({"Events", "Control", "Groups", "EditMonitors", "Configs"})


class ZoneMinder:
    """The double's state, its switches, and what it was asked. Use as a context manager."""

    def __init__(self, zone: str = "Asia/Shanghai") -> None:
        self.zone = ZoneInfo(zone)
        self.user, self.password = "admin", "Wächter&密码+1"
        self.viewer, self.viewer_password = "viewer", "nur schauen 看"
        self.users = {
            self.user: User(self.password),
            self.viewer: User(self.viewer_password, (2,), rights=frozenset({"Events"})),
        }
        first, second, fourth = (f"rtsp://viewer:geheim%401@127.0.0.1:9/ch/{n}/sub" for n in (1, 2, 4))
        self.monitors = {
            1: Monitor(1, "北门球机", first, control_id=KEEPS_GOING),
            2: Monitor(2, "南门 2", second, "Nodect", control_id=STEPS),
            3: Monitor(3, "Hof", "http://127.0.0.1:9/ch/3/sub.ts?token=ticket", "Monitor"),
            4: Monitor(4, "停用", fourth, "None", None),
            5: Monitor(5, "Datei", "file:///etc/passwd", "None", None),
        }
        self.groups: dict[int, tuple[str, int | None, tuple[int, ...]]] = {
            1: ("城区", None, ()), 2: ("北门", 1, (1,)), 3: ("南门", 1, (2, 4)),
        }  # fmt: skip
        now = time.time()
        self.events: dict[int, Event] = {
            number: Event(number, 1, now - 60 + 8 * number, now - 52 + 8 * number if number < 7 else None)
            for number in range(1, 8)
        }
        self.labels: dict[tuple[int, int], str] = {}
        self.forced: set[int] = set()
        self.config = {"ZM_PATH_ZMS": "/zm/cgi-bin/zms", "ZM_MIN_RTSP_PORT": "", "ZM_MIN_STREAMING_PORT": ""}
        self.servers: list[dict[str, object]] = []
        self.video: bytes | None = None  # of every event that was closed; None: bytes that are no video
        self.jpeg = SMALLEST_JPEG
        # switches
        self.auth = True
        self.token_life_s = 7200.0
        self.root = "/zm"
        self.privacy = False  # a fresh server: views lead to the privacy page
        self.html = False  # a page of something before it, with 200
        self.redirect = False  # to the log-in page of a portal
        self.text_numbers = False  # as older PHP has it
        self.hang: dict[str, threading.Event] = {}  # by a part of the address: calls wait for it
        self.fails: dict[str, int] = {}  # by a part of the address: status, without a word of ZoneMinder's
        self.picture_age_s = 0.1  # a camera that froze: its last picture is sent first
        self.lost: int = 0  # so many commands are queued and never reach the camera
        self.clock_ahead_s = 0.0
        # what happened
        self.asked: list[str] = []
        self.heard: list[tuple[int, str, dict[str, str]]] = []  # what reached a camera: monitor, command, the rest
        self.logins: list[str] = []  # "password" or "refresh"
        self._secret, self._generation = b"secret of the server", 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> "ZoneMinder":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for event in self.hang.values():
            event.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def base_url(self) -> str:
        return self.origin + self.root

    def count(self, part: str) -> int:
        """Return how often an address with this part was asked for."""
        return sum(part in asked for asked in self.asked)

    def revoke(self) -> None:
        """Let no token that was handed out hold any more, refresh tokens neither."""
        self._generation += 1

    def now_s(self) -> float:
        return time.time() + self.clock_ahead_s

    # --- accounts ---

    def log_in(self, form: dict[str, str]) -> object:
        if not self.auth:
            if not form.get("user"):
                raise Refusal(401, "No identity provided")
            nothing = dict.fromkeys(("access_token", "access_token_expires", "refresh_token", "refresh_token_expires"))
            return {**RECORDED["login"], **nothing}
        if "token" in form:
            self.logins.append("refresh")
            user = self._owner(form["token"], "refresh")
            answer = {**RECORDED["login"], **self._token("access", user)}
            return {key: value for key, value in answer.items() if not key.startswith("refresh")}
        self.logins.append("password")
        user = form.get("user", "")
        known = self.users.get(user)
        if known is None:
            raise Refusal(401, f"Could not retrieve user {user} details")
        if not hmac.compare_digest(known.password.encode(), form.get("pass", "").encode()):
            raise Refusal(401, f'Login denied for user "{user}"')
        if not known.api:
            raise Refusal(401, f"API disabled for: {user}")
        return {**RECORDED["login"], **self._token("access", user), **self._token("refresh", user)}

    def _token(self, kind: str, user: str) -> dict[str, object]:
        life_s = self.token_life_s if kind == "access" else 86400.0
        claims = {"iss": "ZoneMinder", "exp": time.time() + life_s, "user": user, "type": kind, "n": self._generation}
        part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()
        seal = hashlib.sha256(self._secret + part.encode()).hexdigest()
        return {f"{kind}_token": f"eyJ.{part}.{seal}", f"{kind}_token_expires": life_s}

    def _owner(self, token: str, kind: str) -> str:
        parts = token.split(".")
        if len(parts) != 3:
            raise Refusal(401, "Wrong number of segments")
        claims = json.loads(base64.urlsafe_b64decode(parts[1]))
        if claims["exp"] < time.time():
            raise Refusal(401, "Expired token")
        if claims["n"] != self._generation:
            raise Refusal(401, "Token revoked. Please re-generate")
        if claims["type"] != kind:
            raise Refusal(401, "Incorrect token type")
        return str(claims["user"])

    def signed_in(self, query: dict[str, str]) -> User:
        """Return who asks. Raises Refusal."""
        if not self.auth:
            return self.users[self.user]
        if "token" not in query:
            raise Refusal(401, "Not Authenticated")
        return self.users[self._owner(query["token"], "access")]

    # --- lists ---

    def visible(self, user: User) -> list[Monitor]:
        return [one for one in self.monitors.values() if not user.monitors or one.id in user.monitors]

    def monitor_row(self, one: Monitor) -> dict[str, object]:
        row: dict[str, dict[str, object]] = copy.deepcopy(RECORDED["monitor"])
        row["Monitor"] |= {
            "Id": one.id, "Name": one.name, "Path": one.path, "Function": one.function, "Sequence": one.id,
            "Controllable": 1 if one.control_id else 0, "ControlId": one.control_id, **one.extra,
        }  # fmt: skip
        row["Monitor_Status"]["Status"] = one.status
        return row

    def groups_answer(self) -> object:
        found = []
        for group_id, (name, parent, members) in self.groups.items():
            rows = [
                {
                    "Id": n,
                    "Name": self.monitors[n].name,
                    "GroupsMonitor": {"Id": n, "GroupId": group_id, "MonitorId": n},
                }
                for n in members
            ]
            found.append({"Group": {"Id": group_id, "Name": name, "ParentId": parent}, "Monitor": rows})
        return {"groups": found}

    def control(self, control_id: int) -> object:
        if control_id not in (STEPS, KEEPS_GOING):
            raise Refusal(404, "Invalid control")
        row = copy.deepcopy(RECORDED["control"])
        if control_id == KEEPS_GOING:
            row["Control"] |= {"Id": 100, "CanMoveCon": 1, "CanZoomCon": 1, "CanMoveRel": 0, "CanZoomRel": 0}
        return {"control": row}

    def event_row(self, one: Event) -> dict[str, object]:
        row: dict[str, dict[str, object]] = copy.deepcopy(RECORDED["event"])
        closed = one.end_s is not None
        end = self.local(one.end_s) if one.end_s is not None else None
        length = (one.end_s or one.start_s) - one.start_s
        row["Event"] |= {
            "Id": one.id, "MonitorId": one.monitor_id, "Name": f"Event-{one.id}" if closed else "New Event",
            "Cause": one.cause, "Notes": one.notes, "StartDateTime": self.local(one.start_s), "EndDateTime": end,
            "Length": f"{length:.2f}", "AlarmFrames": one.alarm_frames,
            "DefaultVideo": f"{one.id}-video.mp4" if one.video else "",
        }  # fmt: skip
        return row

    def local(self, moment_s: float) -> str:
        return datetime.fromtimestamp(int(moment_s), self.zone).strftime(TIME)

    def chosen(self, conditions: list[str], user: User | None) -> list[Event]:
        found = [
            one for one in self.events.values() if user is None or not user.monitors or one.monitor_id in user.monitors
        ]
        for condition in conditions:
            match = re.fullmatch(r"(\w+)(?: (>=|<=|>|<|=))?:(.*)", condition)
            if match is None or match[1] == "GroupId":
                raise Refusal(500, "An Internal Error Has Occurred.")
            found = [one for one in found if self._meets(one, match[1], match[2] or "=", match[3])]
        return found

    def _meets(self, one: Event, name: str, operator: str, value: str) -> bool:
        row = self.event_row(one)["Event"]
        assert isinstance(row, dict)
        column = {"StartTime": "StartDateTime", "EndTime": "EndDateTime"}.get(name, name)
        if column not in row:
            raise Refusal(500, "An Internal Error Has Occurred.")
        mine = row[column]
        if mine is None:
            return False  # as SQL compares
        other: object = type(mine)(value)
        return {"=": mine == other, ">=": mine >= other, "<=": mine <= other, ">": mine > other, "<": mine < other}[
            operator
        ]

    def events_answer(self, conditions: list[str], query: dict[str, str], user: User) -> object:
        back = query.get("direction") == "desc"
        found = sorted(self.chosen(conditions, user), key=lambda one: (self.local(one.start_s), one.id), reverse=back)
        page, limit = int(query.get("page", 1)), min(100, int(query.get("limit", 100)))
        some = found[(page - 1) * limit : page * limit]
        if page > 1 and not some:
            raise Refusal(404, "Not Found")
        more = page * limit < len(found)
        pagination = {
            **RECORDED["pagination"],
            "page": page,
            "current": len(some),
            "count": len(found),
            "nextPage": more,
        }
        return {"events": [self.event_row(one) for one in some], "pagination": pagination}

    def counts(self, conditions: list[str]) -> object:
        found: dict[str, int] = {}
        for one in self.chosen(conditions, None):
            found[str(one.monitor_id)] = found.get(str(one.monitor_id), 0) + 1
        return {"results": found or []}

    def alarm(self, monitor_id: int, command: str) -> object:
        if monitor_id not in self.monitors:
            raise Refusal(404, "Invalid monitor")
        if self.monitors[monitor_id].status != "Connected":
            return {"status": "false", "code": 255, "error": "Can't connect to capture daemon"}
        if command == "status":
            state = 2 if monitor_id in self.forced else 0
            return {"status": state, "output": state}
        if command == "on":
            self.forced.add(monitor_id)
            event_id = max(self.events, default=0) + 1
            self.events[event_id] = Event(event_id, monitor_id, self.now_s(), None, "Forced Web", "Forced Web: ", 1)
            return {"status": f"Alarmed event id: {event_id}", "output": ""}
        if command != "off":
            raise Refusal(400, "Invalid command")
        self.forced.discard(monitor_id)
        for one in self.events.values():
            if one.monitor_id == monitor_id and one.end_s is None and one.cause == "Forced Web":
                one.end_s = self.now_s()
        return {"status": "Cancelling forced alarm on/off", "output": ""}

    # --- commands ---

    def command(self, query: dict[str, str], user: User | None) -> object:
        if "id" not in query:
            return {"result": "Error", "message": "No monitor id supplied"}
        one = self.monitors.get(int(query["id"]))
        if user is None or "Control" not in user.rights or (user.monitors and one and one.id not in user.monitors):
            return RECORDED["ajax_refused"]
        if one is None or not one.control_id:
            time.sleep(8)  # it tries to start a helper
        elif self.lost:
            self.lost -= 1
        else:
            name = query["control"]
            if name == "presetSet":
                key = (one.id, int(query["preset"]))
                self.labels.pop(key, None)
                if query.get("newLabel"):
                    self.labels[key] = query["newLabel"]
            rest = {k: v for k, v in query.items() if k not in ("view", "request", "id", "control", "token")}
            self.heard.append((one.id, name, rest))
        return {"result": "Ok", "message": "Success"}

    def modal(self, query: dict[str, str], user: User | None) -> object:
        if user is None or "EditMonitors" not in user.rights:
            return {"result": "Ok", "html": ""}
        one, page = int(query["mid"]), str(RECORDED["modal"])
        for number in range(1, 13):
            label = self.labels.get((one, number))
            text = f"Preset {number}" + (f" ({label.replace('&', '&amp;')})" if label else "")
            page = re.sub(rf'(<option value="{number}">)[^<]*', lambda m, text=text: m[1] + text, page)
        return {"result": "Ok", "html": page}

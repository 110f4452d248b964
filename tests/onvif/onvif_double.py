"""An ONVIF camera of our own, with what real ones have and with what is wrong with some of them.

Speaks SOAP 1.2 over HTTP on a port of its own; log-ins are checked as ONVIF wants them (WS-Security digest with a
time). Everything that reached it is in `calls`; `wrong` says how it misbehaves.
"""

import base64
import contextlib
import hashlib
import ssl
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.sax.saxutils import escape

ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:ter="http://www.onvif.org/ver10/error" xmlns:tt="http://www.onvif.org/ver10/schema"'
    ' xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl"'
    ' xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl" xmlns:timg="http://www.onvif.org/ver20/imaging/wsdl"'
    ' xmlns:tev="http://www.onvif.org/ver10/events/wsdl" xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2"'
    ' xmlns:wsa="http://www.w3.org/2005/08/addressing" xmlns:tse="http://www.onvif.org/ver10/search/wsdl"'
    ' xmlns:trp="http://www.onvif.org/ver10/replay/wsdl"><s:Body>{}</s:Body></s:Envelope>'
)
NAMESPACES = {
    "device": "http://www.onvif.org/ver10/device/wsdl",
    "media": "http://www.onvif.org/ver10/media/wsdl",
    "ptz": "http://www.onvif.org/ver20/ptz/wsdl",
    "imaging": "http://www.onvif.org/ver20/imaging/wsdl",
    "events": "http://www.onvif.org/ver10/events/wsdl",
    "search": "http://www.onvif.org/ver10/search/wsdl",
    "recording": "http://www.onvif.org/ver10/recording/wsdl",
    "replay": "http://www.onvif.org/ver10/replay/wsdl",
}
HTML = b"<!DOCTYPE html><html><head><title>NET</title></head><body>Please log in<br></body></html>"
JPEG = b"\xff\xd8\xff\xe0" + bytes(64) + b"\xff\xd9"
FOV = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/TranslationSpaceFov"
_TURNING = "tt:ContinuousPanTiltVelocitySpace"
MOVES = ("ContinuousMove", "Stop", "Move", "AbsoluteMove", "RelativeMove", "GotoPreset")


class Fault(Exception):  # noqa: N818
    """Answered as a SOAP fault."""

    def __init__(self, subcode: str, text: str) -> None:
        super().__init__(text)
        self.xml = (
            f"<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>"
            f'<s:Reason><s:Text xml:lang="en">{escape(text)}</s:Text></s:Reason></s:Fault>'
        )


@dataclass
class Stream:
    """A profile of the double."""

    token: str
    width: int = 1920
    height: int = 1080
    encoding: str = "H264"
    source: str = "VS1"
    uri: str = ""  # empty: one of its own


@dataclass
class Recording:
    """A recording of the double: spans in ms since 1970, of its own clock."""

    token: str
    spans: list[tuple[int, int]]
    source: str = "VS1"


@dataclass
class Tour:
    """A preset tour of the double, as it was sent."""

    name: str = ""
    spots: list[tuple[str, str, str]] = field(default_factory=list)  # preset token, stay time, speed
    state: str = "Idle"


class OnvifDouble:
    """One camera. Use as a context manager."""

    def __init__(
        self, user: str = "admin", password: str = "Wand-7&<密>", certificate: tuple[Path, Path] | None = None
    ) -> None:
        """`certificate` and its key, both PEM, make it speak TLS."""
        self.user, self.password = user, password
        self._certificate = certificate
        self.services = set(NAMESPACES)
        self.streams = [Stream("main"), Stream("sub", 640, 360), Stream("jpeg", 320, 180, "JPEG")]
        self.has_ptz, self.turns, self.tours_supported = True, True, True
        self.presets: dict[str, str] = {"1": "大门"}
        self.tours: dict[str, Tour] = {}
        hour_ms, now_ms = 3_600_000, int(time.time()) * 1000
        self.recordings = [Recording("R1", [(now_ms - 3 * hour_ms, now_ms - 2 * hour_ms), (now_ms - hour_ms, now_ms)])]
        self.replay_uri = "rtsp://192.168.1.64/replay?token=R1"
        self.tells_gaps = True
        self._searches: dict[str, tuple[int, int, str]] = {}
        self.snapshot_uri = ""  # empty: one of its own, behind a digest log-in
        self.clock_ahead = timedelta()
        self.tolerates_time_of_clock = True  # a log-in with the camera's own time works
        self.hides_clock = False
        self.wrong = ""  # html, garbage, hang, redirect, cut, fault, 503, foreign
        self.denial = ("ter:NotAuthorized", "Sender not authorized")
        self.calls: list[tuple[str, str]] = []  # operation, body
        self.seen_at: list[tuple[str, float]] = []  # of moves, monotonic
        self.headers: list[str] = []  # of requests, whole
        self._released = threading.Event()
        self._messages: list[str] = []
        self._message_came = threading.Condition()
        self._numbers = iter(range(2, 10_000))
        self._lock = threading.Lock()

    # --- running ---

    def __enter__(self) -> "OnvifDouble":
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # or each answer waits 40 ms for the one before it

            def do_POST(self) -> None:
                double._answer(self)

            def do_GET(self) -> None:
                double._show(self)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_: object) -> None:  # clients that hang up are part of the play
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        if self._certificate is not None:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(*self._certificate)
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="onvif-double")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        with self._message_came:
            self._message_came.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextlib.contextmanager
    def misbehaving(self, how: str) -> Iterator[None]:
        """Misbehave meanwhile."""
        self.wrong = how
        try:
            yield
        finally:
            self.wrong = ""
            self._released.set()
            self._released = threading.Event()

    def operations(self) -> list[str]:
        """Return the names of what was called, in order."""
        with self._lock:
            return [name for name, _ in self.calls]

    def happen(self, topic: str, operation: str, data: dict[str, str], source: str = "VS1") -> None:
        """Let a notification come."""
        items = "".join(f'<tt:SimpleItem Name="{name}" Value="{value}"/>' for name, value in data.items())
        stamp = (datetime.now(UTC) + self.clock_ahead).strftime("%Y-%m-%dT%H:%M:%SZ")
        message = (
            f"<wsnt:NotificationMessage><wsnt:Topic>{topic}</wsnt:Topic><wsnt:Message>"
            f'<tt:Message UtcTime="{stamp}" PropertyOperation="{operation}"><tt:Source>'
            f'<tt:SimpleItem Name="VideoSourceConfigurationToken" Value="{source}"/></tt:Source>'
            f"<tt:Data>{items}</tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>"
        )
        with self._message_came:
            self._messages.append(message)
            self._message_came.notify_all()

    # --- answering ---

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        raw = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        body = ET.fromstring(raw).find("{*}Body")
        assert body is not None
        call = body[0]
        name = call.tag.partition("}")[2]
        with self._lock:
            self.calls.append((name, ET.tostring(call, "unicode")))
            self.headers.append(str(request.headers))
            if name in MOVES:
                self.seen_at.append((name, time.monotonic()))
        if self._misbehaves(request):
            return
        try:
            self._check(raw, name)
            answer = getattr(self, f"_{name}", self._unknown)(call)
            _send(request, 200, ENVELOPE.format(answer).encode())
        except Fault as fault:
            _send(request, 400, ENVELOPE.format(fault.xml).encode())

    def _misbehaves(self, request: BaseHTTPRequestHandler) -> bool:
        if self.wrong == "hang":
            self._released.wait(60)
            request.close_connection = True
        elif self.wrong == "html":
            _send(request, 200, HTML, "text/html")
        elif self.wrong == "garbage":
            _send(request, 200, b"<?xml version='1.0'?><a><b>\x00\xff" + b"[" * 5000)
        elif self.wrong == "foreign":
            _send(request, 200, b"<?xml version='1.0'?><feed><entry/></feed>")
        elif self.wrong == "redirect":
            _send(request, 302, b"", more={"Location": "http://127.0.0.1:9/login.html"})
        elif self.wrong == "cut":
            request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n<s:Env")
            request.close_connection = True
        elif self.wrong == "503":
            _send(request, 503, b"busy", "text/plain")
        elif self.wrong == "endless":
            _send(request, 200, b"<!-- " + b"x" * 9_000_000 + b" -->")
        elif self.wrong == "fault":
            _send(request, 500, ENVELOPE.format(Fault("ter:Internal", "out of memory").xml).encode())
        else:
            return False
        return True

    def _check(self, raw: bytes, name: str) -> None:
        """Check a log-in as cameras do: a digest of nonce, time and password, the time not off by more than 5 s."""
        if not self.user or (name == "GetSystemDateAndTime" and not self.hides_clock):
            return
        token = ET.fromstring(raw).find(".//{*}UsernameToken")
        if token is None:
            raise Fault(*self.denial)
        username, password, nonce, created = (token.findtext(f"{{*}}{part}") or "" for part in _TOKEN)
        secret = base64.b64decode(nonce) + created.encode() + self.password.encode()
        wanted = base64.b64encode(hashlib.sha1(secret).digest()).decode()
        time_of = datetime.fromisoformat(created.replace("Z", "+00:00"))
        now = datetime.now(UTC) + self.clock_ahead
        is_in_time = abs((time_of - now).total_seconds()) < 5 and (self.tolerates_time_of_clock or not self.clock_ahead)
        if username != self.user or password != wanted or not is_in_time:
            raise Fault(*self.denial)

    def _unknown(self, call: ET.Element) -> str:
        raise Fault("ter:ActionNotSupported", "Action not supported")

    # --- device ---

    def _GetSystemDateAndTime(self, _: ET.Element) -> str:
        now = datetime.now(UTC) + self.clock_ahead
        return (
            "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:UTCDateTime>"
            f"<tt:Time><tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute><tt:Second>{now.second}</tt:Second>"
            f"</tt:Time><tt:Date><tt:Year>{now.year}</tt:Year><tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day>"
            "</tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
        )

    def _GetServices(self, _: ET.Element) -> str:
        services = "".join(
            f"<tds:Service><tds:Namespace>{NAMESPACES[name]}</tds:Namespace>"
            f"<tds:XAddr>http://192.168.1.64/onvif/{name}_service</tds:XAddr></tds:Service>"  # as if behind NAT
            for name in sorted(self.services)
        )
        return f"<tds:GetServicesResponse>{services}</tds:GetServicesResponse>"

    def _GetDeviceInformation(self, _: ET.Element) -> str:
        return (
            "<tds:GetDeviceInformationResponse><tds:Manufacturer>山城\n安防</tds:Manufacturer><tds:Model>D-7</tds:Model>"
            "<tds:FirmwareVersion>1.0</tds:FirmwareVersion><tds:SerialNumber>42</tds:SerialNumber>"
            "<tds:HardwareId>h</tds:HardwareId></tds:GetDeviceInformationResponse>"
        )

    # --- media ---

    def _GetProfiles(self, _: ET.Element) -> str:
        ptz = (
            '<tt:PTZConfiguration token="P1"><tt:NodeToken>N1</tt:NodeToken></tt:PTZConfiguration>'
            if self.has_ptz
            else ""
        )
        profiles = "".join(
            f'<trt:Profiles token="{one.token}"><tt:Name>{one.token}</tt:Name>'
            f'<tt:VideoSourceConfiguration token="C{one.source}"><tt:Name>{one.source}</tt:Name>'
            f"<tt:SourceToken>{one.source}</tt:SourceToken></tt:VideoSourceConfiguration>"
            f'<tt:VideoEncoderConfiguration token="E{one.token}"><tt:Encoding>{one.encoding}</tt:Encoding>'
            f"<tt:Resolution><tt:Width>{one.width}</tt:Width><tt:Height>{one.height}</tt:Height></tt:Resolution>"
            "<tt:RateControl><tt:FrameRateLimit>25</tt:FrameRateLimit></tt:RateControl>"
            f"</tt:VideoEncoderConfiguration>{ptz}</trt:Profiles>"
            for one in self.streams
        )
        return f"<trt:GetProfilesResponse>{profiles}</trt:GetProfilesResponse>"

    def _GetStreamUri(self, call: ET.Element) -> str:
        token = call.findtext("{*}ProfileToken")
        stream = next((one for one in self.streams if one.token == token), None)
        if stream is None:
            raise Fault("ter:NoProfile", "no such profile")
        uri = stream.uri or f"rtsp://192.168.1.64:8554/{stream.token}?channel=1"
        return f"<trt:GetStreamUriResponse>{_media_uri(uri)}</trt:GetStreamUriResponse>"

    def _GetSnapshotUri(self, _: ET.Element) -> str:
        uri = self.snapshot_uri or "http://192.168.1.64/snap.jpg"
        return f"<trt:GetSnapshotUriResponse>{_media_uri(uri)}</trt:GetSnapshotUriResponse>"

    def _show(self, request: BaseHTTPRequestHandler) -> None:
        with self._lock:
            self.headers.append(f"GET {request.path}\n{request.headers}")
        if self._misbehaves(request):
            return
        login = request.headers.get("Authorization", "")
        if request.path.startswith("/basic.jpg"):
            asks = 'Basic realm="d"'
            good = login == "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        else:
            asks = 'Digest realm="d", nonce="n1", qop="auth", algorithm=MD5'
            good = _digest_is_good(login, self.user, self.password, request.path)
        if good:
            _send(request, 200, JPEG, "image/jpeg")
        else:
            _send(request, 401, b"", more={"WWW-Authenticate": asks})

    # --- PTZ ---

    def _GetNodes(self, _: ET.Element) -> str:
        space = "<tt:URI>{}</tt:URI><tt:XRange><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:XRange>"
        plane = space + "<tt:YRange><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:YRange>"
        tours = (
            "<tt:Extension><tt:SupportedPresetTour><tt:MaximumNumberOfPresetTours>4</tt:MaximumNumberOfPresetTours>"
            "</tt:SupportedPresetTour></tt:Extension>"
            if self.tours_supported
            else ""
        )
        return (
            '<tptz:GetNodesResponse><tptz:PTZNode token="N0"/><tptz:PTZNode token="N1"><tt:SupportedPTZSpaces>'
            f"<tt:RelativePanTiltTranslationSpace>{plane.format(FOV)}</tt:RelativePanTiltTranslationSpace>"
            + (f"<{_TURNING}>{plane.format('v')}</{_TURNING}>" if self.turns else "")
            + f"<tt:ContinuousZoomVelocitySpace>{space.format('z')}</tt:ContinuousZoomVelocitySpace>"
            "</tt:SupportedPTZSpaces><tt:MaximumNumberOfPresets>100</tt:MaximumNumberOfPresets>"
            "<tt:HomeSupported>true</tt:HomeSupported><tt:AuxiliaryCommands>tt:Wiper|On</tt:AuxiliaryCommands>"
            f"<tt:AuxiliaryCommands>tt:Wiper|Off</tt:AuxiliaryCommands>{tours}</tptz:PTZNode></tptz:GetNodesResponse>"
        )

    def _ContinuousMove(self, _: ET.Element) -> str:
        return "<tptz:ContinuousMoveResponse/>"

    def _RelativeMove(self, _: ET.Element) -> str:
        return "<tptz:RelativeMoveResponse/>"

    def _SendAuxiliaryCommand(self, _: ET.Element) -> str:
        return "<tptz:SendAuxiliaryCommandResponse/>"

    def _Stop(self, _: ET.Element) -> str:
        return "<tptz:StopResponse/>"

    def _GetMoveOptions(self, _: ET.Element) -> str:
        return (
            "<timg:GetMoveOptionsResponse><timg:MoveOptions><tt:Continuous><tt:Speed><tt:Min>-1</tt:Min><tt:Max>1</tt:Max>"
            "</tt:Speed></tt:Continuous></timg:MoveOptions></timg:GetMoveOptionsResponse>"
        )

    def _Move(self, _: ET.Element) -> str:
        return "<timg:MoveResponse/>"

    def _GetPresets(self, _: ET.Element) -> str:
        presets = "".join(
            f'<tptz:Preset token="{escape(token)}"><tt:Name>{escape(name)}</tt:Name></tptz:Preset>'
            for token, name in self.presets.items()
        )
        return f"<tptz:GetPresetsResponse>{presets}</tptz:GetPresetsResponse>"

    def _SetPreset(self, call: ET.Element) -> str:
        token = call.findtext("{*}PresetToken") or f"preset_{next(self._numbers)}"
        self.presets[token] = call.findtext("{*}PresetName") or ""
        return f"<tptz:SetPresetResponse><tptz:PresetToken>{token}</tptz:PresetToken></tptz:SetPresetResponse>"

    def _GotoPreset(self, call: ET.Element) -> str:
        self._preset(call)
        return "<tptz:GotoPresetResponse/>"

    def _RemovePreset(self, call: ET.Element) -> str:
        del self.presets[self._preset(call)]
        return "<tptz:RemovePresetResponse/>"

    def _preset(self, call: ET.Element) -> str:
        token = call.findtext("{*}PresetToken") or ""
        if token not in self.presets:
            raise Fault("ter:NoToken", "no such preset")
        return token

    def _GetPresetTours(self, _: ET.Element) -> str:
        tours = "".join(
            f'<tptz:PresetTour token="{token}"><tt:Name>{escape(tour.name)}</tt:Name>'
            f"<tt:Status><tt:State>{tour.state}</tt:State></tt:Status>"
            + "".join(
                f"<tt:TourSpot><tt:PresetDetail><tt:PresetToken>{preset}</tt:PresetToken></tt:PresetDetail>"
                f'<tt:Speed><tt:PanTilt x="{speed}" y="{speed}"/></tt:Speed>'
                f"<tt:StayTime>{stay}</tt:StayTime></tt:TourSpot>"
                for preset, stay, speed in tour.spots
            )
            + "</tptz:PresetTour>"
            for token, tour in self.tours.items()
        )
        return f"<tptz:GetPresetToursResponse>{tours}</tptz:GetPresetToursResponse>"

    def _CreatePresetTour(self, _: ET.Element) -> str:
        token = f"T{next(self._numbers)}"
        self.tours[token] = Tour()
        return (
            f"<tptz:CreatePresetTourResponse><tptz:PresetTourToken>{token}</tptz:PresetTourToken>"
            "</tptz:CreatePresetTourResponse>"
        )

    def _ModifyPresetTour(self, call: ET.Element) -> str:
        raw = call.find("{*}PresetTour")
        assert raw is not None
        tour = self.tours[raw.attrib["token"]]
        tour.name = raw.findtext("{*}Name") or ""
        tour.spots = [
            (
                spot.findtext(".//{*}PresetToken") or "",
                spot.findtext("{*}StayTime") or "",
                pan.attrib["x"] if (pan := spot.find("{*}Speed/{*}PanTilt")) is not None else "",
            )
            for spot in raw.findall("{*}TourSpot")
        ]
        return "<tptz:ModifyPresetTourResponse/>"

    def _OperatePresetTour(self, call: ET.Element) -> str:
        tour = self.tours[call.findtext("{*}PresetTourToken") or ""]
        tour.state = "Touring" if call.findtext("{*}Operation") == "Start" else "Idle"
        return "<tptz:OperatePresetTourResponse/>"

    def _RemovePresetTour(self, call: ET.Element) -> str:
        del self.tours[call.findtext("{*}PresetTourToken") or ""]
        return "<tptz:RemovePresetTourResponse/>"

    # --- events ---

    def _CreatePullPointSubscription(self, _: ET.Element) -> str:
        return (
            "<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference>"
            "<wsa:Address>http://192.168.1.64/onvif/subscription_1</wsa:Address></tev:SubscriptionReference>"
            "</tev:CreatePullPointSubscriptionResponse>"
        )

    def _PullMessages(self, _: ET.Element) -> str:
        with self._message_came:
            self._message_came.wait_for(lambda: self._messages or self._released.is_set(), 10)
            messages, self._messages = self._messages, []
        return f"<tev:PullMessagesResponse>{''.join(messages)}</tev:PullMessagesResponse>"

    def _Renew(self, _: ET.Element) -> str:
        return "<wsnt:RenewResponse/>"

    def _Unsubscribe(self, _: ET.Element) -> str:
        return "<wsnt:UnsubscribeResponse/>"

    # --- recordings (Profile G) ---

    def _FindRecordings(self, _: ET.Element) -> str:
        return "<tse:FindRecordingsResponse><tse:SearchToken>S1</tse:SearchToken></tse:FindRecordingsResponse>"

    def _GetRecordingSearchResults(self, _: ET.Element) -> str:
        found = "".join(
            f"<tt:RecordingInformation><tt:RecordingToken>{one.token}</tt:RecordingToken>"
            f"<tt:Source><tt:SourceId>{one.source}</tt:SourceId><tt:Name>n</tt:Name></tt:Source>"
            f"<tt:EarliestRecording>{stamp(one.spans[0][0])}</tt:EarliestRecording>"
            f"<tt:LatestRecording>{stamp(one.spans[-1][1])}</tt:LatestRecording><tt:Content/>"
            "<tt:Track><tt:TrackToken>V1</tt:TrackToken><tt:TrackType>Video</tt:TrackType>"
            f"<tt:DataFrom>{stamp(one.spans[0][0])}</tt:DataFrom><tt:DataTo>{stamp(one.spans[-1][1])}</tt:DataTo>"
            "</tt:Track><tt:RecordingStatus>Stopped</tt:RecordingStatus></tt:RecordingInformation>"
            for one in self.recordings
        )
        return (
            "<tse:GetRecordingSearchResultsResponse><tse:ResultList><tt:SearchState>Completed</tt:SearchState>"
            f"{found}</tse:ResultList></tse:GetRecordingSearchResultsResponse>"
        )

    def _FindEvents(self, call: ET.Element) -> str:
        if not self.tells_gaps:
            raise Fault("ter:ActionNotSupported", "Action not supported")
        if call.find("{*}SearchFilter") is None:
            raise Fault("ter:InvalidArgVal", "the schema wants a filter")
        begin, end = (_moment_ms(call.findtext(f"{{*}}{tag}") or "") for tag in ("StartPoint", "EndPoint"))
        search = f"S{next(self._numbers)}"
        self._searches[search] = (begin, end, call.findtext("{*}Scope/{*}IncludedRecordings") or "")
        return f"<tse:FindEventsResponse><tse:SearchToken>{search}</tse:SearchToken></tse:FindEventsResponse>"

    def _history(self, search: str) -> Iterator[tuple[str, int, bool]]:
        """Yield recording, moment and state of what was searched for, the state at the start first."""
        begin, end, token = self._searches[search]
        for one in self.recordings:
            if one.token == token:
                yield token, begin, any(start <= begin < stop for start, stop in one.spans)
                for span in one.spans:
                    for at, state in zip(span, (True, False), strict=True):
                        if begin < at <= end:
                            yield token, at, state

    def _GetEventSearchResults(self, call: ET.Element) -> str:
        found = "".join(
            f"<tt:Result><tt:RecordingToken>{token}</tt:RecordingToken><tt:TrackToken>V1</tt:TrackToken>"
            f"<tt:Time>{stamp(at)}</tt:Time><tt:Event><wsnt:Topic>tns1:RecordingHistory/Track/State</wsnt:Topic>"
            f'<wsnt:Message><tt:Message UtcTime="{stamp(at)}"><tt:Data>'
            f'<tt:SimpleItem Name="IsDataPresent" Value="{str(state).lower()}"/></tt:Data></tt:Message></wsnt:Message>'
            "</tt:Event><tt:StartStateEvent>false</tt:StartStateEvent></tt:Result>"
            for token, at, state in self._history(call.findtext("{*}SearchToken") or "")
        )
        return (
            "<tse:GetEventSearchResultsResponse><tse:ResultList><tt:SearchState>Completed</tt:SearchState>"
            f"{found}</tse:ResultList></tse:GetEventSearchResultsResponse>"
        )

    def _EndSearch(self, _: ET.Element) -> str:
        return "<tse:EndSearchResponse/>"

    def _GetReplayUri(self, call: ET.Element) -> str:
        token = call.findtext("{*}RecordingToken")
        if token not in {one.token for one in self.recordings}:
            raise Fault("ter:NoRecording", "no such recording")
        return f"<trp:GetReplayUriResponse><trp:Uri>{escape(self.replay_uri)}</trp:Uri></trp:GetReplayUriResponse>"


_TOKEN = ("Username", "Password", "Nonce", "Created")


def _moment_ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def _media_uri(uri: str) -> str:
    return f"<trt:MediaUri><tt:Uri>{escape(uri)}</tt:Uri></trt:MediaUri>"


def stamp(at_ms: int) -> str:
    """Return a moment as ONVIF writes it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _send(
    request: BaseHTTPRequestHandler,
    status: int,
    body: bytes,
    kind: str = "application/soap+xml",
    more: dict | None = None,
) -> None:
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(body)))
    for name, value in (more or {}).items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)


def _digest_is_good(login: str, user: str, password: str, path: str) -> bool:
    """Check a digest log-in (RFC 7616 with MD5, qop auth)."""
    if not login.startswith("Digest "):
        return False
    told = dict(part.strip().split("=", 1) for part in login[7:].split(","))
    told = {name: value.strip('"') for name, value in told.items()}
    md5: Callable[[str], str] = lambda text: hashlib.md5(text.encode()).hexdigest()  # noqa: E731
    first, second = md5(f"{user}:d:{password}"), md5(f"GET:{path}")
    wanted = md5(f"{first}:n1:{told.get('nc')}:{told.get('cnonce')}:auth:{second}")
    return told.get("response") == wanted and told.get("username") == user

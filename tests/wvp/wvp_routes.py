"""Which call of WVP's is answered by what."""

from typing import TYPE_CHECKING

from wvp_city import FAILED, WvpError, page_of

if TYPE_CHECKING:
    from wvp_double import Wvp

UNKNOWN = object()
_PLAIN = {
    "/api/group/tree/list": "group_tree",
    "/api/region/tree/list": "region_tree",
    "/api/common/channel/list": "common_list",
    "/api/common/channel/parent/list": "parent_list",
    "/api/common/channel/civilcode/list": "civil_list",
    "/api/common/channel/one": "one",
    "/api/cloud/record/list": "cloud_list",
    "/api/cloud/record/date/list": "cloud_days",
    "/api/cloud/record/play/path": "cloud_path",
    "/api/play/snap": "snap",
}


def route(wvp: "Wvp", path: str, query: dict[str, str]) -> object:
    """Answer a call of somebody who is signed in."""
    if path in _PLAIN:
        return getattr(wvp, _PLAIN[path])(query)
    parts = path.strip("/").split("/")
    match parts:
        case ["api", "device", "query", "devices"]:
            rows = [{"id": row, "deviceId": code, "name": "NVR", "onLine": True} for row, code in wvp.devices.items()]
            return page_of(rows, query)
        case ["api", "device", "query", "devices", device]:
            return next(({"id": row, "deviceId": code} for row, code in wvp.devices.items() if code == device), None)
        case ["api", "device", "query", "devices", device, "channels"]:
            return wvp.device_channels(device, query)
        case ["api", "common", "channel", "play"]:
            return wvp.play(wvp.camera(int(query["channelId"])))
        case ["api", "common", "channel", "play", "stop"] | ["api", "play", "stop", _, _]:
            wvp.stopped.append(path)  # a BYE for everybody
            wvp.streams.clear()
            return None
        case ["api", "play", "start", device, code]:
            if wvp.play_timeout:
                raise WvpError(FAILED, "点播超时")
            return wvp.play(wvp.by_code(device, code))
        case ["api", "gb_record", *_]:
            return _records(wvp, parts[2:], query)
        case ["api", "playback", "start", device, code]:
            return wvp.playback(wvp.by_code(device, code), query)
        case ["api", "playback", "stop", _, _, stream]:
            wvp.playbacks.pop(stream, None)
            return None
        case ["api", "playback", verb, *rest] if verb in ("pause", "resume", "seek", "speed"):
            return wvp.playback_control(verb, rest)
        case ["api", "common", "channel", "playback", verb] if verb in ("pause", "resume", "seek", "speed"):
            return wvp.common_control(verb, query)
        case ["api", "front-end", *verb, device, code]:
            return wvp.front_end("/".join(verb), wvp.by_code(device, code), query)
        case ["api", "position", "latest"] if wvp.new_alarms:
            at = wvp.places.get(int(query["channelId"]))
            return at and {"channelId": int(query["channelId"]), "longitude": at[0], "latitude": at[1], "timestamp": 1}
        case ["api", "alarm", "list"] if wvp.new_alarms:
            return wvp.alarm_list(query)
        case ["api", "alarm", "all"] if not wvp.new_alarms:
            return wvp.alarm_all(query)
    return UNKNOWN


def _records(wvp: "Wvp", parts: list[str], query: dict[str, str]) -> object:
    match parts:
        case ["query", device, code]:
            return wvp.record_query(device, wvp.by_code(device, code), query)
        case ["download", "start", device, code]:
            return wvp.download_start(wvp.by_code(device, code), query)
        case ["download", "progress", _, _, stream]:
            return wvp.download_progress(stream)
        case ["download", "stop", _, _, stream]:
            return wvp.download_stop(stream)
    return UNKNOWN

"""PTZ of the embedded center keeps the contract, for whatever is sent to a camera that can really be moved."""

import json
from pathlib import Path

import jsonschema
import pytest
import requests
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from wallclient.demo.center import EmbeddedCenter

CONTRACT = Path(__file__).parents[2] / "resources" / "center-api.yaml"
JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"
schemathesis.openapi.media_type("image/jpeg", st.binary(max_size=200).map(lambda some: JPEG + some))
SCHEMA = schemathesis.openapi.from_path(CONTRACT)


def schema_of_a_real_camera():
    """Return the contract with the only channel id that leads to a camera which can be moved."""
    contract = yaml.safe_load(CONTRACT.read_text("utf-8"))
    contract["components"]["parameters"]["ChannelId"]["schema"] = {"type": "string", "enum": ["c3"]}
    return schemathesis.openapi.from_dict(contract)


REAL = schema_of_a_real_camera()


@pytest.fixture(scope="module")
def center():
    with EmbeddedCenter(2000) as center:
        yield center


def signed_in(center, user="operator"):
    body = {"user": user, "password": center.password}
    reply = requests.post(f"{center.api_url}/session", json=body, timeout=10)
    assert reply.status_code == 200
    return {"Authorization": f"Bearer {reply.json()['access_token']}"}


@REAL.include(tag="ptz").parametrize()
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_request_to_a_moving_camera_gets_an_answer_of_the_contract(case, center):
    case.call_and_validate(base_url=center.api_url, headers=signed_in(center))


def schema_of(name):
    return {"$ref": f"#/components/schemas/{name}", "components": SCHEMA.raw_schema["components"]}


def call(center, headers, method, path, status, body=None, **rest):
    """Do a request and hold its answer against the contract."""
    reply = requests.request(
        method, f"{center.api_url}/channels/c7{path}", json=body, headers=headers, timeout=10, **rest
    )
    assert reply.status_code == status, reply.text
    template = "/channels/{channel_id}" + path
    for word, name in (("/presets/9", "/presets/{number}"), ("/presets/1", "/presets/{number}")):
        template = template.replace(word, name)
    parts = template.split("/")
    template = "/".join("{cruise_id}" if part.startswith("cruise-") else part for part in parts)
    if "/preset-pictures/" in template:
        template = "/channels/{channel_id}/preset-pictures/{picture_id}"
    SCHEMA[template][method].validate_response(reply)
    return reply


def test_every_success_and_refusal_fits_the_contract(center):
    mine, district = signed_in(center, "ptz1"), signed_in(center, "yuzhong")
    move = {"hand": "hand-0001", "number": 1, "velocity": {"pan": 0.5}}
    status = call(center, mine, "GET", "/ptz", 200).json()
    assert {"pan_tilt", "zoom", "presets", "cruises", "reservation"} <= set(status["abilities"])
    moved = call(center, mine, "POST", "/ptz/steering", 200, move).json()
    assert (moved["is_moving"], moved["holder"]["is_me"], moved["holder"]["tier"]) == (True, True, "district")
    stopped = call(center, mine, "POST", "/ptz/steering", 200, {"hand": "hand-0001", "number": 2}).json()
    assert stopped["is_moving"] is False
    refused = call(center, signed_in(center, "station1"), "POST", "/ptz/steering", 409, move).json()
    assert (refused["type"], refused.get("can_take_over", False)) == ("urn:center-api:problem:camera-held", False)
    assert refused["holder"]["name"] == "云台操作员"
    missing = call(center, district, "POST", "/ptz/aim", 403, {"x": 0.5, "y": 0.5}).json()
    assert (missing["reason"], missing["right"]) == ("right-missing", "ptz")
    call(center, mine, "POST", "/ptz/aim", 200, {"x": 0.2, "y": 0.4, "width": 0.3, "height": 0.3})
    call(center, mine, "POST", "/ptz/switches", 200, {"switch": "wiper", "on": True})
    call(center, mine, "POST", "/ptz/switches", 409, {"switch": "fireworks", "on": True})
    assert call(center, mine, "PUT", "/ptz/reservation", 200, {"term_s": 60}).json()["holder"]["is_reserved"]
    assert call(center, mine, "DELETE", "/ptz/reservation", 200).json()["holder"] is None
    saved = call(center, mine, "PUT", "/presets/9", 200, {"name": "岗亭"}).json()
    assert saved == {"number": 9, "name": "岗亭", "picture_id": ""}
    renamed = {"name": "新岗亭", "keep_position": True}
    assert call(center, mine, "PUT", "/presets/9", 200, renamed).json()["name"] == "新岗亭"
    call(center, mine, "POST", "/presets/9/recall", 200, {"speed": 0.5})
    made = call(
        center, mine, "POST", "/cruises", 201, {"name": "夜巡", "points": [{"preset": 9}, {"preset": 1}]}
    ).json()
    assert call(center, mine, "PUT", "/ptz/cruise", 200, {"cruise_id": made["id"]}).json()["cruise_id"] == made["id"]
    call(center, mine, "PUT", f"/cruises/{made['id']}", 200, {"name": "夜巡2", "points": [{"preset": 1}]})
    call(center, mine, "DELETE", "/presets/9", 204)
    assert 9 not in [preset["number"] for preset in call(center, mine, "GET", "/presets", 200).json()["items"]]
    call(center, mine, "POST", "/presets/9/recall", 404, {})
    call(center, mine, "DELETE", f"/cruises/{made['id']}", 204)
    assert call(center, mine, "GET", "/ptz", 200).json()["cruise_id"] is None
    assert len(call(center, mine, "GET", "/cruises", 200).json()["items"]) == 1
    center.set_online("c7", False)
    offline = {"hand": "hand-0001", "number": 3, "velocity": {"tilt": 1}}
    assert call(center, mine, "POST", "/ptz/steering", 409, offline).json()["type"].endswith(":camera-offline")
    call(center, mine, "POST", "/ptz/steering", 200, {"hand": "hand-0001", "number": 4})  # a stop is never refused
    center.set_online("c7", True)


def test_a_preset_gets_its_picture(center):
    mine, url = signed_in(center), f"{center.api_url}/channels/c11/presets/1/picture"
    jpeg = {**mine, "Content-Type": "image/jpeg"}
    before = requests.get(f"{center.api_url}/channels/c11/presets", headers=mine, timeout=10).json()["items"][0]
    saved = requests.put(url, data=JPEG, headers=jpeg, timeout=10).json()
    assert saved == {**before, "picture_id": saved["picture_id"]}
    picture = f"{center.api_url}/channels/c11/preset-pictures/{saved['picture_id']}"
    reply = requests.get(picture, headers=mine, timeout=10)
    assert (reply.status_code, reply.headers["Content-Type"], reply.content) == (200, "image/jpeg", JPEG)
    assert requests.put(url, data=b"GIF89a", headers=jpeg, timeout=10).status_code == 415
    assert requests.put(url, data=JPEG, headers={**mine, "Content-Type": "image/png"}, timeout=10).status_code == 415
    assert requests.put(url, data=JPEG + bytes(128 * 1024), headers=jpeg, timeout=10).status_code == 413
    body = {"name": "别处"}
    requests.put(f"{center.api_url}/channels/c11/presets/1", json=body, headers=mine, timeout=10)
    assert requests.get(picture, headers=mine, timeout=10).status_code == 404  # it showed the former position


def test_a_cruise_is_made_once_for_each_key(center):
    mine = {**signed_in(center), "Idempotency-Key": "key-0815-4711"}
    url, body = f"{center.api_url}/channels/c15/cruises", {"name": "外围", "points": [{"preset": 2}]}
    first, second = (requests.post(url, json=body, headers=mine, timeout=10).json() for _ in range(2))
    assert first == second
    other = requests.post(url, json=body, headers={**mine, "Idempotency-Key": "key-0815-4712"}, timeout=10).json()
    assert other["id"] != first["id"]


def test_the_events_fit_the_contract_and_tell_each_session_what_is_its_own(center):
    mine, theirs = signed_in(center, "station1"), signed_in(center, "ptz1")
    streams = [requests.get(f"{center.api_url}/events", headers=one, stream=True, timeout=20) for one in (mine, theirs)]
    lines = [stream.iter_lines(chunk_size=1) for stream in streams]
    for one in lines:
        assert b"event: opened" in [next(one) for _ in range(4)]
    url = f"{center.api_url}/channels/c11"  # not c3, which whatever was sent above may have reserved for long
    requests.put(f"{url}/ptz/reservation", json={"term_s": 30}, headers=mine, timeout=10)
    taking = {"term_s": 30, "take_over_reason": "追踪嫌疑车辆"}
    assert requests.put(f"{url}/ptz/reservation", json=taking, headers=theirs, timeout=10).status_code == 200
    requests.put(f"{url}/presets/8", json={"name": "嫌疑车辆"}, headers=theirs, timeout=10)
    told = [[next_event(one) for _ in range(3)] for one in lines]
    for stream in streams:
        stream.close()
    for name, data in told[0] + told[1]:
        jsonschema.validate(data, schema_of({"ptz-changed": "PtzChanged", "presets-changed": "PresetsChanged"}[name]))
    (_, reserved), (_, lost), _ = told[0]
    assert (reserved["status"]["holder"]["is_me"], lost["status"]["holder"]["is_me"]) == (True, False)
    assert lost["taken_over"] == {"by_name": "云台操作员", "by_post": "渝中区分局指挥室", "reason": "追踪嫌疑车辆"}
    (_, theirs_before), (_, won), _ = told[1]
    assert (theirs_before["status"]["holder"]["is_me"], won["status"]["holder"]["is_me"]) == (False, True)
    assert won["taken_over"] is None


def next_event(lines):
    """Return name and data of the next event that carries any."""
    name = b""
    for line in lines:
        if line.startswith(b"event: "):
            name = line.removeprefix(b"event: ")
        elif line.startswith(b"data: "):
            return name.decode(), json.loads(line.removeprefix(b"data: "))
    raise AssertionError("the stream ended")


def test_a_camera_of_another_kind_can_be_asked_but_not_moved(center):
    mine = signed_in(center)
    status = requests.get(f"{center.api_url}/channels/c1/ptz", headers=mine, timeout=10).json()
    assert (status["abilities"], status["position"], status["holder"]) == ([], None, None)
    move = {"hand": "hand-0002", "number": 1, "velocity": {"pan": 1}}
    reply = requests.post(f"{center.api_url}/channels/c1/ptz/steering", json=move, headers=mine, timeout=10)
    assert (reply.status_code, reply.json()["type"]) == (409, "urn:center-api:problem:not-able")


def test_who_may_not_know_of_a_camera_is_told_nothing(center):
    mine = signed_in(center, "station1")  # of district d500103; c15 is in d500105
    assert requests.get(f"{center.api_url}/channels/c11/ptz", headers=mine, timeout=10).status_code == 200
    assert requests.get(f"{center.api_url}/channels/c15/ptz", headers=mine, timeout=10).status_code == 404

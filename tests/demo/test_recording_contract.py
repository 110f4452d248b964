"""Recordings of the embedded center keep the contract, for whatever is sent about cameras that have recorded."""

import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
import schemathesis
import yaml
from hypothesis import HealthCheck, settings

from wallclient.demo.center import EmbeddedCenter
from wallclient.demo.city import City
from wallclient.demo.recording_store import FootageStore
from wallclient.demo.server import streamed_cameras

CONTRACT = Path(__file__).parents[2] / "resources" / "center-api.yaml"
SCHEMA = schemathesis.openapi.from_path(CONTRACT)
DAY_MS = 86_400_000
CAMERAS = 2000


def schema_of_real_cameras():
    """Return the contract with channels there are."""
    contract = yaml.safe_load(CONTRACT.read_text("utf-8"))
    parts = contract["components"]
    parts["parameters"]["ChannelId"]["schema"] = {"type": "string", "enum": ["c3", "c1999", "c0"]}
    parts["parameters"]["Channels"]["schema"]["items"] = {"type": "string", "enum": ["c1", "c2", "c9", "c0"]}
    schema = schemathesis.openapi.from_dict(contract)
    # What makes no sense though it fits (a zone of nowhere, a range that ends before it begins) is 422.
    schema.config.checks.negative_data_rejection.expected_statuses += ["410"]
    # What a receiver does not know it ignores, in a query as in a body.
    schema.config.generation.allow_extra_parameters = False
    schema.config.checks.positive_data_acceptance.expected_statuses += ["410", "422"]
    return schema


REAL = schema_of_real_cameras()


@pytest.fixture(scope="module")
def center(tmp_path_factory):
    store = FootageStore(streamed_cameras(City(CAMERAS)), cache_dir=tmp_path_factory.mktemp("clips"))
    with EmbeddedCenter(CAMERAS, footage=store) as center:  # nobody opens a file here, so none is made
        yield center
    store.close()


@pytest.fixture(scope="module")
def headers(center):
    return signed_in(center)


def signed_in(center, user="operator"):
    body = {"user": user, "password": center.password}
    reply = requests.post(f"{center.api_url}/session", json=body, timeout=10)
    assert reply.status_code == 200
    return {"Authorization": f"Bearer {reply.json()['access_token']}"}


@REAL.include(tag="recordings").parametrize()
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_request_about_recordings_gets_an_answer_of_the_contract(case, center, headers):
    case.call_and_validate(base_url=center.api_url, headers=headers)


def call(center, headers, template, method, status, body=None, query=None, **ids):
    """Do a request, hold its answer against the contract, and return its document."""
    url = center.api_url + template.format(**ids)
    reply = requests.request(method, url, json=body, params=query, headers=headers, timeout=10)
    assert reply.status_code == status, reply.text
    SCHEMA[template][method].validate_response(reply)
    return SimpleNamespace(document=reply.json() if reply.content else None, headers=reply.headers)


def footage_of(center, headers, channel_id="c2", hours=6):
    """Return the segments of the last hours."""
    now_ms = int(time.time() * 1000)
    query = {"channels": channel_id, "start_ms": now_ms - hours * 3_600_000, "end_ms": now_ms}
    return call(center, headers, "/recordings/segments", "GET", 200, query=query).document["items"]


def test_days_and_segments_of_many_channels_fit_the_contract_and_come_in_pages(center, headers):
    today = datetime.now(UTC)
    query = {"channels": "c2,c8,c1999", "year": today.year, "month": today.month, "zone": "Asia/Shanghai"}
    days = call(center, headers, "/recordings/days", "GET", 200, query=query).document["items"]
    assert [item["channel_id"] for item in days] == ["c2", "c8", "c1999"]
    assert all(item["days"] for item in days)
    now_ms = int(time.time() * 1000)
    query = {"channels": "c2,c8,c1999", "start_ms": now_ms - 3 * DAY_MS, "end_ms": now_ms}
    whole = call(center, headers, "/recordings/segments", "GET", 200, query=query).document
    assert (whole["channel_ids"], whole["next_cursor"]) == (["c2", "c8", "c1999"], None)
    pages, cursor = [], None
    while True:
        page = call(
            center, headers, "/recordings/segments", "GET", 200, query={**query, "limit": 17, "cursor": cursor}
        ).document
        pages += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [item["id"] for item in pages] == [item["id"] for item in whole["items"]]
    alarms = call(center, headers, "/recordings/segments", "GET", 200, query={**query, "kinds": "alarm"}).document
    assert alarms["items"] == [item for item in whole["items"] if item["kind"] == "alarm"]
    assert alarms["items"]


def test_what_makes_no_sense_is_refused_in_the_contracts_words(center, headers):
    today = {"channels": "c1", "year": 2026, "month": 11}
    for zone in ("Asia/Nowhere", "Asia", "UTC/../UTC"):
        status = 400 if ".." in zone else 422
        call(center, headers, "/recordings/days", "GET", status, query={**today, "zone": zone})
    backwards = {"channels": "c1", "start_ms": 10, "end_ms": 10}
    call(center, headers, "/recordings/segments", "GET", 422, query=backwards)
    path = "/channels/{channel_id}/playback"
    for body, status in (
        ({"start_ms": 5, "end_ms": 5 + DAY_MS}, 404),
        ({"start_ms": 5, "end_ms": 6 + DAY_MS}, 422),
        ({"start_ms": 5, "end_ms": 5}, 422),
        ({"start_ms": -1, "end_ms": 5}, 400),
    ):
        call(center, headers, path, "POST", status, body, channel_id="c2")


def test_a_session_of_footage_fits_the_contract_and_ends_when_it_is_given_back(center, headers):
    segment = footage_of(center, headers)[-1]
    body = {"start_ms": segment["end_ms"] - 200_000, "end_ms": segment["end_ms"] + 500_000}
    for what in ("playback", "export"):
        path = f"/channels/{{channel_id}}/{what}"
        opened = call(center, headers, path, "POST", 201, body, channel_id="c2")
        assert opened.headers["Location"] == f"/api/v1/playback/{opened.document['id']}"
        assert {source["protocol"] for source in opened.document["sources"]} == {"mp4", "ts"}
        ids = {"playback_id": opened.document["id"]}
        renewed = call(center, headers, "/playback/{playback_id}/renewal", "POST", 200, **ids).document
        assert renewed["sources"][0]["url"] == opened.document["sources"][0]["url"]
        call(center, signed_in(center), "/playback/{playback_id}/renewal", "POST", 404, **ids)  # another log-in
        call(center, headers, "/playback/{playback_id}", "DELETE", 204, **ids)
        call(center, headers, "/playback/{playback_id}/renewal", "POST", 404, **ids)


def test_rights_decide_who_gets_footage(center):
    viewer = signed_in(center, "yuzhong")  # sees c1 in his district, without the right to play back
    segment = footage_of(center, signed_in(center), "c1")[-1]
    body = {"start_ms": segment["start_ms"], "end_ms": segment["start_ms"] + 60_000}
    for what, right in (("playback", "playback"), ("export", "export")):
        refused = call(center, viewer, f"/channels/{{channel_id}}/{what}", "POST", 403, body, channel_id="c1").document
        assert (refused["reason"], refused["right"]) == ("right-missing", right)
    call(center, viewer, "/channels/{channel_id}/playback", "POST", 404, body, channel_id="c15")
    query = {"start_ms": body["start_ms"], "end_ms": body["end_ms"]}
    call(center, viewer, "/recordings/segments", "GET", 403, query={**query, "channels": "c1"})
    call(center, viewer, "/recordings/segments", "GET", 404, query={**query, "channels": "c15"})
    center.set_rights("yuzhong", ["view", "playback"])
    told = call(center, viewer, "/recordings/segments", "GET", 200, query={**query, "channels": "c15,c1"}).document
    assert told["channel_ids"] == ["c1"]
    opened = call(center, viewer, "/channels/{channel_id}/playback", "POST", 201, body, channel_id="c1").document
    call(center, viewer, "/channels/{channel_id}/export", "POST", 403, body, channel_id="c1")
    center.set_rights("yuzhong", ["view"])
    call(center, viewer, "/playback/{playback_id}/renewal", "POST", 403, playback_id=opened["id"])


def test_a_reason_is_demanded_where_the_center_is_told_to(center, headers):
    segment = footage_of(center, headers)[-1]
    body = {"start_ms": segment["start_ms"], "end_ms": segment["start_ms"] + 60_000}
    path = "/channels/{channel_id}/playback"
    center.demand_reason()
    try:
        for empty in ({}, {"reason": ""}, {"reason": "  "}):
            refused = call(center, headers, path, "POST", 403, {**body, **empty}, channel_id="c2").document
            assert refused["type"] == "urn:center-api:problem:reason-needed"
        call(center, headers, path, "POST", 201, {**body, "reason": "案件 2026-1122"}, channel_id="c2")
        assert center.reasons()[-1] == ("operator", "c2", "案件 2026-1122")
    finally:
        center.demand_reason(False)


BOOKMARK = {"revision": 0, "title": "可疑车辆", "start_ms": 1000, "end_ms": 2000, "channel_ids": ["c1"], "text": "白色"}


def test_a_bookmark_is_made_changed_shared_and_deleted(center, headers):
    path, key, other = "/bookmarks/{key}", {"key": "bookmark-0001"}, signed_in(center, "admin")
    made = call(center, headers, path, "PUT", 200, BOOKMARK, **key).document
    assert (made["revision"], made["by"]["user"], made["is_shared"]) == (1, "operator", False)
    assert call(center, headers, path, "PUT", 200, BOOKMARK, **key).document == made  # the first answer was lost
    call(center, headers, path, "PUT", 409, {**BOOKMARK, "title": "别的"}, **key)
    call(center, other, path, "GET", 404, **key)
    call(center, other, path, "PUT", 404, {**BOOKMARK, "revision": 1}, **key)
    shared = {**BOOKMARK, "revision": 1, "is_shared": True}
    assert call(center, headers, path, "PUT", 200, shared, **key).document["revision"] == 2
    assert call(center, other, path, "GET", 200, **key).document["title"] == "可疑车辆"
    refused = call(center, other, path, "PUT", 403, {**shared, "revision": 2}, **key).document
    assert refused["reason"] == "not-owner"
    call(center, signed_in(center, "station1"), path, "GET", 404, **key)  # no right to play back
    wanted = [
        ({}, 1),
        ({"channels": "c1,c2"}, 1),
        ({"channels": "c2"}, 0),
        ({"start_ms": 2000}, 0),
        ({"end_ms": 1000}, 0),
    ]
    for query, count in wanted:
        found = call(center, other, "/bookmarks", "GET", 200, query=query).document["items"]
        assert len([mark for mark in found if mark["key"] == key["key"]]) == count, query
    call(center, headers, path, "DELETE", 409, query={"revision": 1}, **key)
    call(center, headers, path, "DELETE", 204, query={"revision": 2}, **key)
    call(center, headers, path, "GET", 404, **key)
    call(center, headers, path, "PUT", 409, {**shared, "revision": 2}, **key)
    assert call(center, headers, path, "PUT", 200, BOOKMARK, **key).document["revision"] == 3


def test_a_shared_case_is_worked_on_by_several(center, headers):
    path, key, other = "/cases/{key}", {"key": "case-2026-0001"}, signed_in(center, "admin")
    item = {"kind": "clip", "ref": "c1-0800.mp4", "channel_id": "c1", "start_ms": 5, "end_ms": 9, "sha256": "ab" * 32}
    case = {"revision": 0, "title": "盗窃案", "number": "渝公 2026-17", "is_shared": True, "items": [item]}
    assert call(center, headers, path, "PUT", 200, case, **key).document["revision"] == 1
    changed = {**case, "revision": 1, "items": [item, {"kind": "bookmark", "ref": "bookmark-0001"}]}
    kept = call(center, other, path, "PUT", 200, changed, **key).document
    assert (len(kept["items"]), kept["by"]["user"], kept["items"][0]["sha256"]) == (2, "operator", "ab" * 32)
    call(center, other, path, "PUT", 403, {**changed, "revision": 2, "is_shared": False}, **key)
    call(center, other, path, "DELETE", 403, query={"revision": 2}, **key)
    assert [one["key"] for one in call(center, other, "/cases", "GET", 200).document["items"]][:1] == [key["key"]]
    call(center, headers, path, "DELETE", 204, query={"revision": 2}, **key)
    call(center, other, path, "GET", 404, **key)


def test_audit_records_are_kept_once(center, headers):
    by = {"user": "operator", "name": "值班员", "post": "重庆市监控室"}
    first = {"key": "audit-0000-0001", "kind": "playback_opened", "at_utc": "2026-11-22T07:00:00Z", "by": by}
    wrong = {**first, "key": "audit-0000-0002", "start_ms": 9, "end_ms": 5}
    body = {"records": [first, wrong]}
    for outcome in ("stored", "known"):
        results = call(center, headers, "/audit/records", "POST", 200, body).document["results"]
        assert [result["outcome"] for result in results] == [outcome, "refused"]
    kept = [record for record in center.audit_records() if record["key"].startswith("audit-0000")]
    assert [record["kind"] for record in kept] == ["playback_opened"]

"""Patrols at the embedded center over HTTP: each answer fits the contract, and everything is kept once."""

import hashlib
import json
import uuid
from pathlib import Path

import pytest
import requests
import schemathesis

from wallclient.demo.center import EmbeddedCenter

SCHEMA = schemathesis.openapi.from_path(Path(__file__).parents[2] / "resources" / "center-api.yaml")
JPEG = b"\xff\xd8\xff\xe0 a picture"
PERSON = {"user": "operator", "name": "值班员", "post": "重庆市监控室"}
PLAN = {
    "revision": 0,
    "name": "夜间巡查",
    "steps": [
        {"title": "东门", "dwell_s": 10, "channel_id": "c1", "preset": 3},
        {"title": "四路", "dwell_s": 20.5, "view": {"name": "四路", "layout_id": "4", "channel_ids": ["c1", None]}},
    ],
    "schedule": {
        "time_zone": "Asia/Shanghai",
        "shifts": [
            {"name": "夜班", "begin": "22:00", "end": "06:00", "weekdays": [1, 7], "starts": ["23:30", "02:00"]}
        ],
    },
}


@pytest.fixture(scope="module")
def center():
    with EmbeddedCenter(64) as center:
        yield center


class Client:
    """One operator's calls; each answer is checked against the contract."""

    def __init__(self, center, user="operator"):
        self.url = center.api_url
        body = {"user": user, "password": center.password}
        self.session = requests.post(f"{self.url}/session", json=body, timeout=10).json()
        self.headers = {"Authorization": f"Bearer {self.session['access_token']}"}

    def __call__(self, method, template, *, status=200, slug="", ids=None, **options):
        path = template.format(**(ids or {}))
        headers = {**self.headers, **options.pop("headers", {})}
        reply = requests.request(method, self.url + path, headers=headers, timeout=10, **options)
        assert reply.status_code == status, reply.text
        SCHEMA[template][method].validate_response(reply)
        if slug:
            assert reply.json()["type"].endswith(f":{slug}")
        is_json = reply.headers.get("Content-Type", "").startswith("application/")
        return reply.json() if reply.content and is_json else reply.content


@pytest.fixture(scope="module")
def call(center):
    return Client(center)


def new_id():
    return str(uuid.uuid4())


def record(plan, **fields):
    return {
        "key": new_id(),
        "round_id": new_id(),
        "plan_id": plan["id"],
        "plan_revision": plan["revision"],
        "kind": "started",
        "at_utc": "2026-03-02T14:00:00Z",
        "by": PERSON,
        **fields,
    }


@pytest.fixture(scope="module")
def plan(call):
    return call("PUT", "/patrol/plans/{plan_id}", ids={"plan_id": new_id()}, json=PLAN)


def test_capabilities_tell_who_may_what(center):
    told = {user: set(Client(center, user).session["capabilities"]) for user in ("admin", "yuzhong", "visitor")}
    assert {"patrol", "patrol-plans"} <= told["admin"]
    assert told["yuzhong"] & {"patrol", "patrol-plans"} == {"patrol"}
    assert not told["visitor"] & {"patrol", "patrol-plans"}


def test_the_life_of_a_plan(call, center):
    where = {"ids": {"plan_id": new_id()}}
    path = "/patrol/plans/{plan_id}"
    call("PUT", path, status=404, slug="no-such-plan", json={**PLAN, "revision": 3}, **where)
    first = call("PUT", path, json=PLAN, **where)
    assert (first["id"], first["revision"], first["panes"], first["enabled"]) == (where["ids"]["plan_id"], 1, [0], True)
    assert call("PUT", path, json=PLAN, **where) == first  # sent twice, made once
    second = call("PUT", path, json={**PLAN, "revision": 1, "name": "改名"}, **where)
    assert second["revision"] == 2
    call("PUT", path, status=409, slug="revision-stale", json={**PLAN, "revision": 1, "name": "抢改"}, **where)
    assert call("GET", path, **where) == second
    assert call("GET", path, params={"revision": 1}, **where) == first
    call("GET", path, params={"revision": 9}, status=404, **where)
    assert second in call("GET", "/patrol/plans")["items"]
    lost = {**PLAN, "schedule": {"time_zone": "Mars/Olympus"}}
    call("PUT", path, status=422, slug="bad-plan", json=lost, **where)
    Client(center, "yuzhong")("PUT", path, status=403, json=PLAN, **where)
    Client(center, "visitor")("GET", "/patrol/plans", status=403)
    call("DELETE", path, status=409, params={"revision": 1}, **where)
    call("DELETE", path, status=204, params={"revision": 2}, **where)
    call("GET", path, status=404, **where)
    assert call("GET", path, params={"revision": 2}, **where) == second  # rounds may have been made by it
    assert call("PUT", path, json=PLAN, **where)["revision"] == 3


def test_records_are_kept_once_and_refused_one_by_one(call, plan):
    begun = record(plan)
    seen = {**record(plan), "round_id": begun["round_id"], "kind": "seen", "step": 0}
    later = {**record(plan), "round_id": begun["round_id"], "kind": "a-kind-of-the-future", "step": 1}
    batch = [
        begun,
        record({**plan, "id": new_id()}),
        record(plan, step=2),
        seen,
        record({**plan, "revision": 7}, round_id=begun["round_id"]),
        later,
    ]
    answer = call("POST", "/patrol/records", json={"records": batch})
    assert [r["outcome"] for r in answer["results"]] == ["stored", "refused", "refused", "stored", "refused", "stored"]
    assert [r.get("reason", "") for r in answer["results"]] == [
        "",
        "no-such-plan",
        "no-such-step",
        "",
        "no-such-plan",
        "",
    ]
    again = call("POST", "/patrol/records", json={"records": [{**seen, "step": 1}, begun]})
    assert [r["outcome"] for r in again["results"]] == ["known", "known"]
    kept = call("GET", "/patrol/rounds/{round_id}", ids={"round_id": begun["round_id"]})
    assert [r["key"] for r in kept["records"]] == [begun["key"], seen["key"], later["key"]]
    assert kept["records"][1]["step"] == 0
    assert kept["plan"] == plan
    call("GET", "/patrol/rounds/{round_id}", status=404, ids={"round_id": new_id()})
    call("POST", "/patrol/records", status=400, json={"records": []})
    call("POST", "/patrol/records", status=400, json={"records": [{**begun, "at_utc": "2026-03-02 14:00"}]})


def test_pictures_come_before_their_records(call, plan):
    digest = hashlib.sha256(JPEG).hexdigest()
    found = record(plan, kind="finding", step=0, category="crowd", text="聚集", picture=digest)
    missing = call("POST", "/patrol/records", json={"records": [found]})
    assert missing["results"][0]["outcome"] == "picture-missing"
    path, where = "/patrol/pictures/{sha256}", {"ids": {"sha256": digest}}
    jpeg = {"Content-Type": "image/jpeg"}
    call("GET", path, status=404, **where)
    call("PUT", path, status=415, data=JPEG, headers={"Content-Type": "image/gif"}, **where)
    call("PUT", path, status=422, slug="bad-picture", data=JPEG + b"!", headers=jpeg, **where)
    gif = b"GIF89a"
    other = {"ids": {"sha256": hashlib.sha256(gif).hexdigest()}}
    call("PUT", path, status=422, slug="bad-picture", data=gif, headers=jpeg, **other)
    for _ in range(2):
        call("PUT", path, status=204, data=JPEG, headers=jpeg, **where)
    assert call("GET", path, **where) == JPEG
    assert call("POST", "/patrol/records", json={"records": [found]})["results"][0]["outcome"] == "stored"
    opened = call("GET", "/patrol/findings", params={"open": "true"})["items"]
    assert [f["key"] for f in opened if f["key"] == found["key"]] == [found["key"]]
    closing = {"at_utc": "2026-03-02T15:00:00Z", "by": PERSON, "remark": "已处置"}
    path, where = "/patrol/findings/{finding_key}", {"ids": {"finding_key": found["key"]}}
    for _ in range(2):
        assert call("PATCH", path, json=closing, **where)["closing"]["remark"] == "已处置"
    call("PATCH", path, status=409, slug="finding-closed", json={**closing, "remark": "另一种"}, **where)
    call("PATCH", path, status=404, json=closing, ids={"finding_key": new_id()})
    assert found["key"] not in json.dumps(call("GET", "/patrol/findings", params={"open": "true"}))
    assert found["key"] in json.dumps(call("GET", "/patrol/findings", params={"open": "false"}))


def test_rounds_are_listed_by_time_and_plan_in_pages(call, center):
    mine = call("PUT", "/patrol/plans/{plan_id}", ids={"plan_id": new_id()}, json=PLAN)
    batch = [record(mine, at_utc=f"2026-04-0{day}T08:00:00Z") for day in range(1, 8)]
    call("POST", "/patrol/records", json={"records": batch})
    query = {"plan": mine["id"], "from": "2026-04-02T08:00:00Z", "to": "2026-04-07T08:00:00Z", "limit": 2}
    found, cursor = [], None
    while True:
        page = call("GET", "/patrol/rounds", params={**query, "cursor": cursor} if cursor else query)
        assert len(page["items"]) <= 2
        found += [line["started_utc"][8:10] for line in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == ["06", "05", "04", "03", "02"]
    call("GET", "/patrol/rounds", status=400, slug="bad-time", params={"from": "2026-02-31T00:00:00Z"})


def test_who_has_a_round_now_is_told(call, plan):
    begun = record(plan)
    call("POST", "/patrol/records", json={"records": [begun]})
    taken = {**record(plan), "round_id": begun["round_id"], "kind": "taken_over", "by": {**PERSON, "user": "admin"}}
    assert call("POST", "/patrol/records", json={"records": [taken]})["taken_over"] == []
    late = {**record(plan), "round_id": begun["round_id"], "kind": "seen", "step": 0}
    (told,) = call("POST", "/patrol/records", json={"records": [late]})["taken_over"]
    assert (told["round_id"], told["by"]["user"]) == (begun["round_id"], "admin")


def test_a_hand_over_is_acknowledged_by_somebody_else_once(call):
    body = {
        "key": new_id(),
        "shift": "夜班",
        "from_utc": "2026-03-02T14:00:00Z",
        "to_utc": "2026-03-02T22:00:00Z",
        "made_utc": "2036-03-02T22:00:00Z",
        "by": PERSON,
        "remarks": "无",
    }
    for _ in range(2):
        assert call("POST", "/patrol/handovers", json=body)["key"] == body["key"]
    assert call("GET", "/patrol/handovers/latest")["key"] == body["key"]
    path, where = "/patrol/handovers/{handover_key}/acknowledgement", {"ids": {"handover_key": body["key"]}}
    mine = {"at_utc": "2026-03-02T22:05:00Z", "by": PERSON}
    assert call("POST", path, status=403, json=mine, **where)["reason"] == "own-handover"
    theirs = {**mine, "by": {**PERSON, "user": "admin", "name": "管理员"}, "remark": "已接班"}
    taken = call("POST", path, json=theirs, **where)
    assert taken["acknowledgement"]["remark"] == "已接班"
    assert call("POST", path, json={**theirs, "remark": "又接"}, **where) == taken
    call("POST", path, status=404, json=theirs, ids={"handover_key": new_id()})


def test_a_swallowed_answer_was_carried_out(call, center, plan):
    begun = record(plan)
    center.swallow_answers(1)
    with pytest.raises(requests.RequestException):
        call("POST", "/patrol/records", json={"records": [begun]})
    assert call("POST", "/patrol/records", json={"records": [begun]})["results"][0]["outcome"] == "known"

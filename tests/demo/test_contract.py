"""The embedded center keeps the contract: whatever a client sends, every answer is one the contract allows."""

import json
from pathlib import Path

import jsonschema
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings

from wallclient.demo.center import EmbeddedCenter
from wallclient.domain.stream import Codec, Credentials, Protocol, Source, StreamKind

CONTRACT = Path(__file__).parents[2] / "resources" / "center-api.yaml"
SCHEMA = schemathesis.openapi.from_path(CONTRACT)
# Beyond what schemathesis expects: a cursor that fits the schema but was never given out is 410.
# What makes no sense though it fits (a time zone of nowhere, the 40th of May) is 422.
SCHEMA.config.checks.negative_data_rejection.expected_statuses += ["410"]
SCHEMA.config.checks.positive_data_acceptance.expected_statuses += ["410", "422"]
# What a receiver does not know it ignores, in a query as in a body: a later version may know it.
SCHEMA.config.generation.allow_extra_parameters = False


class OneSource:
    """Stands in for the media server: one address per stream, nothing behind it."""

    def sources(self, number: int, kind: StreamKind) -> tuple[Source, ...]:
        """Return an RTSP address with credentials."""
        url = f"rtsp://127.0.0.1:8554/{number}/{kind}"
        return (Source(Protocol.RTSP, url, Codec.H264, 640, 360, 25.0, Credentials("viewer", "secret")),)


@pytest.fixture(scope="module")
def center():
    with EmbeddedCenter(2000, media=OneSource()) as center:
        yield center


@pytest.fixture(scope="module")
def contract():
    return SCHEMA


def signed_in(center, user="operator") -> dict[str, str]:
    body = {"user": user, "password": center.password}
    reply = requests.post(f"{center.api_url}/session", json=body, timeout=10)
    return {"Authorization": f"Bearer {reply.json()['access_token']}"}


@(
    SCHEMA.exclude(path="/events")
    .exclude(path="/catalog/snapshot")
    .exclude(tag="ptz")
    .exclude(tag="recordings")
    .parametrize()
)  # endless, and lines: see below and test_catalog.py; the others: see test_ptz_contract.py, test_recording_contract.py
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_request_gets_an_answer_of_the_contract(case, center):
    case.call_and_validate(base_url=center.api_url, headers=signed_in(center))


def walk(center, contract, headers):
    """Yield path template and reply for every kind of success the center can answer."""

    def get(template, **ids):
        path = template.format(**ids)
        return template, requests.get(center.api_url + path, headers=headers, timeout=10)

    yield get("/health")
    yield get("/nodes")
    for node_id in ("city", "d500103", "s50010301", "g50010301-0", "c1", "c2000"):
        yield get("/nodes/{node_id}", node_id=node_id)
        yield get("/nodes/{node_id}/children", node_id=node_id)
        yield get("/nodes/{node_id}/channels", node_id=node_id)
    yield get("/channels/{channel_id}", channel_id="c64")


def test_every_success_fits_the_contract(center, contract):
    headers = signed_in(center)
    seen = 0
    for template, reply in walk(center, contract, headers):
        if template.startswith("/nodes/{") and reply.status_code == 404:
            continue  # small cities have no groups
        assert reply.status_code == 200, (template, reply.text)
        contract[template]["GET"].validate_response(reply)
        seen += 1
    assert seen >= 15


def test_a_lease_fits_the_contract(center, contract):
    headers = signed_in(center)
    for kind in ("main", "sub"):
        opened = requests.post(f"{center.api_url}/channels/c7/live", json={"kind": kind}, headers=headers, timeout=10)
        assert opened.status_code == 201
        contract["/channels/{channel_id}/live"]["POST"].validate_response(opened)
        lease_url = center.base_url + opened.headers["Location"]
        renewed = requests.post(f"{lease_url}/renewal", headers=headers, timeout=10)
        assert renewed.status_code == 200
        contract["/live/{lease_id}/renewal"]["POST"].validate_response(renewed)
        assert requests.delete(lease_url, headers=headers, timeout=10).status_code == 204
        gone = requests.delete(lease_url, headers=headers, timeout=10)
        assert gone.status_code == 404
        contract["/live/{lease_id}"]["DELETE"].validate_response(gone)


def test_an_event_fits_the_contract(center, contract):
    headers = signed_in(center)
    with requests.get(f"{center.api_url}/events", headers=headers, stream=True, timeout=20) as stream:
        lines = stream.iter_lines(chunk_size=1)
        assert b"event: opened" in [next(lines) for _ in range(4)]
        center.set_online("c1999", not center.city.channel("c1999").online)
        data = (json.loads(line.removeprefix(b"data: ")) for line in lines if line.startswith(b"data: "))
        jsonschema.validate(next(data), schema_of(contract, "ChannelStatus"))
        jsonschema.validate(next(data), schema_of(contract, "CatalogMoved"))


def schema_of(contract, name):
    return {"$ref": f"#/components/schemas/{name}", "components": contract.raw_schema["components"]}


@pytest.mark.parametrize("user", ["operator", "yuzhong", "visitor"])
def test_every_line_of_a_snapshot_fits_the_contract(center, contract, user):
    headers = signed_in(center, user)
    reply = requests.get(f"{center.api_url}/catalog/snapshot", headers=headers, timeout=20)
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "application/x-ndjson")
    head, *pages = map(json.loads, reply.text.splitlines())
    jsonschema.validate(head, schema_of(contract, "SnapshotHead"))
    for page in pages:
        jsonschema.validate(page, schema_of(contract, "SnapshotLine"))
    assert reply.headers["ETag"] == f'W/"{head["revision"]}"'
    assert sum(len(page["rows"]) for page in pages) == head["total"]
    assert [page["cursor"] is None for page in pages] == [False] * (len(pages) - 1) + [True]


@pytest.mark.parametrize(
    ("query", "status"), [({"cursor": "garbage"}, 410), ({"cursor": "中"}, 400), ({"cursor": ""}, 400), ({}, 401)]
)
def test_refusals_of_a_snapshot_fit_the_contract(center, contract, query, status):
    headers = {} if status == 401 else signed_in(center)
    reply = requests.get(f"{center.api_url}/catalog/snapshot", params=query, headers=headers, timeout=20)
    assert reply.status_code == status
    contract["/catalog/snapshot"]["GET"].validate_response(reply)


def test_changes_fit_the_contract(center, contract):
    headers = signed_in(center)
    since = center.changes_at()
    added = center.add_camera("d500103", "新装枪机")
    center.set_state(added, "video_lost")
    center.rename("d500103", "渝中")
    center.remove_camera(added)
    reply = requests.get(f"{center.api_url}/catalog/changes", params={"since": since}, headers=headers, timeout=10)
    assert reply.status_code == 200
    contract["/catalog/changes"]["GET"].validate_response(reply)
    assert [change[0] for change in reply.json()["changes"]] == ["u", "r"]  # what is gone is not told of twice


def test_every_operation_lists_its_refusals(contract):
    for result in contract.get_all_operations():
        operation = result.ok()
        codes = set(operation.definition.raw["responses"])
        if operation.path != "/health":
            assert "401" in codes, operation.label
        if operation.method.upper() in ("POST",) and "requestBody" in operation.definition.raw:
            assert {"400", "413", "415"} <= codes, operation.label

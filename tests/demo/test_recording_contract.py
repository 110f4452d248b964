"""Recordings of the embedded center keep the contract, for whatever is sent about cameras that have recorded."""

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

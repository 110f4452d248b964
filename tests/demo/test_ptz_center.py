"""PTZ of the running center: it stops on time, tells who took what, loses and delays requests as it is ordered."""

import itertools
import json
import os
import threading
import time

import pytest
import requests

from wallclient.demo.center import EmbeddedCenter
from wallclient.demo.process import DemoProcess

LIMIT_S = 20.0
CAMERA = 3
_hands = itertools.count(1)


@pytest.fixture(scope="module")
def center():
    with EmbeddedCenter(200) as center:
        yield center


@pytest.fixture(autouse=True)
def _behaving(request):
    if "center" in request.fixturenames:  # what the test before moved has come to rest
        wait_until(lambda: request.getfixturevalue("center").ptz_pose(CAMERA)["speed"] == 0)
    yield
    if "center" in request.fixturenames:
        center = request.getfixturevalue("center")
        center.ptz_delay(0.0)
        center.ptz_swallow(0)
        center.set_rights("ptz1", ["view", "ptz"])
        center.set_online("c3", True)
        center.revoke_sessions()  # which gives all cameras free


class Operator:
    """A client of one session with one hand."""

    def __init__(self, center, user="operator", number=CAMERA):
        self.url = f"{center.api_url}/channels/c{number}"
        self.api_url = center.api_url
        self.http = requests.Session()
        body = {"user": user, "password": center.password}
        token = self.http.post(f"{center.api_url}/session", json=body, timeout=10).json()["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"
        self.hand = f"hand-{os.getpid()}-{next(_hands):06d}"
        self.numbers = itertools.count(1)

    def steer(self, timeout=10, dead_man_s=1.0, **velocity):
        body = {"hand": self.hand, "number": next(self.numbers), "velocity": velocity, "dead_man_s": dead_man_s}
        return self.http.post(f"{self.url}/ptz/steering", json=body, timeout=timeout)

    def reserve(self, term_s=30.0, reason=""):
        body = {"term_s": term_s, "take_over_reason": reason}
        return self.http.put(f"{self.url}/ptz/reservation", json=body, timeout=10)

    def release(self):
        return self.http.delete(f"{self.url}/ptz/reservation", timeout=10).json()

    def status(self):
        return self.http.get(f"{self.url}/ptz", timeout=10).json()


def wait_until(condition):
    until = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < until, "the condition did not come true"
        time.sleep(0.01)


def log_after(center, mark, number=CAMERA):
    return [entry["kind"] for entry in center.ptz_log(number, mark)]


def test_a_client_that_dies_leaves_no_camera_turning(center):
    who, mark = Operator(center), len(center.ptz_log(CAMERA))
    assert who.steer(pan=1.0, dead_man_s=0.3).json()["is_moving"]
    wait_until(lambda: "still" in log_after(center, mark))  # nobody asks: the center's own clock does it
    entries = {entry["kind"]: entry for entry in center.ptz_log(CAMERA, mark)}
    assert entries["dead_man"]["at_s"] - entries["move"]["at_s"] == pytest.approx(0.3, abs=1e-6)
    assert entries["still"]["at_s"] - entries["move"]["at_s"] < 0.5
    assert entries["still"]["pan"] > entries["dead_man"]["pan"] > entries["move"]["pan"]  # it braked
    assert center.ptz_pose(CAMERA)["speed"] == 0
    assert center.ptz_pose(CAMERA)["pan"] == pytest.approx(entries["still"]["pan"], abs=1e-6)
    who.release()


def test_where_a_camera_looked_can_be_asked_later(center):
    who, mark = Operator(center), len(center.ptz_log(CAMERA))
    who.steer(pan=-0.5)
    who.steer()
    who.release()
    started, stopped = (
        next(entry for entry in center.ptz_log(CAMERA, mark) if entry["kind"] == kind)
        for kind in ("started", "stopped")
    )
    for entry in (started, stopped):
        assert center.ptz_pose(CAMERA, entry["unix_s"])["pan"] == pytest.approx(entry["pan"], abs=0.2)
    assert abs(started["unix_s"] - time.time()) < LIMIT_S


def test_an_answer_that_is_late_does_not_hold_up_what_it_answers(center):
    center.ptz_delay(0.5)
    who, mark = Operator(center), len(center.ptz_log(CAMERA))
    begun = time.monotonic()
    with pytest.raises(requests.Timeout):
        who.steer(timeout=0.1, tilt=0.5)
    assert "move" in log_after(center, mark)
    answer = who.steer()
    assert time.monotonic() - begun >= 0.5
    assert answer.json()["is_moving"] is False
    center.ptz_delay(0.0)
    who.release()


@pytest.mark.parametrize("hangs_up", [False, True])
def test_what_is_swallowed_is_neither_obeyed_nor_answered(center, hangs_up):
    who, mark = Operator(center), len(center.ptz_log(CAMERA))
    center.ptz_swallow(3, hangs_up=hangs_up)
    assert [who.steer(pan=0.2).status_code for _ in range(2)] == [200, 200]
    with pytest.raises((requests.Timeout, requests.ConnectionError)) as lost:
        who.steer(timeout=0.4)
    assert isinstance(lost.value, requests.Timeout) is not hangs_up
    assert log_after(center, mark)[:4] == ["move", "started", "move", "swallowed"]
    assert who.steer().json()["is_moving"] is False  # sent again, with the next number
    who.release()


def test_the_center_stops_with_a_request_that_hangs():
    with EmbeddedCenter(200) as center:
        who = Operator(center)
        center.ptz_swallow(1)
        lost = []

        def hang():
            try:
                who.steer(timeout=LIMIT_S)
            except requests.RequestException as err:
                lost.append(err)

        thread = threading.Thread(target=hang)
        thread.start()
        wait_until(lambda: "swallowed" in log_after(center, 0))
        center.stop()
        thread.join(LIMIT_S)
        assert len(lost) == 1


def test_a_rival_takes_the_camera_and_gives_it_back(center):
    who = Operator(center, "ptz1")
    who.steer(pan=0.3, dead_man_s=5.0)
    assert center.rival_takes(CAMERA, 0.6) is True
    refused = who.steer(pan=0.3)
    assert refused.status_code == 409
    assert refused.json()["holder"]["name"] == "指挥长"
    assert who.reserve(reason="我要用").status_code == 409  # the city's word counts more
    wait_until(lambda: who.status()["holder"] is None)
    assert who.status()["is_moving"] is False
    assert who.reserve().status_code == 200
    assert center.rival_takes(CAMERA, 0.5, "station") is False
    who.release()


def test_a_rival_loses_to_a_higher_one_and_notices(center):
    who = Operator(center, "admin")
    assert center.rival_takes(CAMERA, 5.0, "district") is True
    assert who.reserve().json()["can_take_over"] is True
    assert who.reserve(reason="统一调度").json()["holder"]["is_me"] is True
    assert who.steer(pan=0.1).status_code == 200
    assert who.steer().json()["is_moving"] is False
    assert who.status()["holder"]["is_me"] is True
    who.release()


def test_a_rival_who_comes_by_himself():
    with EmbeddedCenter(200, rival_s=0.01) as center:
        watching = Operator(center)

        def seen():
            numbers = (3, 7, 11, 15)
            return any(Operator.status(_at(watching, center, number))["holder"] for number in numbers)

        wait_until(seen)


def _at(operator, center, number):
    operator.url = f"{center.api_url}/channels/c{number}"
    return operator


def test_logging_out_and_revoking_stop_and_free_the_camera(center):
    other = Operator(center, "station1")
    for end in (lambda who: who.http.delete(f"{center.api_url}/session", timeout=10), None):
        who = Operator(center)
        who.steer(pan=0.5, dead_man_s=5.0)
        if end:
            end(who)
            assert (other.status()["holder"], other.status()["is_moving"]) == (None, False)
        else:
            center.revoke_sessions()
            other = Operator(center, "station1")
            assert (other.status()["holder"], other.status()["is_moving"]) == (None, False)


def test_a_camera_that_goes_off_the_line_stops(center):
    who, mark = Operator(center), len(center.ptz_log(CAMERA))
    who.steer(pan=0.5, dead_man_s=5.0)
    center.set_online("c3", False)
    assert log_after(center, mark)[:3] == ["move", "started", "stopped"]
    assert who.steer(pan=0.5).status_code == 409
    center.set_online("c3", True)
    who.release()


def test_who_loses_the_right_can_still_stop_what_he_moves(center):
    who = Operator(center, "ptz1")
    who.steer(pan=0.5, dead_man_s=5.0)
    center.set_rights("ptz1", ["view"])
    assert who.steer(pan=0.6).json()["right"] == "ptz"
    assert who.steer().json()["is_moving"] is False
    assert who.steer().status_code == 403  # he does not move it any more
    center.set_rights("ptz1", ["view", "ptz"])
    who.release()


def test_two_clients_fight_for_a_camera_and_nobody_leaves_it_turning(center):
    refused = []

    def fight(user):
        who = Operator(center, user)
        for _ in range(40):
            refused.append(who.steer(pan=0.4).status_code)
            who.steer()
            who.reserve(0.01, "争用")

    threads = [threading.Thread(target=fight, args=(user,)) for user in ("ptz1", "station1", "operator")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {200, 409} >= set(refused)
    assert 409 in refused
    center.revoke_sessions()  # which gives everything free
    wait_until(lambda: center.ptz_pose(CAMERA)["speed"] == 0)
    entries = center.ptz_log(CAMERA)
    moving = 0
    for entry in entries:
        moving += {"started": 1, "stopped": -1}.get(entry["kind"], 0)
        assert moving in (0, 1)
    assert moving == 0


def test_moves_are_told_to_those_who_watch(center):
    who, viewer = Operator(center), Operator(center, "visitor", 3)
    with viewer.http.get(f"{center.api_url}/events", stream=True, timeout=20) as stream:
        lines = stream.iter_lines(chunk_size=1)
        assert b"event: opened" in [next(lines) for _ in range(4)]
        assert who.steer(pan=0.5, dead_man_s=0.2).status_code == 200
        told = []
        for line in lines:
            if line.startswith(b"data: ") and b"is_moving" in line:
                told.append(json.loads(line.removeprefix(b"data: ")))
                if len(told) == 2:
                    break
    assert [event["status"]["is_moving"] for event in told] == [True, False]  # the second by the center's own clock
    assert told[0]["status"]["holder"]["post"] == "重庆市监控室"
    who.release()


def test_the_process_has_the_hooks_too():
    with DemoProcess(64, media=False) as demo:
        body = {"user": demo.user, "password": demo.password}
        token = requests.post(f"{demo.base_url}/api/v1/session", json=body, timeout=10).json()["access_token"]
        mine = {"Authorization": f"Bearer {token}"}
        url = f"{demo.base_url}/api/v1/channels/c7/ptz/steering"
        move = {"hand": "hand-4711", "number": 1, "velocity": {"pan": 1}, "dead_man_s": 0.2}
        assert requests.post(url, json=move, headers=mine, timeout=10).status_code == 200
        wait_until(lambda: "still" in [entry["kind"] for entry in demo.ptz_log(7)])
        assert demo.ptz_pose(7)["pan"] > 10
        assert demo.ptz_pose(7, time.time() - 60)["pan"] == 0
        demo.ptz_delay(0.2)
        begun = time.monotonic()
        requests.post(url, json={**move, "number": 2}, headers=mine, timeout=10)
        assert time.monotonic() - begun >= 0.2
        demo.ptz_delay(0)
        demo.ptz_swallow(1, hangs_up=True)
        with pytest.raises(requests.ConnectionError):
            requests.post(url, json={**move, "number": 3}, headers=mine, timeout=10)
        demo.ptz_swallow(0)
        assert demo.rival_takes(11, 0.2) is True
        assert demo.rival_takes(11, 0.2, "station") is False

"""The demo as its own process: it starts, obeys, and leaves nothing behind however it ends."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
import requests

from wallclient.demo.process import DemoFailed, DemoProcess

LIMIT_S = 30.0


def wait_until(condition):
    until = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < until, "the condition did not come true"
        time.sleep(0.02)


def log_in(demo):
    body = {"user": demo.user, "password": demo.password}
    return requests.post(f"{demo.base_url}/api/v1/session", json=body, timeout=10)


def test_a_center_without_media():
    with DemoProcess(497_000, media=False) as demo:
        assert demo.base_url.startswith("http://127.0.0.1:")
        assert log_in(demo).status_code == 200
        mine = {"Authorization": f"Bearer {log_in(demo).json()['access_token']}"}
        demo.set_online("c100", False)
        channel = requests.get(f"{demo.base_url}/api/v1/channels/c100", headers=mine, timeout=10).json()
        assert channel["online"] is False
        assert (demo.open_leases(), demo.listeners()) == (0, 0)
        demo.center_stop()
        with pytest.raises(requests.ConnectionError):
            log_in(demo)
        demo.center_start()
        demo.lapse_tokens()
        assert requests.get(f"{demo.base_url}/api/v1/nodes", headers=mine, timeout=10).status_code == 401
        pid = demo.pid
    assert not psutil.pid_exists(pid)
    with pytest.raises(DemoFailed):
        demo.listeners()


def test_the_catalog_changes_as_it_is_told():
    with DemoProcess(200, media=False) as demo:
        mine = {"Authorization": f"Bearer {log_in(demo).json()['access_token']}"}

        def get(path, status=200):
            reply = requests.get(f"{demo.base_url}/api/v1{path}", headers=mine, timeout=10)
            assert reply.status_code == status, reply.text
            return reply

        since = json.loads(get("/catalog/snapshot").text.splitlines()[0])["sequence"]
        added = demo.add_camera("d500103", "新装")
        demo.rename("c1", "改名")
        demo.move_camera("c2", "city")
        demo.remove_camera("c3")
        demo.set_state("c4", "video_lost")
        assert len(demo.burst(50)) == 50
        changes = get(f"/catalog/changes?since={since}").json()["changes"]
        assert [change[0] for change in changes] == ["u", "u", "u", "r", "s"] + ["s"] * 50
        assert changes[0][2][0] == added
        demo.misbehave("error")
        get("/catalog/snapshot", 500)
        demo.misbehave()
        demo.lose_changes(1)
        gap = get(f"/catalog/changes?since={since}").json()
        assert len(gap["changes"]) + gap["hidden"] < gap["sequence"] - since
        demo.set_rights("operator", ["view"], ["d500103"])
        get(f"/catalog/changes?since={since}", 410)
        get("/nodes/d500105", 404)
        demo.expire_changes()
        with pytest.raises(DemoFailed, match="KeyError"):
            demo.rename("nobody", "x")


@pytest.mark.parametrize(
    ("operation", "fields"),
    [
        ("no_such_thing", {}),
        ("set_online", {"channel_id": "c999999", "online": True}),
        ("set_online", {"wrong": 1}),
        ("media_pid", {}),
    ],
)
def test_commands_that_make_no_sense_are_refused(operation, fields):
    with DemoProcess(16, media=False) as demo:
        with pytest.raises(DemoFailed, match=operation):
            demo.command(operation, **fields)
        assert demo.listeners() == 0


def test_a_city_of_impossible_size():
    with pytest.raises(DemoFailed, match="16 to 497000"):
        DemoProcess(5, media=False).start()


def started(**changes):
    """Start the process without DemoProcess; return it and its ready document."""
    command = [sys.executable, "-m", "wallclient.demo", "--cameras=16", "--prepare=1"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **changes)
    for line in process.stdout:
        document = json.loads(line)
        if "ready" in document:
            return process, document
    raise AssertionError(f"ended with {process.wait()}")


@pytest.mark.parametrize("ending", ["stdin", signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left(ending):
    process, ready = started()
    assert psutil.pid_exists(ready["media_pid"])
    assert ready["password"]  # made up by the process, since none was given
    if ending == "stdin":
        process.stdin.close()
    else:
        process.send_signal(ending)
    status = process.wait(LIMIT_S)
    assert status == (-signal.SIGKILL if ending is signal.SIGKILL else 0)
    wait_until(lambda: not psutil.pid_exists(ready["media_pid"]))
    process.stdin.close()
    process.stdout.close()


def test_the_password_is_in_no_command_line_and_no_environment_of_children():
    counted = []
    with DemoProcess(16, prepare=1, progress=lambda done, total: counted.append((done, total))) as demo:
        assert counted == [(1, 1)]
        media = psutil.Process(demo.media_pid)
        for process in (psutil.Process(demo.pid), media):
            assert demo.password not in " ".join(process.cmdline())
        assert demo.password not in str(media.environ())


def test_the_media_server_dies_and_comes_back_on_the_same_ports():
    with DemoProcess(16, prepare=1) as demo:
        mine = {"Authorization": f"Bearer {log_in(demo).json()['access_token']}"}
        url = f"{demo.base_url}/api/v1/channels/c1/live"

        def sources():
            return requests.post(url, json={"kind": "sub"}, headers=mine, timeout=10).json()["sources"]

        before, pid = sources(), demo.media_pid
        assert [source["protocol"] for source in before] == ["rtsp", "http-ts", "http-flv"]
        assert before[0]["credentials"] is not None
        demo.media_stop()
        assert not psutil.pid_exists(pid)
        with pytest.raises(requests.ConnectionError):
            requests.get(before[1]["url"], timeout=10)
        demo.media_start()
        assert sources() == before
        with requests.get(before[1]["url"], stream=True, timeout=LIMIT_S) as stream:
            assert next(stream.iter_content(188))[0] == 0x47  # the sync byte of MPEG-TS
        demo.media_fault(1, "sub", "freeze")
        demo.media_fault(1, "sub", "normal")
        with pytest.raises(DemoFailed):
            demo.media_fault(1, "sub", "no such fault")


def test_stopping_while_clips_are_encoded(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "wallclient.demo", "--cameras=16", f"--cache-dir={tmp_path}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ},
    )
    wait_until(lambda: psutil.Process(process.pid).children())
    children = psutil.Process(process.pid).children(recursive=True)
    process.stdin.close()
    process.wait(LIMIT_S)
    wait_until(lambda: not any(child.is_running() for child in children))
    assert b"ready" not in process.stdout.read()
    process.stdout.close()

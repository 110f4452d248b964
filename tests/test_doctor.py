"""The doctor: right on this machine, honest on a broken one, in both languages, and never in the way of itself."""

import ast
import json
import os
import pathlib
import shutil
import string
import subprocess
import sys

import pytest

from wallclient import doctor
from wallclient.doctor import child, command, desktop, media, system, text
from wallclient.doctor.finding import Finding, Level
from wallclient.domain.secret import KeeperState

ROOT = pathlib.Path(doctor.__file__).parent
NOT_INHERITED = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "LC_ALL")  # they say how the suite runs
SECRET_SERVICE = "keyring.backends.SecretService.Keyring"


def _run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    command_line = [sys.executable, "-m", "wallclient.doctor", *arguments]
    return subprocess.run(
        command_line, env={**clean, **environment}, capture_output=True, text=True, timeout=100, check=False
    )


def _by_topic(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, object]]:
    return {row["topic"]: row for row in json.loads(done.stdout)["findings"]}


def test_a_machine_that_was_set_up_can_run_the_wall():
    done = _run("--json", LANG="C.UTF-8")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["can_run"] is True
    found = _by_topic(done)
    assert set(found) == set(command.CHECKS) - {"monitors"}  # there is no display
    assert {found[topic]["level"] for topic in ("python", "packages", "shared", "vlc", "rtsp", "av", "qt")} == {"ok"}
    assert str(found["vlc"]["summary"]).startswith("3.")
    assert found["fonts"]["level"] == "ok"
    assert not done.stderr


def test_it_speaks_chinese_where_the_locale_does():
    done = _run(LANG="zh_CN.UTF-8")
    assert done.returncode == 0, done.stdout
    assert "本机可以运行电视墙" in done.stdout
    assert "\033" not in done.stdout  # colours are for terminals


@pytest.mark.skipif(not shutil.which("Xvfb"), reason="needs Xvfb")
def test_it_names_platform_and_monitors_of_a_display():
    with subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            found = _by_topic(_run("--json", LANG="C.UTF-8", DISPLAY=f":{server.stdout.readline().strip()}"))
        finally:
            server.terminate()
    assert str(found["display"]["summary"]).startswith("xcb (:")
    assert "1280×1024" in str(found["monitors"]["summary"])


def test_a_display_that_refuses_is_a_problem_with_a_remedy():
    done = _run("--json", LANG="C.UTF-8", DISPLAY=":4711")
    assert done.returncode == 1
    found = _by_topic(done)
    assert found["display"]["level"] == "problem"
    assert ":4711" in str(found["display"]["summary"])
    assert "xauth" in str(found["display"]["remedy"])
    assert found["qt"]["level"] == "ok"  # Qt itself is not to blame


def test_a_missing_libvlc_is_a_problem_that_apt_cures(tmp_path):
    done = _run("--json", LANG="C.UTF-8", PYTHON_VLC_LIB_PATH=str(tmp_path / "libvlc.so.5"))
    assert done.returncode == 1
    vlc = _by_topic(done)["vlc"]
    assert vlc["level"] == "problem"
    assert vlc["remedy"][0] == "sudo apt-get install libvlc5 vlc-plugin-base"


def test_missing_plugins_are_named(tmp_path):
    (tmp_path / "codec").mkdir()
    (tmp_path / "codec" / "libavcodec_plugin.so").touch()
    assert media.missing_plugins([tmp_path]) == ["ts", "vmem", "swscale"]
    assert media.missing_plugins([]) == []  # nobody knows where they are: that libVLC starts is the better witness


@pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")), reason="needs dbus, gnome-keyring"
)
def test_a_real_secret_service_is_trusted(tmp_path):
    (tmp_path / "run").mkdir(mode=0o700)
    unlock = "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1"
    script = f'{unlock}; exec "$0" -m wallclient.doctor --json'
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path / "run"), "LC_ALL": "C.UTF-8"}
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "DISPLAY", "WAYLAND_DISPLAY", "PYTHON_KEYRING_BACKEND"):
        environment.pop(name, None)
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script, sys.executable],
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert _by_topic(done)["keyring"]["summary"] == "kept by Secret Service", done.stderr


@pytest.mark.parametrize(
    ("backend", "reason"),
    [
        ("keyring.backends.fail.Keyring", "keyring_fail"),
        ("keyring.backends.null.Keyring", "keyring_null"),
        ("keyring.backends.chainer.ChainerBackend", "keyring_chain"),
        ("keyrings.alt.file.PlaintextKeyring", "keyring_plain"),
        ("keyrings.alt.file.EncryptedKeyring", "keyring_prompt"),
        ("keyrings.cryptfile.cryptfile.CryptFileKeyring", "keyring_prompt"),
        ("somebody.else.Keyring", "keyring_unknown"),
    ],
)
def test_an_unsafe_keeper_of_passwords_is_refused_and_says_why(backend, reason):
    finding = desktop.judge_keyring(backend, [])
    assert finding.level is Level.NOTE
    assert finding.values["reason"] == reason
    assert text.SENTENCES[reason][0] in text.summary(finding, "en")
    assert text.SENTENCES[reason][1] in text.summary(finding, "zh")


def test_a_chain_with_a_safe_link_tells_how_to_choose_it():
    finding = desktop.judge_keyring(
        "keyring.backends.chainer.ChainerBackend", ["keyring.backends.kwallet.DBusKeyring", SECRET_SERVICE]
    )
    assert text.remedy(finding, "en") == [f"export PYTHON_KEYRING_BACKEND={SECRET_SERVICE}"]


def test_a_check_that_throws_is_reported_and_stops_no_other():
    def broken() -> Finding:
        raise OSError("no such luck")

    findings = command.examine({"gpu": broken, "python": system.check_python})
    assert [finding.level for finding in findings] == [Level.PROBLEM, Level.OK]
    assert "no such luck" in text.summary(findings[0], "en")
    assert not command.can_run(findings)


def test_notes_do_not_stop_the_wall():
    findings = [Finding("gpu", Level.NOTE, "gpu_none"), Finding("shared", Level.OK, "shared_ok")]
    assert command.can_run(findings)
    assert "see the notes" in command.as_table(findings, "en", colour=False)


def test_a_crashing_probe_is_told_by_its_signal():
    with pytest.raises(child.ProbeFailed, match="SIGABRT"):
        child.run([sys.executable, "-c", "import os; os.abort()"])
    with pytest.raises(child.ProbeFailed, match="no answer"):
        child.run([sys.executable, "-c", "print('not json')"])
    with pytest.raises(child.ProbeFailed, match="No such file"):
        child.run(["/nowhere/python"])


def test_va_api_codecs_are_read_from_vainfo():
    output = """
      VAProfileH264Main               :	VAEntrypointVLD
      VAProfileH264Main               :	VAEntrypointEncSlice
      VAProfileHEVCMain10             :	VAEntrypointVLD
      VAProfileAV1Profile0            :	VAEntrypointEncSlice
    """
    assert media.va_codecs(output) == ["H.264", "H.265"]


def test_columns_line_up_with_chinese_in_them():
    findings = [Finding("memory", Level.OK, "shared_ok"), Finding("fonts", Level.NOTE, "gpu_none")]
    first, second = command.as_table(findings, "zh", colour=False).splitlines()[:2]
    widths = [
        command._width(line[: line.index(text.summary(f, "zh"))])
        for line, f in zip((first, second), findings, strict=True)
    ]
    assert widths[0] == widths[1]


def test_every_sentence_exists_in_both_languages_with_the_same_values():
    for key, (english, chinese) in text.SENTENCES.items():
        assert _fields(english) == _fields(chinese), key
        assert english
        assert chinese


def _fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_key_used_has_a_sentence_and_every_sentence_is_used():
    used = {state.value for state in KeeperState if state is not KeeperState.SAFE}
    for path in ROOT.glob("*.py"):
        if path.name != "text.py":
            tree = ast.parse(path.read_text())
            used |= {
                node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
    assert set(text.SENTENCES) - used == set()
    assert set(command.CHECKS) == set(text.TOPICS)
    keys = {
        word for word in used if word.startswith(tuple(f"{topic}_" for topic in text.TOPICS)) and word.isidentifier()
    }
    assert keys - set(text.SENTENCES) - {"media_server", "clock_gettime"} == set()

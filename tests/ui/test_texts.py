"""Every word the operator sees: present, translated, current."""

import re
import string
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator

from wallclient.domain import errors
from wallclient.domain.export import LACKS, ExportLack, ExportState, ExportTrouble
from wallclient.domain.notice import Notice, NoticeKind
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.domain.stream import StreamKind
from wallclient.services.live_pane import StreamInfo
from wallclient.ui import export_text, i18n, text
from wallclient.ui.resources import resource_path

ROOT = Path(__file__).parents[2]
TS = ROOT / "resources" / "i18n" / "wallclient_zh_CN.ts"
TOOLS = Path(sys.executable).parent


def messages(path: Path) -> dict[tuple[str, str], ET.Element]:
    found = {}
    for context in ET.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            found[context.findtext("name"), message.findtext("source")] = message.find("translation")
    return found


@pytest.fixture
def chinese(qapp):
    translators = i18n.install_translators(qapp, "zh_CN")
    yield
    for translator in translators:
        qapp.removeTranslator(translator)
    i18n.install_translators(qapp, "en")


def test_the_translation_holds_every_source_text_and_no_other(tmp_path):
    """Run `pyside6-lupdate -no-obsolete -locations none wallclient/ui/*.py -ts resources/i18n/wallclient_zh_CN.ts`."""
    fresh = tmp_path / "wallclient_zh_CN.ts"
    sources = sorted(str(path) for path in (ROOT / "wallclient" / "ui").glob("*.py"))
    lupdate = [str(TOOLS / "pyside6-lupdate"), *sources, "-ts", str(fresh)]
    subprocess.run(lupdate, check=True, capture_output=True)
    assert messages(fresh).keys() == messages(TS).keys()


def test_every_translation_is_finished_and_has_the_same_blanks():
    for (context, source), translation in messages(TS).items():
        assert translation.get("type") is None, f"{context}: {source}"
        assert translation.text, f"{context}: {source}"
        fields = [
            {field for _, field, _, _ in string.Formatter().parse(t) if field} for t in (source, translation.text)
        ]
        assert fields[0] == fields[1], f"{context}: {source}"


def test_the_compiled_translation_is_current(tmp_path):
    """Run `pyside6-lrelease resources/i18n/wallclient_zh_CN.ts`."""
    fresh = tmp_path / "fresh.qm"
    subprocess.run([str(TOOLS / "pyside6-lrelease"), str(TS), "-qm", str(fresh)], check=True, capture_output=True)
    assert fresh.read_bytes() == TS.with_suffix(".qm").read_bytes()
    translator = QTranslator()
    assert translator.load(str(fresh))
    for (context, source), translation in messages(TS).items():
        assert translator.translate(context, source) == translation.text


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_reason_state_and_error_is_a_sentence(qapp, language):
    translators = i18n.install_translators(qapp, language)
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.WallError)]
    said = [text.reason_text(reason) for reason in PaneReason] + [text.error_text(kind("log only")) for kind in kinds]
    words = [text.state_text(state) for state in PaneState]
    said += [export_text.trouble_text(trouble) for trouble in ExportTrouble]
    said += [text.error_text(errors.ExportFailed("log only", trouble)) for trouble in ExportTrouble]
    words += [export_text.export_state_text(state) for state in ExportState]
    words += [export_text.lack_text(ExportLack("c/1", 0, 1, why)) for why in LACKS]
    for translator in translators:
        qapp.removeTranslator(translator)
    assert all(sentence.endswith("。" if language == "zh_CN" else (".", "?")) for sentence in said)
    assert not any("log only" in sentence for sentence in said)
    assert all(words)
    if language == "zh_CN":
        assert all(re.search("[\u4e00-\u9fff]", sentence) for sentence in said + words)


def test_every_state_of_an_export_has_its_color_and_every_lack_its_words():
    assert set(export_text.STATE_COLORS) == set(ExportState)
    assert set(export_text.LACKS) == set(LACKS)
    words = [text.error_text(kind()) for kind in (errors.DiskFull, errors.FootageChanged, errors.ReasonNeeded)]
    general = [text.error_text(kind()) for kind in (errors.StorageFailed, errors.WallError, errors.CenterError)]
    assert not set(words) & set(general)


def test_errors_that_are_more_special_have_their_own_words():
    assert text.error_text(errors.NotFound()) != text.error_text(errors.CenterError())
    assert text.error_text(errors.CameraOffline()) == "The camera is offline."


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_notice_says_what_it_is_about(kind):
    notice = Notice("key", kind, subject="解放碑", shown=3, total=9, error=errors.ServerFailed("secret"))
    said = text.notice_text(notice)
    assert "解放碑" in said
    assert "secret" not in said
    assert "{" not in said


def test_unknown_figures_of_a_stream_are_left_out():
    assert text.info_lines(None, StreamInfo()) == []
    info = StreamInfo("rtsp", "hevc", 1280, 720, 24.96, 1834.4, 181.6, 2)
    lines = text.info_lines(StreamKind.MAIN, info)
    assert lines == [
        "Main stream   RTSP",
        "H.265   1280×720",
        "25.0 pictures/s   1,834 kbps",
        "Latency 182 ms   Lost pictures 2",
    ]


def test_trade_words_are_used_in_chinese(chinese):
    assert text.stream_kind_text(StreamKind.SUB) == "子码流"
    assert text.reason_text(PaneReason.WRONG_PASSWORD) == "流媒体用户名或密码错误。"


@pytest.mark.parametrize(
    ("environment", "setting", "language"),
    [("en", "zh_CN", "en"), ("zh", "en", "zh_CN"), ("", "zh_CN", "zh_CN"), ("", "en", "en")],
)
def test_the_environment_decides_before_the_setting(monkeypatch, environment, setting, language):
    monkeypatch.setenv("WALLCLIENT_LANG", environment)
    assert i18n.chosen_language(setting) == language


def test_resources_are_found():
    assert resource_path("themes/dark.qss").is_file()
    with pytest.raises(FileNotFoundError):
        resource_path("icons/none.svg")

"""Exports and evidence in the window: from a range on the timeline to a package that verifies, at a real center."""

import hashlib
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from window_fakes import FakeWall

from tests.services.test_centers import MemoryStore
from wallclient.demo import strip
from wallclient.demo.center import EmbeddedCenter
from wallclient.demo.city import City
from wallclient.demo.recording_calendar import WRONG_CLOCK, stretches
from wallclient.demo.recording_store import FootageStore
from wallclient.demo.server import streamed_cameras
from wallclient.domain.bookmark import Bookmark
from wallclient.domain.catalog import ALL_RIGHTS, Right
from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import KeyringRefused
from wallclient.domain.export import ExportCamera, ExportedFile, ExportJob, ExportState
from wallclient.domain.layout import layout_by_id
from wallclient.domain.patrol import Person
from wallclient.services import evidence
from wallclient.services.audit import AuditBook
from wallclient.services.centers import Centers
from wallclient.services.evidence import EvidenceDesk, PackageStopped
from wallclient.services.exports import Exports
from wallclient.services.review_desk import ReviewDesk
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.services.wall import Deck, Wall
from wallclient.storage.exports import exports_file
from wallclient.ui.evidence_dialog import EvidenceDialog, KeyDialog
from wallclient.ui.export_dialog import ExportDialog
from wallclient.ui.export_queue import ExportsDialog
from wallclient.ui.export_services import ExportServices
from wallclient.ui.export_text import bytes_text
from wallclient.ui.main_window import MainWindow
from wallclient.ui.patrol_reason import ReasonDialog
from wallclient.ui.playback_services import ExportWish, PlaybackServices
from wallclient.ui.theme import apply_theme, metrics_for
from wallclient.ui.verify_dialog import VerifyDialog
from wallclient.ui.window_needs import WindowNeeds

KEY, LIMIT_S = "north", 40.0
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def footage():
    store = FootageStore(streamed_cameras(City(64)))
    yield store
    store.close()


@pytest.fixture
def center(footage):
    with EmbeddedCenter(64, footage=footage) as center:
        yield center


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "导出"


class Parts:
    """A window with everything exports need, signed in."""

    def __init__(self, loop, run, center, library, preferences, tmp_path, *, real_wall=False) -> None:
        data = tmp_path / "data"
        self.keyring = MemoryStore()
        keeper = SecretKeeper(self.keyring)
        self.centers = Centers(preferences, keeper, data)
        self.centers.add(CenterConfig(KEY, center.base_url))
        run(self.centers.log_in(KEY, center.user, center.password))
        run(self._start(data))
        self.review = ReviewDesk(self.centers, tmp_path, self.audit)
        services = ExportServices(self.exports, EvidenceDesk(keeper, "0.1.0", self.audit))
        playback = PlaybackServices(self.review, SHANGHAI)
        metrics = metrics_for(1080)
        apply_theme(QApplication.instance(), metrics)
        needs = WindowNeeds(
            self.centers, library, preferences, metrics, loop, playback=playback, exports=services
        )  # fmt: skip
        wall = Wall(Deck(None, self.centers, self.review), layout_by_id("4")) if real_wall else FakeWall("4")
        self.window = MainWindow(wall, needs)
        self.exports.noticed.connect(self.window.notify)

    async def _start(self, data) -> None:
        self.audit = AuditBook(self.centers, data)
        self.exports = Exports(self.centers, exports_file(data), self.audit)
        self.exports.start()

    def close(self, run) -> None:
        run(self._close())

    async def _close(self) -> None:
        self.window.close()
        self.window.wall.shut_down()
        await self.exports.close()
        await self.audit.close()
        self.review.shut_down()
        await self.centers.close()
        self.window.deleteLater()  # not by qtbot: what the panes still have to say needs a running loop


@pytest.fixture
def parts(qtbot, request, loop, run, center, library, preferences, tmp_path):
    real_wall = "snapshot" in request.node.name
    parts = Parts(loop, run, center, library, preferences, tmp_path, real_wall=real_wall)
    parts.window.resize(1366, 768)
    with qtbot.waitExposed(parts.window):
        parts.window.show()
    yield parts
    QApplication.setQuitOnLastWindowClosed(False)  # as in the program
    parts.close(run)
    QApplication.setQuitOnLastWindowClosed(True)


def recorded(number):
    """Return 8 s, in ms, of which the camera has footage, a while ago."""
    now = time.time()
    stretch = max(stretches(number, now - 6 * 3600, now - 1800, now), key=lambda one: one.end_s - one.start_s)
    start_ms = (int(stretch.start_s) + 30) * 1000
    return start_ms, start_ms + 8000


@pytest.fixture
def act(run):
    """Do something as an operator does: while the loop runs."""

    def act(what, *arguments):
        async def go():
            return what(*arguments)

        return run(go())

    return act


def dialog_of(window, kind):
    found = [dialog for dialog in window.findChildren(kind) if dialog.isVisible()]
    return found[0] if found else None


def wished(parts, run, act, *numbers, rights=ALL_RIGHTS):
    """Mark a range on the timeline with these cameras on the wall and press the bar's button."""
    for index, number in enumerate(numbers):
        channel = run(parts.centers.channel(f"{KEY}/c{number}"))
        parts.window.wall.show(index, replace(channel, rights=ALL_RIGHTS if index == 0 else rights))
    desk = parts.window.playback
    desk.toggle()
    start_ms, end_ms = recorded(numbers[0])
    desk.timeline.set_chosen((start_ms * 1000, end_ms * 1000))
    desk.refresh()
    assert desk.bar.buttons["export"].isVisible()
    act(desk.bar.buttons["export"].click)
    dialog = dialog_of(parts.window, ExportDialog)
    assert dialog is not None
    return dialog


def dialog_of_wish(parts, act, wish):
    act(parts.window.exports.show_dialog, wish)
    return dialog_of(parts.window, ExportDialog)


def test_from_a_range_on_the_timeline_to_a_package_that_verifies(parts, run, act, center, folder):
    """The whole story: reason, queue, files, package, key, verification, and one changed byte."""
    center.demand_reason()
    dialog = wished(parts, run, act, 2)
    dialog.folder_edit.setText(str(folder))
    act(dialog.start_button.click)
    run(lambda: dialog._error.isVisible(), LIMIT_S)
    assert "reason" in dialog._error.text()
    assert not dialog.start_button.isEnabled()
    assert parts.exports.jobs == ()
    dialog.reason_box.setCurrentText("交警调取")
    act(dialog.start_button.click)
    run(lambda: parts.exports.jobs, LIMIT_S)
    key = parts.exports.jobs[0].key
    assert any("Export begun" in text for text in parts.window.toasts.texts)
    assert parts.window.exports.label.isVisibleTo(parts.window)
    into_cases = []
    parts.window.exports.on_case = into_cases.append
    parts.window.actions_by_command["exports"].trigger()
    queue = dialog_of(parts.window, ExportsDialog)
    run(lambda: parts.exports.job(key).state is ExportState.DONE, LIMIT_S)
    job = parts.exports.job(key)
    assert (job.zone, job.reason, job.by.user, job.by.name) == ("Asia/Shanghai", "交警调取", "operator", "值班员")
    assert Path(job.files[0].path).parent == folder
    again = dialog_of_wish(parts, act, ExportWish((run(parts.centers.channel(f"{KEY}/c2")),), 0, 60_000))
    size = sum(file.size for file in job.files) / sum(file.end_ms - file.start_ms for file in job.files) * 60_000
    assert bytes_text(size) in again.room_label.text()
    act(again.reject)
    run(lambda: queue.files.topLevelItemCount() == len(job.files) + len(job.lacks))
    assert queue.files.topLevelItem(0).text(0) == Path(job.files[0].path).name
    assert not parts.window.exports.label.isVisibleTo(parts.window)
    assert any("Export done" in text for text in parts.window.toasts.texts)
    assert parts.window._needs.preferences.settings.export_folder == str(folder)

    act(queue.buttons_by_name["case"].click)
    assert into_cases == [[job]]
    act(queue.buttons_by_name["package"].click)
    packing = dialog_of(parts.window, EvidenceDialog)
    assert packing.reason_edit.text() == "交警调取"
    assert not packing.make_button.isEnabled()
    packing.number_edit.setText("A2027-15")
    act(packing.make_button.click)
    run(lambda: packing.path is not None, LIMIT_S)
    assert packing.sha_label.text()
    pem = folder / "key.pem"
    run(packing._save_key(pem))
    assert pem.read_bytes().startswith(b"-----BEGIN PUBLIC KEY-----")

    verifying = verify_dialog(parts, packing.path, pem)
    run(verifying.check(), LIMIT_S)
    assert verifying.verdict_label.property("level") == "good"
    assert packing.key_label.text() in verifying.lines_view.toPlainText()
    assert "A2027-15" in verifying.lines_view.toPlainText()
    verifying.key_edit.setText("")
    run(verifying.check(), LIMIT_S)
    assert verifying.verdict_label.property("level") == "warning"  # whoever changed the package could bring a key
    assert "--key" not in verifying.lines_view.toPlainText()
    changed = bytearray(packing.path.read_bytes())
    changed[len(changed) // 2] ^= 1
    packing.path.write_bytes(changed)
    run(verifying.check(), LIMIT_S)
    assert verifying.verdict_label.property("level") == "bad"
    assert Path(job.files[0].path).name in verifying.lines_view.toPlainText()


def verify_dialog(parts, package, key):
    parts.window.exports.show_verify(str(package))
    dialog = dialog_of(parts.window, VerifyDialog)
    dialog.key_edit.setText(str(key))
    return dialog


def test_cameras_without_the_right_can_not_be_chosen_and_say_why(parts, run, act, folder):
    dialog = wished(parts, run, act, 2, 3, rights=Right.VIEW.bit | Right.PLAYBACK.bit)
    assert [dialog.cameras.item(row).flags().value != 0 for row in range(2)] == [True, False]
    assert "Export" in dialog.cameras.item(1).text()
    assert dialog.cameras.item(1).checkState() is Qt.CheckState.Unchecked
    assert [channel.id for channel in dialog.wish.channels] == [f"{KEY}/c2"]
    dialog.cameras.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert not dialog.start_button.isEnabled()
    dialog.cameras.item(0).setCheckState(Qt.CheckState.Checked)
    blocked = folder.parent / "file"
    blocked.write_text("no folder")
    dialog.folder_edit.setText(str(blocked))
    act(dialog.start_button.click)
    run(lambda: dialog._error.isVisible(), LIMIT_S)
    assert parts.exports.jobs == ()
    dialog.reject()


def test_the_range_is_edited_to_the_second_by_the_clocks_of_the_zone(parts, run, act):
    channel = run(parts.centers.channel(f"{KEY}/c2"))
    start_ms = 1_795_000_000_400  # 2026-11-18 20:26:40.4 in Shanghai is asked for from 40 on, until 51
    parts.window.exports.show_dialog(ExportWish((channel,), start_ms, start_ms + 10_300))
    dialog = dialog_of(parts.window, ExportDialog)
    shown = [edit.dateTime().toString("yyyy-MM-dd HH:mm:ss") for edit in (dialog.start_edit, dialog.end_edit)]
    assert shown == [f"{text}" for text in local_texts(start_ms // 1000, start_ms // 1000 + 11)]
    dialog.end_edit.setDateTime(dialog.end_edit.dateTime().addSecs(5))
    assert (dialog.wish.start_ms, dialog.wish.end_ms) == (start_ms - 400, start_ms - 400 + 16_000)
    assert dialog.length_label.text().startswith("16 s")
    dialog.end_edit.setDateTime(dialog.start_edit.dateTime())
    assert not dialog.start_button.isEnabled()
    dialog.reject()


def local_texts(*seconds):
    return [f"{datetime.fromtimestamp(one, SHANGHAI):%Y-%m-%d %H:%M:%S}" for one in seconds]


def test_exports_are_paused_gone_on_with_cancelled_and_removed(parts, run, act, center, folder):
    center.footage_fault("slow", 2, 200_000)
    dialog = wished(parts, run, act, 2, 3)
    dialog.folder_edit.setText(str(folder))
    act(dialog.start_button.click)
    run(lambda: parts.exports.jobs, LIMIT_S)
    key = parts.exports.jobs[0].key
    parts.window.exports.show_queue()
    queue = dialog_of(parts.window, ExportsDialog)
    run(lambda: parts.exports.progress(key).rate_bytes_s > 0, LIMIT_S)
    assert "B/s" in queue.model.index(0, 3).data()
    act(queue.buttons_by_name["pause"].click)
    run(lambda: parts.exports.job(key).state is ExportState.PAUSED, LIMIT_S)
    assert [queue.buttons_by_name[name].isEnabled() for name in ("pause", "resume", "cancel", "remove")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert queue.state_label.isVisible()
    act(queue.buttons_by_name["resume"].click)
    run(lambda: parts.exports.job(key).state is ExportState.RUNNING, LIMIT_S)
    act(queue.buttons_by_name["cancel"].click)
    run(lambda: parts.exports.job(key).state is ExportState.CANCELLED, LIMIT_S)
    act(queue.buttons_by_name["remove"].click)
    run(lambda: queue.model.rowCount() == 0, LIMIT_S)
    assert queue.empty.isVisible()
    run(lambda: not list(folder.glob(".*")), LIMIT_S)


def test_a_reason_that_is_demanded_later_is_asked_for_in_the_queue(parts, run, act, center, folder):
    dialog = wished(parts, run, act, 2)
    dialog.folder_edit.setText(str(folder))
    exports = parts.exports
    center.footage_fault("missing", 2)
    act(dialog.start_button.click)
    run(lambda: exports.jobs, LIMIT_S)
    key = exports.jobs[0].key
    act(exports.pause, key)
    run(lambda: center.open_playbacks() == 0 and not exports._current, LIMIT_S)
    center.footage_fault("normal", 2)
    center.demand_reason()
    act(exports.resume, key)
    run(lambda: exports.job(key).state is ExportState.FAILED, LIMIT_S)
    label = parts.window.exports.label
    assert "1" in label.text()
    parts.window.exports.show_queue()
    assert not label.isVisibleTo(parts.window)
    queue = dialog_of(parts.window, ExportsDialog)
    assert "reason" in queue.trouble_label.text()
    act(queue.buttons_by_name["resume"].click)
    asked = dialog_of(parts.window, ReasonDialog)
    asked.box.setCurrentText("交警调取")
    act(asked.accept)
    run(lambda: exports.job(key).state is ExportState.DONE, LIMIT_S)
    assert exports.job(key).reason == "交警调取"


def test_without_a_keyring_there_is_no_key_and_it_says_so(parts, run, act):
    parts.keyring.trouble = KeyringRefused("unsafe")
    parts.window.exports.show_key()
    dialog = dialog_of(parts.window, KeyDialog)
    run(lambda: dialog._error.isVisible(), LIMIT_S)
    assert "unsigned" in dialog._error.text()
    assert not dialog.save_button.isEnabled()


def test_a_snapshot_of_footage_is_its_own_picture_in_full_size_and_noted(parts, run, act, center, preferences):
    """The pane is small, the camera's clock is wrong: the file has the source's pixels of that very moment."""
    window, review = parts.window, parts.review
    window.resize(800, 600)
    channel = run(parts.centers.channel(f"{KEY}/c{WRONG_CLOCK}"))
    start_ms, _ = recorded(WRONG_CLOCK)
    center.demand_reason()
    review.set_reason(KEY, "交警调取")
    act(review.clock.seek, (start_ms + 5280) * 1000)
    pane = act(window.wall.show_footage, 0, channel)
    run(lambda: pane.shown_us is not None and pane.info.width, LIMIT_S)
    window.wall_widget.grab()
    run(lambda: pane.picture() is not None and pane.picture().width < pane.info.width, LIMIT_S)
    shown = pane.shown_us
    assert shown // 1000 == start_ms + 5280
    run(window.commands.snapshot(0), LIMIT_S)
    path = next(Path(preferences.settings.snapshot_folder).iterdir())
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
    size = pane.info.width, pane.info.height
    assert (image.width(), image.height() > size[1]) == (size[0], True)
    reading = strip.read(memoryview(image.constBits()), *size, image.bytesPerLine())
    assert (reading.camera, reading.counter) == (WRONG_CLOCK, round(shown / 40_000) % strip.COUNTER_MODULO)
    assert image.text("Title") == channel.name
    assert image.text("Creation Time") == datetime.fromtimestamp(shown / 1e6, UTC).isoformat(
        timespec="milliseconds"
    ).replace("+00:00", "Z")  # fmt: skip
    assert image.text("Camera Clock Offset") == f"{pane.clock_offset_ms} ms" != "0 ms"
    assert f"{datetime.fromtimestamp(shown / 1e6):%Y-%m-%d %H-%M-%S}" in path.name

    mark = Bookmark("", "追尾", start_ms, start_ms + 4000, (channel.id,))
    kept = run(window.playback.bookmarks.save(mark), LIMIT_S)
    run(window.playback.bookmarks.delete(kept[0]), LIMIT_S)
    pane.clock.seek((start_ms + 700_000) * 1000)  # another session, the same playback
    pane.tick(0.0)
    act(window.wall.close, 0)
    run(lambda: len(drained(parts, center)) == 5, LIMIT_S)
    opened, taken, saved, deleted, closed = records = drained(parts, center)
    assert [one["kind"] for one in records] == [
        "playback_opened", "snapshot_taken", "bookmark_saved", "bookmark_deleted", "playback_closed",
    ]  # fmt: skip
    assert (saved["text"], saved["start_ms"], saved["ref"]) == ("追尾", start_ms, deleted["ref"])
    assert {one["reason"] for one in records} == {"交警调取"}
    assert all(one["channel_ids"] == [f"c{WRONG_CLOCK}"] and one["by"]["user"] == "operator" for one in (opened, taken))
    assert (taken["start_ms"], taken["text"]) == (start_ms + 5280, path.name)
    assert taken["ref"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert opened["start_ms"] <= start_ms <= opened["end_ms"]
    assert closed["start_ms"] <= start_ms + 5280 <= closed["end_ms"]


def drained(parts, center):
    parts.audit.outbox(KEY).wake()
    return center.audit_records()


def test_an_export_begun_while_the_center_is_away_waits_for_it_and_says_so(parts, run, act, center, folder):
    dialog = wished(parts, run, act, 2)
    dialog.folder_edit.setText(str(folder))
    center.stop()
    act(dialog.start_button.click)
    run(lambda: parts.exports.jobs, LIMIT_S)
    key = parts.exports.jobs[0].key
    run(lambda: parts.exports.job(key).state is ExportState.NO_CENTER, LIMIT_S)
    label = parts.window.exports.label
    assert "Waiting for the center" in label.text()
    parts.window.exports.show_queue()
    queue = dialog_of(parts.window, ExportsDialog)
    assert "by itself" in queue.state_label.text()
    assert not queue.buttons_by_name["package"].isEnabled()
    center.start()

    def done():
        parts.exports.try_now()
        return parts.exports.job(key).state is ExportState.DONE

    run(done, LIMIT_S)
    assert not queue.state_label.isVisible()
    assert queue.buttons_by_name["package"].isEnabled()


def test_packing_shows_how_far_it_is_and_ends_with_its_dialog(parts, run, act, folder, monkeypatch):
    """Packing itself is held at its half; the rest is the real dialog."""
    file = ExportedFile(str(folder / "a.mp4"), f"{KEY}/c2", 0, 1000, 1000, "0" * 64, "h264", 640, 360, 25)
    who = Person("operator", "值班员")
    cameras = (ExportCamera(f"{KEY}/c2", "枪机"),)
    job = ExportJob("k", cameras, 0, 1000, str(folder), who, datetime.now(UTC), files=(file,), state=ExportState.DONE)
    stopped = []

    def write(content, signer, folder, report, check):
        report(500, 1000)
        while not stopped:
            try:
                check()
            except PackageStopped:
                stopped.append(content.case_title)
                raise

    monkeypatch.setattr(evidence, "_write", write)
    act(parts.window.exports.show_package, [job])
    dialog = dialog_of(parts.window, EvidenceDialog)
    dialog.title_edit.setText("追尾")
    dialog.reason_edit.setText("交警调取")
    act(dialog.make_button.click)
    run(lambda: dialog.progress.value() == 500, LIMIT_S)
    assert dialog.progress.isVisible()
    assert not dialog.form.isVisible()
    assert not dialog.make_button.isEnabled()
    act(dialog.reject)
    run(lambda: stopped == ["追尾"] and not parts.window._background.busy, LIMIT_S)

"""Plans, schedules, rounds, findings and hand-overs in their dialogs. Center, plans and records are real."""

import asyncio
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from patrol_rig import KEY, Post, always_inside, new_clock, picture
from pypdf import PdfReader
from PySide6.QtCore import QBuffer, QDate, QIODevice, QPointF, Qt, QTime
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication
from window_fakes import FakeWall

from wallclient.domain.node import Node, NodeKind
from wallclient.domain.patrol import Handover, Plan, PlanFault, RecordKind, RoundState, Schedule, Shift, Step, new_key
from wallclient.domain.ptz import Preset
from wallclient.domain.view import View
from wallclient.services.patrols import Patrols
from wallclient.services.reports import ReportKind
from wallclient.storage.spool import SpoolState
from wallclient.ui import patrol_spool
from wallclient.ui.hand_over_dialog import HandOverDialog
from wallclient.ui.hand_over_receipt import ReceiptDialog
from wallclient.ui.hand_over_watch import HandOverWatch
from wallclient.ui.main_window import MainWindow
from wallclient.ui.mime import nodes_to_mime
from wallclient.ui.patrol_editor import EditorNeeds, PlanEditor
from wallclient.ui.patrol_plans import PlansDialog
from wallclient.ui.patrol_reason import ReasonDialog
from wallclient.ui.patrol_rounds import RoundsDialog
from wallclient.ui.patrol_services import PatrolServices
from wallclient.ui.patrol_shifts import ScheduleEditor, read_times
from wallclient.ui.patrol_spool import RefusedDialog, SpoolLabel
from wallclient.ui.patrol_text import fault_text
from wallclient.ui.theme import apply_theme, metrics_for
from wallclient.ui.window_needs import WindowNeeds

CITY_CAMERAS = 64
METRICS = metrics_for(1080)


class SomePresets:
    """Two presets for every camera."""

    async def read(self, _channel_id):
        return (Preset(1, "大门"), Preset(4, "停车场"))

    async def recall(self, _channel_id, _number):
        return None


@pytest.fixture
def post(qtbot, loop, run, center, centers, library, preferences, tmp_path):
    run = always_inside(loop, run)
    apply_theme(QApplication.instance(), METRICS)
    clock, wall = new_clock(), FakeWall("4")
    patrols = Patrols(centers, tmp_path / "data", clock)
    services = PatrolServices(patrols, SomePresets())
    needs = WindowNeeds(centers, library, preferences, METRICS, loop, patrols=services)
    window = MainWindow(wall, needs)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    with qtbot.waitExposed(window):
        window.show()
    run(centers.log_in(KEY, center.user, center.password))
    run(lambda: patrols.of(KEY).plans)
    post = Post(qtbot, run, window, patrols, clock, wall)
    post.center, post.needs, post.centers = center, needs, centers
    yield post
    window.close()
    run(patrols.close())
    asyncio._set_running_loop(None)


def editor_of(post, plan, *, is_new=False) -> PlanEditor:
    needs = EditorNeeds(post.desk, post.needs.library, post.window._background, METRICS)
    editor = PlanEditor(post.of_center, plan, needs, post.window, is_new=is_new)
    post.qtbot.addWidget(editor)
    editor.show()
    return editor


def node(post, number) -> Node:
    channel = post.run(post.centers.channel(f"{KEY}/c{number}"))
    return Node(f"{KEY}/n{number}", None, NodeKind.CHANNEL, channel.name, channel.gb_code, 1, 1, channel)


def walk(post, plan):
    """Make a round: the first step seen, a finding with a picture at the second, the rest missed."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture("#883322").save(buffer, "PNG")
    post.wall.snapshot_png = bytes(buffer.data().data())
    runner = post.begin(plan)
    post.play()
    post.desk.confirm()
    post.go(10.5)
    post.play()
    post.run(post.desk.begin_finding())
    post.desk.finding.choose("fire_smoke")
    post.desk.finding.text_edit.setText("=HYPERLINK(1) 垃圾桶冒烟")
    post.desk.finding.file()
    post.go(10.5)
    post.play()
    post.go(10.5)
    assert post.runner is None
    soon(
        post,
        lambda: post.of_center.rounds(None, None, plan.id),
        lambda lines: lines and lines[0].state is RoundState.ENDED,
    )
    return runner


def soon(post, ask, accept):
    """Ask the center until its answer is as wanted; return it."""

    async def asking():
        while not accept(answer := await ask()):
            await asyncio.sleep(0.01)
        return answer

    return post.run(asking(), 20)


# The editor


def test_steps_come_from_the_pane_from_the_tree_and_from_views(post):
    editor = editor_of(post, post.plan((1, 2)))
    steps = editor.steps
    channel = post.run(post.centers.channel(f"{KEY}/c7"))
    post.wall.show(0, channel)
    steps.add_button.click()
    assert [step.channel_id for step in steps.steps] == ["c1", "c7", "c2"]
    data = nodes_to_mime([node(post, 9), node(post, 10)])  # kept: the event does not own it
    drop = QDropEvent(
        QPointF(10, steps.list.height() - 2),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    steps.list.dropEvent(drop)
    assert [step.channel_id for step in steps.steps] == ["c1", "c7", "c2", "c9", "c10"]
    editor.add_view(View("路口", "4", (f"{KEY}/c3", None, "other/c9", f"{KEY}/c4")))
    view = steps.steps[-1].view or next(step.view for step in steps.steps if step.view)
    assert view.channel_ids == ("c3", None, None, "c4")
    assert "1 cameras of the view" in editor._error.text()


def test_a_camera_of_another_center_is_no_step(post):
    editor = editor_of(post, post.plan((1,)))
    foreign = replace(node(post, 2).channel, id="elsewhere/c2")
    editor._add_channels(None, [foreign])
    assert len(editor.steps.steps) == 1
    assert "another center" in editor._error.text()


def test_a_step_is_ordered_and_told_its_preset_dwell_and_kinds(post):
    editor = editor_of(post, post.plan((1, 2, 3)))
    steps = editor.steps
    steps.reorder(2, 0)
    assert [step.channel_id for step in steps.steps] == ["c3", "c1", "c2"]
    assert steps.list.currentRow() == 0
    post.run(lambda: steps.preset_box.count() == 3)
    steps.preset_box.setCurrentIndex(2)
    steps.preset_box.activated.emit(2)
    steps.dwell_box.setValue(25)
    steps.look_edit.setPlainText("看大门是否关闭")
    steps._kinds["crowd"].trigger()
    first = steps.steps[0]
    assert (first.preset, first.dwell_s, first.look_for) == (4, 25.0, "看大门是否关闭")
    assert "crowd" not in first.categories
    assert len(first.categories) == 7
    steps.all_dwell_button.click()
    assert {step.dwell_s for step in steps.steps} == {25.0}
    steps.remove_button.click()
    assert [step.channel_id for step in steps.steps] == ["c1", "c2"]


def test_a_new_plan_is_saved_at_the_center_once_it_is_whole(post):
    editor = editor_of(post, Plan(new_key(), 0, "", (), Schedule("Asia/Shanghai")), is_new=True)
    post.run(editor.save())
    assert editor._error.text() == fault_text(PlanFault.NO_NAME, None)
    editor.name_edit.setText("新巡查")
    post.run(editor.save())
    assert editor._error.text() == fault_text(PlanFault.NO_STEPS, None)
    editor.steps.add([Step("一号", 15.0, "c1")])
    editor.panes_edit.setText("1，3")
    post.run(editor.save())
    assert not editor.isVisible()
    post.run(post.of_center.refresh_plans())
    saved = next(plan for plan in post.of_center.plans if plan.name == "新巡查")
    assert (saved.panes, saved.revision) == ((0, 2), 1)


def test_a_pane_that_is_no_number_is_said(post):
    editor = editor_of(post, post.plan((1,)))
    editor.panes_edit.setText("1, x")
    post.run(editor.save())
    assert editor._error.text() == fault_text(PlanFault.BAD_PANES, None)


@pytest.mark.parametrize("answer", ["reload", "copy"])
def test_a_plan_somebody_else_changed_meanwhile_is_not_overwritten(post, answer):
    plan = post.plan((1, 2))
    editor = editor_of(post, plan)
    post.run(post.of_center.save_plan(replace(plan, note="von anderen")))
    editor.name_edit.setText("meins")
    post.run(editor.save())
    assert editor.conflict.isVisible()
    assert post.of_center.plan(plan.id).note == "von anderen"
    if answer == "reload":
        editor.reload_button.click()
        assert editor.name_edit.text() == plan.name
        assert editor.note_edit.text() == "von anderen"
        assert not editor.conflict.isVisible()
        editor.name_edit.setText("jetzt")
        post.run(editor.save())
        assert post.of_center.plan(plan.id).name == "jetzt"
    else:
        editor.copy_button.click()
        post.run(lambda: any(other.name == "meins (copy)" for other in post.of_center.plans))
        assert post.of_center.plan(plan.id).note == "von anderen"


def test_without_the_right_a_plan_is_only_shown(post):
    plan = post.plan((1, 2))
    post.run(post.centers.log_in(KEY, "ptz1", post.center.password))
    post.run(lambda: not post.of_center.may_edit_plans)
    editor = editor_of(post, plan)
    assert not editor.save_button.isEnabled()
    assert editor.save_button.toolTip()
    assert editor.name_edit.isReadOnly()
    editor.steps.remove()
    editor.steps.insert(0, [Step("x", 5.0, "c9")])
    assert editor.steps.steps == list(plan.steps)
    editor.schedule.add_button.click()
    assert editor.schedule.schedule == plan.schedule


def test_closing_asks_before_changes_are_lost(post):
    editor = editor_of(post, post.plan((1,)))
    editor.name_edit.setText("anders")
    editor.reject()
    assert editor.isVisible()
    editor._discard()
    assert not editor.isVisible()


def test_a_test_run_shows_one_step_and_records_nothing(post):
    editor = editor_of(post, post.plan((5,)))
    editor.steps.test_button.click()
    post.run(lambda: post.wall.panes[0].channel is not None)
    assert post.wall.panes[0].channel.id == f"{KEY}/c5"
    post.wall.panes[0].feed(picture())
    post.run(lambda: "moves" in editor._error.text())
    editor.steps.test_button.click()
    assert editor._error.text() == ""
    assert post.of_center.outbox.state.pending == 0


# Schedules


def test_times_are_read_as_people_write_them():
    assert read_times("8:30，12：00、 16") == ([time(8, 30), time(12), time(16)], True)
    assert read_times("25:00 8") == ([time(8)], False)
    assert read_times("") == ([], True)


def test_a_shift_is_put_together(post):
    editor = ScheduleEditor(METRICS)
    post.qtbot.addWidget(editor)
    editor.add_button.click()
    editor.add_button.click()
    assert [(shift.begin, shift.end) for shift in editor.shifts] == [(time(8), time(20)), (time(20), time(8))]
    editor.name_edit.setText("夜班")
    editor.name_edit.textEdited.emit("夜班")
    editor.begin_edit.setTime(QTime(22, 0))
    editor.day_boxes[7].click()
    editor.starts_edit.setText("23:30, 3:00")
    editor.starts_edit.textEdited.emit("23:30, 3:00")
    editor.every_box.click()
    assert editor.schedule.shifts[1] == Shift(
        "夜班", time(22), time(8), frozenset(range(1, 7)), (time(3), time(23, 30))
    )
    assert "Next" in editor.preview_label.text()


# The list of plans


def test_the_list_tells_the_next_round_and_begins_one(post):
    plan = post.plan((1,), name="甲巡查")
    needs = EditorNeeds(post.desk, post.needs.library, post.window._background, METRICS)
    dialog = PlansDialog(post.centers, needs, post.window)
    dialog.show()
    row = next(i for i in range(dialog.list.topLevelItemCount()) if dialog.list.topLevelItem(i).text(0) == "甲巡查")
    assert dialog.list.topLevelItem(row).text(2) == "not scheduled"
    dialog.list.setCurrentItem(dialog.list.topLevelItem(row))
    dialog.begin_button.click()
    assert post.runner.plan == plan
    assert not dialog.isVisible()


def test_the_list_lets_rounds_begin_by_themselves_and_deletes(post):
    shift = Shift("白班", time(8), time(20), frozenset(range(1, 8)), every_min=60)
    plan = post.plan((1,), name="乙巡查", schedule=Schedule("Asia/Shanghai", (shift,)))
    needs = EditorNeeds(post.desk, post.needs.library, post.window._background, METRICS)
    dialog = PlansDialog(post.centers, needs, post.window)
    dialog.show()
    items = [dialog.list.topLevelItem(i) for i in range(dialog.list.topLevelItemCount())]
    item = next(item for item in items if item.text(0) == "乙巡查")
    item.setCheckState(4, Qt.CheckState.Checked)
    assert post.desk.is_auto(KEY, plan)
    post.run(dialog._delete(KEY, plan))
    assert "乙巡查" not in [dialog.list.topLevelItem(i).text(0) for i in range(dialog.list.topLevelItemCount())]
    dialog.reject()


def test_plans_are_there_while_the_center_is_away(post):
    plan = post.plan((1,))
    post.center.stop()
    needs = EditorNeeds(post.desk, post.needs.library, post.window._background, METRICS)
    dialog = PlansDialog(post.centers, needs, post.window)
    dialog.show()
    post.run(lambda: "plans as of" in dialog.hint_label.text(), 30)
    assert plan.name in [dialog.list.topLevelItem(i).text(0) for i in range(dialog.list.topLevelItemCount())]
    dialog.reject()


# Rounds, reports, findings


def test_a_round_is_listed_shown_and_reported(post, tmp_path):
    walk(post, post.plan())
    dialog = RoundsDialog(post.centers, post.desk, post.window._background, METRICS, post.window)
    dialog.show()
    post.run(lambda: dialog.list.topLevelItemCount() == 1 and dialog.view.findings.count() == 1)
    item = dialog.list.topLevelItem(0)
    assert [item.text(i) for i in (1, 2, 3, 4, 7)] == ["夜间巡查", "complete", "2 / 3", "1", "1"]
    outcomes = [dialog.view.steps.topLevelItem(i).text(2) for i in range(3)]
    assert outcomes == ["seen", "seen", "missed"]
    assert "Steps: 2 of 3 seen, 1 missed" in dialog.totals_label.text()
    key, line = dialog.current
    report = post.run(dialog.report(key, line))
    assert len(report.pictures) == 1
    saved = []
    dialog.exporter.noticed.connect(lambda notice: saved.append(notice.subject))
    for kind, language in ((ReportKind.PDF, "zh_CN"), (ReportKind.XLSX, "en")):
        post.run(dialog.exporter.write(report, tmp_path / f"r.{kind}", kind, language), 30)
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "r.pdf").pages)
    assert "夜间巡查" in text
    assert "垃圾桶冒烟" in text
    with zipfile.ZipFile(tmp_path / "r.xlsx") as book:
        assert any(name.startswith("xl/media/") for name in book.namelist())
        assert "垃圾桶冒烟" in book.read("xl/sharedStrings.xml").decode()
    assert saved == [str(tmp_path / "r.pdf"), str(tmp_path / "r.xlsx")]
    dialog.day_edit.setDate(QDate.currentDate().addDays(-3))
    post.run(lambda: dialog.list.topLevelItemCount() == 0)
    assert dialog.totals_label.text() == "No rounds on this day."
    dialog.reject()


def test_a_report_that_cannot_be_written_is_said(post, tmp_path):
    walk(post, post.plan())
    dialog = RoundsDialog(post.centers, post.desk, post.window._background, METRICS, post.window)
    dialog.show()
    post.run(lambda: dialog.current is not None)
    report = post.run(dialog.report(*dialog.current))
    heard = []
    dialog.exporter.noticed.connect(heard.append)
    (tmp_path / "file").write_text("no folder")
    post.run(dialog.exporter.write(report, tmp_path / "file" / "r.pdf", ReportKind.PDF, "en"), 30)
    assert heard[0].error is not None
    assert not dialog.exporter.busy
    dialog.reject()


def test_a_finding_is_closed_with_a_remark(post):
    walk(post, post.plan())
    dialog = RoundsDialog(post.centers, post.desk, post.window._background, METRICS, post.window)
    dialog.show()
    page = dialog.findings
    post.run(lambda: page.current is not None and not page.picture_label.pixmap().isNull())
    assert "垃圾桶冒烟" in page.text_label.text()
    page.close_button.click()
    reason = page.findChild(ReasonDialog)
    reason.box.setCurrentText("已处置")
    reason.accept()
    assert page.list.topLevelItemCount() == 0
    closed = soon(post, lambda: post.of_center.findings(False), bool)
    assert [finding.closing.remark for finding in closed] == ["已处置"]
    page.all_box.click()
    post.run(lambda: page.list.topLevelItemCount() == 1)
    assert not page.close_button.isEnabled()
    dialog.reject()


# Hand-over


def test_a_shift_is_handed_over_and_acknowledged_at_the_next_log_in(post, loop):
    shift = Shift("全天", time(0), time(0), frozenset(range(1, 8)))
    walk(post, post.plan(schedule=Schedule("UTC", (shift,))))
    dialog = HandOverDialog(post.centers, post.patrols, post.window._background, METRICS, post.window)
    dialog.show()
    index = next(i for i in range(dialog.shift_box.count()) if dialog.shift_box.itemText(i).startswith("全天"))
    dialog.shift_box.setCurrentIndex(index)
    dialog.read()
    post.run(lambda: dialog.sheet is not None and dialog.sheet.handover.shift == "全天")
    groups = [dialog.list.topLevelItem(i).text(0) for i in range(3)]
    assert groups[:2] == ["Open findings: 1", "Rounds made: 1"]
    dialog.remarks_edit.setPlainText("三号球机已报修")
    dialog.hand_button.click()
    assert not dialog.isVisible()
    soon(post, post.of_center.latest_handover, lambda latest: latest is not None)

    waiting = []
    watch = HandOverWatch(post.centers, post.patrols, loop)
    watch.waiting.connect(lambda key, handover: waiting.append((key, handover)))
    watch.look()
    post.run(lambda: not watch._background.busy)
    assert waiting == []  # nobody takes over from himself
    post.run(post.centers.log_in(KEY, "relief", post.center.password))
    post.run(lambda: waiting)
    handover = waiting[0][1]
    assert handover.remarks == "三号球机已报修"
    receipt = ReceiptDialog(post.of_center, handover, post.window._background, METRICS, post.window)
    receipt.show()
    post.run(lambda: receipt.list.topLevelItemCount() == 1)
    receipt.remark_edit.setText("收到")
    receipt.take_button.click()
    assert not receipt.isVisible()
    latest = soon(post, post.of_center.latest_handover, lambda latest: latest.acknowledgement is not None)
    assert latest.acknowledgement.remark == "收到"
    post.centers.state_changed.emit()
    post.run(asyncio.sleep(0.05))
    assert len(waiting) == 1
    watch.close()


def test_a_hand_over_already_taken_asks_nobody(post, loop):
    now = datetime.now(UTC)
    person = post.of_center.person
    handover = Handover(new_key(), person.post, "夜班", now - timedelta(hours=8), now, now, person)
    post.of_center.hand_over(handover)
    soon(post, post.of_center.latest_handover, lambda latest: latest is not None)
    post.run(post.centers.log_in(KEY, "relief", post.center.password))
    post.of_center.acknowledge(handover)
    soon(post, post.of_center.latest_handover, lambda latest: latest is not None and latest.acknowledgement)
    watch = HandOverWatch(post.centers, post.patrols, loop)
    waiting = []
    watch.waiting.connect(lambda *told: waiting.append(told))
    watch.look()
    post.run(lambda: not watch._background.busy)
    assert waiting == []


# What waits, what was refused


class Boxes:
    """Patrols with one outbox in a given state."""

    def __init__(self):
        self.outbox_changed = SimpleNamespace(connect=lambda _slot: None)
        self.keys = [KEY]
        self.state = SpoolState()

    def of(self, _key):
        return SimpleNamespace(outbox=SimpleNamespace(state=self.state))


def test_records_that_wait_are_told_with_their_age(post, monkeypatch):
    now = 100.0
    monkeypatch.setattr(patrol_spool, "time", SimpleNamespace(monotonic=lambda: now))
    boxes = Boxes()
    label = SpoolLabel(boxes)
    post.window.strip.add(label)
    assert label.isHidden()
    boxes.state = SpoolState(pending=4)
    label.refresh()
    assert label.isHidden()  # on their way
    now = 190.0
    label.refresh()
    assert label.text() == "4 records wait for the center, since 1 min 30 s"
    boxes.state = SpoolState(pending=0, aside=2)
    label.refresh()
    assert label.text() == "2 records refused…"
    boxes.state = SpoolState()
    label.refresh()
    assert label.isHidden()


def test_refused_records_are_listed_with_reasons(post):
    post.of_center.close_finding(new_key(), "nobody knows it")
    post.run(lambda: post.of_center.outbox.state.aside == 1)
    post.run(lambda: "refused" in post.window.doors.label.text())
    post.window.doors.label.click()
    dialog = post.window.findChild(RefusedDialog)
    post.run(lambda: dialog.list.topLevelItemCount() == 1)
    assert dialog.list.topLevelItem(0).text(1) == "Closing of a finding"
    assert dialog.list.topLevelItem(0).text(2) == "The center does not know what it is about."
    dialog.list.setCurrentItem(dialog.list.topLevelItem(0))
    assert dialog.retry_button.isEnabled()
    dialog.reject()


def test_the_menu_lists_the_plans_and_the_doors(post):
    post.plan((1,), name="丙巡查")
    menu = post.window.doors.menu
    menu.aboutToShow.emit()
    texts = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert "丙巡查" in texts
    assert texts[-3:] == ["Patrol plans", "Rounds and findings", "Shift hand-over"]
    next(action for action in menu.actions() if action.text() == "丙巡查").trigger()
    assert post.runner is not None
    assert post.runner.records[0].kind is RecordKind.STARTED

"""A round under the operator's hands: keys, strip, findings, what is due. Center, plans and records are real."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from patrol_rig import KEY, Post, always_inside, new_clock, picture
from PySide6.QtCore import QBuffer, QIODevice, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication
from window_fakes import FakeWall

from wallclient.domain.pane import PaneState
from wallclient.domain.patrol import RecordKind, RoundState, Schedule, Shift
from wallclient.services.patrol_round import Phase
from wallclient.services.patrols import Patrols
from wallclient.ui.main_window import MainWindow
from wallclient.ui.patrol_due import LATER
from wallclient.ui.patrol_reason import ReasonDialog
from wallclient.ui.patrol_rota import PatrolRota
from wallclient.ui.patrol_services import PatrolServices
from wallclient.ui.theme import apply_theme, metrics_for
from wallclient.ui.window_needs import WindowNeeds

CITY_CAMERAS = 64
K = Qt.Key


class FakeHelm(QObject):
    """A hand at cameras that moves none."""

    steered = Signal(str)

    def is_moving(self, _channel_id):
        return False


@pytest.fixture
def post(qtbot, loop, run, center, centers, library, preferences, tmp_path):
    """A workstation that is signed in at the center."""
    run = always_inside(loop, run)
    metrics, clock, wall = metrics_for(1080), new_clock(), FakeWall("4")
    apply_theme(QApplication.instance(), metrics)
    patrols, helm = Patrols(centers, tmp_path / "data", clock), FakeHelm()
    needs = WindowNeeds(centers, library, preferences, metrics, loop, patrols=PatrolServices(patrols, helm=helm))
    window = MainWindow(wall, needs)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    window.wall_widget.setFocus()
    run(centers.log_in(KEY, center.user, center.password))
    run(lambda: patrols.of(KEY).plans)
    post = Post(qtbot, run, window, patrols, clock, wall)
    post.helm, post.is_closed, post.has_ended = helm, False, False
    post.center_password = center.password
    yield post
    post.is_closed = True
    window.close()
    if not post.has_ended:
        run(patrols.close())
    asyncio._set_running_loop(None)


def png() -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture("#883322").save(buffer, "PNG")
    return bytes(buffer.data().data())


# The strip


def test_the_strip_says_what_to_look_for_and_for_how_long(post):
    assert not post.strip.isVisible()
    post.begin()
    post.play()
    strip = post.strip
    assert strip.isVisible()
    assert strip.camera_label.text() == "1号点位"
    assert strip.look_label.text() == "看1号有无异常"
    assert strip.count_label.text() == "1 / 3"
    assert strip.left_label.text() == "10 s"
    assert strip.next_label.text() == "Next: 2号点位"
    assert "重庆市" in strip.path_label.text()
    post.go(4)
    assert strip.left_label.text() == "6 s"
    assert strip.bar.value() == 600


def test_the_strip_covers_no_pane(post):
    post.begin()
    post.play()
    QApplication.processEvents()
    wall, strip = post.window.wall_widget, post.strip
    assert wall.mapToGlobal(wall.rect().bottomLeft()).y() < strip.mapToGlobal(strip.rect().topLeft()).y()


def test_space_and_enter_confirm_and_the_round_goes_on_by_itself(post):
    runner = post.begin()
    post.play()
    post.key(K.Key_Space)
    assert post.kinds() == ["started", "shown", "seen"]
    assert "✓" in post.strip.buttons["patrol_seen"].text()
    post.go(10.5)
    assert runner.step_number == 1
    post.play()
    post.key(K.Key_Return)
    assert post.wall.spot is None
    assert post.kinds()[-1] == "seen"
    post.go(10.5)
    post.play()
    post.key(K.Key_Space)
    post.go(10.5)
    assert post.runner is None
    assert not post.strip.isVisible()
    assert "3 of 3 steps seen" in post.window.toasts.texts[-1]
    assert runner.account.state is RoundState.ENDED


def test_a_missed_step_flashes_once(post):
    post.begin()
    post.play()
    post.go(10.5)
    assert post.strip.is_flashing
    assert post.strip.note_label.text() == "Missed 1号点位"
    post.qtbot.waitUntil(lambda: not post.strip.is_flashing, timeout=5000)
    post.play()
    assert not post.strip.is_flashing
    assert post.kinds() == ["started", "shown", "missed", "shown"]


def test_nothing_is_confirmed_without_a_moving_picture(post):
    post.begin()
    post.key(K.Key_Space)
    assert post.kinds() == ["started"]
    assert not post.strip.buttons["patrol_seen"].isEnabled()
    post.play()
    assert post.strip.buttons["patrol_seen"].isEnabled()
    post.wall.panes[0].set_state(PaneState.STALLED)
    post.go(0.5)
    post.key(K.Key_Space)
    assert "seen" not in post.kinds()


def test_an_offline_camera_is_noted_and_passed_over_at_once(post, monkeypatch):
    centers = post.desk._centers
    ask = centers.channel

    async def channel(gid):
        found = await ask(gid)
        return replace(found, online=False) if gid.endswith("/c1") else found

    monkeypatch.setattr(centers, "channel", channel)
    runner = post.begin()
    post.run(lambda: post.patrols.tick() or runner.step_number == 1)
    assert post.kinds() == ["started", "unavailable"]
    assert post.strip.note_label.text() == "No picture 1号点位 (camera offline)"


def test_pause_by_hand_and_skip(post):
    runner = post.begin()
    post.play()
    post.key(K.Key_K)
    assert runner.phase is Phase.PAUSED
    post.go(30)
    assert runner.step_number == 0
    assert post.strip.left_label.text() == "Paused"
    post.key(K.Key_K)
    post.play()
    assert runner.phase is Phase.SHOWING
    post.key(K.Key_H)
    assert runner.phase is Phase.BY_HAND
    post.key(K.Key_K)
    post.play()
    post.key(K.Key_N)
    assert runner.step_number == 1
    assert [kind for kind in post.kinds() if kind not in ("shown", "started")] == [
        "paused",
        "resumed",
        "by_hand",
        "resumed",
        "skipped",
    ]


def test_another_camera_in_the_pane_is_taking_by_hand(post):
    runner = post.begin()
    post.play()
    post.wall.show(0, replace(post.wall.panes[0].channel, id=f"{KEY}/c9"))
    post.go(0.5)
    assert runner.phase is Phase.BY_HAND
    assert runner.records[-1].reason == "pane"


def test_an_enlarged_pane_makes_room_for_the_step(post):
    post.wall.set_spot(2)
    post.begin()
    assert post.wall.spot is None
    assert post.wall.selected == 0


def test_without_a_round_the_keys_are_the_walls(post):
    post.key(K.Key_Space)
    post.key(K.Key_F)
    post.key(K.Key_Return)
    assert post.wall.spot == 0
    assert not post.desk.finding.isVisible()


def test_the_bars_button_still_enlarges_during_a_round(post):
    post.begin()
    post.play()
    post.window.bar.buttons["spot"].click()
    assert post.wall.spot == 0
    assert "seen" not in post.kinds()


def test_a_second_round_waits_for_the_first(post):
    plan = post.plan()
    post.begin(plan)
    assert post.desk.begin(KEY, plan) is None
    assert "another round is under way" in post.window.toasts.texts[-1]


def test_ending_asks_for_a_reason(post):
    runner = post.begin()
    post.play()
    post.key(K.Key_End, Qt.KeyboardModifier.ShiftModifier)
    dialog = post.window.findChild(ReasonDialog)
    accept = next(b for b in dialog.buttons.buttons() if b.text() == "End round")
    assert not accept.isEnabled()
    dialog.box.setCurrentText("出警")
    accept.click()
    assert runner.records[-1].kind is RecordKind.ABORTED
    assert runner.records[-1].reason == "出警"
    assert post.runner is None


def test_another_operator_at_the_desk_is_written_down(post):
    runner = post.begin()
    post.play()
    post.run(post.desk._centers.log_in(KEY, "admin", post.center_password))
    post.run(lambda: runner.records[-1].kind is RecordKind.TAKEN_OVER)
    assert runner.person.user == "admin"


def test_steering_the_steps_camera_is_taking_by_hand(post):
    runner = post.begin()
    post.play()
    post.helm.steered.emit(f"{KEY}/c7")
    assert runner.phase is Phase.SHOWING
    post.helm.steered.emit(f"{KEY}/c1")
    assert runner.phase is Phase.BY_HAND
    assert runner.records[-1].reason == "camera"


def test_a_round_goes_with_its_center(post):
    runner = post.begin()
    post.play()
    post.run(post.desk._centers.remove(KEY))
    assert post.runner is None
    assert not post.strip.isVisible()
    assert runner not in post.patrols.runners


def test_a_round_that_was_broken_off_is_offered_again(post, tmp_path):
    runner = post.begin()
    post.play()
    post.key(K.Key_Space)
    post.go(10.5)
    post.run(post.patrols.close())
    post.has_ended = True
    again = Patrols(post.desk._centers, tmp_path / "data", post.clock)
    post.run(lambda: again.interrupted)
    panel = post.desk.due
    panel.show_due((), again.interrupted, busy=False)
    assert runner.plan.name in panel.title_label.text()
    asked = []
    panel.go_on_requested.disconnect(post.desk.go_on)
    panel.go_on_requested.connect(lambda key, left: asked.append((key, left.round.id)))
    panel.first_button.click()
    assert asked == [(KEY, runner.round_id)]
    closed = []
    panel.close_requested.disconnect(post.patrols.close_interrupted)
    panel.close_requested.connect(lambda key, left: closed.append(left.round.id))
    panel.second_button.click()
    assert closed == [runner.round_id]
    post.run(again.close())


# Findings


def test_a_finding_takes_one_key_a_digit_and_enter(post):
    runner = post.begin()
    post.wall.snapshot_png = png()
    post.play()
    post.go(3)
    post.key(K.Key_F)
    panel = post.desk.finding
    post.run(panel.isVisible)
    assert not panel.picture_label.pixmap().isNull()
    post.go(60)  # the dwell is held
    assert runner.step_number == 0
    post.key(K.Key_2)
    post.qtbot.keyClicks(post.window.focusWidget(), "30 people")
    post.key(K.Key_Return)
    record = next(record for record in runner.records if record.kind is RecordKind.FINDING)
    assert (record.category, record.text) == ("crowd", "30 people")
    assert record.picture
    assert [kind for kind in post.kinds() if kind == "finding"] == ["finding"]
    assert not panel.isVisible()
    assert post.window.focusWidget() is post.window.wall_widget
    assert runner.is_confirmed
    post.go(8)
    assert runner.step_number == 1


def test_a_finding_needs_a_kind_and_may_be_cancelled(post):
    runner = post.begin()
    post.play()
    post.key(K.Key_F)
    panel = post.desk.finding
    post.run(panel.isVisible)
    post.key(K.Key_Return)
    assert "digit" in panel.hint_label.text()
    assert runner.draft is not None
    post.key(K.Key_Escape)
    assert runner.draft is None
    assert not panel.isVisible()
    assert "finding" not in post.kinds()


def test_only_the_kinds_of_the_step_are_offered(post):
    plan = post.plan((1,))
    post.begin(replace(plan, steps=(replace(plan.steps[0], categories=("traffic", "other")),)))
    post.play()
    post.key(K.Key_F)
    panel = post.desk.finding
    post.run(panel.isVisible)
    assert [button.text() for button in panel.buttons] == ["1  Traffic", "2  Other"]
    post.key(K.Key_3)
    assert panel.category == ""
    post.key(K.Key_2)
    assert panel.category == "other"
    post.key(K.Key_1, Qt.KeyboardModifier.AltModifier)
    assert panel.category == "traffic"


# Rounds that are due


def due_plan(post) -> tuple:
    """Save a plan that is due half a minute from now, and tell of it in this window."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    at = (now + timedelta(minutes=1)).time()
    shift = Shift("白班", time(0), time(0), frozenset(range(1, 8)), (at.replace(tzinfo=None),))
    plan = post.plan(schedule=Schedule("UTC", (shift,)))
    rota = PatrolRota(post.patrols, lambda: [] if post.is_closed else [post.desk])
    post.clock.now = now + timedelta(seconds=50)
    post.patrols.look()
    assert not post.desk.due.isVisible()
    return plan, rota


def come_due(post) -> None:
    post.clock.go(20)
    post.desk.due._now = post.clock.utc
    post.patrols.look()


def test_a_due_round_announces_itself_and_takes_no_focus(post):
    plan, _rota = due_plan(post)
    come_due(post)
    panel = post.desk.due
    assert panel.isVisible()
    assert plan.name in panel.title_label.text()
    assert post.window.focusWidget() is post.window.wall_widget
    post.key(K.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert post.runner is not None
    assert post.runner.records[0].scheduled_utc is not None
    assert not panel.isVisible()


def test_later_comes_back(post):
    _plan, _rota = due_plan(post)
    come_due(post)
    panel = post.desk.due
    panel.later_button.click()
    assert not panel.isVisible()
    assert post.patrols.due
    post.clock.go(LATER.total_seconds())
    panel.refresh()
    assert panel.isVisible()


def test_not_this_time_is_recorded_with_its_reason(post):
    plan, _rota = due_plan(post)
    come_due(post)
    over = []
    post.patrols.round_over.connect(over.append)
    post.desk.due.second_button.click()
    dialog = post.window.findChild(ReasonDialog)
    dialog.box.setCurrentText("全员出警")
    dialog.accept()
    assert [record.kind for record in over[0].records] == [RecordKind.STARTED, RecordKind.ABORTED]
    assert over[0].records[-1].reason == "全员出警"
    assert over[0].plan.id == plan.id
    assert post.wall.panes[0].channel is None
    assert not post.desk.due.isVisible()
    assert not post.patrols.due


def test_a_plan_may_begin_by_itself_but_not_while_somebody_steers(post, monkeypatch):
    plan, rota = due_plan(post)
    post.desk.set_auto(KEY, plan, auto=True)
    steering = True
    monkeypatch.setattr(type(post.desk), "is_steering", property(lambda _desk: steering))
    come_due(post)
    assert post.runner is None
    assert post.desk.due.isVisible()
    steering = False
    rota.tell()
    assert post.runner is not None
    assert post.runner.plan.id == plan.id
    assert post.desk.is_auto(KEY, plan)
    post.desk.set_auto(KEY, plan, auto=False)
    assert not post.desk.is_auto(KEY, plan)

"""A round in the real window before the real center: pictures that move, an offline camera, a finding, a report."""

import zipfile
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from tests.integration.rig import Stage, read_strip, until
from wallclient.app import CENTER_KEY
from wallclient.domain.patrol import Plan, RecordKind, RoundState, Schedule, Step, new_key
from wallclient.services.patrol_round import Phase
from wallclient.services.reports import ReportKind
from wallclient.ui.patrol_rounds import RoundsDialog


async def test_three_steps_one_offline_one_seen_one_found_and_the_report_opened_again(stage: Stage, tmp_path: Path):
    patrols = stage.app.patrols.of(CENTER_KEY)
    await until(lambda: patrols.plans_read_utc is not None)
    steps = tuple(Step(f"{number}号点位", 60.0, f"c{number}", look_for="有无异常") for number in (2, 3, 5))
    plan = await patrols.save_plan(Plan(new_key(), 0, "实景巡查", steps, Schedule("Asia/Shanghai")))
    stage.center.set_online("c3", False)
    try:
        await make_round(stage, plan, tmp_path)
    finally:
        stage.center.set_online("c3", True)


async def make_round(stage: Stage, plan: Plan, tmp_path: Path) -> None:
    window, desk = stage.window, stage.window.patrol
    window.wall_widget.setFocus()
    runner = desk.begin(CENTER_KEY, plan)
    await until(lambda: runner.phase is Phase.SHOWING, what=stage.describe)
    assert stage.camera(0) == 2
    assert stage.strips()[0].camera == 2
    assert desk.strip.isVisible()
    QTest.keyClick(window.wall_widget, Qt.Key.Key_Space)
    QTest.keyClick(window.wall_widget, Qt.Key.Key_N)  # on to the next, which is offline and not waited for
    await until(lambda: runner.step_number == 2, 10, stage.describe)
    await until(lambda: runner.phase is Phase.SHOWING, what=stage.describe)
    QTest.keyClick(window.wall_widget, Qt.Key.Key_F)
    await until(desk.finding.isVisible)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_3)
    QTest.keyClicks(window.focusWidget(), "smoke")
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    QTest.keyClick(window.wall_widget, Qt.Key.Key_N)
    await until(lambda: desk.runner is None)
    assert runner.account.state is RoundState.ENDED
    kinds = [record.kind for record in runner.records]
    assert kinds == [
        RecordKind.STARTED,
        RecordKind.SHOWN,
        RecordKind.SEEN,
        RecordKind.UNAVAILABLE,
        RecordKind.SHOWN,
        RecordKind.FINDING,
        RecordKind.ENDED,
    ]
    await look_at_report(stage, plan, runner.records[5].picture, tmp_path)


async def look_at_report(stage: Stage, plan: Plan, digest: str, tmp_path: Path) -> None:
    window, patrols = stage.window, stage.app.patrols.of(CENTER_KEY)
    window.doors.show_rounds()
    dialog = window.findChild(RoundsDialog)

    def listed():
        return [
            line for _, line in dialog._lines.values() if line.plan_id == plan.id and line.state is RoundState.ENDED
        ]

    while not listed():  # the records are on their way
        await dialog._read()
    line = listed()[0]
    assert (line.steps, line.seen, line.unavailable, line.findings) == (3, 2, 1, 1)
    image = QImage.fromData(await patrols.picture(digest)).convertToFormat(QImage.Format.Format_RGB32)
    taken = read_strip(image, image.rect())
    assert taken is not None
    assert taken.camera == 5
    report = await dialog.report(CENTER_KEY, line)
    path = tmp_path / "round.xlsx"
    await dialog.exporter.write(report, path, ReportKind.XLSX, "zh_CN")
    with zipfile.ZipFile(path) as book:
        words = book.read("xl/sharedStrings.xml").decode()
        pictures = [name for name in book.namelist() if name.startswith("xl/media/")]
    assert "实景巡查" in words
    assert "smoke" in words
    assert "烟火" in words
    assert len(pictures) == 1
    dialog.reject()


async def test_another_window_goes_on_when_one_with_a_round_is_closed(stage: Stage):
    patrols = stage.app.patrols.of(CENTER_KEY)
    await until(lambda: patrols.plans_read_utc is not None)
    plan = replace(patrols.plans[0], id=new_key(), revision=0, steps=(Step("2号点位", 60.0, "c2"),), panes=(0,))
    plan = await patrols.save_plan(plan)
    other = stage.app.windows.open()
    runner = other.patrol.begin(CENTER_KEY, plan)
    await until(lambda: runner.phase is Phase.SHOWING, what=stage.describe)
    other.close()
    assert runner.records[-1].kind is RecordKind.ABORTED
    assert runner.records[-1].reason
    assert stage.app.patrols.runners == []
    assert stage.window.patrol.begin(CENTER_KEY, plan) is not None
    await until(lambda: stage.window.patrol.runner.phase is Phase.SHOWING, what=stage.describe)

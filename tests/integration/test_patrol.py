"""A round through the whole program: real pictures on the wall, real records and pictures at the center."""

from PySide6.QtGui import QImage

from tests.integration.rig import Stage, read_strip, until
from wallclient.app import CENTER_KEY
from wallclient.domain.layout import layout_by_id
from wallclient.domain.patrol import Plan, RecordKind, RoundState, Schedule, Step, Why, new_key
from wallclient.domain.patrol_round import StepOutcome, account
from wallclient.services.patrol_stage import WallStage
from wallclient.services.reports import ReportKind, gather_round, save_report


def plan() -> Plan:
    steps = tuple(Step(f"{number}号", 1.5, f"c{number}") for number in (2, 9, 3, 5))
    return Plan(new_key(), 0, "巡查", steps, Schedule("Asia/Shanghai"), panes=(0, 2))


async def test_a_round_on_the_wall_reaches_the_center_with_its_pictures(stage: Stage, tmp_path):
    app, center = stage.app, stage.center
    stage.wall.set_layout(layout_by_id("4"))
    center.set_online("c9", False)
    try:
        desk = app.patrols.of(CENTER_KEY)
        await until(lambda: desk.may_edit_plans)
        saved = await desk.save_plan(plan())
        shown = WallStage(stage.wall, CENTER_KEY, app.centers.channel)
        runner = app.patrols.begin(CENTER_KEY, saved, shown)
        await until(lambda: runner.can_confirm, what=stage.describe)
        draft = await runner.begin_finding()
        assert draft is not None
        center.center_stop()
        found = runner.file_finding("crowd", "聚集")
        assert found is not None
        await until(lambda: desk.outbox.state.pending)
        center.center_start()
        await until(lambda: runner.step_number == 3 and runner.can_confirm, what=stage.describe)
        assert stage.panes[2].channel.id == f"{CENTER_KEY}/c5"
        assert runner.confirm_seen()
        await until(lambda: runner.account.state is RoundState.ENDED)
        await until(lambda: desk.outbox.state.pending == 0 and desk.outbox.trouble is None)
    finally:
        center.center_stop()
        center.center_start()
        center.set_online("c9", True)
    await until(lambda: app.centers.reachable)
    whole = await desk.round(runner.round_id)
    told = account(whole.id, whole.plan, whole.records)
    assert whole.records == runner.records
    assert told.steps[0].outcome is StepOutcome.SEEN
    assert (told.steps[1].outcome, told.steps[1].reason) in [
        (StepOutcome.UNAVAILABLE, Why.OFFLINE),
        (StepOutcome.UNAVAILABLE, Why.CENTER_AWAY),
    ]
    assert told.steps[3].outcome is StepOutcome.SEEN
    assert whole.records[-1].kind is RecordKind.ENDED
    image = QImage.fromData(await desk.picture(found.picture)).convertToFormat(QImage.Format.Format_RGB32)
    taken = read_strip(image, image.rect())
    assert taken is not None
    assert taken.camera == 2
    report = await gather_round(desk, runner.round_id, "中心")
    path = await save_report(report, tmp_path / "round.pdf", ReportKind.PDF)
    assert path.stat().st_size > 20_000

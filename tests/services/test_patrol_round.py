"""A round step by step, on a fake stage with a clock of the test's own."""

import asyncio

import pytest
from patrol_fakes import JPEG, ME, OTHER, FakeClock, FakeStage, plan, steps

from wallclient.domain.patrol import PlanView, RecordKind, RoundState, Step, Why
from wallclient.domain.patrol_round import StepOutcome, account, line_of
from wallclient.services.patrol_round import OPEN_LIMIT_S, Phase, RoundRunner, Sight, SightState, closing_record

K, S = RecordKind, SightState


class Desk:
    """A runner with everything around it."""

    def __init__(self, made=None, sights=None, **options):
        self.plan = made or plan()
        self.clock, self.stage = FakeClock(), FakeStage(sights)
        self.kept = []
        self.ended = []
        self.runner = RoundRunner(
            self.plan, self.stage, lambda record, pictures: self.kept.append((record, tuple(pictures))), ME, self.clock,
            **options,
        )  # fmt: skip
        self.runner.over.connect(self.ended.append)

    def go(self, seconds, by=0.2):
        for _ in range(round(seconds / by)):
            self.clock.go(by)
            self.runner.tick()

    @property
    def told(self):
        return [(record.kind, record.step) for record, _ in self.kept]

    @property
    def outcomes(self):
        return [step.outcome for step in self.runner.account.steps]


@pytest.fixture
def desk(qapp):
    return Desk


def test_a_round_from_begin_to_end(desk):
    d = desk()
    d.runner.start()
    d.go(1)
    assert d.runner.can_confirm
    assert d.runner.confirm_seen()
    assert not d.runner.confirm_seen()
    d.go(10)  # the second step now: nobody confirms it
    assert d.runner.step_number == 1
    assert not d.runner.is_confirmed
    d.go(10)
    assert d.runner.step_number == 2
    d.runner.advance()
    assert d.told == [
        (K.STARTED, None),
        (K.SHOWN, 0),
        (K.SEEN, 0),
        (K.SHOWN, 1),
        (K.MISSED, 1),
        (K.SHOWN, 2),
        (K.SKIPPED, 2),
        (K.ENDED, None),
    ]
    assert d.ended == [RoundState.ENDED]
    assert d.outcomes == [StepOutcome.SEEN, StepOutcome.MISSED, StepOutcome.SKIPPED]
    assert [pane for _, pane in d.stage.shown] == [0, 0, 0]
    assert d.stage.left == 1
    assert len({record.key for record, _ in d.kept}) == 8
    assert {(r.by, r.plan_revision, r.round_id, r.plan_id) for r, _ in d.kept} == {
        (ME, 1, d.runner.round_id, d.plan.id)
    }
    line = line_of(d.runner.account)
    assert (line.seen, line.missed, line.skipped, line.unavailable, line.state) == (1, 1, 1, 0, RoundState.ENDED)


def test_offline_and_forbidden_cameras_are_noted_and_not_waited_for(desk):
    gone = {
        "c1": Sight(S.GONE, Why.OFFLINE),
        "c2": Sight(S.GONE, Why.FORBIDDEN),
        "c4": Sight(S.GONE, Why.NOT_FOUND),
    }
    d = desk(plan(5), gone)
    d.runner.start()
    d.go(0.6)
    assert d.runner.step_number == 2  # two ticks, two cameras
    d.go(10.0)
    d.go(0.4)
    assert d.runner.step_number == 4
    reasons = [(r.step, r.reason, r.channel_id) for r, _ in d.kept if r.kind is K.UNAVAILABLE]
    assert reasons == [(0, "offline", "c1"), (1, "forbidden", "c2"), (3, "not_found", "c4")]
    assert not [r for r, _ in d.kept if r.kind is K.SHOWN and r.step in (0, 1, 3)]


def test_a_picture_that_never_comes_is_waited_for_only_so_long(desk):
    d = desk(plan(2), {"c1": Sight(S.WAITING)})
    d.runner.start()
    d.go(OPEN_LIMIT_S - 1)
    assert (d.runner.step_number, d.runner.phase) == (0, Phase.OPENING)
    assert not d.runner.confirm_seen()  # there is nothing to see
    d.go(1.4)
    assert d.runner.step_number == 1
    assert d.told[:2] == [(K.STARTED, None), (K.UNAVAILABLE, 0)]
    assert d.kept[1][0].reason == "no_picture"


def test_a_picture_that_stops_does_not_count_and_can_not_be_confirmed(desk):
    d = desk(plan(2))
    d.runner.start()
    d.go(4)
    left = d.runner.dwell_left_s
    d.stage.sights["c1"] = Sight(S.WAITING, Why.NO_PICTURE)
    d.go(5)
    assert d.runner.dwell_left_s == left
    assert not d.runner.can_confirm
    assert not d.runner.confirm_seen()
    del d.stage.sights["c1"]
    d.go(left + 0.4)
    assert d.runner.step_number == 1
    assert (K.MISSED, 0) in d.told
    assert d.told.count((K.SHOWN, 0)) == 1


def test_a_picture_that_stops_for_good_after_it_was_seen_stays_seen(desk):
    d = desk(plan(2))
    d.runner.start()
    d.go(2)
    d.runner.confirm_seen()
    d.stage.sights["c1"] = Sight(S.GONE, Why.OFFLINE)
    d.go(0.4)
    assert d.runner.step_number == 1
    assert d.outcomes[0] is StepOutcome.SEEN
    assert K.UNAVAILABLE not in [kind for kind, _ in d.told]


def test_a_camera_somebody_else_holds_is_shown_as_it_stands(desk):
    made = plan(2, steps=(Step("球机", 10.0, "c1", 3), *steps(1, first=2)))
    d = desk(made, {"c1": Sight(S.PLAYING, preset_why=Why.HELD)})
    d.runner.start()
    d.go(2)
    assert d.told == [(K.STARTED, None), (K.PRESET_MISSED, 0), (K.SHOWN, 0)]
    assert d.kept[1][0].reason == "held"
    assert d.runner.confirm_seen()
    assert d.runner.account.steps[0].preset_reason == "held"


def test_findings_keep_the_picture_of_the_moment(desk):
    d = desk(plan(2, panes=(3, 5)))
    d.runner.start()
    d.go(9)
    begun = d.clock.utc()
    draft = asyncio.run(d.runner.begin_finding())
    assert draft.picture == JPEG
    d.go(60)  # while the operator writes, nothing moves on
    assert d.runner.step_number == 0
    record = d.runner.file_finding("crowd", "广场东侧聚集约二十人")
    assert (record.at_utc, record.category, record.channel_id) == (begun, "crowd", "c1")
    assert d.kept[-1] == (record, (JPEG,))
    assert len(record.picture) == 64
    assert d.runner.is_confirmed
    again = asyncio.run(d.runner.begin_finding())
    assert again.step == 0
    d.runner.cancel_finding()
    assert d.runner.file_finding("other", "nothing was begun") is None
    d.go(1.4)
    assert d.runner.step_number == 1
    assert [pane for _, pane in d.stage.shown] == [3, 5]
    d.stage.picture = None
    assert asyncio.run(d.runner.begin_finding()).picture is None
    assert d.runner.file_finding("damage", "立杆倾斜").picture == ""
    assert d.outcomes == [StepOutcome.SEEN, StepOutcome.SEEN]
    assert len(d.runner.account.findings) == 2


def test_pausing_resuming_and_hands_on_are_written_down(desk):
    d = desk(plan(2))
    d.runner.start()
    d.go(4)
    d.runner.pause("接电话")
    d.go(100)
    assert d.runner.step_number == 0
    d.runner.resume()
    d.go(3)
    d.stage.sights["c1"] = Sight(S.ELSEWHERE)  # the operator puts another camera into the pane
    d.go(0.4)
    assert d.runner.phase is Phase.BY_HAND
    d.go(100)
    del d.stage.sights["c1"]
    d.runner.resume()
    assert len(d.stage.shown) == 3
    d.go(4)
    assert d.runner.step_number == 1
    d.runner.take_by_hand("ptz")
    d.runner.abort("火警")
    assert d.told == [
        (K.STARTED, None),
        (K.SHOWN, 0),
        (K.PAUSED, 0),
        (K.RESUMED, 0),
        (K.BY_HAND, 0),
        (K.RESUMED, 0),
        (K.MISSED, 0),
        (K.SHOWN, 1),
        (K.BY_HAND, 1),
        (K.ABORTED, 1),
    ]
    assert d.kept[2][0].reason == "接电话"
    assert d.ended == [RoundState.ABORTED]
    d.go(100)
    d.runner.advance()
    d.runner.resume()
    assert len(d.kept) == 10


def test_another_operator_takes_the_round_over_here(desk):
    d = desk(plan(2))
    d.runner.start()
    d.go(1)
    d.runner.take_over(ME)  # is no take-over
    d.runner.take_over(OTHER)
    d.runner.confirm_seen()
    assert [(r.kind, r.by.user) for r, _ in d.kept[2:]] == [(K.TAKEN_OVER, "admin"), (K.SEEN, "admin")]
    assert d.runner.account.operators == [ME, OTHER]


def test_another_operator_takes_the_round_over_elsewhere(desk):
    d = desk(plan(2))
    d.runner.start()
    d.go(1)
    count = len(d.kept)
    d.runner.lose_to(ME)
    assert d.runner.phase is Phase.SHOWING
    d.runner.lose_to(OTHER)
    assert (d.runner.phase, d.ended, d.runner.taken_by) == (Phase.OVER, [RoundState.RUNNING], OTHER)
    assert len(d.kept) == count


def test_going_on_after_a_crash(desk):
    d = desk(plan(4))
    d.runner.start()
    d.go(2)
    d.runner.confirm_seen()
    d.go(12)
    assert d.runner.step_number == 1
    past = d.runner.records
    again = desk(d.plan, round_id=d.runner.round_id, past=past)
    again.runner.start()
    assert again.runner.step_number == 1
    assert (again.kept[0][0].kind, again.kept[0][0].reason) == (K.RESUMED, "restart")
    again.go(1)
    again.runner.confirm_seen()
    again.go(30)
    assert again.ended == [RoundState.ENDED]
    whole = account(d.runner.round_id, d.plan, [*past, *(r for r, _ in again.kept)])
    assert [step.outcome for step in whole.steps] == [StepOutcome.SEEN] * 2 + [StepOutcome.MISSED] * 2
    assert whole.started_utc == past[0].at_utc


def test_closing_a_round_nobody_goes_on_with(desk):
    d = desk(plan(2))
    d.runner.start()
    d.go(1)
    d.clock.go(3600)
    closing = closing_record(d.runner.records, OTHER, d.clock)
    whole = account(d.runner.round_id, d.plan, [*d.runner.records, closing])
    assert whole.state is RoundState.INTERRUPTED
    assert closing.text == d.runner.records[-1].at_utc.isoformat(timespec="seconds")


def test_a_view_tells_which_of_its_cameras_are_missing(desk):
    view = PlanView("四路同看", "4", ("c1", "c2", None, "c9"))
    d = desk(plan(1, steps=(Step("四路同看", 5.0, view=view),)))
    d.stage.sights["四路同看"] = Sight(S.PLAYING, missing=("c2:offline", "c9:not_found"))
    d.runner.start()
    d.go(1)
    assert d.kept[1][0].reason == "c2:offline c9:not_found"
    d.runner.confirm_seen()
    d.go(5)
    assert d.ended == [RoundState.ENDED]


def test_a_clock_that_is_set_back_disturbs_no_dwell(desk):
    d = desk(plan(2))
    d.runner.start()
    d.go(4)
    d.clock.now = d.clock.now.replace(year=2020)
    d.go(5)
    assert d.runner.step_number == 0
    d.go(1.4)
    assert d.runner.step_number == 1


def test_time_in_which_the_window_hung_is_no_dwell(desk):
    d = desk(plan(2))
    d.runner.start()
    for _ in range(2):
        d.clock.go(30)
        d.runner.tick()
    assert (d.runner.step_number, d.runner.dwell_left_s) == (0, 9.0)

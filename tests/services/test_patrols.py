"""Patrols over the real adapter and real embedded centers, through everything that can go wrong on the way."""

import asyncio
import gc
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from hashlib import sha256

import pytest
import qasync
from patrol_fakes import JPEG, FakeClock, FakeStage, plan

from wallclient.demo.center import EmbeddedCenter
from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import NotAble, NotFound, NotPermitted, Refused, ServerFailed, SignInNeeded, Stale
from wallclient.domain.notice import NoticeKind
from wallclient.domain.patrol import Handover, Record, RecordKind, RoundState, Schedule, Shift, Why, new_key
from wallclient.domain.patrol_round import StepOutcome, account
from wallclient.services.centers import Centers
from wallclient.services.patrol_round import Sight, SightState
from wallclient.services.patrols import RESUME_WITHIN, Patrols
from wallclient.services.preferences import Preferences
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.storage.patrol_plans import plans_file, spool_path
from wallclient.storage.settings import settings_file
from wallclient.storage.spool import Spool

LIMIT_S = 30.0
KEY = "center"
K = RecordKind


class NoStore:
    """A keyring nobody asks."""

    def state(self):
        raise AssertionError


@pytest.fixture
def center():
    with EmbeddedCenter(64) as center:
        yield center


@pytest.fixture
def run(qapp):
    """Run a coroutine to its end on a Qt loop."""
    gc.collect()
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield lambda work: loop.run_until_complete(asyncio.wait_for(work, LIMIT_S * 2))
    asyncio.set_event_loop(None)
    loop.close()


async def until(condition):
    limit = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < limit, "the condition did not come true"
        await asyncio.sleep(0.01)


class Post:
    """A workstation: its centers and patrols, signed in."""

    def __init__(self, folder, center, clock=None):
        self.center = center
        self.clock = clock or FakeClock(datetime.now(UTC))
        self.centers = Centers(Preferences(settings_file(folder)), SecretKeeper(NoStore()), folder)
        if not self.centers.configs:
            self.centers.add(CenterConfig(KEY, center.base_url))
        self.patrols = Patrols(self.centers, folder, self.clock)
        self.notices = []
        self.patrols.noticed.connect(lambda notice: self.notices.append(notice.kind))
        self.stage = FakeStage()

    @property
    def desk(self):
        return self.patrols.of(KEY)

    async def log_in(self, user="operator"):
        await self.centers.log_in(KEY, user, self.center.password)
        if self.desk.may_patrol:
            await until(lambda: self.desk.plans_read_utc is not None)

    async def saved(self, made=None):
        """Return a plan saved at the center."""
        return await self.desk.save_plan(replace(made or plan(), revision=0))

    def begin(self, made):
        runner = self.patrols.begin(KEY, made, self.stage)
        self.patrols._ticking.stop()  # the test turns the clock
        return runner

    def go(self, seconds):
        for _ in range(round(seconds / 0.5)):
            self.clock.go(0.5)
            self.patrols.tick()

    async def drained(self):
        """Wait until everything is on disk and at the center."""
        await until(lambda: not self.desk.outbox._writing)
        outbox = self.desk.outbox

        def is_drained():
            outbox.wake()  # no waiting for the next try
            return outbox.state.pending == 0 and outbox.trouble is None

        await until(is_drained)

    async def close(self):
        await self.patrols.close()
        await self.centers.close()


@pytest.fixture
def new_post(tmp_path, center):
    return lambda name="a", **options: Post(tmp_path / name, center, **options)


def kept_at(center, round_id):
    """Return what the center keeps of a round, as keys."""
    return [record.key for record in center._state.patrol._rounds.get(round_id, [])]


def test_plans_are_read_changed_by_one_at_a_time_and_known_offline(new_post, center, run, tmp_path):
    async def plans():
        post = new_post()
        await post.log_in()
        assert {p.name for p in post.desk.plans} == {"重点部位日常巡查", "早高峰路口巡查"}
        assert post.desk.may_edit_plans
        made = await post.saved(plan(name="夜间巡查"))
        assert made.revision == 1
        changed = await post.desk.save_plan(replace(made, note="改"))
        assert changed.revision == 2
        with pytest.raises(Stale):
            await post.desk.save_plan(replace(made, note="别的改法"))
        assert await post.desk.save_plan(replace(made, note="改")) == changed  # the same again, as after a lost answer
        with pytest.raises(Refused) as refused:
            await post.desk.save_plan(replace(changed, schedule=Schedule("Mars/Olympus")))
        assert (refused.value.status, refused.value.slug) == (422, "bad-plan")
        with pytest.raises(Stale):
            await post.desk.delete_plan(made)
        await post.desk.delete_plan(changed)
        await post.desk.delete_plan(changed)  # gone already
        kept = post.desk.plans
        assert len(kept) == 2
        await post.close()
        center.stop()
        later = new_post()
        assert later.desk.plans == kept
        assert later.desk.may_patrol
        assert not later.desk.may_edit_plans
        with pytest.raises(SignInNeeded):
            await later.desk.refresh_plans()
        await later.close()

    run(plans())


def test_who_may_do_what(new_post, run):
    async def rights():
        watcher = new_post("w")
        await watcher.log_in("yuzhong")
        assert (watcher.desk.may_patrol, watcher.desk.may_edit_plans) == (True, False)
        with pytest.raises(NotPermitted) as refused:
            await watcher.saved()
        assert refused.value.reason == "no-patrol-plans"
        visitor = new_post("v")
        await visitor.log_in("visitor")
        assert not visitor.desk.may_patrol
        with pytest.raises(NotAble):
            await visitor.desk.refresh_plans()
        assert visitor.patrols.plans() == []
        await watcher.close()
        await visitor.close()

    run(rights())


def test_a_round_reaches_the_center_with_its_pictures(new_post, center, run):
    async def shift():
        post = new_post()
        await post.log_in()
        post.stage.sights = {"c2": Sight(SightState.GONE, Why.OFFLINE), "c3": Sight(SightState.GONE, Why.FORBIDDEN)}
        runner = post.begin(await post.saved(plan(4)))
        post.go(2)
        await runner.begin_finding()
        found = runner.file_finding("fire_smoke", "楼顶有烟")
        post.go(30)
        assert runner.account.state is RoundState.ENDED
        await post.drained()
        assert kept_at(center, runner.round_id) == [record.key for record in runner.records]
        whole = await post.desk.round(runner.round_id)
        assert whole.records == runner.records
        assert whole.plan == runner.plan
        assert await post.desk.picture(found.picture) == JPEG
        (line,) = await post.desk.rounds(plan_id=runner.plan.id)
        assert (line.seen, line.missed, line.unavailable, line.findings) == (1, 1, 2, 1)
        assert await post.desk.rounds(to_utc=line.started_utc) == ()
        assert await post.desk.rounds(line.started_utc, line.started_utc + timedelta(seconds=1)) == (line,)
        (finding,) = await post.desk.findings()
        assert (finding.key, finding.title, finding.text) == (found.key, "1号枪机", "楼顶有烟")
        post.desk.close_finding(finding.key, "已通知消防")
        assert await post.desk.findings() == ()
        await post.drained()
        (closed,) = await post.desk.findings(False)
        assert (closed.closing.remark, closed.closing.by.user) == ("已通知消防", "operator")
        post.desk.close_finding(finding.key, "又一次")
        await until(lambda: NoticeKind.RECORD_REFUSED in post.notices)
        assert [e.reason for e in await post.desk.outbox.aside()] == ["closed-otherwise"]
        await post.close()

    run(shift())


def test_the_center_away_for_a_whole_round_nothing_lost_nothing_twice(new_post, center, run):
    async def outage():
        post = new_post()
        await post.log_in()
        made = await post.saved(plan(5))
        center.stop()
        runner = post.begin(made)
        for number in range(5):
            post.go(2)
            if number % 2:
                await runner.begin_finding()
                post.stage.picture = JPEG + bytes([number])
                runner.file_finding("other", f"第{number}步")
            else:
                runner.confirm_seen()
            post.go(9)
        assert runner.account.state is RoundState.ENDED
        await until(lambda: post.desk.outbox.state.pending == len(runner.records))
        await until(lambda: isinstance(post.desk.outbox.trouble, ServerFailed))
        own = await post.desk.round(runner.round_id)  # told from the disk
        assert own.records == runner.records
        center.swallow_answers(3)  # stored, but the answers get lost
        center.start()
        await post.drained()
        assert kept_at(center, runner.round_id) == [record.key for record in runner.records]
        assert post.notices == []
        assert (await post.desk.round(runner.round_id)).records == runner.records
        await post.close()

    run(outage())


def test_a_center_that_comes_and_goes_gets_everything_once(new_post, center, run):
    async def flapping():
        post = new_post()
        await post.log_in()
        runner = post.begin(await post.saved(plan(30)))
        for number in range(30):
            if number % 7 == 3:
                center.stop()
            if number % 7 == 5:
                center.swallow_answers(2)
                center.start()
            post.go(1.5)
            runner.confirm_seen()
            post.go(9)
            post.desk.outbox.wake()
            await asyncio.sleep(0.02)
        center.start() if center._server is None else None
        await post.drained()
        assert runner.account.count(StepOutcome.SEEN) == 30
        assert kept_at(center, runner.round_id) == [record.key for record in runner.records]
        await post.close()

    run(flapping())


def test_what_is_refused_for_good_is_set_aside_and_holds_up_nothing(new_post, center, run):
    async def refusals():
        post = new_post()
        await post.log_in()
        made = await post.saved(plan(3))
        runner = post.begin(made)
        post.desk.keep(replace(runner.records[0], key=new_key(), plan_id=new_key(), round_id=new_key()), ())
        post.desk.keep(replace(runner.records[0], key=new_key(), reason="x" * 3000), ())  # breaks the contract
        post.desk.keep(replace(runner.records[0], key=new_key(), kind=K.FINDING, step=0, picture="a" * 64), [b"GIF89a"])
        post.go(2)
        runner.confirm_seen()
        await post.drained()
        aside = await post.desk.outbox.aside()
        assert [entry.reason for entry in aside] == ["no-such-plan", "unreadable", "bad-picture"]
        assert kept_at(center, runner.round_id) == [record.key for record in runner.records]
        assert Counter(post.notices) == {NoticeKind.RECORD_REFUSED: 3}
        assert post.desk.outbox.state.aside == 3
        await post.close()
        later = new_post()  # they outlast the program
        await later.log_in()
        assert len(await later.desk.outbox.aside()) == 3
        await later.desk.outbox.retry(aside[0].key)
        await until(lambda: later.notices == [NoticeKind.RECORD_REFUSED])
        await later.close()

    run(refusals())


def test_a_center_that_lost_a_picture_gets_it_again(new_post, center, run):
    async def lost():
        post = new_post()
        await post.log_in()
        runner = post.begin(await post.saved(plan(3)))
        post.go(1)
        await runner.begin_finding()
        first = runner.file_finding("other", "一")
        await post.drained()
        center._on_loop(center._state.patrol._pictures.clear)
        await runner.begin_finding()
        second = runner.file_finding("other", "二")
        assert first.picture == second.picture
        await post.drained()
        assert kept_at(center, runner.round_id)[-2:] == [first.key, second.key]
        assert center._state.patrol.picture(sha256(JPEG).hexdigest()) == JPEG
        await post.close()

    run(lost())


KILLED = textwrap.dedent(
    """
    import asyncio, json, sys
    from pathlib import Path
    sys.path.insert(0, sys.argv[3])
    import qasync
    from PySide6.QtWidgets import QApplication
    from test_patrols import Post, plan

    class Center:
        base_url, password = sys.argv[1], sys.argv[4]

    async def main():
        post = Post(Path(sys.argv[2]), Center())
        await post.log_in()
        runner = post.begin(await post.saved(plan(6)))
        post.go(2)
        await runner.begin_finding()
        runner.file_finding("damage", "护栏损坏")
        post.go(9.5)
        runner.confirm_seen()
        await asyncio.sleep(0)
        while post.desk.outbox._writing:
            await asyncio.sleep(0.005)
        print(json.dumps([runner.round_id, [record.key for record in runner.records]]), flush=True)
        await asyncio.sleep(600)

    app = QApplication([])
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    loop.run_until_complete(main())
    """
)


def killed_in_mid_round(folder, center):
    """Make a round in a program of its own, kill it in the middle, and return the round's id and its records' keys."""
    arguments = [center.base_url, str(folder), os.path.dirname(__file__), center.password]
    command = [sys.executable, "-c", KILLED, *arguments]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as program:
        round_id, keys = json.loads(program.stdout.readline())
        program.send_signal(signal.SIGKILL)
    return round_id, keys


def test_a_program_killed_in_mid_round_goes_on_with_it(new_post, center, run, tmp_path):
    round_id, keys = killed_in_mid_round(tmp_path / "a", center)

    async def next_start():
        post = new_post()
        await until(lambda: post.patrols.interrupted)
        ((key, left),) = post.patrols.interrupted
        assert (key, left.round.id, [r.key for r in left.round.records]) == (KEY, round_id, keys)
        await post.log_in()
        runner = post.patrols.go_on(key, left, post.stage)
        post.patrols._ticking.stop()
        assert post.patrols.interrupted == ()
        assert runner.step_number == 2
        post.go(60)
        await post.drained()
        assert kept_at(center, round_id) == [record.key for record in runner.records]
        assert kept_at(center, round_id)[: len(keys)] == keys
        whole = await post.desk.round(round_id)
        assert account(round_id, whole.plan, whole.records).state is RoundState.ENDED
        assert len(await post.desk.findings()) == 1
        await post.close()
        last = new_post()
        await last.log_in()
        await asyncio.sleep(0.05)
        assert last.patrols.interrupted == ()
        await last.close()

    run(next_start())


def test_a_program_killed_in_mid_round_is_closed_as_interrupted_when_too_late(new_post, center, run, tmp_path):
    round_id, keys = killed_in_mid_round(tmp_path / "a", center)

    async def much_later():
        clock = FakeClock(datetime.now(UTC) + RESUME_WITHIN + timedelta(minutes=1))
        post = new_post(clock=clock)
        await post.log_in()
        await until(lambda: len(kept_at(center, round_id)) > len(keys))
        await post.drained()
        assert post.patrols.interrupted == ()
        assert kept_at(center, round_id)[:-1] == keys
        whole = await post.desk.round(round_id)
        told = account(round_id, whole.plan, whole.records)
        assert (told.state, whole.records[-1].kind) == (RoundState.INTERRUPTED, K.INTERRUPTED)
        await post.close()

    run(much_later())


def test_a_program_that_is_ended_in_mid_round_goes_on_with_it_too(new_post, center, run):
    async def ended():
        post = new_post()
        await post.log_in()
        made = await post.saved(plan(3))
        runner = post.begin(made)
        post.go(2)
        await post.close()
        assert (runner.records[-1].kind, runner.records[-1].reason) == (K.PAUSED, "exit")
        later = new_post()
        await later.log_in()
        await until(lambda: later.patrols.interrupted)
        again = later.begin(made)  # a new round closes the one that was left
        assert later.patrols.interrupted == ()
        assert again.round_id != runner.round_id
        await later.drained()
        lines = {line.id: line.state for line in await later.desk.rounds(plan_id=made.id)}
        assert lines == {runner.round_id: RoundState.INTERRUPTED, again.round_id: RoundState.RUNNING}
        await later.close()

    run(ended())


def test_a_round_is_taken_over_at_another_post(new_post, center, run):
    async def two_posts():
        first, second = new_post("a"), new_post("b")
        await first.log_in("operator")
        runner = first.begin(await first.saved(plan(4)))
        first.go(2)
        runner.confirm_seen()
        await first.drained()
        await second.log_in("admin")
        taken = await second.patrols.take_over(KEY, runner.round_id, second.stage)
        second.patrols._ticking.stop()
        assert taken.step_number == 1
        await second.drained()
        first.go(9)  # its next records are answered with who has the round now
        await until(lambda: runner.taken_by is not None)
        assert (runner.taken_by.user, first.patrols.runners) == ("admin", [])
        second.go(40)
        await second.drained()
        whole = await first.desk.round(runner.round_id)
        told = account(whole.id, whole.plan, whole.records)
        assert told.state is RoundState.ENDED
        assert [person.user for person in told.operators][:2] == ["operator", "admin"]
        with pytest.raises(NotFound):
            await first.patrols.take_over(KEY, runner.round_id, first.stage)
        await first.close()
        again = new_post("a")  # what somebody else goes on with is not this machine's to close
        await again.log_in()
        await asyncio.sleep(0.05)
        assert again.patrols.interrupted == ()
        await again.close()
        await second.close()

    run(two_posts())


def test_a_shift_is_handed_over_and_acknowledged_once(new_post, center, run):
    async def change():
        old, new = new_post("a"), new_post("b")
        await old.log_in("operator")
        now = datetime.now(UTC)
        center.stop()
        sheet = Handover(
            new_key(), old.desk.person.post, "夜班", now - timedelta(hours=8), now, now, old.desk.person, "3号枪机偏移"
        )
        old.desk.hand_over(sheet)
        await until(lambda: old.desk.outbox.state.pending == 1)
        center.swallow_answers(1)
        center.start()
        await old.drained()
        assert await old.desk.latest_handover() == sheet
        old.desk.acknowledge(sheet, "自己接自己")
        await until(lambda: old.desk.outbox.state.aside == 1)
        assert [e.reason for e in await old.desk.outbox.aside()] == ["own-handover"]
        await new.log_in("admin")
        assert await new.desk.latest_handover() is None  # that is another post
        taken = new.desk.acknowledge(sheet, "已接班")
        new.desk.acknowledge(sheet, "再接一次")
        await new.drained()
        kept = await old.desk.latest_handover()
        assert kept == taken
        assert (kept.acknowledgement.by.user, kept.acknowledgement.remark) == ("admin", "已接班")
        await old.close()
        await new.close()

    run(change())


def test_rounds_begin_by_their_schedule_one_after_the_other(new_post, run):
    night = Shift("夜班", clock_time(22), clock_time(6), frozenset(range(1, 8)), (clock_time(0, 0),))
    schedule = Schedule("Asia/Shanghai", (night,))

    async def scheduled():
        clock = FakeClock(datetime(2026, 3, 2, 15, 59, 30, tzinfo=UTC))
        post = new_post(clock=clock)
        post.patrols._looking.stop()
        await post.log_in()
        one = await post.saved(plan(1, name="甲", schedule=schedule))
        two = await post.saved(plan(1, name="乙", schedule=schedule))
        await post.saved(plan(1, name="停用", schedule=schedule, enabled=False))
        for other in [p for p in post.desk.plans if p.name.endswith("巡查")]:
            await post.desk.delete_plan(other)
        due = []
        post.patrols.round_due.connect(due.append)
        assert post.patrols.next_run(one).at_utc == datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
        post.patrols.look()
        assert due == []
        clock.go(31)
        post.patrols.look()
        post.patrols.look()
        assert [d.plan.name for d in due] == ["乙", "甲"]
        assert post.patrols.runners == []  # not by themselves, unless that is wanted
        post.patrols.set_auto_start(lambda key, made: post.stage)
        post.patrols._ticking.stop()
        (runner,) = post.patrols.runners
        assert (runner.plan.name, runner.records[0].scheduled_utc) == ("乙", due[0].run.at_utc)
        post.go(12)
        post.patrols._ticking.stop()
        (runner,) = post.patrols.runners
        assert runner.plan.name == "甲"
        post.go(12)
        assert post.patrols.runners == []
        assert post.patrols.due == ()
        await post.drained()
        lines = await post.desk.rounds()
        assert [line.scheduled_utc for line in lines] == [due[0].run.at_utc] * 2
        clock.go(24 * 3600)  # the machine slept for a day: what was due long ago is not begun any more
        post.patrols.look()
        post.patrols._ticking.stop()
        assert [r.plan.name for r in post.patrols.runners] == ["乙"]  # 00:00 of the next day was seconds ago
        clock.go(16 * 60)
        post.patrols.look()
        assert post.patrols.due == ()
        assert two.name == "乙"
        await post.close()

    run(scheduled())


def test_a_second_program_of_the_operator_leaves_the_firsts_round_alone(new_post, center, run):
    async def two_programs():
        first = new_post()
        await first.log_in()
        runner = first.begin(await first.saved(plan(3)))
        first.go(1)
        await until(lambda: not first.desk.outbox._writing)
        second = new_post(clock=FakeClock(datetime.now(UTC) + timedelta(hours=1)))
        await second.log_in()
        await asyncio.sleep(0.05)
        assert second.patrols.interrupted == ()
        await second.close()
        first.go(40)
        await first.drained()
        assert kept_at(center, runner.round_id) == [record.key for record in runner.records]
        await first.close()

    run(two_programs())


def test_a_damaged_spool_is_told_and_plans_too(new_post, run, tmp_path):
    folder = tmp_path / "a"
    spool_path(folder, KEY).parent.mkdir(parents=True)
    spool_path(folder, KEY).write_bytes(b"not a database" * 500)
    (folder / "patrol" / f"{KEY}.plans.json").write_text("{")

    async def start():
        post = new_post()
        await until(lambda: NoticeKind.FILE_SET_ASIDE in post.notices)
        await post.log_in()
        assert len(post.desk.plans) == 2
        await post.close()
        assert plans_file(folder, KEY).load().plans == post.desk.plans

    run(start())


def test_records_can_be_read_back_as_they_were(new_post, run, tmp_path):
    async def kept():
        post = new_post()
        await post.log_in()
        runner = post.begin(await post.saved(plan(2)))
        post.go(1)
        await post.close()
        spool = Spool(spool_path(tmp_path / "a", KEY))
        assert len(spool.topic(runner.round_id)) == len(runner.records)
        spool.close()
        assert all(isinstance(record, Record) for record in runner.records)

    run(kept())

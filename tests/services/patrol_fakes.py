"""A stage that shows what a test tells it, a clock that goes when told, and plans."""

from datetime import UTC, datetime, timedelta

from wallclient.domain.errors import SnapshotFailed
from wallclient.domain.patrol import Person, Plan, Schedule, Step, new_key
from wallclient.services.patrol_round import Sight, SightState

ME, OTHER = Person("operator", "值班员", "重庆市监控室"), Person("admin", "管理员", "重庆市视频监控中心")
JPEG = b"\xff\xd8\xff\xe0" + b"picture" * 100


class FakeClock:
    """Starts at a given time and goes on when told."""

    def __init__(self, start=datetime(2026, 3, 2, 14, 0, tzinfo=UTC)):
        self.now = start
        self.seconds = 100.0

    def utc(self):
        return self.now

    def monotonic(self):
        return self.seconds

    def go(self, seconds):
        self.now += timedelta(seconds=seconds)
        self.seconds += seconds


class FakeStage:
    """Shows each step as `sights` says by channel; PLAYING where it says nothing."""

    def __init__(self, sights=None):
        self.sights = dict(sights or {})
        self.shown = []
        self.left = 0
        self.picture = JPEG

    def show(self, step, pane):
        self.shown.append((step.channel_id or step.view.name, pane))

    @property
    def sight(self):
        return self.sights.get(self.shown[-1][0], Sight(SightState.PLAYING))

    async def snapshot(self):
        if self.picture is None:
            raise SnapshotFailed("none")
        return self.picture, self.shown[-1][0]

    def leave(self):
        self.left += 1


def steps(count, dwell_s=10.0, first=1):
    return tuple(Step(f"{n}号枪机", dwell_s, f"c{n}", look_for="有无人员聚集") for n in range(first, first + count))


def plan(count=3, **changes):
    fields = {"id": new_key(), "revision": 1, "name": "重点部位日常巡查", "steps": steps(count), **changes}
    fields.setdefault("schedule", Schedule("Asia/Shanghai"))
    return Plan(**fields)

"""Patrol plans the embedded center has from the start, over the cameras that really stream."""

from datetime import time

from wallclient.demo.city import City
from wallclient.domain.patrol import Category, Plan, PlanView, Schedule, Shift, Step

_EVERY_DAY = frozenset(range(1, 8))
_DAY_SHIFT = Shift("白班", time(8), time(20), _EVERY_DAY, (time(8, 30), time(12), time(16), time(19, 30)))
_NIGHT_SHIFT = Shift("夜班", time(20), time(8), _EVERY_DAY, every_min=120)
_WORKDAYS = Shift("早高峰", time(7), time(9, 30), frozenset(range(1, 6)), every_min=30)
_LOOK_FOR = (
    "有无人员聚集、打架斗殴",
    "出入口是否畅通，有无占道经营",
    "有无可疑包裹、遗留物",
    "消防通道是否被占用，有无烟火",
    "画面是否清晰，有无遮挡、偏移",
)
_CITY_ID, _PEAK_ID = "5f0c7a3e-1d52-4a86-9a0b-6f2f3f9f0001", "5f0c7a3e-1d52-4a86-9a0b-6f2f3f9f0002"


def sample_plans(city: City) -> list[Plan]:
    """Return the plans, new ones for a center to save."""
    cameras = list(city.streamed())
    walk = tuple(
        Step(camera.name[:120], 15.0, camera.id, look_for=_LOOK_FOR[number % len(_LOOK_FOR)])
        for number, camera in enumerate(cameras[:8])
    )
    four = PlanView("四路同看", "4", tuple(camera.id for camera in cameras[8:12]))
    peak = tuple(
        Step(camera.name[:120], 10.0, camera.id, look_for="车流是否畅通，有无事故", categories=(Category.TRAFFIC,))
        for camera in cameras[4:8]
    )
    schedule = Schedule("Asia/Shanghai", (_DAY_SHIFT, _NIGHT_SHIFT))
    return [
        Plan(_CITY_ID, 0, "重点部位日常巡查", (*walk, Step(four.name, 20.0, view=four)), schedule, note="每班按点巡查"),
        Plan(_PEAK_ID, 0, "早高峰路口巡查", peak, Schedule("Asia/Shanghai", (_WORKDAYS,)), (0, 1)),
    ]

"""What a single camera of the demo city looks like: its name, kind, place, code, position and whether it starts online.

Everything is arithmetic on the camera's number, so any camera can be made alone and ranges can be counted.
"""

import random
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from wallclient.domain.catalog import ChannelState
from wallclient.domain.node import CameraKind, PlaceCategory

_PERIOD = 1009  # prime, so that the offline cameras fall differently in each station
_OFFLINE = frozenset(random.Random("offline").sample(range(_PERIOD), 66))  # 6.5 %
_ONLINE_BELOW = [0, *accumulate(int(i not in _OFFLINE) for i in range(_PERIOD))]
_STREAMED = 64
_DARK = frozenset(sorted(_OFFLINE)[::10])  # of those not online, some answer without a picture


class Look(NamedTuple):
    """Name, kind, place and the code's variable fields of one camera."""

    name: str
    kind: CameraKind
    place: PlaceCategory
    industry: int
    network: int
    serial: int


@dataclass(frozen=True, slots=True)
class _Section:
    """A part of a station's cameras; also a group of the tree in stations with many."""

    name: str
    percent: int
    places: tuple[PlaceCategory, ...]
    industry: int
    network: int


_P = PlaceCategory
_SECTIONS = (
    _Section("街面道路", 30, (_P.ROAD, _P.ROAD, _P.BRIDGE), 0, 0),
    _Section("商圈广场", 16, (_P.SQUARE, _P.MALL), 0, 0),
    _Section("居民小区", 22, (_P.RESIDENTIAL,), 1, 0),
    _Section("学校医院车站", 12, (_P.SCHOOL, _P.HOSPITAL, _P.STATION), 3, 8),
    _Section("宾馆网吧娱乐", 12, (_P.HOTEL, _P.INTERNET_CAFE, _P.ENTERTAINMENT), 3, 7),
    _Section("治安卡口", 8, (_P.CHECKPOINT,), 5, 0),
)
SECTIONS = len(_SECTIONS)
GROUP_NAMES = ("重点部位", *(section.name for section in _SECTIONS))  # by group index; 0 holds the streamed cameras
_PERCENT_BELOW = [0, *accumulate(section.percent for section in _SECTIONS)]

_WORDS: dict[PlaceCategory, tuple[str, ...]] = {
    _P.ROAD: ("正街", "大道", "东路", "西路", "南路", "北路", "滨江路", "环道", "老街", "立交", "隧道", "转盘"),
    _P.BRIDGE: ("大桥", "人行天桥", "高架桥", "跨线桥"),
    _P.SQUARE: ("文化广场", "市民广场", "中心广场", "体育公园"),
    _P.MALL: ("购物中心", "百货大楼", "农贸市场", "步行街", "建材市场"),
    _P.RESIDENTIAL: ("花园", "新村", "家园", "佳苑", "小区", "安置房", "公租房", "丽景"),
    _P.SCHOOL: ("小学", "中学", "实验学校", "幼儿园", "职教中心"),
    _P.HOSPITAL: ("人民医院", "中医院", "卫生服务中心", "妇幼保健院"),
    _P.STATION: ("汽车站", "公交枢纽", "轻轨站", "客运码头"),
    _P.HOTEL: ("大酒店", "宾馆", "快捷酒店", "招待所", "民宿"),
    _P.INTERNET_CAFE: ("网络会所", "网吧", "电竞馆"),
    _P.ENTERTAINMENT: ("歌城", "茶楼", "影城", "洗浴中心", "游戏厅"),
    _P.CHECKPOINT: ("进城卡口", "出城卡口", "收费站卡口", "国道卡口", "检查站"),
}
_OUTDOORS = ("路口", "东口", "西口", "公交站旁", "斑马线", "停车场", "治安岗亭", "人行道", "桥头", "弯道")
_BUILDING = ("正门", "大厅", "后门", "电梯厅", "停车库入口", "周界东侧", "周界西侧", "收银台", "走廊", "楼顶")
_LANES = ("一车道", "二车道", "三车道", "应急车道", "对向车道")
_SPOTS = dict.fromkeys((_P.ROAD, _P.BRIDGE, _P.SQUARE), _OUTDOORS) | {_P.CHECKPOINT: _LANES}
_KINDS = (CameraKind.BOX, CameraKind.DOME, CameraKind.BOX, CameraKind.PTZ, CameraKind.BOX)
_KIND_NAMES = {
    CameraKind.BOX: "枪机",
    CameraKind.DOME: "球机",
    CameraKind.PTZ: "云台",
    CameraKind.CHECKPOINT: "抓拍",
}
_SPOT_PLACES = (  # what the words of a hand-written name say about the place; the first that fits
    ("广场", _P.SQUARE),
    ("步行街", _P.SQUARE),
    ("大桥", _P.BRIDGE),
    ("天桥", _P.BRIDGE),
    ("站", _P.STATION),
    ("码头", _P.STATION),
    ("学校", _P.SCHOOL),
    ("天街", _P.MALL),
    ("市场", _P.MALL),
    ("正门", _P.MALL),
    ("夜市", _P.ENTERTAINMENT),
)


def online_at_first(number: int) -> bool:
    """Tell whether a camera is online before anything changes; streamed cameras always are."""
    return number <= _STREAMED or number % _PERIOD not in _OFFLINE


def state_at_first(number: int) -> ChannelState:
    """Return the state of a camera before anything changes."""
    if online_at_first(number):
        return ChannelState.ONLINE
    return ChannelState.VIDEO_LOST if number % _PERIOD in _DARK else ChannelState.OFFLINE


def online_between(first: int, stop: int) -> int:
    """Count the cameras that start online among the numbers [first, stop), all above the streamed ones."""
    return _online_below(stop) - _online_below(first)


def _online_below(number: int) -> int:
    rounds, rest = divmod(number, _PERIOD)
    return rounds * _ONLINE_BELOW[_PERIOD] + _ONLINE_BELOW[rest]


def section_bounds(index: int, count: int) -> tuple[int, int]:
    """Return the half-open range of places that section `index` (from 1) takes of a station's `count` cameras."""
    return count * _PERCENT_BELOW[index - 1] // 100, count * _PERCENT_BELOW[index] // 100


def section(place: int, count: int) -> int:
    """Return the index (from 1) of the section that the camera at `place` of `count` belongs to."""
    return next(index for index in range(1, SECTIONS + 1) if place < section_bounds(index, count)[1])


class _Turn(NamedTuple):
    """What the cameras at one place of a section have in common, whatever the station."""

    words: str
    round: str
    place: PlaceCategory


@cache  # a few thousand entries serve every station: the whole city is read out in seconds
def _turn(index: int, offset: int) -> _Turn:
    group = _SECTIONS[index - 1]
    turn, which = divmod(offset, len(group.places))
    category = group.places[which]
    # Equal categories in one section (roads) must not count the same turns.
    same = group.places.count(category)
    turn = turn * same + group.places[:which].count(category)
    words, spots = _WORDS[category], _SPOTS.get(category, _BUILDING)
    turn, word = divmod(turn, len(words))
    round_, spot = divmod(turn, len(spots))
    return _Turn(words[word] + spots[spot], str(round_ + 1), category)


def look(place: int, count: int, area: str) -> Look:
    """Return the camera at `place` (from 0) of a station's `count`; no two of a station have the same name."""
    index = section(place, count)
    return look_in(index, place, section_bounds(index, count)[0], area)


def look_in(index: int, place: int, section_start: int, area: str) -> Look:
    """Return the camera at `place` of a station, which is in section `index` that starts at `section_start`."""
    words, round_, category = _turn(index, place - section_start)
    kind = CameraKind.CHECKPOINT if category is _P.CHECKPOINT else _KINDS[place % len(_KINDS)]
    group = _SECTIONS[index - 1]
    return Look(f"{area}{words} {_KIND_NAMES[kind]}{round_}", kind, category, group.industry, group.network, 9 + place)


def added_look(number: int, total: int, name: str) -> Look:
    """Return a camera that was added to a city of `total` by hand."""
    return Look(name, CameraKind.BOX, _P.ROAD, 0, 0, (100_000 + number - total) % 1_000_000)


def streamed_look(place: int, spots: tuple[str, ...]) -> Look:
    """Return the streamed camera at `place` (from 0) of a well-known station with these spots."""
    spot = spots[place]
    kind = (CameraKind.DOME, CameraKind.BOX, CameraKind.PTZ, CameraKind.BOX)[place % 4]
    category = next((category for word, category in _SPOT_PLACES if word in spot), _P.ROAD)
    return Look(f"{spot} {_KIND_NAMES[kind]}1", kind, category, 0, 0, 1 + place)


def gb_code(center_code: str, camera: Look) -> str:
    """Return the 20-digit code of a camera; every third is an analogue one behind an encoder (131)."""
    kind = 131 if camera.serial % 3 == 0 else 132
    # As gbcode.build does it, without its checks: the whole city is read out in seconds.
    return f"{center_code}{camera.industry:02d}{kind}{camera.network}{camera.serial:06d}"


def position(number: int, longitude: float, latitude: float) -> tuple[float, float]:
    """Return the place of a camera within about 600 m of its station, WGS-84 degrees."""
    mixed = (number * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    east, north = (mixed >> 40 & 0xFFFF) / 0xFFFF - 0.5, (mixed >> 20 & 0xFFFF) / 0xFFFF - 0.5
    return round(longitude + east * 0.012, 6), round(latitude + north * 0.010, 6)


def has_audio(stream_number: int) -> bool:
    """Tell whether stream 1..64 carries sound."""
    return stream_number % 4 == 1

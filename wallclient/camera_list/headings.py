"""Which heading means which column, and which word which category; in Chinese and English as people write them."""

import unicodedata
from collections.abc import Sequence

from wallclient.domain.camera_list import ListColumn, ListTrouble, ListUnreadable
from wallclient.domain.node import PlaceCategory

_HEADINGS: dict[ListColumn, str] = {
    ListColumn.PATH: "路径 目录 目录路径 树路径 所在路径 分组 分组路径 组织 组织机构 组织路径 所属组织 "
    "所属区域 区域 位置路径 path tree treepath pathinthetree folder group groups organization organisation area region",
    ListColumn.NAME: "名称 名字 摄像机名称 摄像头名称 相机名称 通道名称 通道名 设备名称 监控点名称 点位名称 点位 "
    "name camera cameraname channel channelname devicename title",
    ListColumn.CODE: "编码 编号 国标编码 国标编号 国标id 设备编码 设备编号 通道编码 通道编号 摄像机编码 点位编码 "
    "code gbcode gbid gb28181 gb28181code deviceid channelid nationalcode",
    ListColumn.MAIN_URL: "主码流 主码流地址 主流 主流地址 主地址 取流地址 视频地址 播放地址 流地址 地址 "
    "rtsp地址 主码流rtsp url地址 mainurl main mainstream mainstreamurl url rtsp rtspurl address streamurl stream",
    ListColumn.SUB_URL: "子码流 子码流地址 辅码流 辅码流地址 子流 子流地址 辅流 辅流地址 子地址 副码流 副码流地址 "
    "suburl sub substream substreamurl secondaryurl",
    ListColumn.USER: "用户 用户名 账号 帐号 登录名 登录用户 user username login account",
    ListColumn.PASSWORD: "密码 口令 登录密码 password passwd pwd pass",
    ListColumn.POSITION: "位置 坐标 经纬度 地理位置 地理坐标 position location coordinates coordinate lonlat gps",
    ListColumn.LONGITUDE: "经度 longitude lon lng",
    ListColumn.LATITUDE: "纬度 latitude lat",
    ListColumn.CATEGORY: "类别 分类 类型 场所 场所类别 场所类型 点位类型 category place placecategory kind type",
}
_COLUMN_OF = {word: column for column, words in _HEADINGS.items() for word in words.split()}
_CATEGORIES: dict[PlaceCategory, str] = {
    PlaceCategory.CHECKPOINT: "卡口 检查站 治安卡口 检查点 checkpoint",
    PlaceCategory.HOTEL: "宾馆 酒店 旅馆 旅店 饭店 hotel",
    PlaceCategory.MALL: "商场 商城 购物中心 超市 商圈 mall shoppingmall shoppingcenter",
    PlaceCategory.SQUARE: "广场 square plaza",
    PlaceCategory.INTERNET_CAFE: "网吧 网咖 internetcafe cybercafe",
    PlaceCategory.ENTERTAINMENT: "娱乐 娱乐场所 ktv 歌舞厅 entertainment",
    PlaceCategory.SCHOOL: "学校 校园 幼儿园 school",
    PlaceCategory.STATION: "车站 火车站 汽车站 地铁站 客运站 station",
    PlaceCategory.HOSPITAL: "医院 hospital",
    PlaceCategory.ROAD: "道路 街道 路面 路口 街面 road street",
    PlaceCategory.BRIDGE: "桥 桥梁 大桥 bridge",
    PlaceCategory.RESIDENTIAL: "小区 社区 住宅 住宅区 居民区 residential community",
}
_CATEGORY_OF = {word: place for place, words in _CATEGORIES.items() for word in words.split()}
_WITHOUT_UNITS = ("wgs84", "degrees", "必填", "选填", "可选", "required", "optional")


def column_of(heading: str) -> ListColumn | None:
    """Return what a heading means: case, blanks, brackets, stars and the like make no difference."""
    return _COLUMN_OF.get(_plain(heading))


def category_of(text: str) -> PlaceCategory | None:
    """Return the category a word names, or None where it is none we know."""
    return _CATEGORY_OF.get(_plain(text))


def columns_of(cells: Sequence[str], row: int) -> dict[ListColumn, int] | None:
    """Return at which index each column stands, or None where this is no row of headings: no name or no address.

    Raises ListUnreadable where two headings mean the same.
    """
    found: dict[ListColumn, int] = {}
    twice = False
    for index, cell in enumerate(cells):
        column = column_of(cell)
        if column is not None:
            twice |= column in found
            found.setdefault(column, index)
    if ListColumn.NAME not in found or not {ListColumn.MAIN_URL, ListColumn.SUB_URL} & found.keys():
        return None
    if twice:
        raise ListUnreadable(ListTrouble.HEADING_TWICE, row)
    return found


def _plain(text: str) -> str:
    """Return letters and digits only, small, full-width forms as plain ones."""
    folded = unicodedata.normalize("NFKC", text[:80]).casefold()
    letters = "".join(c for c in folded if c.isalnum())
    for unit in _WITHOUT_UNITS:
        if letters != unit:
            letters = letters.replace(unit, "")
    return letters

"""20-digit device codes of GB/T 28181: their fields, the names of those fields, and what is wrong with a code.

Vendors deviate (short codes, wrong types, codes used twice), so a code is shown as it is and flagged, and is never
the only key of anything. Digits: 1-8 center (civil code 1-6, unit 7-8), 9-10 industry, 11-13 type, 14 network,
15-20 serial.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

LENGTH = 20


class Label(NamedTuple):
    """A name in the two languages of the program."""

    zh: str
    en: str


class Tier(StrEnum):
    """Administrative tier a center code stands for."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    UNIT = "unit"


class CodeFlaw(StrEnum):
    """What is wrong with a code."""

    LENGTH = "length"
    NOT_DIGITS = "not_digits"
    PROVINCE = "province"
    GAP_IN_CENTER = "gap_in_center"  # a lower tier is given below an empty one
    INDUSTRY = "industry"
    TYPE = "type"


INDUSTRIES: dict[int, Label] = {
    0: Label("社会治安路面接入", "Public security: roads"),
    1: Label("社会治安社区接入", "Public security: communities"),
    2: Label("社会治安内部接入", "Public security: internal"),
    3: Label("社会治安其他接入", "Public security: other"),
    4: Label("交通路面接入", "Traffic: roads"),
    5: Label("交通卡口接入", "Traffic: checkpoints"),
    6: Label("交通内部接入", "Traffic: internal"),
    7: Label("交通其他接入", "Traffic: other"),
    8: Label("城市管理接入", "City management"),
    9: Label("卫生环保接入", "Health and environment"),
    10: Label("商检海关接入", "Commodity inspection and customs"),
    11: Label("教育部门接入", "Education"),
    12: Label("民航接入", "Civil aviation"),
    13: Label("铁路接入", "Railway"),
    14: Label("航运接入", "Shipping"),
    40: Label("农、林、牧、渔业接入", "Agriculture, forestry and fishery"),
    41: Label("采矿企业接入", "Mining"),
    42: Label("制造企业接入", "Manufacturing"),
    43: Label("冶金、电力、燃气和水务接入", "Power, heat, gas and water"),
    44: Label("建筑企业接入", "Construction"),
    45: Label("批发和零售业接入", "Wholesale and retail"),
}

TYPES: dict[int, Label] = {
    111: Label("DVR", "DVR"),
    112: Label("视频服务器", "Video server"),
    113: Label("编码器", "Encoder"),
    114: Label("解码器", "Decoder"),
    115: Label("视频切换矩阵", "Video matrix"),
    116: Label("音频切换矩阵", "Audio matrix"),
    117: Label("报警控制器", "Alarm controller"),
    118: Label("网络视频录像机", "NVR"),
    120: Label("在线图像采集系统", "Online image capture system"),
    121: Label("视频卡口", "Video checkpoint"),
    122: Label("多目设备", "Multi-lens device"),
    123: Label("停车场出入口控制设备", "Parking entrance control"),
    124: Label("人员出入口控制设备", "Personnel entrance control"),
    125: Label("安检设备", "Security screening"),
    130: Label("混合硬盘录像机", "Hybrid video recorder"),
    131: Label("摄像机", "Camera"),
    132: Label("网络摄像机", "Network camera"),
    133: Label("显示器", "Display"),
    134: Label("报警输入设备", "Alarm input"),
    135: Label("报警输出设备", "Alarm output"),
    136: Label("语音输入设备", "Audio input"),
    137: Label("语音输出设备", "Audio output"),
    138: Label("移动传输设备", "Mobile transmission device"),
    139: Label("其他外围设备", "Other peripheral"),
    140: Label("报警输出设备(继电器)", "Alarm output (relay)"),
    141: Label("道闸", "Barrier gate"),
    142: Label("智能门", "Smart door"),
    143: Label("凭证识别单元", "Credential reader"),
    200: Label("中心信令控制服务器", "Center signalling server"),
    201: Label("Web应用服务器", "Web server"),
    202: Label("媒体分发服务器", "Media server"),
    203: Label("代理服务器", "Proxy server"),
    204: Label("安全服务器", "Security server"),
    205: Label("报警服务器", "Alarm server"),
    206: Label("数据库服务器", "Database server"),
    207: Label("GIS服务器", "GIS server"),
    208: Label("管理服务器", "Management server"),
    209: Label("接入网关", "Access gateway"),
    210: Label("媒体存储服务器", "Media storage"),
    211: Label("信令安全路由网关", "Signalling security gateway"),
    215: Label("业务分组", "Business group"),
    216: Label("虚拟组织", "Virtual organisation"),
    500: Label("图像信息应用平台", "Image information platform"),
    501: Label("运行维护平台", "Operation and maintenance platform"),
    502: Label("图像分析系统", "Image analysis system"),
    503: Label("图像数据库", "Image database"),
    505: Label("图像分析设备", "Image analysis device"),
}
_TYPE_RANGES: tuple[tuple[range, Label], ...] = (
    (range(111, 131), Label("前端主设备", "Front-end device")),
    (range(131, 200), Label("前端外围设备", "Front-end peripheral")),
    (range(200, 300), Label("平台设备", "Platform device")),
    (range(300, 344), Label("中心用户", "Center user")),
    (range(400, 444), Label("终端用户", "Terminal user")),
    (range(500, 600), Label("平台外接系统", "External platform")),
)
NETWORKS: dict[int, Label] = {
    0: Label("公安视频传输网", "Public-security video network"),
    1: Label("公安视频传输网", "Public-security video network"),
    2: Label("行业专网", "Industry private network"),
    3: Label("政法信息网", "Political-legal information network"),
    4: Label("公安移动信息网", "Public-security mobile network"),
    5: Label("公安信息网", "Public-security information network"),
    6: Label("电子政务外网", "E-government extranet"),
    7: Label("互联网等公共网络", "Internet and other public networks"),
    8: Label("专线", "Dedicated line"),
    9: Label("预留", "Reserved"),
}
PROVINCES: dict[int, Label] = {
    11: Label("北京", "Beijing"),
    12: Label("天津", "Tianjin"),
    13: Label("河北", "Hebei"),
    14: Label("山西", "Shanxi"),
    15: Label("内蒙古", "Inner Mongolia"),
    21: Label("辽宁", "Liaoning"),
    22: Label("吉林", "Jilin"),
    23: Label("黑龙江", "Heilongjiang"),
    31: Label("上海", "Shanghai"),
    32: Label("江苏", "Jiangsu"),
    33: Label("浙江", "Zhejiang"),
    34: Label("安徽", "Anhui"),
    35: Label("福建", "Fujian"),
    36: Label("江西", "Jiangxi"),
    37: Label("山东", "Shandong"),
    41: Label("河南", "Henan"),
    42: Label("湖北", "Hubei"),
    43: Label("湖南", "Hunan"),
    44: Label("广东", "Guangdong"),
    45: Label("广西", "Guangxi"),
    46: Label("海南", "Hainan"),
    50: Label("重庆", "Chongqing"),
    51: Label("四川", "Sichuan"),
    52: Label("贵州", "Guizhou"),
    53: Label("云南", "Yunnan"),
    54: Label("西藏", "Tibet"),
    61: Label("陕西", "Shaanxi"),
    62: Label("甘肃", "Gansu"),
    63: Label("青海", "Qinghai"),
    64: Label("宁夏", "Ningxia"),
    65: Label("新疆", "Xinjiang"),
    71: Label("台湾", "Taiwan"),
    81: Label("香港", "Hong Kong"),
    82: Label("澳门", "Macao"),
}


@dataclass(frozen=True, slots=True)
class GbCode:
    """The fields of a code. `str()` gives the 20 digits back."""

    center: str  # 8 digits: civil code (6) and grass-roots unit (2); unused tiers are 00
    industry: int  # 0..99
    type: int  # 0..999
    network: int  # 0..9
    serial: int  # 0..999999

    def __str__(self) -> str:
        return f"{self.center}{self.industry:02d}{self.type:03d}{self.network}{self.serial:06d}"

    @property
    def civil_code(self) -> str:
        """The center code without trailing empty tiers: 2, 4, 6 or 8 digits (GB/T 2260, then the unit)."""
        code = self.center
        while len(code) > 2 and code.endswith("00"):
            code = code[:-2]
        return code

    @property
    def tier(self) -> Tier:
        """The administrative tier of the center code."""
        return {2: Tier.PROVINCE, 4: Tier.CITY, 6: Tier.DISTRICT, 8: Tier.UNIT}[len(self.civil_code)]

    @property
    def sip_domain(self) -> str:
        """The first ten digits, which GB/T 28181 systems use as SIP domain."""
        return f"{self.center}{self.industry:02d}"

    @property
    def province_label(self) -> Label | None:
        """Name of the province, or None for a number GB/T 2260 does not have."""
        return PROVINCES.get(int(self.center[:2]))

    @property
    def industry_label(self) -> Label | None:
        """Name of the industry, or None if unknown."""
        return INDUSTRIES.get(self.industry)

    @property
    def type_label(self) -> Label | None:
        """Name of the type or at least of its range, or None if unknown."""
        return TYPES.get(self.type) or next((label for span, label in _TYPE_RANGES if self.type in span), None)

    @property
    def network_label(self) -> Label:
        """Name of the network; every digit has one."""
        return NETWORKS[self.network]

    @property
    def is_camera(self) -> bool:
        """Tell whether the type is a video source (131 camera, 132 network camera)."""
        return self.type in (131, 132)


def parse(code: str) -> GbCode:
    """Read a 20-digit code, whatever the values of its fields. Raises ValueError if it is not 20 ASCII digits."""
    if len(code) != LENGTH or not _is_digits(code):
        raise ValueError(f"not a code of {LENGTH} digits: {code[:40]!r}")
    return GbCode(code[:8], int(code[8:10]), int(code[10:13]), int(code[13]), int(code[14:]))


def build(center: str, *, industry: int, type: int, network: int, serial: int) -> str:
    """Return the code of these fields; `center` has 2, 4, 6 or 8 digits and is filled with 00. Raises ValueError."""
    if len(center) not in (2, 4, 6, 8) or not _is_digits(center):
        raise ValueError(f"a center code has 2, 4, 6 or 8 digits, not {center!r}")
    limits = ((industry, 99), (type, 999), (network, 9), (serial, 999_999))
    if any(not 0 <= value <= limit for value, limit in limits):
        raise ValueError(f"out of range: industry {industry}, type {type}, network {network}, serial {serial}")
    return str(GbCode(center.ljust(8, "0"), industry, type, network, serial))


def flaws(code: str) -> tuple[CodeFlaw, ...]:
    """Tell what is wrong with a code; empty if it follows the rules."""
    if not _is_digits(code):
        return (CodeFlaw.NOT_DIGITS,)
    if len(code) != LENGTH:
        return (CodeFlaw.LENGTH,)
    fields = parse(code)
    pairs = [fields.center[i : i + 2] for i in range(0, 8, 2)]
    gap = any(upper == "00" != lower for upper, lower in pairwise(pairs))
    found = {
        CodeFlaw.PROVINCE: fields.province_label is None,
        CodeFlaw.GAP_IN_CENTER: gap,
        CodeFlaw.INDUSTRY: fields.industry_label is None,
        CodeFlaw.TYPE: fields.type_label is None,
    }
    return tuple(flaw for flaw, is_so in found.items() if is_so)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()

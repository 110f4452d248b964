"""What a WVP knows: channels, groups, and the shapes in which it tells them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
DEVICE = "34020000001180000001"
SECRET = "zlm-secret-of-the-media-server"
FAILED, NO_SUCH = 100, "通道不存在"
BUSINESS = "34020000002150000001"


@dataclass
class Camera:
    """One channel of the double."""

    gb_id: int
    code: str
    name: str
    group: str | None = None  # GB code of its group
    business: str | None = None
    civil: str = "340200"
    online: bool = True
    ptz_type: int = 1
    data_type: int = 1
    raw_code: str = ""  # what the device calls it, where somebody has given it another code here
    device_row: int = 1
    presets: dict[int, str] = field(default_factory=dict)
    extra: dict[str, object] = field(default_factory=dict)  # fields as broken as a test likes

    @property
    def at_device(self) -> str:
        return self.raw_code or self.code


@dataclass
class Group:
    """One business group or virtual organisation."""

    id: int
    code: str
    name: str
    parent: int | None
    business: str


class WvpError(Exception):
    """A refusal: HTTP status, `code`, `msg`."""

    def __init__(self, code: int, msg: str | None, status: int = 200) -> None:
        super().__init__(msg)
        self.code, self.msg, self.status = code, msg, status


def small_city() -> tuple[list[Group], dict[int, Camera]]:
    """Return three groups and nine channels, one of them of no GB device."""
    groups = [
        Group(1, BUSINESS, "芜湖市公安局", None, BUSINESS),
        Group(2, "34020000002160000002", "镜湖分局", 1, BUSINESS),
        Group(3, "34020000002160000003", "弋江分局", 1, BUSINESS),
    ]
    cameras = {}
    for gb_id in range(11, 18):
        group = groups[1 + gb_id % 2]
        cameras[gb_id] = Camera(gb_id, gb_code(gb_id), f"中山路{gb_id}号", group.code, group.business)
    cameras[18] = Camera(18, gb_code(18), "未分组球机")
    cameras[19] = Camera(19, gb_code(19), "推流", data_type=2, ptz_type=0)
    return groups, cameras


def large_city(channels: int, a_folder: int = 250) -> tuple[list[Group], dict[int, Camera]]:
    """Return a city of so many channels in folders of `a_folder`, twenty folders to a branch."""
    groups = [Group(1, BUSINESS, "芜湖市公安局", None, BUSINESS)]
    cameras: dict[int, Camera] = {}
    for number in range(-(-channels // a_folder)):
        if number % 20 == 0:
            branch = Group(len(groups) + 1, f"340200000021601{number:05d}", f"第{number // 20 + 1}分局", 1, BUSINESS)
            groups.append(branch)
        folder = Group(len(groups) + 1, f"340200000021602{number:05d}", f"第{number + 1}派出所", branch.id, BUSINESS)
        groups.append(folder)
        for gb_id in range(number * a_folder + 1, min(channels, (number + 1) * a_folder) + 1):
            civil = f"3402{gb_id % 8:02d}"
            cameras[gb_id] = Camera(
                gb_id, gb_code(gb_id), f"中山路{gb_id}号", folder.code, BUSINESS, civil, gb_id % 50 > 0
            )
    return groups, cameras


def gb_code(number: int) -> str:
    return f"34020000001320{number:06d}"


def parsed(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)


def time_of(query: dict[str, str], name: str) -> datetime:
    try:
        return parsed(query.get(name, ""))
    except ValueError:
        raise WvpError(FAILED, f"{name}格式为yyyy-MM-dd HH:mm:ss") from None


def in_range(query: dict[str, str], name: str, least: int, most: int, default: int) -> int:
    value = int(query.get(name, default))
    if not least <= value <= most:
        raise WvpError(FAILED, f"{name} 为 {least}-{most}的数字")
    return value


def group_node(group: Group) -> dict[str, object]:
    return {"id": group.id, "deviceId": group.code, "name": group.name, "parentId": group.parent, "alias": None,
            "parentDeviceId": None, "businessGroup": group.business, "createTime": None, "updateTime": None,
            "civilCode": None, "treeId": f"group{group.id}", "leaf": False, "type": 0, "status": "ON"}  # fmt: skip


def camera_node(camera: Camera) -> dict[str, object]:
    return {"id": camera.gb_id, "deviceId": camera.code, "name": camera.name, "parentId": None, "leaf": True, "type": 1,
            "treeId": f"channel{camera.gb_id}", "status": "ON" if camera.online else "OFF"}  # fmt: skip


_NOTHING = dict.fromkeys(
    (
        "gbModel", "gbOwner", "gbBlock", "gbParental", "gbSafetyWay", "gbRegisterWay", "gbCertNum", "gbCertifiable",
        "gbErrCode", "gbEndTime", "gbSecrecy", "gbPort", "gpsAltitude", "gpsSpeed", "gpsDirection", "gpsTime",
        "gbPositionType", "gbRoomType", "gbUseType", "gbSupplyLightType", "gbDirectionType", "gbResolution",
        "gbDownloadSpeed", "gbSvcSpaceSupportMod", "gbSvcTimeSupportMode",
    )
)  # fmt: skip


def common(camera: Camera) -> dict[str, object]:
    return {
        **_NOTHING, "gbAddress": "中山路", "gbIpAddress": "10.1.2.3",
        "createTime": "2026-01-01 08:00:00", "updateTime": "2026-11-20 08:00:00",
        "gbId": camera.gb_id, "gbDeviceId": camera.code, "gbName": camera.name, "gbManufacturer": None,
        "gbCivilCode": camera.civil, "gbParentId": camera.group, "gbBusinessGroupId": camera.business,
        "gbStatus": "ON" if camera.online else "OFF", "gbLongitude": 118.37, "gbLatitude": 31.33,
        "gbPtzType": camera.ptz_type or None, "gbPassword": "camera-password", "dataType": camera.data_type,
        "dataDeviceId": camera.device_row, "recordPLan": None, "streamId": None, "enableBroadcast": 0, "mapLevel": 0,
        **camera.extra,
    }  # fmt: skip


def page_of(rows: list[dict[str, object]], query: dict[str, str]) -> object:
    try:
        page, count = int(query["page"]), int(query["count"])
    except (KeyError, ValueError):
        raise WvpError(400, "参数或方法错误", 400) from None
    chosen = rows[(page - 1) * count : page * count]
    pages = -(-len(rows) // count)
    return {"total": len(rows), "list": chosen, "pageNum": page, "pageSize": count, "size": len(chosen), "pages": pages,
            "isLastPage": page >= pages, "hasNextPage": page < pages, "navigatepageNums": [1]}  # fmt: skip

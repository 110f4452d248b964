"""What reports are written in: Chinese and English words, complete in both.

A table of its own, because a report's language is chosen for its readers and not by the program's.
"""

from collections.abc import Mapping

from wallclient.domain.patrol import Category, RecordKind, RoundState, Why
from wallclient.domain.patrol_round import StepOutcome

LANGUAGES = ("zh_CN", "en")

_WORDS: Mapping[str, tuple[str, str]] = {
    "round_report": ("巡查报告", "Patrol round report"),
    "handover_sheet": ("交接班记录", "Shift hand-over"),
    "plan": ("巡查计划", "Plan"),
    "revision": ("版本", "revision"),
    "center": ("中心", "Center"),
    "begun": ("开始时间", "Begun"),
    "ended": ("结束时间", "Ended"),
    "due": ("计划时间", "Due"),
    "by_hand": ("手动开始", "by hand"),
    "operators": ("巡查人员", "Operators"),
    "state": ("状态", "State"),
    "totals": ("统计", "Totals"),
    "steps": ("巡查步骤", "Steps"),
    "findings": ("发现的问题", "Findings"),
    "course": ("过程记录", "Course of the round"),
    "number": ("序号", "No."),
    "step": ("点位", "Step"),
    "look_for": ("查看内容", "Look for"),
    "shown": ("画面时间", "Shown at"),
    "result": ("结果", "Result"),
    "settled": ("确认时间", "Settled at"),
    "by": ("人员", "By"),
    "remark": ("备注", "Remarks"),
    "time": ("时间", "Time"),
    "category": ("类别", "Category"),
    "text": ("说明", "Description"),
    "picture": ("截图", "Picture"),
    "event": ("事件", "Event"),
    "closing": ("处理情况", "Settled how"),
    "open": ("未处理", "open"),
    "closed": ("已处理", "closed"),
    "preset_missed": ("未到预置位", "not at its preset"),
    "none": ("无", "None"),
    "no_picture_kept": ("截图无法取得", "The picture can't be had."),
    "post": ("岗位", "Post"),
    "shift": ("班次", "Shift"),
    "period": ("时段", "Period"),
    "handed_over": ("交班人", "Handed over by"),
    "made": ("交班时间", "Handed over at"),
    "taken_over": ("接班人", "Taken over by"),
    "taken_at": ("接班时间", "Taken over at"),
    "not_taken": ("尚未接班确认", "not acknowledged yet"),
    "remarks": ("交班事项", "Remarks"),
    "open_findings": ("遗留问题", "Open findings"),
    "rounds": ("本班巡查", "Rounds made"),
    "not_made": ("未执行的计划巡查", "Rounds due that were not made"),
    "seen": ("已确认", "Seen"),
    "missed": ("漏查", "Missed"),
    "unavailable": ("无画面", "No picture"),
    "skipped": ("跳过", "Skipped"),
    "incomplete": ("中心未连接，本表可能不完整", "The center was away: this sheet may be incomplete."),
    "page": ("第 {page} 页，共 {pages} 页", "Page {page} of {pages}"),
    "printed": ("生成于 {time}", "Made at {time}"),
    "zone": ("时区", "Time zone"),
    "signature": ("签字", "Signature"),
}
_OUTCOMES: Mapping[StepOutcome, tuple[str, str]] = {
    StepOutcome.OPEN: ("未查", "not reached"),
    StepOutcome.SEEN: ("已确认", "seen"),
    StepOutcome.MISSED: ("漏查", "missed"),
    StepOutcome.UNAVAILABLE: ("无画面", "no picture"),
    StepOutcome.SKIPPED: ("跳过", "skipped"),
}
_STATES: Mapping[RoundState, tuple[str, str]] = {
    RoundState.RUNNING: ("进行中", "under way"),
    RoundState.ENDED: ("已完成", "completed"),
    RoundState.ABORTED: ("已中止", "aborted"),
    RoundState.INTERRUPTED: ("异常中断", "interrupted"),
}
_WHYS: Mapping[Why, tuple[str, str]] = {
    Why.OFFLINE: ("摄像机离线", "camera offline"),
    Why.FORBIDDEN: ("无查看权限", "not permitted"),
    Why.NOT_FOUND: ("摄像机不存在", "no such camera"),
    Why.NO_PICTURE: ("无视频画面", "no moving picture"),
    Why.CENTER_AWAY: ("中心未连接", "center away"),
    Why.HELD: ("云台被他人占用", "held by somebody else"),
    Why.NOT_ABLE: ("不支持", "not able"),
    Why.FAILED: ("操作失败", "failed"),
}
_CATEGORIES: Mapping[Category, tuple[str, str]] = {
    Category.INTRUSION: ("非法闯入", "Intrusion"),
    Category.CROWD: ("人员聚集", "Crowd"),
    Category.FIRE_SMOKE: ("烟火", "Fire or smoke"),
    Category.TRAFFIC: ("交通异常", "Traffic"),
    Category.LOST_OBJECT: ("遗留物品", "Object left behind"),
    Category.DAMAGE: ("设施损坏", "Damage"),
    Category.CAMERA_FAULT: ("设备故障", "Camera fault"),
    Category.OTHER: ("其他", "Other"),
}
_KINDS: Mapping[RecordKind, tuple[str, str]] = {
    RecordKind.STARTED: ("开始巡查", "begun"),
    RecordKind.SHOWN: ("显示画面", "shown"),
    RecordKind.SEEN: ("确认已查", "seen"),
    RecordKind.FINDING: ("上报问题", "finding filed"),
    RecordKind.MISSED: ("漏查", "missed"),
    RecordKind.UNAVAILABLE: ("无画面，已跳过", "no picture, passed over"),
    RecordKind.PRESET_MISSED: ("未到预置位", "preset not reached"),
    RecordKind.SKIPPED: ("人工跳过", "skipped"),
    RecordKind.PAUSED: ("暂停", "paused"),
    RecordKind.BY_HAND: ("转人工操作", "taken in hand"),
    RecordKind.RESUMED: ("继续", "resumed"),
    RecordKind.TAKEN_OVER: ("他人接手", "taken over"),
    RecordKind.ABORTED: ("中止巡查", "aborted"),
    RecordKind.ENDED: ("结束巡查", "ended"),
    RecordKind.INTERRUPTED: ("异常中断", "interrupted"),
}
_REASONS = {
    "exit": ("程序退出", "program ended"),
    "restart": ("程序重启", "program restarted"),
    "pane": ("窗格", "pane"),
}


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        """`language` is one of LANGUAGES; anything else means English."""
        self.language = language if language in LANGUAGES else "en"
        self._index = LANGUAGES.index(self.language)

    def __getitem__(self, key: str) -> str:
        return _WORDS[key][self._index]

    def outcome(self, outcome: StepOutcome) -> str:
        """Say what became of a step."""
        return _OUTCOMES[outcome][self._index]

    def state(self, state: RoundState) -> str:
        """Say how it stands with a round."""
        return _STATES[state][self._index]

    def kind(self, kind: RecordKind) -> str:
        """Say what a record tells."""
        return _KINDS[kind][self._index]

    def category(self, category: str) -> str:
        """Say what a finding is; a center's own category as it is."""
        return _CATEGORIES[Category(category)][self._index] if category in set(Category) else category

    def reason(self, reason: str) -> str:
        """Say why; what an operator wrote as it is. Of a view: camera and why, one after the other."""
        if reason in set(Why):
            return _WHYS[Why(reason)][self._index]
        if reason in _REASONS:
            return _REASONS[reason][self._index]
        parts = [part.rpartition(":") for part in reason.split(" ")]
        if parts and all(camera and why in set(Why) for camera, _, why in parts):
            return "; ".join(f"{camera}: {self.reason(why)}" for camera, _, why in parts)
        return reason

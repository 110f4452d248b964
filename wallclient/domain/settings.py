"""What an operator may set. Saved as versioned JSON by `storage.settings`."""

from dataclasses import dataclass, field
from enum import StrEnum

from wallclient.domain.center_config import CenterConfig


class SnapshotFormat(StrEnum):
    """File format of snapshots."""

    PNG = "png"
    JPEG = "jpeg"


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of this operator on this machine. Secrets are never in here."""

    language: str = ""  # "zh_CN" or "en"; empty: by locale
    centers: tuple[CenterConfig, ...] = ()
    snapshot_folder: str = ""  # empty: the operator's pictures folder
    snapshot_format: SnapshotFormat = SnapshotFormat.PNG
    export_folder: str = ""  # of the last export; empty: the operator's folder of films
    show_info: bool = False
    alarm_sound: bool = False  # a sound when an alarm comes
    tree_visible: bool = True
    tree_width_px: int = 0  # logical pixels; 0: by screen
    auto_rounds: tuple[str, ...] = ()  # "center key/plan id": patrol plans whose rounds begin by themselves here
    windows: tuple[str, ...] = field(default=())  # Qt geometry of each window, base64

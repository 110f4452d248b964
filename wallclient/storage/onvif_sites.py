"""Sites of ONVIF cameras on disk: one file with the cameras, and one with the numbers their presets have here.

No password is in them: those lie in the keyring. ONVIF names presets by texts (tokens); the program counts them from 1
to 255, and a saved cruise must find the same preset next week, so the numbers are kept.
"""

from pathlib import Path

import msgspec

from wallclient.domain.onvif import OnvifSite
from wallclient.storage.json_file import JsonFile
from wallclient.storage.site_file import DocumentFile

VERSION = 1


class _Document(msgspec.Struct):
    version: int
    content: OnvifSite


class PresetTokens(msgspec.Struct, frozen=True):
    """By camera and token: the number of the preset."""

    cameras: dict[str, dict[str, int]] = {}


_decoder = msgspec.json.Decoder(_Document)


class OnvifSiteFile(DocumentFile[OnvifSite]):
    """The file of one site, and the numbers of its presets."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _decoder, VERSION)
        self._numbers = JsonFile(path.with_suffix(".presets.json"), PresetTokens, VERSION)
        self._presets = path.with_suffix(".presets.json")

    def preset_numbers(self, camera_id: str) -> dict[str, int]:
        """Return the numbers a camera's presets were given, by token."""
        return dict(self._numbers.load().cameras.get(camera_id, {}))

    def keep_preset_numbers(self, camera_id: str, numbers: dict[str, int]) -> None:
        """Keep the numbers of a camera's presets. Raises StorageFailed."""
        cameras = {**self._numbers.load().cameras, camera_id: numbers}
        self._numbers.save(PresetTokens(cameras))

    def remove(self) -> None:
        """Delete both files; that there are none is no error. Raises StorageFailed."""
        super().remove()
        DocumentFile[object](self._presets, _decoder, VERSION).remove()


def onvif_site_file(folder: Path, center_key: str) -> OnvifSiteFile:
    """Return the file of the site of a configured center in `folder`."""
    return OnvifSiteFile(folder / "onvif" / f"{center_key}.json")

"""Sites of plain cameras on disk, one file each. No password is in them: those lie in the keyring."""

from pathlib import Path

import msgspec

from wallclient.domain.camera_list import CameraSite
from wallclient.storage.site_file import DocumentFile, Stamp

__all__ = ["VERSION", "SiteFile", "Stamp", "site_file"]
VERSION = 1


class _Document(msgspec.Struct):
    version: int
    content: CameraSite


_decoder = msgspec.json.Decoder(_Document)


class SiteFile(DocumentFile[CameraSite]):
    """The file of one site."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _decoder, VERSION)


def site_file(folder: Path, center_key: str) -> SiteFile:
    """Return the file of the site of a configured center in `folder`."""
    return SiteFile(folder / "lists" / f"{center_key}.json")

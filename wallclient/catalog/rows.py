"""How a node of a center becomes a row of the mirror, and the other way round."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from wallclient.domain import gbcode
from wallclient.domain.catalog import CatalogNode, ChannelState
from wallclient.domain.catalog_view import CatalogRow, NodeFlag
from wallclient.domain.names import display_name
from wallclient.domain.node import CameraKind, NodeKind, PlaceCategory

_Word = TypeVar("_Word", bound=StrEnum)
KINDS, STATES, LOOKS, PLACES = tuple(NodeKind), tuple(ChannelState), tuple(CameraKind), tuple(PlaceCategory)
KIND_NUMBER = {kind: number for number, kind in enumerate(KINDS)}
STATE_NUMBER = {state: number for number, state in enumerate(STATES)}
LOOK_NUMBER: dict[CameraKind | None, int | None] = {None: None} | {look: n for n, look in enumerate(LOOKS)}
PLACE_NUMBER: dict[PlaceCategory | None, int | None] = {None: None} | {place: n for n, place in enumerate(PLACES)}
CHANNEL = KIND_NUMBER[NodeKind.CHANNEL]
GROUP = KIND_NUMBER[NodeKind.GROUP]
ONLINE = STATE_NUMBER[ChannelState.ONLINE]
LONGEST_CODE = 40
# What `row` needs, in this order; the parent's id comes from the caller.
SHOWN = "id, kind, name, code, state, total, online, look, place, longitude, latitude, audio, rights, civil, flags"


class Texts(NamedTuple):
    """A node's texts as they are shown, what is odd about them, and the originals where they are not the same."""

    name: str
    code: str
    flags: int
    originals: tuple[bytes, bytes] | None


class TextReader:
    """Makes texts harmless. Remembers which beginnings of codes follow the rules: thousands of codes share them."""

    def __init__(self) -> None:
        self._heads: dict[str, int] = {}

    def read(self, node: CatalogNode) -> Texts:
        """Return the texts of a node."""
        name, code = display_name(node.name), display_name(node.gb_code, LONGEST_CODE)
        flags = self._code_flag(code) if node.is_channel or code else 0
        if name == node.name and code == node.gb_code:
            return Texts(name, code, flags, None)
        odd = 0 if name == node.name.strip() and code == node.gb_code.strip() else NodeFlag.ODD_TEXT
        return Texts(name, code, flags | odd, (_bytes(node.name), _bytes(node.gb_code)))

    def _code_flag(self, code: str) -> int:
        if len(code) != gbcode.LENGTH or not (code.isascii() and code.isdigit()):
            return NodeFlag.BAD_CODE
        flag = self._heads.get(code[:14])
        if flag is None:
            if len(self._heads) > 20_000:
                self._heads.clear()
            flag = self._heads[code[:14]] = int(NodeFlag.BAD_CODE) if gbcode.flaws(code) else 0
        return flag


def storable(text: str | None) -> bool:
    """Tell whether SQLite can hold a text: half a surrogate pair can't be."""
    if text is None or text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def original(stored: bytes) -> str:
    """Return a text as the center told it."""
    return stored.decode("utf-8", "surrogatepass")


def row(values: Sequence[Any], parent_id: str | None, favourite: bool) -> CatalogRow:
    """Return a row from the columns `SHOWN`."""
    (id_, kind, name, code, state, total, online, look, place, longitude, latitude, audio, rights, civil, flags) = (
        values
    )
    return CatalogRow(
        id=id_,
        parent_id=parent_id,
        kind=KINDS[kind],
        name=name,
        gb_code=code,
        state=STATES[state],
        total=total,
        online=online,
        camera_kind=None if look is None else LOOKS[look],
        place=None if place is None else PLACES[place],
        longitude=longitude,
        latitude=latitude,
        has_audio=bool(audio),
        rights_mask=rights,
        civil_code=civil,
        flags=NodeFlag(flags),
        favourite=favourite,
    )

"""What the embedded center does wrong when it is told to, so that a client can be held to it."""

from dataclasses import dataclass
from enum import StrEnum

from wallclient.api.models import CatalogRow


class Mischief(StrEnum):
    """A fault in the answers to snapshot and changes."""

    GARBAGE = "garbage"  # 200 and no JSON
    ERROR = "error"  # 500
    HALF = "half"  # the connection ends in the middle of a line
    CUT = "cut"  # the connection ends after a whole page
    SHORT = "short"  # the reply ends in good order, but too early
    HANG = "hang"  # nothing comes any more
    ENDLESS_LINE = "endless_line"
    DUPLICATE = "duplicate"  # an id that comes twice
    CYCLE = "cycle"
    ORPHAN = "orphan"
    HUGE_NAME = "huge_name"  # 2 MB
    ODD_NAMES = "odd_names"  # control characters, right-to-left marks
    BAD_CODES = "bad_codes"
    BAD_ROWS = "bad_rows"  # rows that break the contract
    BAD_TEXT = "bad_text"  # bytes that are no UTF-8, halves of surrogate pairs


HUGE_NAME_LENGTH = 2 * 1024 * 1024
ODD_NAMES = (
    "空\x00字节",
    "\x1b[31m红色\x1b[0m",
    "两\n行\t名\r字",
    "\u202e枪机gpj.exe\u202c",
    "\u2066左\u2069\u200f右\u200b零宽",
    "\ufeff\u0085\u2028换行\x7f",
    "",
    "   ",
    "e\u0301" * 40 + "\U0001f6a8",
)
BAD_CODES = ("", "123", "9" * 20, "５００１", "50010301001320\x000001", "' OR 1=1 --", "5" * 5000)


@dataclass(slots=True)
class Misbehaviour:
    """What is wrong at the moment. `after_pages`: whole pages before a snapshot goes wrong; `pause_s`: before each."""

    kinds: frozenset[Mischief] = frozenset()
    after_pages: int = 1
    pause_s: float = 0.0

    def extra_rows(self) -> list[object]:
        """Return the rows that are put behind the true ones."""
        rows: list[object] = []
        for kind in sorted(self.kinds):
            rows += _EXTRA.get(kind, ())
        return rows


def _row(node_id: str, parent_id: str | None, name: str, kind: str = "channel", gb_code: str = "x") -> CatalogRow:
    return CatalogRow(node_id, parent_id, kind, name, gb_code)


_EXTRA: dict[Mischief, list[object]] = {
    Mischief.DUPLICATE: [_row("x-twice", "city", "先来的"), _row("x-twice", "city", "后来的")],
    Mischief.CYCLE: [
        _row("x-ring-1", "x-ring-2", "环一", "group"),
        _row("x-ring-2", "x-ring-1", "环二", "group"),
        _row("x-ring-camera", "x-ring-1", "环中枪机"),
        _row("x-self", "x-self", "自环", "group"),
    ],
    Mischief.ORPHAN: [_row("x-orphan", "nowhere", "没有上级的枪机")],
    Mischief.HUGE_NAME: [_row("x-huge", "city", "长" * HUGE_NAME_LENGTH)],
    Mischief.ODD_NAMES: [_row(f"x-odd-{index}", "city", name) for index, name in enumerate(ODD_NAMES)],
    Mischief.BAD_CODES: [_row(f"x-code-{i}", "city", f"错码{i}", gb_code=code) for i, code in enumerate(BAD_CODES)],
    Mischief.BAD_ROWS: [[], {}, None, 7, ["x-bad"], ["", "city", "channel", "无号", ""], [1, 2, 3, 4, 5]],
}
BAD_TEXT_LINES = (  # behind a whole page; each is a line of its own
    b'{"rows":[["x-bytes","city","channel","\xff\xfe\xc0\x80","x"]],"cursor":"%s"}\n',
    b'{"rows":[["x-half","city","channel","\\ud800 half","x"]],"cursor":"%s"}\n',
)

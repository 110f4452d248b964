"""Queries an operator may type, made of what is in a mirror: characters, pinyin, initials, codes, two terms, misses."""

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from wallclient.catalog.grams import search_form
from wallclient.catalog.pinyin import Readings
from wallclient.catalog.reader import MirrorReader

_Result = TypeVar("_Result")
_MISSES = ("龘靐", "zzqx", "vvv", "卡口龘", "99999999", "qqqqqq", "火星基地", "解放碑 火星", "xyz 卡口", "ㄅㄆ")


def count_rows(path: Path) -> int:
    """Count all rows of the tree."""
    return int(_ask(path, lambda db, node: db.execute(f"SELECT count(*) FROM {node}").fetchone()[0]))


def largest_node(path: Path) -> tuple[str, int]:
    """Return the node with the most cameras directly below it, and their number."""

    def read(db: sqlite3.Connection, node: str) -> tuple[str, int]:
        groups = f"SELECT parent, count(*) AS n FROM {node} GROUP BY parent ORDER BY n DESC LIMIT 1"
        parent, number = db.execute(groups).fetchone()
        return db.execute(f"SELECT id FROM {node} WHERE pk = ?", (parent,)).fetchone()[0], number

    return _ask(path, read)


def varied(path: Path, count: int, seed: int = 7) -> list[str]:
    """Return `count` queries, the same for the same mirror."""
    dice = random.Random(seed)
    readings = Readings()
    rows = _ask(path, lambda db, node: _some_rows(db, node, dice, count))
    makers: list[Callable[..., str]] = [_characters, _characters, _pinyin, _initials, _code, _two_terms, _path_and_name]
    made = [dice.choice(makers)(dice, readings, *row) for row in rows]
    return [dice.choice(_MISSES) if dice.random() < 0.08 else query for query in made]


def _some_rows(db: sqlite3.Connection, node: str, dice: random.Random, count: int) -> list[tuple[str, str, str]]:
    last = db.execute(f"SELECT max(pk) FROM {node}").fetchone()[0]
    read = f"SELECT n.name, n.code, p.name FROM {node} n JOIN {node} p ON p.pk = n.parent WHERE n.pk >= ? LIMIT 1"
    found = [db.execute(read, (dice.randrange(2, last),)).fetchone() for _ in range(count)]
    return [row for row in found if row]


def _characters(dice: random.Random, _: Readings, name: str, *_rest: str) -> str:
    form = search_form(name)
    length = dice.randint(1, min(6, len(form)))
    start = dice.choice((0, dice.randint(0, len(form) - length)))
    return form[start : start + length]


def _pinyin(dice: random.Random, readings: Readings, name: str, *_rest: str) -> str:
    part = _characters(dice, readings, name)
    letters = "".join(way[0] for way in readings.words(part))
    return letters[: max(1, len(letters) - dice.choice((0, 0, 1, 2)))]


def _initials(dice: random.Random, readings: Readings, name: str, *_rest: str) -> str:
    return "".join(way[0][0] for way in readings.words(_characters(dice, readings, name)))


def _code(dice: random.Random, _: Readings, _name: str, code: str, *_rest: str) -> str:
    length = dice.choice((3, 4, 6, 8, 10, 20))
    start = dice.choice((0, 20 - length, dice.randint(0, 20 - length)))
    return code[start : start + length]


def _two_terms(dice: random.Random, readings: Readings, name: str, *_rest: str) -> str:
    makers = (_characters, _pinyin, _initials)
    return " ".join(dice.choice(makers)(dice, readings, name) for _ in range(2))


def _path_and_name(dice: random.Random, readings: Readings, name: str, _code: str, parent: str) -> str:
    return f"{_characters(dice, readings, parent)} {_characters(dice, readings, name)}"


def _ask(path: Path, read: Callable[[sqlite3.Connection, str], _Result]) -> _Result:
    reader = MirrorReader(path)
    try:
        with reader.reading() as db:
            return read(db, reader.node)
    finally:
        reader.close()

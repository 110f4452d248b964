"""Finding nodes as an operator types: candidates from the index, every one looked at, the best first.

Inner nodes are few and searched in memory. Cameras come from the index in rounds, from the likeliest to the rest
(favourites, codes, names that begin with the term, names that hold it, cameras below a node that holds it), until
there are enough or time is up. What is rare is found whatever round it is in; of what is common the first are enough.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from wallclient.catalog import rows
from wallclient.catalog.grams import path_token, search_form
from wallclient.catalog.pinyin import Readings
from wallclient.catalog.reader import MirrorReader
from wallclient.catalog.terms import Term, Words, split_terms
from wallclient.catalog.tree import Branch, Tree
from wallclient.domain.catalog_view import SearchHit, SearchResults
from wallclient.domain.errors import StorageFailed

LIMIT = 100
BUDGET_S = 0.05  # of the processor; what others use of it is not counted, or a busy machine would find nothing
LONGEST_S = 1.0  # by the clock on the wall
_STEPS = 4_000  # of SQLite's machine between two looks at the clock
_MOST_PATHS = 24  # names of inner nodes a term may stand for in the index
_MOST_CODED = 20  # inner nodes found by their codes alone; cameras with such a code are to be seen, too
_MOST_GROUPS = 300  # of one name in many stations, some are enough
_CANDIDATES = 3  # times the hits wanted, looked at in one round
_ENOUGH = 1.3  # times the hits wanted, so that among the last the better ones are chosen


@dataclass(slots=True)
class _Asked:
    """A term and the inner nodes it finds."""

    term: Term
    named: dict[int, int]  # inner row -> place of the term in its own text; 2: a few digits its code begins with
    coded: set[int]  # those of them that have it in their codes only
    below: set[int]  # those and all inner rows below them
    paths: list[str]  # tokens of their names; empty where they are too many or carry none


@dataclass(slots=True)
class _Candidate:
    pk: int
    rank: tuple[int, int, int, int, int]


class Search:
    """Searches one mirror over a connection of its own. One search at a time; `cancel` from any thread."""

    def __init__(self, path: Path) -> None:
        self._reader = MirrorReader(path)
        self._readings: Readings | None = None
        self._words: list[tuple[Words, list[int]]] = []  # distinct texts of inner nodes, and the rows that have them
        self._codes: dict[int, str] = {}
        self._words_of: Tree | None = None
        self._cancelled = self._stop = threading.Event()
        self._until = self._latest = 0.0
        self._late = False

    def close(self) -> None:
        """Close the file."""
        self._reader.close()

    def cancel(self) -> None:
        """Break off the search under way; it returns what it has. Does nothing to a later one."""
        self._cancelled.set()

    def warm_up(self) -> None:
        """Load what the first search would have to wait for."""
        with self._reader.reading():
            if self._reader.has_tree:
                self._branch_words(self._reader.tree())

    def find(
        self, text: str, limit: int = LIMIT, budget_s: float = BUDGET_S, stop: threading.Event | None = None
    ) -> SearchResults:
        """Return the best `limit` hits. All terms must be in a node's own text or in its path. Raises StorageFailed.

        `stop`, once set, breaks off this search and no other one.
        """
        began = time.monotonic()
        self._cancelled.clear()
        self._stop = stop or self._cancelled
        self._late = False
        with self._reader.reading() as db:
            forms = split_terms(text)
            if not forms or not self._reader.has_tree:
                return SearchResults(text)
            tree = self._reader.tree()
            self._branch_words(tree)
            self._until, self._latest = time.thread_time() + budget_s, _now_s() + max(LONGEST_S, budget_s)
            asked = [self._ask(form, tree, alone=len(forms) == 1) for form in forms]
            found = self._inner(asked, tree)
            db.set_progress_handler(self._is_over, _STEPS)
            try:
                self._cameras(db, asked, limit, found)
            except (sqlite3.OperationalError, StorageFailed):
                if not self._late:
                    raise
            finally:
                db.set_progress_handler(None, 0)
            best = sorted(found.values(), key=lambda candidate: candidate.rank)[:limit]
            hits = self._hits(best, tree)
        return SearchResults(text, hits, not self._late, (time.monotonic() - began) * 1000)

    # --- inner nodes ---

    def _known_readings(self) -> Readings:
        if self._readings is None:
            self._readings = Readings()
        return self._readings

    def _branch_words(self, tree: Tree) -> list[tuple[Words, list[int]]]:
        """Return the words of all inner nodes; made once for a tree."""
        if self._words_of is not tree:
            readings = self._known_readings()
            made: dict[str, list[int]] = {}
            codes: dict[int, str] = {}
            for branch in tree.branches.values():
                made.setdefault(branch.name, []).append(branch.pk)
                if branch.code:
                    codes[branch.pk] = search_form(branch.code)
            self._words = [(Words(name, "", readings), pks) for name, pks in made.items()]
            self._codes = codes
            self._words_of = tree
        return self._words

    def _ask(self, form: str, tree: Tree, *, alone: bool) -> _Asked:
        term = Term(form, self._known_readings())
        named: dict[int, int] = {}
        for words, pks in self._branch_words(tree):
            place = term.place(words)
            if place is not None:
                named |= dict.fromkeys(pks, place)
        coded: dict[int, int] = {}
        if term.is_code:
            coded = {pk: int(not c.startswith(form)) for pk, c in self._codes.items() if form in c and pk not in named}
        elif alone and term.begins_codes:  # beside other words it is a number in a name
            coded = {pk: 2 for pk, code in self._codes.items() if code.startswith(form) and pk not in named}
        named |= coded
        return _Asked(term, named, set(coded), tree.below(named), _path_tokens(tree, named))

    def _inner(self, asked: list[_Asked], tree: Tree) -> dict[int, _Candidate]:
        """Return the inner nodes that are hits: every term in their line, one at least in their own text."""
        every = set.intersection(*(a.below for a in asked))
        own = set().union(*(a.named for a in asked))
        favourites = self._reader.favourites()
        found = {}
        hits = every & own
        groups = sorted(pk for pk in hits if tree.branches[pk].kind == rows.GROUP)
        coded = sorted(hits.intersection(*(a.coded for a in asked)), key=lambda pk: (tree.branches[pk].kind, pk))
        for pk in hits.difference(groups[_MOST_GROUPS:], coded[_MOST_CODED:]):
            branch = tree.branches[pk]
            place = min(a.named.get(pk, 2) for a in asked)
            liked = branch.id not in favourites
            found[pk] = _Candidate(pk, (int(place > 0) + int(place > 1), int(liked), 0, branch.kind, pk))
        return found

    # --- cameras ---

    def _cameras(self, db: sqlite3.Connection, asked: list[_Asked], limit: int, found: dict[int, _Candidate]) -> None:
        favourites = self._reader.favourites()
        for pks in self._rounds(db, asked, limit, favourites):
            wanted = [pk for pk in pks if pk not in found]
            for start in range(0, len(wanted), limit):
                for candidate in self._tested(db, wanted[start : start + limit], asked, favourites):
                    found[candidate.pk] = candidate
                if len(found) >= limit * _ENOUGH or self._is_over():
                    return

    def _rounds(
        self, db: sqlite3.Connection, asked: list[_Asked], limit: int, favourites: dict[str, float]
    ) -> Iterator[Iterable[int]]:
        node = self._reader.node
        liked = json.dumps(list(favourites))
        read = f"SELECT pk FROM {node} WHERE id IN (SELECT value FROM json_each(?)) AND kind = ?"
        yield _numbers(db.execute(read, (liked, rows.CHANNEL)))
        codes = [a.term.form for a in asked if a.term.is_code]
        if codes:
            yield self._coded(db, max(codes, key=len), limit)
        if len(asked) == 1 and asked[0].term.is_whole_code:
            return
        amount = _CANDIDATES * limit
        for i in range(len(asked)):
            parts = [f"({a.term.start_expression()})" if i == j else _anywhere(a) for j, a in enumerate(asked)]
            yield self._match(db, parts, round(limit * _ENOUGH))
        if len(asked) == 1:
            yield from self._in_slices(db, [asked[0].term.expression()], amount)
            if asked[0].below:
                yield self._below(db, asked[0].below, limit)
        else:
            yield self._match(db, [f"({a.term.expression()})" for a in asked], amount)
            yield from self._in_slices(db, [_anywhere(a) for a in asked], amount)

    def _match(self, db: sqlite3.Connection, parts: list[str], limit: int, after: int = 0) -> list[int]:
        expression = " AND ".join(part for part in parts if part)
        if not expression:
            return []
        find = self._reader.find
        read = f"SELECT rowid FROM {find} WHERE {find} MATCH ? AND rowid > ? ORDER BY rowid LIMIT ?"
        return _numbers(db.execute(read, (expression, after, limit)))

    def _coded(self, db: sqlite3.Connection, head: str, limit: int) -> list[int]:
        """Return cameras whose codes begin so."""
        read = f"SELECT pk FROM {self._reader.node} WHERE code >= ? AND code < ? AND kind = ? LIMIT ?"
        return _numbers(db.execute(read, (head, head + ":", rows.CHANNEL, round(limit * _ENOUGH))))  # : is behind 9

    def _in_slices(self, db: sqlite3.Connection, parts: list[str], amount: int) -> Iterator[list[int]]:
        """Yield candidates slice by slice, for terms the index can't tell everything about, until none are left."""
        after = 0
        while found := self._match(db, parts, amount, after):
            yield found
            after = found[-1]

    def _below(self, db: sqlite3.Connection, parents: set[int], limit: int) -> list[int]:
        read = (
            f"SELECT pk FROM {self._reader.node} WHERE parent IN (SELECT value FROM json_each(?)) AND kind = ? LIMIT ?"
        )
        return _numbers(db.execute(read, (json.dumps(sorted(parents)[:500]), rows.CHANNEL, limit)))

    def _tested(
        self, db: sqlite3.Connection, pks: list[int], asked: list[_Asked], favourites: dict[str, float]
    ) -> Iterator[_Candidate]:
        """Yield those that really have every term, with their rank."""
        readings = self._known_readings()
        columns, numbers = "pk, id, parent, name, code, online", "SELECT value FROM json_each(?)"
        read = f"SELECT {columns} FROM {self._reader.node} WHERE pk IN ({numbers})"
        for pk, id_, parent, name, code, online in db.execute(read, (json.dumps(pks),)).fetchall():
            words: Words | None = None
            best = 3
            for a in asked:
                in_path = parent in a.below
                words = words or Words(name, code, readings)
                place = a.term.place(words)
                if place is None and not in_path:
                    break
                best = min(best, 2 if place is None else place)
            else:
                yield _Candidate(
                    pk, (int(best > 0) + int(best > 1), int(id_ not in favourites), 1 - online, rows.CHANNEL, pk)
                )

    def _hits(self, best: list[_Candidate], tree: Tree) -> tuple[SearchHit, ...]:
        parents = {branch.id: branch.pk for branch in tree.branches.values()}
        hits = []
        for row in self._reader.rows_of([candidate.pk for candidate in best]):
            above = parents.get(row.parent_id) if row.parent_id is not None else None
            hits.append(SearchHit(row, tree.names(above) if above is not None else ()))
        return tuple(hits)

    def _is_over(self) -> bool:
        """Tell whether to stop; also asked by SQLite while it works."""
        over = self._cancelled.is_set() or self._stop.is_set()
        if over or time.thread_time() > self._until or _now_s() > self._latest:
            self._late = True
        return self._late


def _path_tokens(tree: Tree, named: Iterable[int]) -> list[str]:
    """Return the tokens of inner nodes' names; none if there are too many, or one that no camera carries (a root's)."""
    branches: list[Branch] = [tree.branches[pk] for pk in named]
    if any(branch.parent == 0 for branch in branches):
        return []
    tokens = {path_token(form) for branch in branches if (form := search_form(branch.name))}
    return sorted(tokens) if len(tokens) <= _MOST_PATHS else []


def _anywhere(asked: _Asked) -> str:
    """Return what the index is asked for a term in a camera's text or path; nothing where it can't tell."""
    if asked.named and not asked.paths:
        return ""
    paths = [f'"{token}"' for token in asked.paths]
    return f"({' OR '.join([asked.term.expression(), *paths])})"


def _now_s() -> float:
    return time.monotonic()


def _numbers(cursor: sqlite3.Cursor) -> list[int]:
    return [number for (number,) in cursor.fetchall()]

"""What was changed in a made-up city by hand: cameras added, renamed, moved, removed; other states than at first."""

from collections.abc import Iterator

from wallclient.domain.catalog import ChannelState


class Edits:
    """The differences from the city as it was made. Holds nothing for what was left alone; not thread safe."""

    def __init__(self, total: int) -> None:
        self._next = total + 1
        self.names: dict[str, str] = {}  # by node id
        self.states: dict[int, ChannelState] = {}  # by camera number, where they differ from the made-up ones
        self._parents: dict[int, str] = {}  # of cameras that were added or moved
        self._removed: set[int] = set()

    def at_home(self, number: int) -> bool:
        """Tell whether a camera of the made-up city still stands where it was made."""
        return number not in self._parents and number not in self._removed

    def is_gone(self, number: int) -> bool:
        """Tell whether a camera was removed."""
        return number in self._removed

    def parent(self, number: int) -> str | None:
        """Return the node a camera was added or moved to."""
        return self._parents.get(number)

    def placed(self) -> Iterator[int]:
        """Yield the cameras that were added or moved, by number."""
        yield from sorted(self._parents)

    def placed_at(self, node_id: str | None) -> list[int]:
        """Return the cameras that were added or moved to a node, by number."""
        return [number for number in self.placed() if self._parents[number] == node_id]

    def add(self, parent_id: str, name: str) -> int:
        """Add a camera; return its number, which no other ever had."""
        number, self._next = self._next, self._next + 1
        self._parents[number] = parent_id
        self.names[f"c{number}"] = name
        return number

    def move(self, number: int, parent_id: str) -> None:
        """Put a camera below another node."""
        self._parents[number] = parent_id

    def remove(self, number: int) -> None:
        """Take a camera away for good."""
        self._parents.pop(number, None)
        self.states.pop(number, None)
        self.names.pop(f"c{number}", None)
        self._removed.add(number)

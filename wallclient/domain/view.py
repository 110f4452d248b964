"""Views: a layout with a channel in each pane, saved by name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """A layout and, pane by pane, the id of the channel shown there (None: empty)."""

    name: str
    layout_id: str
    channel_ids: tuple[str | None, ...]

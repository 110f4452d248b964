"""Views: a layout with a channel in each pane, saved by name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """A layout and, pane by pane, the global id of the channel shown there (None: empty)."""

    name: str
    layout_id: str
    channel_ids: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class SavedViews:
    """All an operator has saved: views by name, the one to start with, and what each window showed last."""

    views: tuple[View, ...] = ()
    default_name: str | None = None  # None: start with `last`
    last: tuple[View, ...] = ()  # one per window, the first window first

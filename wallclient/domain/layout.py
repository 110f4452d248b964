"""Layouts: how a window is cut into panes. A layout knows no cameras and no pixels of its own."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """Place of a pane, counted in the cells of the layout's raster."""

    column: int
    row: int
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """A raster of `columns` × `rows` and the panes on it, in reading order of importance: the large pane first."""

    id: str  # also the name operators know: "16", "1+5"
    columns: int
    rows: int
    cells: tuple[Cell, ...]

    def __len__(self) -> int:
        return len(self.cells)

    def rects_px(self, width_px: int, height_px: int, gap_px: int = 0) -> list[tuple[int, int, int, int]]:
        """Return x, y, width and height of every pane in a window, without holes or overlaps, `gap_px` apart."""
        xs = _edges(width_px, self.columns, gap_px)
        ys = _edges(height_px, self.rows, gap_px)
        rects = []
        for cell in self.cells:
            left, top = xs[cell.column], ys[cell.row]
            right = xs[cell.column + cell.columns] - gap_px
            bottom = ys[cell.row + cell.rows] - gap_px
            rects.append((left, top, max(0, right - left), max(0, bottom - top)))
        return rects


def _edges(length_px: int, parts: int, gap_px: int) -> list[int]:
    """Return the starts of `parts` equal stretches and the end of the last, each including its gap."""
    total = length_px + gap_px
    return [round(i * total / parts) for i in range(parts + 1)]


def _grid(columns: int, rows: int) -> tuple[Cell, ...]:
    return tuple(Cell(c, r) for r in range(rows) for c in range(columns))


def _large_first(size: int, large: Sequence[Cell]) -> tuple[Cell, ...]:
    """Return the `large` cells, then single cells for what they leave free of a `size` × `size` raster."""
    taken = {
        (c, r)
        for cell in large
        for c in range(cell.column, cell.column + cell.columns)
        for r in range(cell.row, cell.row + cell.rows)
    }
    return (*large, *(cell for cell in _grid(size, size) if (cell.column, cell.row) not in taken))


def _square(count: int) -> Layout:
    side = round(count**0.5)
    return Layout(str(count), side, side, _grid(side, side))


LAYOUTS: tuple[Layout, ...] = (
    _square(1),
    _square(4),
    Layout("6", 3, 3, _large_first(3, [Cell(0, 0, 2, 2)])),
    Layout("8", 4, 4, _large_first(4, [Cell(0, 0, 3, 3)])),
    _square(9),
    Layout("10", 4, 4, _large_first(4, [Cell(0, 0, 2, 2), Cell(2, 0, 2, 2)])),
    Layout("13", 4, 4, _large_first(4, [Cell(1, 1, 2, 2)])),
    _square(16),
    _square(25),
    _square(36),
    _square(49),
    _square(64),
)
_BY_ID = {layout.id: layout for layout in LAYOUTS}


def layout_by_id(layout_id: str) -> Layout:
    """Return a layout by its id. Raises KeyError."""
    return _BY_ID[layout_id]

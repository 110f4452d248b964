"""Digital zoom and places inside a pane, as arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect

from wallclient.ui.pane_geometry import (
    LARGEST_ZOOM,
    NO_ZOOM,
    Zoom,
    fitted,
    panned,
    title_height_px,
    title_text_px,
    zoomed,
)

fractions = st.floats(0, 1)
steps = st.lists(st.tuples(st.sampled_from([0.5, 0.8, 1.25, 2.0, 3.7]), fractions, fractions), max_size=25)


@given(steps, st.tuples(st.floats(-1, 1), st.floats(-1, 1)))
def test_what_is_visible_never_leaves_the_picture(moves, drag):
    zoom = NO_ZOOM
    for times, x, y in moves:
        zoom = panned(zoomed(zoom, times, x, y), *drag)
        assert 1.0 <= zoom.factor <= LARGEST_ZOOM
        assert zoom.left >= 0
        assert zoom.top >= 0
        assert zoom.left + zoom.span <= 1 + 1e-9
        assert zoom.top + zoom.span <= 1 + 1e-9


@given(fractions, fractions, st.floats(1.1, 4.0))
def test_the_point_under_the_cursor_stays_where_it_is(x, y, times):
    zoom = zoomed(NO_ZOOM, times, x, y)
    assert zoom.left + x * zoom.span == pytest.approx(x, abs=1e-9)
    assert zoom.top + y * zoom.span == pytest.approx(y, abs=1e-9)


def test_zooming_out_ends_at_the_whole_picture():
    assert zoomed(Zoom(1.2, 0.1, 0.1), 0.8, 0.5, 0.5) == NO_ZOOM


def test_dragging_right_shows_what_is_to_the_left():
    zoom = panned(Zoom(2.0, 0.25, 0.25), 0.5, 0)
    assert (zoom.left, zoom.top) == (0.0, 0.25)


@given(st.integers(1, 4000), st.integers(1, 3000), st.floats(0.3, 4.0))
def test_a_fitted_picture_is_inside_and_touches_two_sides(width, height, aspect):
    area = QRect(7, 11, width, height)
    rect = fitted(area, aspect)
    assert area.contains(rect)
    assert rect.width() == width or rect.height() == height


def test_title_text_is_legible_in_64_panes_and_modest_in_one():
    assert title_text_px(138, 86, 1.0) == 12
    assert title_text_px(1640, 1000, 1.0) == 17
    assert title_height_px(12) == 19

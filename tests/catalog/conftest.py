"""Mirrors of centers made of rows, on a folder of the test's own."""

import pytest
from catalog_fakes import Rows, small_city
from kept_mirror import Kept


@pytest.fixture
def keep(tmp_path):
    """Make mirrors of centers."""
    made = []

    def make(source=None, folder=None):
        made.append(Kept(folder or tmp_path, source or Rows(small_city())))
        return made[-1]

    yield make
    for kept in made:
        kept.close()


@pytest.fixture
def kept(keep):
    """Return the mirror of a small city, in step."""
    mirror = keep()
    mirror.catch_up()
    return mirror

"""A WVP of our own, and clients of it."""

import pytest
from wvp_double import Wvp

from wallclient.api.wvp.center import WvpCenter


@pytest.fixture
def wvp():
    with Wvp() as double:
        yield double


@pytest.fixture
def center(wvp):
    made = WvpCenter(wvp.base_url)
    made.log_in(wvp.user, wvp.password)
    yield made
    made.log_out()
    made.close()

"""A camera of our own in a site of its own, and the site as a center."""

import pytest
from onvif_double import OnvifDouble
from site_stand import SiteStand, camera_of


@pytest.fixture
def camera():
    with OnvifDouble() as double:
        yield double


@pytest.fixture
def stand(tmp_path):
    made = SiteStand(tmp_path)
    yield made
    made.close()


@pytest.fixture
def center(stand, camera):
    """A site with the double as its one camera, open."""
    stand.add(camera_of(camera))
    made = stand.center()
    made.log_in("", "")
    yield made
    made.log_out()
    made.close()


@pytest.fixture
def channel(center):
    """The id of the double in the site."""
    return next(iter(center.snapshot())).nodes[-1].id

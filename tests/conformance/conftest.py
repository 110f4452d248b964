"""Runs every case on the stand of each adapter; `--center` names which."""

from collections.abc import Iterator

import pytest
from stands import KINDS, Pictures, Stand, Unavailable, put_up


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "stand" in metafunc.fixturenames:
        asked = metafunc.config.getoption("--center", default=None) or list(KINDS)
        metafunc.parametrize("stand", asked, indirect=True, scope="session", ids=[name.split("=")[0] for name in asked])


@pytest.fixture(scope="session")
def pictures() -> Iterator[Pictures]:
    made = Pictures()
    yield made
    made.close()


@pytest.fixture(scope="session")
def _stands(pictures: Pictures) -> Iterator[dict[str, Stand]]:
    made: dict[str, Stand] = {}
    yield made
    for stand in made.values():
        stand.close()


@pytest.fixture(scope="session")
def stand(request: pytest.FixtureRequest, pictures: Pictures, _stands: dict[str, Stand]) -> Stand:
    """The stage of one kind of center, the same for all cases."""
    if request.param not in _stands:
        try:
            _stands[request.param] = put_up(request.param, pictures)
        except Unavailable as err:
            pytest.skip(str(err))
    return _stands[request.param]


@pytest.fixture
def center(stand: Stand):
    """An adapter, signed in."""
    with stand.signed_in() as made:
        yield made


@pytest.fixture
def meddled(stand: Stand):
    """A relay before the center, and an adapter signed in through it."""
    if stand.address is None:
        pytest.skip("nothing of this kind is asked over HTTP")
    try:
        with stand.meddled() as both:
            yield both
    except Unavailable as err:
        pytest.skip(str(err))

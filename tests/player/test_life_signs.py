"""A still picture is told from a frozen source by what the decoder does; the rates are those libVLC 3 was seen with."""

import pytest

from wallclient.player.life_signs import Counters, LifeSigns

FPS = 25


def lived(*, moving_s: int, decoded_per_s: float, given_per_s: int | None = None, fps: float = 0.0) -> list[bool]:
    """Let a stream move, then show the same picture for 5 s; what is said of each of these seconds."""
    signs = LifeSigns()
    said = []
    decoded, given = 0.0, 0
    for second in range(moving_s + 5):
        moves = second < moving_s
        decoded += 2 * FPS if moves else decoded_per_s
        given += FPS if moves or given_per_s is None else given_per_s
        published = FPS * min(second + 1, moving_s)
        known = None if given_per_s is None else given
        said.append(signs.seen(Counters(100.0 + second, published, round(decoded), known, fps)))
    assert not any(said[:moving_s]), "who moves needs no sign of life"
    return said[moving_s:]


@pytest.mark.parametrize("decoded_per_s", [44, 50, 60])
@pytest.mark.parametrize("moving_s", [2, 30])
def test_a_source_that_repeats_its_picture_lives(decoded_per_s, moving_s):
    assert all(lived(moving_s=moving_s, decoded_per_s=decoded_per_s))


@pytest.mark.parametrize("decoded_per_s", [0, 25, 400], ids=["frozen", "undecodable", "undecodable H.265 over TS"])
@pytest.mark.parametrize("moving_s", [1, 2, 30])
def test_a_source_without_pictures_does_not(decoded_per_s, moving_s):
    assert not any(lived(moving_s=moving_s, decoded_per_s=decoded_per_s))


@pytest.mark.parametrize("moving_s", [1, 30])
def test_the_bridge_knows_how_many_pictures_should_come_out(moving_s):
    assert all(lived(moving_s=moving_s, decoded_per_s=50, given_per_s=25))
    assert all(lived(moving_s=moving_s, decoded_per_s=75, given_per_s=50)), "two fields make a picture"
    assert not any(lived(moving_s=moving_s, decoded_per_s=25, given_per_s=25)), "undecodable"
    assert not any(lived(moving_s=moving_s, decoded_per_s=0, given_per_s=0)), "frozen"


def test_a_picture_still_from_the_start_lives_where_the_stream_tells_its_rate():
    assert all(lived(moving_s=1, decoded_per_s=50, fps=25))
    assert not any(lived(moving_s=1, decoded_per_s=25, fps=25))


@pytest.mark.parametrize("given", [None, 25], ids=["rate", "bridge"])
@pytest.mark.parametrize("after_per_s", [0, 25], ids=["frozen", "undecodable"])
def test_an_hour_of_stillness_does_not_hide_the_end(given, after_per_s):
    signs = LifeSigns()
    decoded, said = 0, []
    for second in range(3620):
        decoded += 50 if second < 3600 else after_per_s
        fed = None if given is None else given * min(second, 3600) + after_per_s * max(0, second - 3600)
        said.append(signs.seen(Counters(100.0 + second, min(25 * second, 250), decoded, fed)))
    assert all(said[12:3600])
    assert not any(said[3604:])


def test_without_a_picture_there_is_no_life():
    signs = LifeSigns()
    assert not any(signs.seen(Counters(100.0 + second, 0, 50 * second, 0, 25)) for second in range(5))


def test_what_libvlc_tells_late_is_no_life_where_the_bridge_passed_nothing_on():
    """Seen when a server stops without a word: signs up to two seconds old held the pane's verdict up."""
    signs = LifeSigns()
    for second in range(5):
        signs.seen(Counters(100.0 + second, 25 * second, 50 * second, 25 * second))
    signs.seen(Counters(105.0, 110, 200, 110))
    assert not signs.seen(Counters(106.0, 110, 220, 110))
    assert not signs.seen(Counters(107.0, 110, 230, 110))

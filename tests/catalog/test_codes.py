"""Cameras found in a mirror by their GB/T 28181 code: all that have it, for a code may be given twice."""

from catalog_fakes import Rows, camera, inner, small_city


def test_a_camera_is_found_by_its_whole_code_and_by_nothing_else(kept):
    assert kept.reader.cameras_with_code("50010301001320000012") == ("c2",)
    assert kept.reader.cameras_with_code("50010302051320000014") == ("c4",)
    for other in ("5001030100132000001", "500103010013200000120", "", "c2", "% OR 1=1", "\ud800"):
        assert kept.reader.cameras_with_code(other) == ()
    assert kept.reader.cameras_with_code("50010301002000000001") == (), "a station is no camera"


def test_a_code_that_was_given_twice_names_both(keep):
    code = "50010301001320000077"
    named_so = [camera(id_, parent, gb_code=code) for id_, parent in (("x2", "more"), ("x1", "road"))]
    mirror = keep(Rows([*small_city(), inner("more", "jfb"), *named_so]))
    mirror.catch_up()
    assert mirror.reader.cameras_with_code(code) == ("x1", "x2")

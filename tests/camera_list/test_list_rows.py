"""What is wrong with a row is told, the rest comes in, and no password is shown or kept in the open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from list_files import HEADINGS, row

from wallclient.camera_list.address_cell import AddressRefused, read_address, shown_address
from wallclient.camera_list.headings import columns_of
from wallclient.camera_list.row_check import RowCheck
from wallclient.domain.camera_list import PASSWORD_PLACE, REFUSING, ListColumn, RowFlaw
from wallclient.domain.stream import Credentials

COLUMNS = columns_of(HEADINGS, 1)


def checked(*rows):
    """Return the cameras taken in (None where refused) and the findings; rows count from 2."""
    check = RowCheck(COLUMNS)
    return [check.camera(number, cells) for number, cells in enumerate(rows, start=2)], check.findings


def test_a_good_row_with_its_secrets():
    (camera,), findings = checked(row())
    assert findings == []
    assert camera.main.credentials == camera.sub.credentials == Credentials("admin", "s3cret!")
    assert "s3cret" not in repr(camera)


FLAWS = [
    ({"name": ""}, ListColumn.NAME, RowFlaw.NAME_MISSING),
    ({"name": "\u202egate"}, ListColumn.NAME, RowFlaw.NAME_CHANGED),
    ({"name": "=HYPERLINK(1)"}, ListColumn.NAME, RowFlaw.FORMULA),
    ({"name": "@SUM(A1)"}, ListColumn.NAME, RowFlaw.FORMULA),
    ({"main": "", "sub": ""}, ListColumn.MAIN_URL, RowFlaw.ADDRESS_MISSING),
    ({"main": "file:///etc/passwd"}, ListColumn.MAIN_URL, RowFlaw.ADDRESS_SCHEME),
    ({"main": "10.0.0.1/live"}, ListColumn.MAIN_URL, RowFlaw.ADDRESS_SCHEME),
    ({"main": "screen://"}, ListColumn.MAIN_URL, RowFlaw.ADDRESS_SCHEME),
    ({"main": "rtsp://h/1 :sout=#file{dst=x}"}, ListColumn.MAIN_URL, RowFlaw.ADDRESS_CHARACTERS),
    ({"main": "rtsp://h\\1"}, ListColumn.MAIN_URL, RowFlaw.ADDRESS_CHARACTERS),
    ({"main": "rtsp:///live"}, ListColumn.MAIN_URL, RowFlaw.ADDRESS_MALFORMED),
    ({"main": "rtsp://h:99999/"}, ListColumn.MAIN_URL, RowFlaw.ADDRESS_MALFORMED),
    ({"main": "rtsp://h/" + "x" * 5000}, ListColumn.MAIN_URL, RowFlaw.ADDRESS_MALFORMED),
    ({"main": f"rtsp://h/?pwd={PASSWORD_PLACE}"}, ListColumn.MAIN_URL, RowFlaw.ADDRESS_MALFORMED),
    ({"main": "rtsp://admin:12#34@10.0.0.1/1"}, ListColumn.MAIN_URL, RowFlaw.ADDRESS_PASSWORD),
    ({"main": "rtsp://admin:12/34@10.0.0.1/1"}, ListColumn.MAIN_URL, RowFlaw.ADDRESS_PASSWORD),
    ({"main": "rtsp://a.b:12?34@10.0.0.1/1"}, ListColumn.MAIN_URL, RowFlaw.ADDRESS_PASSWORD),
    ({"path": "/".join("abcdefghijklmnopq")}, ListColumn.PATH, RowFlaw.TOO_DEEP),
    ({"main": ""}, ListColumn.MAIN_URL, RowFlaw.ADDRESS_MAIN_MISSING),
    ({"code": "123"}, ListColumn.CODE, RowFlaw.CODE_FLAWED),
    ({"code": "5.00103E+19"}, ListColumn.CODE, RowFlaw.CODE_ROUNDED),
    ({"main": "rtsp://root:x@10.0.0.1/"}, ListColumn.MAIN_URL, RowFlaw.USER_TWICE),
    ({"user": ""}, ListColumn.PASSWORD, RowFlaw.PASSWORD_ALONE),
    ({"position": "解放碑"}, ListColumn.POSITION, RowFlaw.POSITION_UNREADABLE),
    ({"position": "106.5"}, ListColumn.POSITION, RowFlaw.POSITION_UNREADABLE),
    ({"position": "206.5,29.5"}, ListColumn.POSITION, RowFlaw.POSITION_RANGE),
    ({"position": "nan,1"}, ListColumn.POSITION, RowFlaw.POSITION_UNREADABLE),
    ({"position": "0,0"}, ListColumn.POSITION, RowFlaw.POSITION_ZERO),
    ({"kind": "月球"}, ListColumn.CATEGORY, RowFlaw.CATEGORY_UNKNOWN),
]


@pytest.mark.parametrize(("cells", "column", "flaw"), FLAWS)
def test_a_flaw_is_told_where_it_is_and_only_some_keep_the_row_out(cells, column, flaw):
    (camera, good), findings = checked(row(**cells), row(name="other", code="50010301001320000002", main="rtsp://h/2"))
    assert [(f.row, f.column, f.flaw, f.refused) for f in findings] == [(2, column, flaw, flaw in REFUSING)]
    assert (camera is None) == (flaw in REFUSING)
    assert good is not None


def test_a_bad_sub_stream_does_not_keep_the_camera_out():
    (camera,), findings = checked(row(sub="file:///x"))
    assert camera.sub is None
    assert [(f.column, f.flaw, f.refused) for f in findings] == [
        (ListColumn.SUB_URL, RowFlaw.ADDRESS_SCHEME, False),
        (ListColumn.SUB_URL, RowFlaw.SUB_REFUSED, False),
    ]


def test_what_stands_there_twice_is_told_with_the_earlier_row():
    cameras, findings = checked(row(), row(), row(name="b"), row(name="b", main="rtsp://h/4", code=""))
    assert [camera is None for camera in cameras] == [False, True, False, False]
    assert [(f.row, f.flaw, f.other_row) for f in findings] == [
        (3, RowFlaw.TWICE, 2),
        (4, RowFlaw.ADDRESS_TWICE, 2),
        (4, RowFlaw.CODE_TWICE, 2),
        (5, RowFlaw.NAME_TWICE, 4),
    ]


@pytest.mark.parametrize("text", ["106.5,29.5", "29.5，106.5", "106.5 29.5", "(106.5; 29.5)", "106.5°, 29.5°"])
def test_a_position_is_read_as_people_write_it(text):
    (camera,), findings = checked(row(position=text))
    assert (camera.longitude, camera.latitude, findings) == (106.5, 29.5, [])


def test_a_name_that_begins_with_a_minus_is_a_garage_and_no_formula():
    (camera,), findings = checked(row(name="-1层车库 球机3"))
    assert (camera.name, findings) == ("-1层车库 球机3", [])


def test_the_address_user_counts_and_the_column_adds_the_password():
    (camera,), _ = checked(row(main="rtsp://admin@10.0.0.1/", sub="rtsp://root:x%40y@10.0.0.1/"))
    assert camera.main.credentials == Credentials("admin", "s3cret!")
    assert camera.sub.credentials == Credentials("root", "x@y")


@pytest.mark.parametrize(
    ("url", "kept", "password"),
    [
        ("rtsp://h/live?user=a&password=p%40s&ch=1", "rtsp://h/live?user=a&password={password}&ch=1", "p%40s"),
        ("rtsp://h/user=a_password=t_J_channel=1_stream=0.sdp", "rtsp://h/user=a_password={password}_channel=1_stream=0.sdp", "t_J"),  # noqa: E501
        ("http://h/v.cgi?loginuser=a&loginpwd=ab", "http://h/v.cgi?loginuser=a&loginpwd={password}", "ab"),
        ("http://h/v.cgi?PWD=ab#x", "http://h/v.cgi?PWD={password}", "ab"),
        ("rtsp://h/live?password=&ch=1", "rtsp://h/live?password=&ch=1", None),
        ("rtsp://h/passage=3", "rtsp://h/passage=3", None),
    ],
)  # fmt: skip
def test_a_password_within_the_address_is_taken_out(url, kept, password):
    stream = read_address(url)
    assert (stream.url, stream.url_password) == (kept, password)
    assert password is None or password not in shown_address(url)


PASSWORD = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).map(lambda text: f"Q7z{text}Q7z")


@given(
    PASSWORD, st.sampled_from(["rtsp://{0}:{1}@10.0.0.1/1", "x{0}:{1}@h", "rtsp://h/?pwd={1}&x", "file://{0}:{1}@h/"])
)
def test_no_password_is_ever_shown_in_a_finding_or_kept_in_an_address(password, form):
    text = form.format("admin", password)
    half = "Q7z"
    if "?pwd=" in form and any(c in password for c in "&;/?#"):
        return  # what comes after those is no part of the password any more
    (camera,), findings = checked(row(main=text, sub="", password=password))
    assert all(half not in repr(finding) for finding in findings)
    assert camera is None or half not in camera.main.url


@given(st.text(max_size=60), st.text(max_size=30))
def test_whatever_stands_in_a_row_it_is_taken_or_told(text, name):
    (camera,), findings = checked(row(main=text, sub=text, name=name, path=text, code=text, position=text, kind=text))
    assert camera is not None or any(finding.refused for finding in findings)
    if camera is not None:
        assert camera.main.url.split(":")[0] in ("rtsp", "rtsps", "http", "https")
        assert camera.name.isprintable()


@given(st.text(max_size=80))
def test_an_address_is_read_or_refused_and_nothing_else(text):
    try:
        stream = read_address(text)
    except AddressRefused:
        return
    assert "@" not in stream.url.split("/")[2]

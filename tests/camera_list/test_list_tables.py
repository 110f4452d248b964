"""Files as they come: encodings, separators, workbooks, and those that are cut off, locked or no list at all."""

import io
import os
import zipfile

import pytest
import xlsxwriter
from list_files import GOOD, HEADINGS, csv_text, row, write_csv

from wallclient.camera_list.importer import read_list
from wallclient.camera_list.table import read_table
from wallclient.domain.camera_list import ListColumn, ListTrouble, ListUnreadable, RowFlaw
from wallclient.domain.node import PlaceCategory


def trouble(path):
    """Return why a file can't be read, and in which row."""
    with pytest.raises(ListUnreadable) as caught:
        read_list(path)
    return caught.value.trouble, caught.value.row


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_and_separators(tmp_path, encoding, separator):
    draft = read_list(write_csv(tmp_path, GOOD, encoding=encoding, separator=separator))
    (camera,) = draft.cameras
    assert (camera.path, camera.name) == (("渝中区", "解放碑"), "八一路口 枪机1")
    assert (camera.longitude, camera.latitude, camera.place) == (106.5772, 29.557, PlaceCategory.ROAD)
    assert draft.findings == ()


def test_english_headings_in_any_order_and_columns_nobody_knows(tmp_path):
    headings = ("Sub URL", "Vendor", "Camera name *", "MAIN_URL (required)", "Longitude", "latitude")
    cells = ("rtsp://h/2", "ACME", "Gate", "rtsp://h/1", "106.5", "29.5")
    draft = read_list(write_csv(tmp_path, cells, headings=headings))
    assert draft.unknown_headings == ("Vendor",)
    assert draft.columns == (
        ListColumn.NAME,
        ListColumn.MAIN_URL,
        ListColumn.SUB_URL,
        ListColumn.LONGITUDE,
        ListColumn.LATITUDE,
    )
    (camera,) = draft.cameras
    assert (camera.name, camera.main.url, camera.sub.url, camera.longitude) == (
        "Gate",
        "rtsp://h/1",
        "rtsp://h/2",
        106.5,
    )


def test_titles_above_and_the_separator_line_of_excel_keep_row_numbers(tmp_path):
    path = tmp_path / "l.csv"
    path.write_text("sep=;\n监控点位表;;\n" + csv_text(row(name=""), separator=";"), "utf-8")
    (finding,) = read_list(path).findings
    assert (finding.row, finding.flaw) == (4, RowFlaw.NAME_MISSING)


def test_cells_with_line_breaks_and_blank_rows_count_as_in_a_spreadsheet(tmp_path):
    path = write_csv(tmp_path, row(name="two\nlines"), ("",) * 9, row(name="", main="rtsp://h/9"))
    draft = read_list(path)
    assert draft.rows == 2
    assert [(f.row, f.flaw) for f in draft.findings][-1] == (4, RowFlaw.NAME_MISSING)


def workbook(path, *rows, sheets=("Sheet1",)):
    with xlsxwriter.Workbook(path) as book:
        for name in sheets[:-1]:
            book.add_worksheet(name).write(0, 0, "notes")
        sheet = book.add_worksheet(sheets[-1])
        for number, cells in enumerate((HEADINGS, *rows)):
            for column, cell in enumerate(cells):
                sheet.write_string(number, column, cell) if isinstance(cell, str) else cell(sheet, number, column)
    return path


def test_a_workbook_and_the_sheet_with_the_headings(tmp_path):
    path = workbook(tmp_path / "l.xlsx", GOOD, sheets=("封面", "点位"))
    assert read_list(path).cameras == read_list(write_csv(tmp_path, GOOD)).cameras


def test_of_a_formula_the_saved_value_counts_and_a_number_has_lost_its_digits(tmp_path):
    formula = lambda sheet, r, c: sheet.write_formula(r, c, '="rtsp://10.0.0."&1', value="rtsp://10.0.0.1")  # noqa: E731
    number = lambda sheet, r, c: sheet.write_number(r, c, 50010301001320000001)  # noqa: E731
    cells = [*GOOD]
    cells[2:4] = number, formula
    draft = read_list(workbook(tmp_path / "l.xlsx", cells))
    assert draft.cameras[0].main.url == "rtsp://10.0.0.1"
    assert draft.cameras[0].gb_code == ""
    assert [f.flaw for f in draft.findings] == [RowFlaw.CODE_ROUNDED]


def test_a_workbook_cut_off_anywhere_is_told(tmp_path):
    whole = workbook(tmp_path / "l.xlsx", GOOD).read_bytes()
    for part in (0.1, 0.5, 0.9, 0.999):
        (tmp_path / "cut.xlsx").write_bytes(whole[: int(len(whole) * part)])
        assert trouble(tmp_path / "cut.xlsx")[0] is ListTrouble.HALF_WRITTEN


def test_a_workbook_with_damaged_parts_is_told(tmp_path):
    source = zipfile.ZipFile(workbook(tmp_path / "l.xlsx", GOOD))
    with zipfile.ZipFile(tmp_path / "bad.xlsx", "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content[: len(content) // 2] if "sheet1" in name else content)
    assert trouble(tmp_path / "bad.xlsx")[0] is ListTrouble.DAMAGED


def test_an_archive_that_is_no_workbook_or_unpacks_for_ever(tmp_path, monkeypatch):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "hello")
    (tmp_path / "a.xlsx").write_bytes(packed.getvalue())
    assert trouble(tmp_path / "a.xlsx")[0] is ListTrouble.NOT_A_TABLE
    monkeypatch.setattr("wallclient.camera_list.xlsx_rows._LARGEST_UNPACKED_BYTES", 1000)
    assert trouble(workbook(tmp_path / "l.xlsx", GOOD))[0] is ListTrouble.TOO_LARGE


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", (ListTrouble.EMPTY, 0)),
        (b" \r\n", (ListTrouble.EMPTY, 0)),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), (ListTrouble.OLD_OR_PROTECTED, 0)),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", (ListTrouble.NOT_A_TABLE, 0)),
        ("名称,备注\nx,y\n".encode(), (ListTrouble.NO_HEADINGS, 0)),
        ("名称,主码流,地址\nx,rtsp://h,rtsp://h\n".encode(), (ListTrouble.HEADING_TWICE, 1)),
        ('名称,主码流\nx,rtsp://h\n"y,rtsp://h\nz,rtsp://h\n'.encode(), (ListTrouble.HALF_WRITTEN, 3)),
        ('名称,主码流\nx,rtsp://h\n"y"y,rtsp://h\n'.encode(), (ListTrouble.QUOTES, 3)),
        ("名称,主码流\n枪".encode()[:-1], (ListTrouble.HALF_WRITTEN, 0)),
        ("名称,主码流\n枪".encode("gb18030")[:-1], (ListTrouble.HALF_WRITTEN, 0)),
        ("名称,主码流\n枪,rtsp://h\n".encode("gb18030") + b"\xff\xff,x\n", (ListTrouble.ENCODING, 0)),
    ],
)
def test_what_is_no_list_is_told(tmp_path, content, expected):
    path = tmp_path / "l.csv"
    path.write_bytes(content)
    assert trouble(path) == expected


def test_missing_folders_and_locked_files(tmp_path, monkeypatch):
    assert trouble(tmp_path / "none.csv")[0] is ListTrouble.MISSING
    assert trouble(tmp_path)[0] is ListTrouble.NOT_A_TABLE
    path = write_csv(tmp_path, GOOD)
    refuse = PermissionError(13, "sharing violation")  # what Windows answers while Excel has a workbook open

    def locked(*_, **__):
        raise refuse

    monkeypatch.setattr("pathlib.Path.open", locked)
    assert trouble(path)[0] is ListTrouble.LOCKED


def test_a_file_that_grows_while_it_is_read_is_half_written(tmp_path, monkeypatch):
    path = write_csv(tmp_path, GOOD)
    real, calls = os.fstat, []

    def growing(handle):
        calls.append(handle)
        if len(calls) == 2:
            with path.open("ab") as more:
                more.write(b"x,")
        return real(handle)

    monkeypatch.setattr("wallclient.camera_list.table.os.fstat", growing)
    assert trouble(path)[0] is ListTrouble.HALF_WRITTEN


@pytest.mark.parametrize("mark", ["~$cameras.csv", "~$meras.csv", ".~lock.cameras.csv#"])
def test_a_file_open_in_a_spreadsheet_program_is_read_and_told(tmp_path, mark):
    path = write_csv(tmp_path, GOOD)
    assert not read_list(path).being_edited
    (tmp_path / mark).touch()
    draft = read_list(path)
    assert draft.being_edited
    assert len(draft.cameras) == 1


def test_too_many_rows_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("wallclient.camera_list.table.MOST_ROWS", 2)
    path = write_csv(tmp_path, *(row(name=str(i)) for i in range(2)))
    assert len(read_table(path).rows) == 2
    assert trouble(write_csv(tmp_path, *(row(name=str(i)) for i in range(3)))) == (ListTrouble.TOO_LARGE, 4)

"""Sentences about camera lists: why a file is no list, what is wrong with a cell, what taking it in would change."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from wallclient.domain.camera_list import Finding, ListColumn, ListDraft, ListTrouble, ListUnreadable, RowFlaw
from wallclient.services.camera_lists import ListDifference
from wallclient.ui.i18n import QT_TRANSLATE_NOOP

_TROUBLES: Mapping[ListTrouble, str] = {
    ListTrouble.MISSING: QT_TRANSLATE_NOOP("list_text", "The file is not there any more."),
    ListTrouble.LOCKED: QT_TRANSLATE_NOOP(
        "list_text", "The file can't be opened. Close it in other programs, and check who may read it."
    ),
    ListTrouble.HALF_WRITTEN: QT_TRANSLATE_NOOP(
        "list_text", "The file ends in the middle, or is being written. Try again once it is complete."
    ),
    ListTrouble.EMPTY: QT_TRANSLATE_NOOP("list_text", "The file is empty."),
    ListTrouble.TOO_LARGE: QT_TRANSLATE_NOOP("list_text", "The file is too large for a list of cameras."),
    ListTrouble.NOT_A_TABLE: QT_TRANSLATE_NOOP(
        "list_text", "This is neither a CSV file nor an Excel workbook (.xlsx)."
    ),
    ListTrouble.OLD_OR_PROTECTED: QT_TRANSLATE_NOOP(
        "list_text", "This workbook is of the old kind (.xls) or has a password. Save it as .xlsx without a password."
    ),
    ListTrouble.DAMAGED: QT_TRANSLATE_NOOP("list_text", "The workbook is damaged and can't be read."),
    ListTrouble.ENCODING: QT_TRANSLATE_NOOP(
        "list_text", "The text can't be decoded. Save the file as UTF-8 or GB18030."
    ),
    ListTrouble.QUOTES: QT_TRANSLATE_NOOP("list_text", "The quotation marks don't fit together."),
    ListTrouble.NO_HEADINGS: QT_TRANSLATE_NOOP(
        "list_text", "No row names the columns. There has to be one with at least “Name” and “Main stream”."
    ),
    ListTrouble.HEADING_TWICE: QT_TRANSLATE_NOOP("list_text", "Two columns have the same meaning."),
}
_COLUMNS: Mapping[ListColumn, str] = {
    ListColumn.PATH: QT_TRANSLATE_NOOP("list_text", "Path"),
    ListColumn.NAME: QT_TRANSLATE_NOOP("list_text", "Name"),
    ListColumn.CODE: QT_TRANSLATE_NOOP("list_text", "Code"),
    ListColumn.MAIN_URL: QT_TRANSLATE_NOOP("list_text", "Main stream"),
    ListColumn.SUB_URL: QT_TRANSLATE_NOOP("list_text", "Sub stream"),
    ListColumn.USER: QT_TRANSLATE_NOOP("list_text", "User"),
    ListColumn.PASSWORD: QT_TRANSLATE_NOOP("list_text", "Password"),
    ListColumn.POSITION: QT_TRANSLATE_NOOP("list_text", "Position"),
    ListColumn.LONGITUDE: QT_TRANSLATE_NOOP("list_text", "Longitude"),
    ListColumn.LATITUDE: QT_TRANSLATE_NOOP("list_text", "Latitude"),
    ListColumn.CATEGORY: QT_TRANSLATE_NOOP("list_text", "Category"),
}
_FLAWS: Mapping[RowFlaw, str] = {
    RowFlaw.NAME_MISSING: QT_TRANSLATE_NOOP("list_text", "The name is missing."),
    RowFlaw.ADDRESS_MISSING: QT_TRANSLATE_NOOP("list_text", "There is no address."),
    RowFlaw.ADDRESS_SCHEME: QT_TRANSLATE_NOOP("list_text", "An address begins with rtsp://, http:// or https://."),
    RowFlaw.ADDRESS_CHARACTERS: QT_TRANSLATE_NOOP("list_text", "Blanks and \\ must not be in an address."),
    RowFlaw.ADDRESS_MALFORMED: QT_TRANSLATE_NOOP("list_text", "This is no address a player can open."),
    RowFlaw.ADDRESS_PASSWORD: QT_TRANSLATE_NOOP(
        "list_text", "The password in the address has @ # / or ? in it: write %40 %23 %2F %3F, or use the column."
    ),
    RowFlaw.TOO_DEEP: QT_TRANSLATE_NOOP("list_text", "The path has too many levels."),
    RowFlaw.TWICE: QT_TRANSLATE_NOOP("list_text", "The same camera stands in row {row} already."),
    RowFlaw.ADDRESS_MAIN_MISSING: QT_TRANSLATE_NOOP(
        "list_text", "No main stream: the sub stream is shown in large panes, too."
    ),
    RowFlaw.SUB_REFUSED: QT_TRANSLATE_NOOP("list_text", "The main stream is shown in small panes, too."),
    RowFlaw.NAME_CHANGED: QT_TRANSLATE_NOOP("list_text", "The name was shortened, or cleared of hidden characters."),
    RowFlaw.NAME_TWICE: QT_TRANSLATE_NOOP("list_text", "Row {row} has the same name in the same place."),
    RowFlaw.CODE_FLAWED: QT_TRANSLATE_NOOP("list_text", "This is no code by GB/T 28181; it is kept as it is."),
    RowFlaw.CODE_ROUNDED: QT_TRANSLATE_NOOP(
        "list_text", "The spreadsheet has rounded the code, so it is left out. Make the column text."
    ),
    RowFlaw.CODE_TWICE: QT_TRANSLATE_NOOP("list_text", "Row {row} has the same code."),
    RowFlaw.ADDRESS_TWICE: QT_TRANSLATE_NOOP("list_text", "Row {row} has the same address."),
    RowFlaw.USER_TWICE: QT_TRANSLATE_NOOP("list_text", "The address names another user; that one counts."),
    RowFlaw.PASSWORD_ALONE: QT_TRANSLATE_NOOP("list_text", "There is a password, but no user."),
    RowFlaw.POSITION_UNREADABLE: QT_TRANSLATE_NOOP("list_text", "The position can't be read and is left out."),
    RowFlaw.POSITION_RANGE: QT_TRANSLATE_NOOP("list_text", "There is no such place on earth; it is left out."),
    RowFlaw.POSITION_ZERO: QT_TRANSLATE_NOOP("list_text", "Position 0, 0 means that it is unknown."),
    RowFlaw.POSITION_HALF: QT_TRANSLATE_NOOP("list_text", "Only one of longitude and latitude is there."),
    RowFlaw.CATEGORY_UNKNOWN: QT_TRANSLATE_NOOP("list_text", "This category is not known and is left out."),
    RowFlaw.FORMULA: QT_TRANSLATE_NOOP("list_text", "This looks like a formula; it is kept as text."),
}
_TEMPLATE = tuple(column for column in ListColumn if column not in (ListColumn.LONGITUDE, ListColumn.LATITUDE))


def trouble_text(err: ListUnreadable) -> str:
    """Say why a file can't be read as a list, and where."""
    text = QCoreApplication.translate("list_text", _TROUBLES[err.trouble])
    if not err.row:
        return text
    return QCoreApplication.translate("list_text", "Row {row}: {text}").format(row=err.row, text=text)


def column_text(column: ListColumn) -> str:
    """Name a column; a heading with this name is understood by the importer."""
    return QCoreApplication.translate("list_text", _COLUMNS[column])


def finding_text(finding: Finding) -> str:
    """Say what is wrong with a cell."""
    return QCoreApplication.translate("list_text", _FLAWS[finding.flaw]).format(row=finding.other_row)


def summary_text(draft: ListDraft) -> str:
    """Say what would be taken in of a file."""
    translate = QCoreApplication.translate
    text = translate("list_text", "{count} cameras can be taken in.").format(count=len(draft.cameras))
    if draft.refused_rows:
        left = translate("list_text", "{count} rows are left out, see below.").format(count=draft.refused_rows)
        text = f"{text} {left}"
    elif draft.findings:
        left = translate("list_text", "{count} cells are worth a look, see below.").format(count=len(draft.findings))
        text = f"{text} {left}"
    return text


def notes_text(draft: ListDraft) -> str:
    """Say what else there is to know of a file; empty for nothing."""
    notes = []
    if draft.unknown_headings:
        text = QCoreApplication.translate("list_text", "Columns that are not read: {names}.")
        notes.append(text.format(names=", ".join(draft.unknown_headings[:8])))
    if draft.being_edited:
        notes.append(
            QCoreApplication.translate(
                "list_text", "The file is open in another program: what is not saved there is not here."
            )
        )
    return " ".join(notes)


def difference_text(difference: ListDifference) -> str:
    """Say what taking in a list again would change."""
    text = QCoreApplication.translate(
        "list_text",
        "Against the list as it is: {new} new, {changed} changed, {same} the same, {gone} gone.",
    )
    return text.format(new=difference.new, changed=difference.changed, same=difference.same, gone=len(difference.gone))


def template() -> tuple[list[str], list[str]]:
    """Return headings and one row of an empty list, in the operator's language."""
    example = {
        ListColumn.PATH: QCoreApplication.translate("list_text", "Yuzhong/Jiefangbei"),
        ListColumn.NAME: QCoreApplication.translate("list_text", "East gate, camera 1"),
        ListColumn.CODE: "50010301001320000001",
        ListColumn.MAIN_URL: "rtsp://192.168.1.64:554/main",
        ListColumn.SUB_URL: "rtsp://192.168.1.64:554/sub",
        ListColumn.USER: "operator",
        ListColumn.POSITION: "106.5772,29.5570",
        ListColumn.CATEGORY: QCoreApplication.translate("list_text", "Square"),
    }
    return [column_text(column) for column in _TEMPLATE], [example.get(column, "") for column in _TEMPLATE]

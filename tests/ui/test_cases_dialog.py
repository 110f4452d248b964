"""Cases on the screen: made, found again, filled, and gone through, without any center."""

import asyncio

import pytest
import qasync
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from wallclient.domain.case import CaseFields, CaseItem, ItemKind
from wallclient.domain.secret import KeeperState
from wallclient.services.case_items import file_item
from wallclient.services.cases import Cases
from wallclient.services.centers import Centers
from wallclient.services.preferences import Preferences
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.storage.cases import cases_file
from wallclient.storage.settings import settings_file
from wallclient.ui.case_dialog import CaseDialog, ChooseCaseDialog
from wallclient.ui.cases_dialog import CasesDialog
from wallclient.ui.playback_text import system_zone
from wallclient.ui.theme import metrics_for

METRICS = metrics_for(1080)

MARK = CaseItem(ItemKind.BOOKMARK, "mark-0001", "红车", "n/c2", 1_000_000, 1_050_000)


class NoKeyring:
    """A keyring nobody asks."""

    def state(self):
        return KeeperState.SAFE


@pytest.fixture
def on_cases(qapp, qtbot, tmp_path):
    """Run `work(cases, dialog)` on a loop, with the cases of this computer alone."""
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)

    async def body(work):
        centers = Centers(Preferences(settings_file(tmp_path)), SecretKeeper(NoKeyring()), tmp_path)
        cases = Cases(centers, cases_file(tmp_path))
        dialog = CasesDialog(cases, system_zone(), {"n/c2": "东门 枪机1"}.get, METRICS)
        qtbot.addWidget(dialog)
        dialog.show()
        try:
            await work(cases, dialog)
        finally:
            dialog.reject()
            await cases.close()
            await centers.close()

    qapp.setQuitOnLastWindowClosed(False)  # or the loop ends with the dialog
    yield lambda work: loop.run_until_complete(asyncio.wait_for(body(work), 30))
    qapp.setQuitOnLastWindowClosed(True)
    asyncio.set_event_loop(None)
    loop.close()


def cells(dialog):
    rows = (dialog.items.topLevelItem(row) for row in range(dialog.items.topLevelItemCount()))
    return [[row.text(column) for column in range(dialog.items.columnCount())] for row in rows]


def test_a_case_is_found_shown_gathers_and_is_closed(on_cases, tmp_path):
    async def work(cases, dialog):
        assert dialog.case is None
        assert not dialog.gather_button.isEnabled()
        first = cases.create("", CaseFields("盗窃", "A-17"))
        cases.create("", CaseFields("噪声", text="夜间施工"))
        assert dialog.list.count() == 2
        dialog.search.setText("a-17")
        assert dialog.key == first.key
        picture = tmp_path / "b.png"
        picture.write_bytes(b"png")
        cases.add(first.key, [MARK, file_item(picture, "n/c9", 2_000_000)])
        assert [row[2] for row in cells(dialog)] == ["东门 枪机1", ""]
        assert cells(dialog)[0][3] == "红车"
        assert cells(dialog)[1][4] == "b.png"
        assert "0:00:50" in cells(dialog)[0][1] or "50" in cells(dialog)[0][1]

        dialog.gather_button.click()
        assert cases.gathering == first.key
        assert dialog.gather_button.isChecked()
        dialog.close_button.click()
        assert cases.case(first.key).fields.is_closed
        assert not dialog.gather_button.isEnabled()
        assert not dialog.package_button.isEnabled(), "there is no clip"

    on_cases(work)


def test_items_are_opened_by_what_they_are_and_taken_out_by_the_delete_key(on_cases, tmp_path):
    async def work(cases, dialog):
        key = cases.create("", CaseFields("火警")).key
        gone = CaseItem(ItemKind.SNAPSHOT, "x.png", "x", "", None, None, "ab" * 32, str(tmp_path / "x.png"))
        cases.add(key, [MARK, gone])
        footage, files = [], []
        dialog.open_requested.connect(footage.append)
        dialog.file_requested.connect(files.append)
        for row in range(2):
            dialog.items.clearSelection()
            dialog.items.topLevelItem(row).setSelected(True)
            dialog.items.itemActivated.emit(dialog.items.topLevelItem(row), 0)
        assert (footage, files) == ([MARK], [gone])
        dialog.activateWindow()
        dialog.items.setFocus()
        while not dialog.items.hasFocus():
            await asyncio.sleep(0.01)
        QTest.keyClick(dialog.items, Qt.Key.Key_Delete)
        assert cases.case(key).items == (MARK,)
        assert dialog.isVisible()

    on_cases(work)


def test_a_case_of_this_computer_is_not_shared(qtbot):
    dialog = CaseDialog([("n", "北城")], None, METRICS)
    qtbot.addWidget(dialog)
    dialog.title_edit.setText("  盗窃 ")
    dialog.shared_box.setChecked(True)
    assert (dialog.home, dialog.fields) == ("n", CaseFields("盗窃", is_shared=True))
    dialog.home_box.setCurrentIndex(1)
    assert (dialog.home, dialog.fields.is_shared) == ("", False)
    assert not dialog.shared_box.isEnabled()


def test_the_last_choice_is_a_new_case(on_cases, qtbot):
    async def work(cases, _dialog):
        case = cases.create("", CaseFields("盗窃", "A-17"))
        chooser = ChooseCaseDialog([case], "红车", METRICS)
        qtbot.addWidget(chooser)
        assert chooser.key == case.key
        chooser.box.setCurrentIndex(1)
        assert chooser.key == ""

    on_cases(work)

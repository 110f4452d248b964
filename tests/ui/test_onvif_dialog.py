"""ONVIF cameras added as an operator does it: found, logged in to one by one, refused for their reasons, kept."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tests.onvif.onvif_double import OnvifDouble
from tests.services.test_centers import MemoryStore
from wallclient.domain.center_config import Family
from wallclient.domain.onvif import OnvifAddress, OnvifFound, OnvifInterface
from wallclient.services import onvif_discovery
from wallclient.services.center_access import AccessState
from wallclient.services.centers import Centers
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.ui.background import Background
from wallclient.ui.center_dialog import CenterDialog
from wallclient.ui.onvif_find import OnvifFindDialog
from wallclient.ui.onvif_page import OnvifCameraDialog
from wallclient.ui.theme import metrics_for

METRICS = metrics_for(1080)
LONG_S = 40.0
NETWORKS = (OnvifInterface("eth0", "192.168.1.20"), OnvifInterface("lo", "127.0.0.1"))


@pytest.fixture(scope="module")
def cameras():
    """Two good cameras and one whose clock is ten minutes behind."""
    with OnvifDouble() as gate, OnvifDouble(password="other") as yard, OnvifDouble() as late:
        late.clock_ahead, late.tolerates_time_of_clock = timedelta(minutes=-10), False
        yield gate, yard, late


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def centers(loop, run, preferences, store, tmp_path: Path):
    centers = Centers(preferences, SecretKeeper(store), tmp_path / "data")
    yield centers
    run(centers.close(), LONG_S)


@pytest.fixture
def desk(qtbot):
    """A window that stays: without any Qt ends the loop."""
    desk = QWidget()
    qtbot.addWidget(desk)
    desk.show()
    return desk


@pytest.fixture
def network(monkeypatch, cameras):
    """The network as it answers a search; what was asked of which interfaces is kept."""
    asked = []

    async def discover(chosen, limit_s=3.0):
        asked.append([one.name for one in chosen])
        return tuple(
            OnvifFound(OnvifAddress("127.0.0.1", one.port), f"u{one.port}", name, "IPC") for one, name in answers
        )

    gate, yard, late = cameras
    answers = [(gate, "大门"), (yard, "院子"), (late, "慢钟")]
    monkeypatch.setattr(onvif_discovery, "interfaces", lambda: NETWORKS)
    monkeypatch.setattr(onvif_discovery, "discover", discover)
    return asked


@pytest.fixture
def background(loop):
    background = Background(loop)
    yield background
    background.cancel_all()


def results(dialog: OnvifFindDialog) -> list[str]:
    return [dialog.tree.topLevelItem(row).text(2) for row in range(dialog.tree.topLevelItemCount())]


def test_cameras_are_found_logged_in_to_and_kept(qtbot, run, centers, store, background, desk, network, cameras):
    gate, yard, _ = cameras
    dialog = CenterDialog(centers, background, METRICS, None, desk)
    dialog.choose(Family.ONVIF)
    dialog.show()
    dialog.accept()
    run(lambda: "Find a camera first" in dialog._error.text(), LONG_S)
    qtbot.mouseClick(dialog.page.find_button, Qt.MouseButton.LeftButton)
    find = dialog.findChild(OnvifFindDialog)
    assert [check.isChecked() for check in find.checks.values()] == [True, False], "not on loopback, unless asked to"
    assert not find.add_button.isEnabled()
    qtbot.mouseClick(find.search_button, Qt.MouseButton.LeftButton)
    run(lambda: find.tree.topLevelItemCount() == 3, LONG_S)
    assert network == [["eth0"]]
    find.user_edit.setText(gate.user)
    find.password_edit.setText(gate.password)
    find.folder_edit.setText(" 渝北 / 两路口/")
    find.accept()
    run(lambda: find.summary.text() == "1 added, 2 not.", LONG_S)
    first, wrong, slow = results(find)
    assert first.startswith("added")
    assert wrong == "The camera refuses the user name or the password."
    assert re.fullmatch(r"The camera refuses the log-in: its clock is (9 min 5\d|10 min \d) s behind\.", slow)
    assert find.add_button.isEnabled(), "those that refused are still ticked"
    find.tree.topLevelItem(2).setCheckState(0, Qt.CheckState.Unchecked)
    find.password_edit.setText("other")
    find.accept()
    run(lambda: find.summary.text() == "1 added, 0 not.", LONG_S)
    find.reject()
    assert dialog.page.tree.topLevelItemCount() == 2
    dialog.name_edit.setText("江北分局")
    dialog.accept()
    run(lambda: dialog.result(), LONG_S)

    access = centers.accesses[0]
    run(lambda: access.state is AccessState.CONNECTED, LONG_S)
    site = run(centers.makes.onvif.site(access.key), LONG_S)
    assert [(camera.path, camera.address.port) for camera in site.cameras] == [
        (("渝北", "两路口"), gate.port),
        (("渝北", "两路口"), yard.port),
    ]
    assert sorted(store.secrets.values()) == sorted([gate.password, "other"])
    assert all("大门" in name or "院子" in name for name in (camera.name for camera in site.cameras))
    _edit_and_take_out(qtbot, run, centers, background, desk, access)
    run(centers.remove(access.key), LONG_S)
    assert not store.secrets
    assert centers.makes.onvif.file(access.key).stamp() is None


def _edit_and_take_out(qtbot, run, centers, background, desk, access) -> None:
    before = run(centers.makes.onvif.site(access.key), LONG_S).cameras
    dialog = CenterDialog(centers, background, METRICS, access.config, desk)
    dialog.show()
    run(lambda: dialog.page.tree.topLevelItemCount() == 2, LONG_S)
    tree = dialog.page.tree
    tree.setCurrentItem(tree.topLevelItem(0))
    qtbot.mouseClick(dialog.page.edit_button, Qt.MouseButton.LeftButton)
    edit = dialog.findChild(OnvifCameraDialog)
    edit.name_edit.setText("东大门")
    edit.folder_edit.setText("渝北")
    edit.accept()
    assert tree.topLevelItem(0).text(0) == "东大门"
    tree.clearSelection()
    tree.setCurrentItem(tree.topLevelItem(1))
    qtbot.mouseClick(dialog.page.remove_button, Qt.MouseButton.LeftButton)
    assert len(run(centers.makes.onvif.site(access.key), LONG_S).cameras) == 2, "nothing happens before it is saved"
    dialog.accept()
    run(lambda: dialog.result(), LONG_S)
    (kept,) = run(centers.makes.onvif.site(access.key), LONG_S).cameras
    assert (kept.id, kept.name, kept.path) == (before[0].id, "东大门", ("渝北",))


def test_what_is_no_camera_or_no_address_is_told_and_added_by_nothing(qtbot, run, background, desk, network, cameras):
    gate, _, _ = cameras
    found = []
    known = frozenset({f"http://127.0.0.1:{gate.port}"})
    dialog = OnvifFindDialog(background, METRICS, known, desk)
    dialog.cameras_found.connect(found.append)
    dialog.show()
    dialog.address_edit.setText("file:///etc")
    qtbot.mouseClick(dialog.address_button, Qt.MouseButton.LeftButton)
    assert "no address" in dialog._error.text()
    for text in (f"127.0.0.1:{gate.port}", "127.0.0.1:9"):
        dialog.address_edit.setText(text)
        qtbot.keyClick(dialog.address_edit, Qt.Key.Key_Return)
    assert dialog.tree.topLevelItemCount() == 2
    assert results(dialog)[0] == "is in the site already"
    assert dialog.tree.topLevelItem(0).checkState(0) == Qt.CheckState.Unchecked
    dialog.tree.topLevelItem(0).setCheckState(0, Qt.CheckState.Checked)
    with gate.misbehaving("html"):
        dialog.password_edit.setText(gate.password)
        dialog.accept()
        run(lambda: dialog.summary.text() == "0 added, 2 not.", LONG_S)
    html, closed = results(dialog)
    assert html == "The center's answer can't be understood. Is the address right?"
    assert closed in ("The camera is offline.", "The center does not answer. Check the address and the network.")
    assert not found
    dialog.reject()

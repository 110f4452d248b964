"""Kinds of centers in the dialogs: lists taken in and their flaws told, servers told apart, no log-in for sites."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from window_fakes import FakeWall

from tests.camera_list.list_files import row, write_csv
from tests.services.test_centers import MemoryStore, OneSource
from tests.wvp.wvp_double import Wvp
from wallclient.camera_list.headings import column_of
from wallclient.camera_list.importer import read_list
from wallclient.demo.center import EmbeddedCenter
from wallclient.domain.camera_list import ListColumn, ListTrouble, ListUnreadable, RowFlaw
from wallclient.domain.center_config import CenterConfig, Family, new_site
from wallclient.domain.errors import ClockDiffers, KeyringLocked, KeyringRefused, NotPermitted
from wallclient.domain.global_id import global_id
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.domain.secret import KeeperState
from wallclient.domain.stream import StreamKind
from wallclient.services import live_pane
from wallclient.services.center_access import AccessState
from wallclient.services.centers import Centers
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.ui import i18n, list_text
from wallclient.ui.background import Background
from wallclient.ui.camera_password import CameraPasswordDialog
from wallclient.ui.center_desk import CenterDesk
from wallclient.ui.center_dialog import CenterDialog
from wallclient.ui.login_dialog import LogInDialog
from wallclient.ui.pane_commands import PaneCommands
from wallclient.ui.text import error_text
from wallclient.ui.theme import metrics_for
from wallclient.ui.wall_widget import WallWidget

METRICS = metrics_for(1080)
LONG_S = 30.0
FLAWED = (
    row(),
    row(name="", code=""),
    row(name="坏", code="", main="file:///etc/passwd"),
    row(name="零", code="", main="rtsp://10.0.0.9/1", position="0,0"),
)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def centers(loop, run, preferences, store, tmp_path: Path):
    centers = Centers(preferences, SecretKeeper(store), tmp_path / "data")
    yield centers
    run(centers.close(), LONG_S)


@pytest.fixture
def background(loop):
    background = Background(loop)
    yield background
    background.cancel_all()


@pytest.fixture
def opened(qtbot, centers, background):
    """Return a shown dialog for a new center, or for a given one."""

    desk = QWidget()  # stays: without any window Qt ends the loop
    qtbot.addWidget(desk)
    desk.show()

    def open_dialog(config=None):
        dialog = CenterDialog(centers, background, METRICS, config, desk)
        dialog.show()
        return dialog

    return open_dialog


def cells(dialog) -> list[list[str]]:
    model = dialog.page.model
    return [[model.data(model.index(r, c)) for c in range(4)] for r in range(model.rowCount())]


def test_a_list_is_shown_with_its_flaws_taken_in_and_renewed_with_what_differs(run, centers, store, opened, tmp_path):
    dialog = opened()
    dialog.choose(Family.LIST)
    assert not dialog.address_edit.isVisible()
    assert not dialog.test_button.isVisible()
    dialog.accept()
    run(lambda: "Choose a file first" in dialog._error.text(), LONG_S)

    dialog.page.read(write_csv(tmp_path, *FLAWED))
    run(lambda: dialog.page.draft is not None, LONG_S)
    assert dialog.page.summary.text() == "2 cameras can be taken in. 2 rows are left out, see below."
    assert [line[:2] for line in cells(dialog)] == [["3", "Name"], ["4", "Main stream"], ["5", "Position"]]
    assert "rtsp://, http:// or https://" in cells(dialog)[1][2]
    assert not centers.configs
    dialog.name_edit.setText("南岸站")
    dialog.accept()
    run(lambda: dialog.result(), LONG_S)
    access = centers.accesses[0]
    run(lambda: access.state is AccessState.CONNECTED, LONG_S)
    assert (access.title, access.config.adapter) == ("南岸站", "list")
    assert list(store.secrets.values()) == ["s3cret!"]

    again = opened(access.config)
    run(lambda: "2 cameras, taken in on" in again.page.summary.text(), LONG_S)
    assert not again.kind_box.isEnabled()
    again.page.read(write_csv(tmp_path, row(main="rtsp://10.0.0.7/main"), row(name="新", code="", main="rtsp://h/n")))
    run(lambda: "1 new, 1 changed, 0 the same, 1 gone" in again.page.summary.text(), LONG_S)
    read_again = []
    access.tree_changed.connect(lambda: read_again.append(True))
    again.accept()
    run(lambda: again.result() and read_again, LONG_S)
    page = run(centers.children(access.root.id))
    assert page.nodes[0].channels_total == 2, "the list in force is the new one"


def test_a_file_that_is_no_list_is_refused_in_words_and_changes_nothing(run, centers, opened, tmp_path):
    dialog = opened()
    dialog.choose(Family.LIST)
    for name, content, said in (
        ("a.csv", b"", "empty"),
        ("b.csv", "甲,乙\n1,2\n".encode(), "names the columns"),
        ("c.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old kind"),
        ("gone.csv", None, "not there"),
    ):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        dialog.show_error("")
        dialog.page.read(path)
        run(lambda: dialog._error.text(), LONG_S)
        assert said in dialog._error.text(), name
    assert not centers.configs


def test_a_keyring_that_refuses_leaves_no_half_list(run, centers, store, opened, tmp_path):
    store.trouble = KeyringRefused("no")
    dialog = opened()
    dialog.choose(Family.LIST)
    dialog.page.read(write_csv(tmp_path, row()))
    run(lambda: dialog.page.draft is not None, LONG_S)
    dialog.accept()
    run(lambda: dialog._error.text() == error_text(KeyringRefused()), LONG_S)
    assert not centers.configs
    assert centers.makes.lists.file(dialog.page._key).stamp() is None
    assert dialog.save_button.isEnabled(), "he can try again"


def test_a_server_of_another_kind_is_named_and_can_be_taken_as_that(qtbot, run, centers, opened):
    with Wvp() as wvp:
        dialog = opened()
        dialog.address_edit.setText(wvp.base_url)
        qtbot.mouseClick(dialog.test_button, Qt.MouseButton.LeftButton)
        run(lambda: dialog.switch_button.isVisible(), LONG_S)
        assert "WVP-GB28181-pro" in dialog.outcome.text()
        assert not dialog.media_edit.isVisible()
        qtbot.mouseClick(dialog.switch_button, Qt.MouseButton.LeftButton)
        assert dialog.make.family is Family.WVP
        assert dialog.media_edit.isVisible()
        run(lambda: dialog.outcome.property("level") == "good", LONG_S)
        dialog.media_edit.setText("10.1.1.1")
        dialog.accept()
        run(lambda: centers.accesses, LONG_S)
        config = centers.accesses[0].config
        assert (config.adapter, config.media_host) == ("wvp", "10.1.1.1")
        run(centers.log_in(config.key, wvp.user, wvp.password), LONG_S)
        assert centers.accesses[0].state is AccessState.CONNECTED


def test_a_new_center_that_does_not_answer_is_saved_only_when_the_operator_insists(run, centers, opened):
    dialog = opened()
    dialog.address_edit.setText("http://127.0.0.1:9")
    dialog.accept()
    run(lambda: dialog.save_button.text() == "Save all the same", LONG_S)
    assert "Nobody answers" in dialog.outcome.text()
    assert not centers.configs
    dialog.address_edit.setText("http://127.0.0.1:10")
    assert dialog.save_button.text() == "Save", "another address is another question"
    dialog.accept()
    run(lambda: dialog.save_button.text() == "Save all the same", LONG_S)
    dialog.accept()
    run(lambda: dialog.result(), LONG_S)
    assert centers.configs[0].url == "http://127.0.0.1:10"


def test_a_site_is_never_asked_for_a_log_in(qtbot, run, centers, background, opened, tmp_path):
    config = new_site(Family.LIST, "站")
    lists = centers.makes.lists
    run(lists.keep(config.key, config.name, read_list(write_csv(tmp_path, row()))))

    run(_add(centers, config))
    run(lambda: centers.signed_in, LONG_S)
    window = opened()
    desk = CenterDesk(centers, background, METRICS, window)
    desk.log_in()
    assert not window.findChildren(LogInDialog)
    with EmbeddedCenter(16, media=OneSource()) as north:
        run(_add(centers, CenterConfig("n", north.base_url, "北")))
        desk.log_in()
        dialog = window.findChildren(LogInDialog)[-1]
        assert [dialog.center_box.itemData(i) for i in range(dialog.center_box.count())] == ["n"]
        dialog.reject()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_all_of_a_list_can_be_said_and_the_templates_headings_are_understood(qapp, language):
    translators = i18n.install_translators(qapp, language)
    try:
        said = [list_text.trouble_text(ListUnreadable(trouble, 3)) for trouble in ListTrouble]
        flaws = {list_text._FLAWS[flaw] for flaw in RowFlaw}
        names = {column: list_text.column_text(column) for column in ListColumn}
        headings, example = list_text.template()
    finally:
        for translator in translators:
            qapp.removeTranslator(translator)
        i18n.install_translators(qapp, "en")
    assert len(set(said)) == len(ListTrouble)
    assert len(flaws) == len(RowFlaw)
    assert {column: column_of(name) for column, name in names.items()} == {column: column for column in ListColumn}
    assert len(headings) == len(example)


def test_a_pane_whose_password_is_gone_says_so_and_takes_a_new_one(
    qtbot, run, loop, centers, store, background, preferences, tmp_path
):
    config = new_site(Family.LIST, "站")
    site = run(centers.makes.lists.keep(config.key, config.name, read_list(write_csv(tmp_path, row()))))
    run(_add(centers, config))
    run(lambda: centers.signed_in, LONG_S)
    store.secrets.clear()
    shown = run(centers.channel(global_id(config.key, site.cameras[0].id)))
    with pytest.raises(NotPermitted) as refused:
        run(centers.open_live(shown.id, StreamKind.MAIN))
    wall = FakeWall("4")
    widget = WallWidget(wall)
    qtbot.addWidget(widget)
    widget.show()
    commands = PaneCommands(wall, widget, centers, preferences, background)
    pane = wall.panes[0]
    pane.show(shown)
    assert not commands.asks_password(pane)
    pane.set_state(PaneState.FAILED, live_pane._reason_of(refused.value))
    assert pane.reason is PaneReason.PASSWORD_MISSING
    assert commands.asks_password(pane)
    commands.enter_password(pane)
    dialog = widget.window().findChild(CameraPasswordDialog)
    run(lambda: dialog.user_label.text() == "admin", LONG_S)
    assert not dialog.save_button.isEnabled()
    dialog.password_edit.setText("n3w!")
    dialog.accept()
    run(lambda: pane.retries == 1, LONG_S)
    lease = run(centers.open_live(shown.id, StreamKind.MAIN))
    assert lease.sources[0].credentials.password == "n3w!"


async def _add(centers, config):
    centers.add(config)


@pytest.mark.parametrize(
    ("err", "reason"),
    [
        (NotPermitted("", "password-missing"), PaneReason.PASSWORD_MISSING),
        (NotPermitted("", "password-wrong"), PaneReason.CAMERA_REFUSES),
        (ClockDiffers("", 300.0), PaneReason.CLOCK_DIFFERS),
        (NotPermitted(""), PaneReason.NOT_PERMITTED),
        (KeyringLocked("locked"), PaneReason.KEYRING_FAILED),
    ],
)
def test_what_a_camera_of_a_site_refuses_for_is_said(err, reason):
    assert live_pane._reason_of(err) is reason


def test_without_a_safe_keyring_a_list_with_passwords_is_refused_before_it_is_saved(
    run, centers, store, opened, tmp_path, monkeypatch
):
    monkeypatch.setattr(store, "state", lambda: KeeperState.PLAIN)
    dialog = opened()
    dialog.choose(Family.LIST)
    run(lambda: dialog.page._keeper is KeeperState.PLAIN, LONG_S)
    dialog.page.read(write_csv(tmp_path, row()))
    run(lambda: "can't be kept" in dialog._error.text(), LONG_S)
    assert "unencrypted" in dialog._error.text()
    dialog.show_error("")
    dialog.accept()
    run(lambda: "can't be kept" in dialog._error.text(), LONG_S)
    assert not centers.configs
    dialog.page.read(write_csv(tmp_path, row(user="", password="")))
    run(lambda: dialog.page.draft is not None and not dialog.page.draft.has_passwords, LONG_S)
    dialog.accept()
    run(lambda: dialog.result(), LONG_S)
    assert len(centers.configs) == 1

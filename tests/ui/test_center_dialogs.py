"""Centers as an operator handles them: real centers behind the real `Centers`, real dialogs, a keyring in memory."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QLineEdit, QPushButton
from window_fakes import FakeSession, FakeWall, channel

from tests.services.test_centers import MemoryStore, OneSource
from wallclient.demo.center import EmbeddedCenter
from wallclient.demo.certificates import Certificates, make_certificates
from wallclient.domain.catalog import ALL_RIGHTS, Right
from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import NotPermitted
from wallclient.domain.global_id import root_id
from wallclient.domain.node import Node, NodeKind
from wallclient.domain.pane import PaneState
from wallclient.domain.secret import KeeperState, SecretKind
from wallclient.domain.view import View
from wallclient.services.center_access import AccessState
from wallclient.services.centers import Centers
from wallclient.services.rights import allowed
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.ui import i18n
from wallclient.ui.background import Background
from wallclient.ui.center_dialog import CenterDialog
from wallclient.ui.center_text import keeper_text
from wallclient.ui.centers_dialog import CentersDialog
from wallclient.ui.dialogs import QuestionDialog
from wallclient.ui.login_dialog import LogInDialog
from wallclient.ui.main_window import MainWindow
from wallclient.ui.pane_menu import pane_menu
from wallclient.ui.text import error_text
from wallclient.ui.theme import apply_theme, metrics_for
from wallclient.ui.window_needs import WindowNeeds

METRICS = metrics_for(1080)


@pytest.fixture
def north():
    with EmbeddedCenter(64, media=OneSource()) as center:
        yield center


@pytest.fixture
def south():
    with EmbeddedCenter(64, media=OneSource()) as center:
        yield center


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def centers(loop, run, preferences, store, tmp_path: Path):
    centers = Centers(preferences, SecretKeeper(store), tmp_path / "data")
    yield centers
    run(centers.close())


@pytest.fixture
def background(loop):
    background = Background(loop)
    yield background
    background.cancel_all()


@pytest.fixture
def window(qtbot, loop, centers, library, preferences):
    """A window before `centers`, none of which is there yet."""
    apply_theme(QApplication.instance(), METRICS)
    window = MainWindow(FakeWall("4"), WindowNeeds(centers, library, preferences, METRICS, loop))
    window.wall.apply = lambda view: _apply(window.wall, centers, view)
    qtbot.addWidget(window)
    window.resize(1280, 720)
    with qtbot.waitExposed(window):
        window.show()
    yield window
    window.close()


@pytest.fixture
def wall_channel():
    """Return a camera with the given rights."""
    return lambda number=1, rights=None: replace(channel(number), rights=rights)


async def _apply(wall: FakeWall, centers: Centers, view: View) -> int:
    for pane, key in zip(wall.panes, view.channel_ids, strict=True):
        if key:
            pane.show(await centers.channel(key))
        else:
            pane.close()
    return 0


@pytest.fixture
def spoken(qapp):
    """Let the program speak a language until the test ends."""
    translators = []

    def speak(language: str) -> None:
        translators.extend(i18n.install_translators(qapp, language))

    yield speak
    for translator in translators:
        qapp.removeTranslator(translator)
    i18n.install_translators(qapp, "en")


def dialog_of(window, kind):
    return next(d for d in reversed(window.findChildren(kind)) if d.isVisible())


def words(dialog: CentersDialog) -> list[str]:
    return [dialog.list.item(row).text() for row in range(dialog.list.count())]


# The first start


def test_the_first_log_in_asks_for_the_center_and_then_for_the_operator(qtbot, run, window, centers, north):
    window.actions_by_command["log_in"].trigger()
    dialog = dialog_of(window, CenterDialog)
    dialog.address_edit.setText(north.base_url)
    assert dialog.unencrypted.isVisible(), "http is allowed where it was typed, with a warning"
    dialog.accept()
    run(lambda: window.findChildren(LogInDialog))
    log_in = dialog_of(window, LogInDialog)
    assert log_in.unencrypted.isVisible()
    log_in.user_box.setEditText(north.user)
    log_in.password_edit.setText("guessed")
    log_in.accept()
    run(lambda: log_in._error.text() != "")
    assert centers.accesses[0].state is AccessState.SIGNED_OUT
    log_in.password_edit.setText(north.password)
    log_in.accept()
    run(lambda: centers.signed_in)
    assert window.strip.center_label.text().endswith("connected")
    assert window.strip.operator_label.text() == centers.operator.name


# Log-in


def test_a_log_in_remembers_names_and_stays_only_where_that_is_safe(qtbot, run, background, centers, store, north):
    centers.add(CenterConfig("n", north.base_url, "北"))
    run(centers.log_in("n", "admin", north.password))
    run(centers.log_in("n", north.user, north.password))
    dialog = LogInDialog(centers, background, METRICS, "n")
    qtbot.addWidget(dialog)
    run(lambda: dialog.keeper_hint.text() != "")
    assert dialog.stay_check.isEnabled()
    assert not dialog.stay_check.isChecked()
    assert not dialog.keep_check.isEnabled()
    assert [dialog.user_box.itemText(i) for i in range(dialog.user_box.count())] == [north.user, "admin"]
    assert dialog.user_box.currentText() == north.user
    dialog.stay_check.setChecked(True)
    dialog.keep_check.setChecked(True)
    dialog.password_edit.setText(north.password)
    dialog.accept()
    run(lambda: dialog.result() == QDialog.DialogCode.Accepted)
    assert store.secrets[SecretKind.PASSWORD, "n", north.user] == north.password


@pytest.mark.parametrize("state", [state for state in KeeperState if state is not KeeperState.SAFE])
def test_without_a_safe_keyring_the_dialog_says_why_and_keeps_nothing(qtbot, run, loop, background, state):
    session = FakeSession()
    session.keeper = state
    dialog = LogInDialog(session, background, METRICS, session.key)
    qtbot.addWidget(dialog)
    dialog.stay_check.setChecked(True)  # as if an earlier run had left it so
    run(lambda: dialog.keeper_hint.text() != "")
    assert dialog.keeper_hint.text() == keeper_text(state)
    assert not dialog.stay_check.isEnabled()
    assert not dialog.keep_check.isEnabled()
    assert not dialog.stay_check.isChecked()


def test_two_centers_that_ask_are_asked_for_one_after_the_other(qtbot, run, window, centers, north, south):
    for key, center in (("n", north), ("s", south)):
        centers.add(CenterConfig(key, center.base_url, key))
        run(centers.log_in(key, center.user, center.password))
    centers.sign_in_needed.connect(window.desk.log_in)
    north.revoke_sessions()
    south.revoke_sessions()
    run(lambda: not centers.signed_in)
    first = dialog_of(window, LogInDialog)
    assert len([d for d in window.findChildren(LogInDialog) if d.isVisible()]) == 1
    first.reject()
    second = dialog_of(window, LogInDialog)
    assert {first.key, second.key} == {"n", "s"}
    second.reject()


# The list


def test_centers_are_listed_with_their_state_and_removed_after_a_question(
    qtbot, run, background, centers, north, preferences
):
    centers.add(CenterConfig("n", north.base_url, "北"))
    centers.add(CenterConfig("s", "https://127.0.0.1:9", "南"))
    dialog = CentersDialog(centers, background, METRICS)
    qtbot.addWidget(dialog)
    assert "not logged in" in words(dialog)[0]
    assert "not encrypted" in words(dialog)[0]
    assert "not encrypted" not in words(dialog)[1]
    run(centers.log_in("n", north.user, north.password))
    assert "connected" in words(dialog)[0]
    dialog.list.setCurrentRow(0)
    assert dialog.session_button.text() == "Log out"
    dialog.session_button.click()
    run(lambda: not centers.signed_in)
    with qtbot.waitSignal(dialog.log_in_requested) as asked:
        dialog.session_button.click()
    assert asked.args == ["n"]
    dialog.remove_button.click()
    question = dialog.findChildren(QuestionDialog)[-1]
    question.reject()
    assert len(centers.configs) == 2
    dialog.remove_button.click()
    dialog.findChildren(QuestionDialog)[-1].accept()
    run(lambda: len(centers.configs) == 1 and dialog.list.count() == 1)
    assert preferences.settings.centers[0].key == "s"


def test_an_unusable_address_is_listed_so_that_it_can_be_mended(qtbot, run, loop, background, preferences, tmp_path):
    preferences.change(centers=(CenterConfig("x", "gopher://old", "老系统"),))
    centers = Centers(preferences, SecretKeeper(MemoryStore()), tmp_path)
    dialog = CentersDialog(centers, background, METRICS)
    qtbot.addWidget(dialog)
    assert words(dialog) == ["老系统    address not usable"]
    assert not dialog.session_button.isEnabled()
    dialog.edit_button.click()
    edit = dialog.findChildren(CenterDialog)[-1]
    edit.accept()
    run(lambda: edit._error.text() != "")
    edit.address_edit.setText("center.example")
    edit.accept()
    run(lambda: not centers.unusable)
    assert centers.access("x").config.url == "https://center.example"
    run(centers.close())


@pytest.mark.parametrize(
    ("typed", "said", "level"),
    [
        ("{base}", "answers, version 1.0", "good"),
        ("{base}/elsewhere", "no center", "bad"),
        ("http://127.0.0.1:9", "Nobody answers", "bad"),
        ("ftp://x", "can't be used", "bad"),
        ("", "can't be used", "bad"),
    ],
)
def test_the_test_button_says_what_it_found(qtbot, run, background, centers, north, typed, said, level):
    dialog = CenterDialog(centers, background, METRICS)
    qtbot.addWidget(dialog)
    dialog.address_edit.setText(typed.format(base=north.base_url))
    qtbot.mouseClick(dialog.test_button, Qt.MouseButton.LeftButton)
    run(lambda: dialog.outcome.property("level") == level)
    assert said in dialog.outcome.text()
    assert centers.configs == ()


def untrusted(kind: str, folder: Path) -> tuple[Certificates, str]:
    """Return the certificates of a center, and the authority's file the operator has chosen."""
    options = {"authority": {}, "host": {"hosts": ["192.0.2.1"]}, "time": {"lapsed": True}}[kind]
    certificates = make_certificates(folder, **options)
    chosen = "" if kind == "authority" else str(certificates.ca_file)
    return certificates, chosen


TRUST = {
    "authority": ("an authority this computer does not know", "本机不认识的机构"),
    "host": ("made for another address", "另一个地址"),
    "time": ("has lapsed", "已过期"),
}


@pytest.mark.parametrize("language", [0, 1])
@pytest.mark.parametrize("kind", list(TRUST))
def test_a_center_that_is_not_trusted_says_why_when_tested_and_at_the_log_in(
    qtbot, run, background, centers, tmp_path, spoken, kind, language
):
    spoken(("en", "zh_CN")[language])
    certificates, chosen = untrusted(kind, tmp_path)
    with EmbeddedCenter(16, media=OneSource(), certificates=certificates) as secure:
        dialog = CenterDialog(centers, background, METRICS)
        qtbot.addWidget(dialog)
        dialog.address_edit.setText(secure.base_url)
        dialog.ca_edit.setText(chosen)
        qtbot.mouseClick(dialog.test_button, Qt.MouseButton.LeftButton)
        run(lambda: dialog.outcome.property("level") == "bad")
        assert TRUST[kind][language] in dialog.outcome.text()
        centers.add(CenterConfig("t", secure.base_url, ca_file=chosen))
        log_in = LogInDialog(centers, background, METRICS, "t")
        qtbot.addWidget(log_in)
        log_in.show()
        log_in.user_box.setEditText(secure.user)
        log_in.password_edit.setText(secure.password)
        log_in.accept()
        run(lambda: log_in._error.text())
        assert TRUST[kind][language] in log_in._error.text()
        assert log_in.isVisible()
        assert secure._state.requests == 0


def test_a_long_sentence_takes_no_room_from_the_fields(qtbot, run, background, centers):
    centers.add(CenterConfig("t", "https://127.0.0.1:9", "渝中分局"))
    for dialog in (LogInDialog(centers, background, METRICS, "t"), CenterDialog(centers, background, METRICS)):
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.show()
        fields = [w for kind in (QLineEdit, QCheckBox, QPushButton) for w in dialog.findChildren(kind) if w.isVisible()]
        before, heights = dialog.height(), [field.height() for field in fields]
        dialog.show_error("It is not so, and this has to be said in a sentence that goes on and on. " * 8)
        run(lambda dialog=dialog, before=before: dialog.height() > before)
        assert len(fields) > 3
        assert [field.height() for field in fields] == heights
        assert dialog.buttons.geometry().bottom() < dialog.height()


# Roots of the tree


def test_a_signed_out_root_offers_the_log_in(qtbot, window, centers):
    centers.add(CenterConfig("s", "https://127.0.0.1:9", "南"))
    root = centers.access("s").root
    assert (root.id, root.kind, root.name) == (root_id("s"), NodeKind.CENTER, "南")
    window.desk.open_root(root)
    assert dialog_of(window, LogInDialog).key == "s"
    dialog_of(window, LogInDialog).reject()
    window.desk.open_root(Node("s/city", "s/", NodeKind.CITY, "city", "", 1, 1))
    assert not [d for d in window.findChildren(LogInDialog) if d.isVisible()]


# Views of several centers


def test_cameras_of_a_signed_out_center_wait_for_it_and_are_not_lost(qtbot, run, window, centers, north, south):
    centers.add(CenterConfig("n", north.base_url))
    centers.add(CenterConfig("s", south.base_url))
    run(centers.log_in("n", north.user, north.password))
    view = View("早", "4", ("n/c1", "s/c2", "s/c3", None))
    window.apply(view)
    panes = window.wall.panes
    run(lambda: panes[0].channel is not None)
    assert panes[1].channel is None
    assert window.current_view().channel_ids == view.channel_ids, "what waits is saved with the rest"
    panes[2].show(channel(7))  # the operator has found another use for the pane
    run(centers.log_in("s", south.user, south.password))
    run(lambda: panes[1].channel is not None)
    assert [pane.channel and pane.channel.id for pane in panes] == ["n/c1", "s/c2", "ch-7", None]
    run(lambda: window.current_view().channel_ids == ("n/c1", "s/c2", "ch-7", None))


# Rights


def test_a_camera_without_the_right_to_view_is_not_opened_and_says_why(qtbot, window, wall_channel):
    hidden = wall_channel(rights=ALL_RIGHTS - Right.VIEW.bit)
    node = Node("n", None, NodeKind.CHANNEL, hidden.name, "", 1, 1, hidden)
    window.commands.place(0, [node])
    assert window.wall.panes[0].channel is None
    assert window.toasts.texts[-1] == f"{hidden.name}: You lack the right “Live view”."
    seen = wall_channel(number=2, rights=Right.VIEW.bit)
    window.commands.place(0, [node, Node("m", None, NodeKind.CHANNEL, seen.name, "", 1, 1, seen)])
    assert window.wall.panes[0].channel == seen
    assert "1 of 2" in window.toasts.texts[-1]


def test_the_menu_names_the_missing_right(qtbot, run, window, wall_channel):
    pane = window.wall.panes[0]
    pane.show(wall_channel(rights=0))
    pane.set_state(PaneState.PLAYING)
    menu = pane_menu(pane, window.actions_by_command, window.commands, window)
    entry = next(action for action in menu.actions() if action.text().startswith("Snapshot"))
    assert not entry.isEnabled()
    assert "Live view" in entry.text()
    run(window.commands.snapshot(0))
    assert "You lack the right “Live view”" in window.toasts.texts[-1]


def test_a_refusal_of_the_center_names_the_right(run, centers, north):
    assert error_text(NotPermitted("x", "right-missing", "ptz")) == "You lack the right “PTZ control”."
    assert error_text(NotPermitted("x", "", "fly")) == "You are not permitted to do this."
    centers.add(CenterConfig("n", north.base_url))
    run(centers.log_in("n", "yuzhong", north.password))
    mine = run(centers.channel("n/c1"))
    assert allowed(mine, Right.VIEW)
    assert not allowed(mine, Right.PTZ)

"""One window: tree at the left, bar at the top, the wall, a line at the foot. All objects come in by `__init__`."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QMainWindow, QSplitter, QVBoxLayout

from wallclient.domain.errors import StorageFailed, WallError
from wallclient.domain.layout import LAYOUTS
from wallclient.domain.notice import Notice, NoticeKind, NoticeLevel
from wallclient.domain.view import View
from wallclient.ui.alarm_desk import AlarmDesk
from wallclient.ui.background import Background
from wallclient.ui.camera_desk import CameraDesk
from wallclient.ui.case_desk import CaseDesk
from wallclient.ui.center_desk import CenterDesk
from wallclient.ui.dialogs import KeysDialog, NameDialog, PlainDialog
from wallclient.ui.export_desk import ExportDesk
from wallclient.ui.footage_search_desk import FootageSearchDesk
from wallclient.ui.icons import app_icon
from wallclient.ui.joystick_dialog import JoystickDialog
from wallclient.ui.layout_bar import LayoutBar
from wallclient.ui.pane_commands import PaneCommands, pictures_folder
from wallclient.ui.pane_menu import pane_menu
from wallclient.ui.patrol_desk import PatrolDesk, handlers_of
from wallclient.ui.patrol_doors import PatrolDoors
from wallclient.ui.playback_desk import PlaybackDesk
from wallclient.ui.ptz_desk import PtzDesk
from wallclient.ui.records_menu import records_menu
from wallclient.ui.settings_dialog import SettingsDialog
from wallclient.ui.shortcuts import make_actions
from wallclient.ui.status_strip import StatusStrip
from wallclient.ui.toasts import ToastStack
from wallclient.ui.tree_keeper import TreeKeeper
from wallclient.ui.tree_model import TreeModel
from wallclient.ui.tree_panel import MirrorTools, TreePanel
from wallclient.ui.tree_view import TreeView
from wallclient.ui.view_opener import ViewOpener
from wallclient.ui.views_dialog import ViewsDialog
from wallclient.ui.wall_drop import WallDrop
from wallclient.ui.wall_mouse import WallMouse
from wallclient.ui.wall_widget import WallWidget
from wallclient.ui.window_needs import WindowNeeds

if TYPE_CHECKING:
    from wallclient.services.alarms import Alarms
    from wallclient.services.cases import Cases
    from wallclient.services.catalogs import Catalogs
    from wallclient.services.wall import Wall
    from wallclient.ui.export_services import ExportServices
    from wallclient.ui.patrol_services import PatrolServices
    from wallclient.ui.playback_services import PlaybackServices
    from wallclient.ui.ptz_services import PtzServices

_EXPANDING = "expanding"


class MainWindow(QMainWindow):
    """Puts the parts of one window together and answers its commands."""

    new_window_requested = Signal()
    quit_requested = Signal()
    closed = Signal(object)  # the window itself, once

    def __init__(self, wall: "Wall", needs: WindowNeeds) -> None:
        super().__init__()
        self.wall = wall
        self._needs = needs
        centers, preferences, metrics, catalogs = needs.centers, needs.preferences, needs.metrics, needs.catalogs
        self._background = Background(needs.loop)
        self._was_signed_in = centers.signed_in
        self.setWindowTitle(self.tr("Video Wall"))
        self.setWindowIcon(app_icon())
        self.wall_widget = WallWidget(wall)
        self.wall_widget.set_info_visible(preferences.settings.show_info)
        self.mouse = WallMouse(self.wall_widget)
        self.drop = WallDrop(self.wall_widget)
        self.commands = PaneCommands(wall, self.wall_widget, centers, preferences, self._background, self)
        self.desk = CenterDesk(centers, self._background, metrics, self)
        self.views = ViewOpener(wall, centers, self._background, self)
        self.tree_model = TreeModel(centers, self._background, metrics.icon_px, self, catalogs)
        self.tree_view = TreeView(self.tree_model, metrics)
        self.tools = MirrorTools(catalogs, centers, self._background, metrics) if catalogs else None
        self.tree_panel = TreePanel(self.tree_view, self.tree_model, self.tools)
        self.cameras = self._camera_desk(catalogs) if catalogs else None
        self.patrol = self._patrol_desk(needs.patrols) if needs.patrols else None
        self.ptz = self._ptz_desk(needs.ptz) if needs.ptz else None
        self.footage_search: FootageSearchDesk | None = None
        self.playback = self._playback_desk(needs.playback) if needs.playback else None
        self.exports = self._export_desk(needs.exports) if needs.exports else None
        self.cases = self._case_desk(needs.cases) if needs.cases else None
        self.alarms = self._alarm_desk(needs.alarms) if needs.alarms else None
        self.actions_by_command = make_actions(self, self.wall_widget, self._handlers())
        self.bar = LayoutBar(wall, needs.library, self.actions_by_command, metrics)
        self.strip = StatusStrip(wall, centers, metrics)
        self.toasts = ToastStack(self.wall_widget, metrics)
        self.doors = PatrolDoors(self.patrol, needs, self._background, self) if self.patrol else None
        self._put_together()
        self._connect()
        self._on_centers_changed()

    def _camera_desk(self, catalogs: "Catalogs") -> CameraDesk:
        assert self.tools
        assert self.tree_model.levels
        keeper = TreeKeeper(self.tree_model, self.tree_model.levels, catalogs, self._needs.centers, self._background)
        desk = CameraDesk(catalogs, keeper, self.tree_view, self.tools, self._background, self._needs.metrics, self)
        desk.set_pane(lambda: self.wall.panes[self.wall.selected].channel)
        desk.nodes_wanted.connect(self.commands.place_next)
        desk.noticed.connect(lambda notice: self.toasts.show_notice(notice))
        self.commands.channels_below = catalogs.channels_below
        self.commands.placed.connect(desk.remember)
        self.tools.strip.log_in_requested.connect(self.desk.log_in)
        return desk

    def _patrol_desk(self, services: "PatrolServices") -> PatrolDesk:
        desk = PatrolDesk(services, self.wall, self.wall_widget, self._needs, self._background, self)
        desk.noticed.connect(lambda notice: self.toasts.show_notice(notice))
        return desk

    def _ptz_desk(self, services: "PtzServices") -> PtzDesk:
        needs = self._needs
        desk = PtzDesk(self.wall, self.wall_widget, needs.centers, services, self._background, needs.metrics, self)
        desk.noticed.connect(lambda notice: self.toasts.show_notice(notice))
        desk.next_pane_requested.connect(self.commands.step)
        desk.snapshot_requested.connect(lambda: self.actions_by_command["snapshot"].trigger())
        desk.mouse.menu_requested.connect(self._on_menu_requested)
        desk.panel.dialog_requested.connect(self._show)
        return desk

    def _playback_desk(self, services: "PlaybackServices") -> PlaybackDesk:
        needs = self._needs
        desk = PlaybackDesk(self.wall, self.wall_widget, needs.centers, services, self._background, needs.metrics, self)
        desk.noticed.connect(lambda notice: self.toasts.show_notice(notice))
        desk.dialog_requested.connect(self._show)
        desk.visibility_changed.connect(lambda shown: self.bar.set_checked("timeline", shown))
        desk.keys_enabled = lambda: self.ptz is None or not self.ptz.pilot.mode
        if services.searches is not None:
            search = FootageSearchDesk(desk, services, self.wall, needs.centers, self._background, needs.metrics, self)
            search.noticed.connect(lambda notice: self.toasts.show_notice(notice))
            self.footage_search = search
        return desk

    def _export_desk(self, services: "ExportServices") -> ExportDesk:
        desk = ExportDesk(services, self._needs, self._background, self)
        desk.noticed.connect(lambda notice: self.toasts.show_notice(notice))
        if self.playback is not None:
            self.playback.on_export = desk.show_dialog
        return desk

    def _case_desk(self, cases: "Cases") -> CaseDesk:
        desk = CaseDesk(cases, self.wall, self._needs, self.playback, self.exports, self._background, self)
        desk.noticed.connect(lambda notice: self.toasts.show_notice(notice))
        desk.dialog_requested.connect(self._show)
        self.commands.snapshot_saved.connect(desk.note_snapshot)
        if self.exports is not None:
            self.exports.on_case = desk.ask_for_exports
        if self.playback is not None:
            self.playback.marks.case_requested.connect(desk.ask_for_bookmark)
            self.playback.marks.saved.connect(desk.note_bookmark)
        return desk

    def _alarm_desk(self, alarms: "Alarms") -> AlarmDesk:
        needs = self._needs
        services = needs.centers, needs.preferences, self._background, needs.metrics
        desk = AlarmDesk(alarms, self.wall, self.wall_widget, *services, self)
        desk.noticed.connect(lambda notice: self.toasts.show_notice(notice))
        self.commands.has_alarm = lambda channel_id: alarms.waiting(channel_id) is not None
        if self.playback is not None:
            desk.show_recorded, desk.timeline = self.playback.show_recorded, self.playback.timeline
        return desk

    def _put_together(self) -> None:
        settings = self._needs.preferences.settings
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(3)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.tree_panel)
        self._splitter.addWidget(self.wall_widget)
        if self.ptz is not None:
            self._splitter.addWidget(self.ptz.panel)
        self._splitter.setStretchFactor(1, 1)
        self.tree_panel.setMinimumWidth(self._needs.metrics.text_px * 11)
        tree_px = settings.tree_width_px or self._needs.metrics.text_px * 21
        self._splitter.setSizes([tree_px, 10_000, self._needs.metrics.text_px * 21])
        center = QFrame()
        layout = QVBoxLayout(center)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self._splitter, 1)
        if self.playback is not None:
            layout.addWidget(self.playback.panel)
        self.bar.buttons["timeline"].setVisible(self.playback is not None)
        if self.patrol is not None:
            layout.addWidget(self.patrol.attach(self.actions_by_command))
        if self.doors is not None:
            self.doors.fill(self.actions_by_command)
            self.bar.add_menu("patrol", self.tr("Patrols"), self.doors.menu)
            self.strip.add(self.doors.label)
        if self.alarms is not None:
            self.strip.add(self.alarms.label)
        if self.exports is not None:
            self.strip.add(self.exports.label)
        if self.playback is not None:
            menu = records_menu(self.actions_by_command, (), self)
            self.bar.add_menu("case", self.tr("Recordings"), menu)
        layout.addWidget(self.strip)
        self.setCentralWidget(center)
        self.tree_panel.setVisible(settings.tree_visible)
        self.bar.set_checked("tree", settings.tree_visible)
        self.bar.buttons["ptz_panel"].setVisible(self.ptz is not None)
        self.bar.set_checked("info", settings.show_info)
        self.wall_widget.setFocus()

    def _connect(self) -> None:
        self.mouse.menu_requested.connect(self._on_menu_requested)
        self.drop.nodes_dropped.connect(self.commands.place)
        self.tree_view.nodes_wanted.connect(self.commands.place_next)
        self.tree_view.doubleClicked.connect(self._on_row_activated)
        self.tree_view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree_view.customContextMenuRequested.connect(self._on_tree_menu_requested)
        self.tree_model.failed.connect(self._on_tree_failed)
        self.bar.view_requested.connect(self.open_view)
        for source in (self.commands, self.desk, self.views):
            source.noticed.connect(self.toasts.show_notice)
        self.commands.expanding.connect(self._on_expanding)
        self.commands.expanded.connect(lambda: self.toasts.end_task(_EXPANDING))
        self.commands.audio_toggled.connect(self._refresh_audio)
        self.commands.info_toggled.connect(lambda shown: self.bar.set_checked("info", shown))
        self.wall.selection_changed.connect(self._refresh_audio)
        self._needs.centers.state_changed.connect(self._on_centers_changed)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        handlers: dict[str, Callable[[], object]] = {
            **self.commands.handlers(),
            **handlers_of(self.patrol),
            "ptz_mode": lambda: self.ptz.toggle_mode() if self.ptz is not None else None,
            "ptz_panel": self.toggle_ptz_panel,
            "timeline": lambda: self.playback.toggle() if self.playback is not None else None,
            "exports": lambda: self.exports.show_queue() if self.exports is not None else None,
            "cases": lambda: self.cases.show() if self.cases is not None else None,
            "alarms": lambda: self.alarms.show_list() if self.alarms is not None else None,
            "alarm_seen": lambda: self.alarms.acknowledge_selected() if self.alarms is not None else None,
            "back": self._on_back,
            "layout_less": lambda: self._step_layout(-1),
            "layout_more": lambda: self._step_layout(1),
            "save_view": self._on_save_view,
            "views": self._on_views,
            "full_screen": self.toggle_full_screen,
            "tree": self.toggle_tree,
            "refresh": self.tree_model.refresh,
            "focus_tree": self._on_focus_tree,
            "search": self._on_search,
            "favourite": self._on_favourite,
            "details": self._on_details,
            "new_window": self.new_window_requested.emit,
            "close_window": self.close,
            "log_in": lambda: self.desk.log_in(),
            "settings": self._on_settings,
            "keys": lambda: self._show(KeysDialog(self._needs.metrics, self)),
            "quit": self.quit_requested.emit,
        }
        for layout in LAYOUTS:
            handlers[f"layout_{layout.id}"] = partial(self.wall.set_layout, layout)
        return handlers

    # Centers

    def _on_centers_changed(self) -> None:
        signed_in = self._needs.centers.signed_in
        self.tree_panel.set_signed_in(signed_in)
        if signed_in and not self._was_signed_in:
            self.tree_model.reset()
        self._was_signed_in = signed_in

    def _on_tree_failed(self, err: WallError) -> None:
        self.toasts.show_notice(Notice("tree", NoticeKind.FAILED, NoticeLevel.ERROR, error=err))

    def _on_row_activated(self, index: QModelIndex) -> None:
        if (node := self.tree_model.node(index)) is not None:
            self.desk.open_root(node)

    def _on_tree_menu_requested(self, position: QPoint) -> None:
        node = self.tree_model.node(self.tree_view.indexAt(position))
        if node is not None:
            at = self.tree_view.viewport().mapToGlobal(position)
            self.desk.root_menu(node, at)
            if self.cameras is not None:
                self.cameras.menu(node, at)

    # Views and layouts

    def open_view(self, name: str) -> None:
        """Open a saved view."""
        view = self._needs.library.get(name)
        if view is not None:
            self.apply(view)

    def apply(self, view: View) -> None:
        """Show a view; cameras of centers that are away or signed out come when they can."""
        self.views.open(view)

    def current_view(self) -> View:
        """Return what the window shows, or would show if all centers were there."""
        return self.views.current("")

    def _on_save_view(self) -> None:
        dialog = NameDialog(self.tr("Save the view"), "", self._needs.metrics, self)
        dialog.accepted.connect(lambda: self._save_view(dialog.name))
        self._show(dialog)

    def _save_view(self, name: str) -> None:
        try:
            self._needs.library.save(self.views.current(name))
        except StorageFailed as err:
            notice = Notice("view", NoticeKind.FAILED, NoticeLevel.ERROR, name, error=err)
        else:
            notice = Notice("view", NoticeKind.VIEW_SAVED, subject=name)
        self.toasts.show_notice(notice)

    def _on_views(self) -> None:
        dialog = ViewsDialog(self._needs.library, self._needs.metrics, self)
        dialog.open_requested.connect(self.open_view)
        self._show(dialog)

    def _step_layout(self, by: int) -> None:
        ids = [layout.id for layout in LAYOUTS]
        at = ids.index(self.wall.layout.id) + by
        if 0 <= at < len(LAYOUTS):
            self.wall.set_layout(LAYOUTS[at])

    # The window itself

    def notify(self, notice: Notice) -> None:
        """Show a notice in this window."""
        self.toasts.show_notice(notice)

    def toggle_full_screen(self) -> None:
        """Give the wall the whole screen, or the window its frame again."""
        full = not self.isFullScreen()
        for part in (self.bar, self.strip):
            part.setVisible(not full)
        self.tree_panel.setVisible(not full and self._needs.preferences.settings.tree_visible)
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
        self.wall_widget.setFocus()

    def toggle_tree(self) -> None:
        """Show or hide the tree."""
        visible = not self.tree_panel.isVisible()
        self.tree_panel.setVisible(visible)
        self.bar.set_checked("tree", visible)
        self._change_settings(tree_visible=visible)
        if not visible:
            self.wall_widget.setFocus()

    def toggle_ptz_panel(self) -> None:
        """Show or hide the PTZ panel; it shows in full screen as well."""
        if self.ptz is not None:
            visible = not self.ptz.panel.isVisible()
            self.ptz.panel.setVisible(visible)
            self.bar.set_checked("ptz_panel", visible)
            self.wall_widget.setFocus()

    def restore_place(self, saved: str) -> None:
        """Put the window where it was, as `saved_place` told."""
        self.restoreGeometry(QByteArray.fromBase64(saved.encode()))

    def saved_place(self) -> str:
        """Return where the window is, for the settings."""
        return bytes(self.saveGeometry().toBase64().data()).decode()

    @property
    def tree_width_px(self) -> int:
        """Width of the tree in logical pixels; 0 while it is hidden."""
        return self._splitter.sizes()[0] if self.tree_panel.isVisible() else 0

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop what the window has under way."""
        if self.ptz is not None:
            self.ptz.close()  # first: whatever comes after may take its time
        if self.footage_search is not None:
            self.footage_search.close()
        if self.playback is not None:
            self.playback.close()
        self._background.cancel_all()
        if self.patrol is not None:
            self.patrol.let_go()
        super().closeEvent(event)
        self.closed.emit(self)

    def _on_back(self) -> None:
        if self.mouse.cancel() or (self.ptz is not None and self.ptz.back()):
            return
        if self.wall.spot is not None:
            self.wall.set_spot(None)
        elif self.isFullScreen():
            self.toggle_full_screen()

    def _on_focus_tree(self) -> None:
        to_tree = not self.tree_view.hasFocus() and self.tree_panel.isVisible()
        (self.tree_view if to_tree else self.wall_widget).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_search(self) -> None:
        if self.cameras is not None:
            if not self.tree_panel.isVisible():
                self.toggle_tree()
            self.cameras.focus_search()

    def _on_favourite(self) -> None:
        if self.cameras is not None:
            self.cameras.toggle_favourites()

    def _on_details(self) -> None:
        if self.cameras is not None:
            self.cameras.show_details()

    def _on_settings(self) -> None:
        dialog = SettingsDialog(self._needs.preferences, str(pictures_folder()), self._needs.metrics, self)
        dialog.centers_requested.connect(self.desk.show_centers)
        dialog.joystick_requested.connect(self._on_joystick)
        dialog.joystick_button.setEnabled(self.ptz is not None and self.ptz.has_joysticks)
        self._show(dialog)

    def _on_joystick(self) -> None:
        if self._needs.ptz is not None and self._needs.ptz.joysticks is not None:
            self._show(JoystickDialog(self._needs.ptz.joysticks, self._needs.metrics, self))

    def _on_menu_requested(self, index: int, position: QPoint) -> None:
        menu = pane_menu(self.wall.panes[index], self.actions_by_command, self.commands, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)

    def _on_expanding(self, name: str, cancel: Callable[[], None]) -> None:
        self.toasts.show_task(_EXPANDING, self.tr("Asking for the cameras of {name}…").format(name=name), cancel)

    def _refresh_audio(self) -> None:
        self.bar.set_audible(self.wall.audible is not None and self.wall.audible == self.wall.selected)

    def _change_settings(self, **values: object) -> None:
        try:
            self._needs.preferences.change(**values)
        except StorageFailed as err:
            self.toasts.show_notice(Notice("settings", NoticeKind.FAILED, NoticeLevel.WARNING, error=err))

    def _show(self, dialog: PlainDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

"""The bar at the top: layouts drawn as they are, views, and what an operator does often."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from wallclient.domain.layout import LAYOUTS, Layout, layout_by_id
from wallclient.ui.icons import icon, layout_icon
from wallclient.ui.text import layout_text
from wallclient.ui.theme import Metrics

if TYPE_CHECKING:
    from wallclient.services.view_library import ViewLibrary
    from wallclient.services.wall import Wall

_LAYOUT_ICON_PX = 26  # the least for eight boxes side by side that are boxes and not dots


class LayoutBar(QFrame):
    """Buttons for one wall. Everything but the layouts and views comes in as actions of the window."""

    view_requested = Signal(str)

    def __init__(
        self,
        wall: "Wall",
        library: "ViewLibrary",
        actions: dict[str, QAction],
        metrics: Metrics,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("LayoutBar")
        self.setFixedHeight(metrics.bar_px)
        self._wall = wall
        self._library = library
        self._actions = actions
        self._metrics = metrics
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(metrics.space_px, 0, metrics.space_px, 0)
        self._layout.setSpacing(max(1, metrics.space_px // 4))
        self.buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        self._add_action("tree", "tree", checkable=True)
        self._add_line()
        for layout in LAYOUTS:
            self._add_layout(layout)
        self._add_line()
        self.views_menu = QMenu(self)
        self._add_views()
        self._layout.addStretch(1)
        for command, name, checkable in (
            ("timeline", "timeline", True),
            ("ptz_panel", "ptz", True),
            ("snapshot", "snapshot", False),
            ("audio", "audio-off", False),
            ("info", "info", True),
            ("spot", "spot", False),
            ("close_all", "close-all", False),
        ):
            self._add_action(command, name, checkable)
        self._add_line()
        for command, name in (
            ("new_window", "window-new"),
            ("full_screen", "fullscreen"),
            ("settings", "settings"),
            ("keys", "keys"),
            ("log_in", "user"),
        ):
            self._add_action(command, name)
        wall.layout_changed.connect(self._refresh)
        self._refresh()

    def set_checked(self, command: str, checked: bool) -> None:
        """Show a switch as on or off."""
        self.buttons[command].setChecked(checked)

    def set_audible(self, audible: bool) -> None:
        """Show whether the selected pane is heard."""
        self.buttons["audio"].setIcon(icon("audio-on" if audible else "audio-off", size_px=self._metrics.icon_px))

    def _add_layout(self, layout: Layout) -> None:
        button = self._button(layout_text(layout))
        side = max(_LAYOUT_ICON_PX, self._metrics.icon_px + 4)
        button.setIcon(layout_icon(layout, side))
        button.setIconSize(QSize(side, side))
        button.setCheckable(True)
        button.clicked.connect(lambda: self._wall.set_layout(layout_by_id(layout.id)))
        self._group.addButton(button)
        self.buttons[f"layout:{layout.id}"] = button

    def _add_views(self) -> None:
        button = self._button(self.tr("Saved views"))
        button.setObjectName("Views")
        button.setText(" " + self.tr("Views"))
        button.setIcon(icon("views", size_px=self._metrics.icon_px))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(self.views_menu)
        self.views_menu.aboutToShow.connect(self.fill_views_menu)
        self.buttons["views"] = button

    def add_menu(self, name: str, text: str, menu: QMenu) -> None:
        """Put a button with a menu beside that of the views; `name` is its icon's too."""
        button = self._button(text)
        self._layout.removeWidget(button)
        self._layout.insertWidget(self._layout.indexOf(self.buttons["views"]) + 1, button)
        button.setObjectName("Views")
        button.setText(" " + text)
        button.setIcon(icon(name, size_px=self._metrics.icon_px))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        self.buttons[name] = button

    def fill_views_menu(self) -> None:
        """List the saved views anew."""
        self.views_menu.clear()
        for name in self._library.names:
            action = self.views_menu.addAction(icon("views"), name.replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, name=name: self.view_requested.emit(name))
        if self._library.names:
            self.views_menu.addSeparator()
        self.views_menu.addAction(self._actions["save_view"])
        self.views_menu.addAction(self._actions["views"])

    def _add_action(self, command: str, icon_name: str, checkable: bool = False) -> None:
        action = self._actions[command]
        keys = action.shortcut().toString()
        button = self._button(f"{action.text()} ({keys})" if keys else action.text())
        button.setIcon(icon(icon_name, size_px=self._metrics.icon_px))
        button.setCheckable(checkable)
        button.clicked.connect(lambda: action.trigger())
        self.buttons[command] = button

    def _button(self, tip: str) -> QToolButton:
        button = QToolButton()
        side = self._metrics.bar_px - self._metrics.space_px - 2
        button.setIconSize(QSize(self._metrics.icon_px, self._metrics.icon_px))
        button.setMinimumSize(side, side)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys belong to the wall and the tree
        self._layout.addWidget(button)
        return button

    def _add_line(self) -> None:
        line = QFrame()
        line.setObjectName("BarLine")
        self._layout.addWidget(line)

    def _refresh(self) -> None:
        button = self.buttons.get(f"layout:{self._wall.layout.id}")
        if button is not None:
            button.setChecked(True)

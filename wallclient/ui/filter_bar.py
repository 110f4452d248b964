"""The compact bar above the tree: which hierarchy, in which order, and which cameras."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from wallclient.domain.catalog_view import Hierarchy, RowFilter, SortBy
from wallclient.domain.node import CameraKind, NodeKind, PlaceCategory
from wallclient.ui.catalog_text import Word, word_text
from wallclient.ui.icons import icon
from wallclient.ui.theme import Metrics

_TIERS = (NodeKind.CITY, NodeKind.DISTRICT, NodeKind.STATION)


class FilterBar(QFrame):
    """Buttons for what is asked for often, menus for the rest."""

    changed = Signal()  # hierarchy, sort or wanted

    def __init__(self, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("FilterBar")
        self._metrics = metrics
        self._layout = QHBoxLayout(self)
        margin = metrics.space_px // 2
        self._layout.setContentsMargins(margin, margin // 2, margin, margin // 2)
        self._layout.setSpacing(1)
        self.regions = self._toggle("regions", self.tr("Administrative regions instead of business groups"))
        self.sort_button = self._button("sort", self.tr("Order"))
        self.online = self._toggle("online", self.tr("Only cameras that are online"))
        self.favourites = self._toggle("star", self.tr("Only favourites"))
        self.recent = self._toggle("recent", self.tr("Only cameras shown lately"))
        self.filter_button = self._button("filter", self.tr("Only some kinds of cameras"))
        self.filter_button.setCheckable(True)
        self._layout.addStretch(1)
        self._words: dict[QAction, Word] = {}  # what an action holds itself comes back from Qt as a plain str
        self._sorts = self._sort_menu()
        self._choices: list[QAction] = []
        self._filter_menu()

    @property
    def hierarchy(self) -> Hierarchy:
        """The hierarchy chosen."""
        return Hierarchy.REGIONS if self.regions.isChecked() else Hierarchy.GROUPS

    @property
    def sort(self) -> SortBy:
        """The order chosen."""
        word = self._words.get(self._sorts.checkedAction())
        return word if isinstance(word, SortBy) else SortBy.CENTER

    @property
    def wanted(self) -> RowFilter:
        """The filter chosen."""
        chosen = [self._words[action] for action in self._choices if action.isChecked()]
        return RowFilter(
            online=self.online.isChecked(),
            camera_kinds=frozenset(word for word in chosen if isinstance(word, CameraKind)),
            places=frozenset(word for word in chosen if isinstance(word, PlaceCategory)),
            tier=next((word for word in chosen if isinstance(word, NodeKind)), None),
            favourites=self.favourites.isChecked(),
            recent=self.recent.isChecked(),
        )

    def clear_filter(self) -> None:
        """Show all cameras."""
        before = self.wanted
        self.blockSignals(True)
        for button in (self.online, self.favourites, self.recent):
            button.setChecked(False)
        for action in self._choices:
            action.setChecked(False)
        self.blockSignals(False)
        if before != self.wanted:
            self._on_changed()

    def choose(self, word: Word) -> None:
        """Choose what stands in one of the menus, or take it back."""
        for action in (*self._choices, *self._sorts.actions()):
            if self._words[action] is word:
                action.trigger()

    def _on_changed(self) -> None:
        self.filter_button.setChecked(any(action.isChecked() for action in self._choices))
        self.changed.emit()

    def _toggle(self, name: str, text: str) -> QToolButton:
        button = self._button(name, text)
        button.setCheckable(True)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.DelayedPopup)
        button.toggled.connect(self._on_changed)
        return button

    def _button(self, name: str, text: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(name))
        button.setIconSize(QSize(self._metrics.icon_px, self._metrics.icon_px) * 0.85)
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._layout.addWidget(button)
        return button

    def _sort_menu(self) -> QActionGroup:
        menu = QMenu(self.sort_button)
        group = QActionGroup(self)
        for sort in SortBy:
            action = self._checkable(menu, sort)
            action.setChecked(sort is SortBy.CENTER)
            group.addAction(action)
        group.triggered.connect(lambda _action: self.changed.emit())
        self.sort_button.setMenu(menu)
        return group

    def _filter_menu(self) -> None:
        menu = QMenu(self.filter_button)
        self._section(menu, CameraKind)
        self._section(menu.addMenu(self.tr("Place")), PlaceCategory)
        tiers = menu.addMenu(self.tr("Belongs to"))
        group = QActionGroup(self)
        group.setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)
        for action in self._section(tiers, _TIERS):
            group.addAction(action)
        menu.addSeparator()
        menu.addAction(self.tr("All cameras"), self.clear_filter)
        self.filter_button.setMenu(menu)

    def _section(self, menu: QMenu, words: Iterable[Any]) -> list[QAction]:
        actions = [self._checkable(menu, word) for word in words]
        for action in actions:
            action.triggered.connect(self._on_changed)
        self._choices += actions
        return actions

    def _checkable(self, menu: QMenu, word: Word) -> QAction:
        action = menu.addAction(word_text(word))
        action.setCheckable(True)
        self._words[action] = word
        return action

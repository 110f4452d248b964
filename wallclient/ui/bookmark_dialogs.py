"""Dialogs for bookmarks: make one, and the list of those there are."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from wallclient.domain.bookmark import Bookmark
from wallclient.services.bookmarks import Bookmarks
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.playback_text import clock_text, date_text, length_text
from wallclient.ui.theme import Metrics

_LONGEST_TITLE, _LONGEST_WORD = 200, 64


class BookmarkDialog(PlainDialog):
    """Asks what a bookmark is to be called, and for which cameras it is."""

    def __init__(
        self,
        when: str,
        here: tuple[str, ...],
        everywhere: tuple[str, ...],
        metrics: Metrics,
        parent: QWidget | None = None,
        kept: Bookmark | None = None,
    ) -> None:
        """`here`, `everywhere`: the selected camera and all in playback, by global id. `kept` is one to be changed."""
        super().__init__(self.tr("Bookmark"), metrics, parent)
        self._here, self._everywhere = here, everywhere
        self.body.addWidget(QLabel(when))
        self.title_edit = QLineEdit()
        self.title_edit.setMaxLength(_LONGEST_TITLE)
        self.title_edit.setPlaceholderText(self.tr("Title"))
        self.title_edit.setMinimumWidth(metrics.text_px * 30)
        self.text_edit = QPlainTextEdit()
        self.text_edit.setPlaceholderText(self.tr("What was to be seen"))
        self.text_edit.setFixedHeight(metrics.row_px * 3)
        self.text_edit.setTabChangesFocus(True)
        self.category_box = QComboBox()
        self.category_box.setEditable(True)
        self.category_box.addItems(
            [
                self.tr("Person"),
                self.tr("Vehicle"),
                self.tr("Traffic"),
                self.tr("Gathering"),
                self.tr("Fire"),
                self.tr("Other"),
            ]
        )
        self.category_box.setCurrentText("")
        edit = self.category_box.lineEdit()
        if edit is not None:
            edit.setMaxLength(_LONGEST_WORD)
            edit.setPlaceholderText(self.tr("Category"))
        self.all_box = QCheckBox(self.tr("For all {count} cameras in playback").format(count=len(everywhere)))
        self.all_box.setVisible(len(everywhere) > 1 and kept is None)
        self.shared_box = QCheckBox(self.tr("Visible to other operators"))
        for widget in (self.title_edit, self.text_edit, self.category_box, self.all_box, self.shared_box):
            self.body.addWidget(widget)
        save = self.buttons.addButton(self.tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        save.setDefault(True)
        save.setEnabled(False)
        self.title_edit.textChanged.connect(lambda text: save.setEnabled(bool(text.strip())))
        if kept is not None:
            self._fill(kept)
        self.title_edit.setFocus()

    def _fill(self, kept: Bookmark) -> None:
        self.title_edit.setText(kept.title)
        self.text_edit.setPlainText(kept.text)
        self.category_box.setCurrentText(kept.category)
        self.shared_box.setChecked(kept.is_shared)

    def changed(self, kept: Bookmark) -> Bookmark:
        """Return a bookmark with what is typed now."""
        new = self.bookmark(kept.start_ms, kept.end_ms)
        return replace(kept, title=new.title, text=new.text, category=new.category, is_shared=new.is_shared)

    def bookmark(self, start_ms: int, end_ms: int) -> Bookmark:
        """Return what was typed as a new bookmark."""
        return Bookmark(
            "",
            self.title_edit.text().strip(),
            start_ms,
            end_ms,
            self._everywhere if self.all_box.isChecked() else self._here,
            self.text_edit.toPlainText().strip()[:4000],
            self.category_box.currentText().strip(),
            self.shared_box.isChecked(),
        )


class BookmarksDialog(PlainDialog):
    """Lists the bookmarks of the cameras in use; a double click goes there."""

    go_requested = Signal(object)
    delete_requested = Signal(object)
    case_requested = Signal(object)
    edit_requested = Signal(object)

    def __init__(self, bookmarks: Bookmarks, zone: ZoneInfo, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Bookmarks"), metrics, parent)
        self._bookmarks, self._zone = bookmarks, zone
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Title, text, category or who made it"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _text: self.fill())
        self.body.addWidget(self.search)
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHeaderLabels(
            [self.tr("Moment"), self.tr("Length"), self.tr("Title"), self.tr("Category"), self.tr("By")]
        )
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.list.setMinimumSize(metrics.text_px * 52, metrics.row_px * 12)
        self.list.itemActivated.connect(lambda _item, _column: self._go())
        self.body.addWidget(self.list)
        self.empty = self.hint(self.tr("There are no bookmarks of the cameras on the wall. B makes one."))
        self.go_button = QPushButton(self.tr("Go there"))
        self.go_button.setDefault(True)
        self.go_button.clicked.connect(self._go)
        self.delete_button = QPushButton(self.tr("Delete"))
        self.delete_button.clicked.connect(self._delete)
        self.edit_button = QPushButton(self.tr("Edit…"))
        self.edit_button.clicked.connect(lambda: self.edit_requested.emit(self.chosen))
        self.buttons.addButton(self.edit_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.case_button = QPushButton(self.tr("Add to a case…"))
        self.case_button.clicked.connect(lambda: self.case_requested.emit(self.chosen))
        self.buttons.addButton(self.case_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.addButton(self.go_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.addButton(self.delete_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        bookmarks.changed.connect(self.fill)
        self.finished.connect(lambda _result: bookmarks.changed.disconnect(self.fill))
        self.list.currentItemChanged.connect(lambda *_items: self._enable())
        self.fill()

    def fill(self) -> None:
        """List them anew, latest first."""
        chosen = self.chosen
        self.list.clear()
        wanted = self.search.text().casefold().split()
        for mark in reversed(self._bookmarks.all()):
            words = f"{mark.title} {mark.text} {mark.category} {mark.by_name} {mark.by}".casefold()
            if not all(word in words for word in wanted):
                continue
            start_us, length_us = mark.start_ms * 1000, (mark.end_ms - mark.start_ms) * 1000
            when = f"{date_text(start_us, self._zone)} {clock_text(start_us, self._zone)}"
            cells = [
                when,
                length_text(length_us) if length_us else "",
                mark.title,
                mark.category,
                mark.by_name or mark.by,
            ]
            item = QTreeWidgetItem(cells)
            item.setData(0, Qt.ItemDataRole.UserRole, mark)
            item.setToolTip(2, mark.text)
            self.list.addTopLevelItem(item)
            if chosen is not None and mark.key == chosen.key:
                self.list.setCurrentItem(item)
        first = self.list.topLevelItem(0)
        if self.list.currentItem() is None and first is not None:
            self.list.setCurrentItem(first)
        self.empty.setVisible(not self._bookmarks.all())
        self._enable()

    @property
    def chosen(self) -> Bookmark | None:
        """The bookmark that is selected."""
        item = self.list.currentItem()
        mark = item.data(0, Qt.ItemDataRole.UserRole) if item is not None else None
        return mark if isinstance(mark, Bookmark) else None

    def _enable(self) -> None:
        for button in (self.go_button, self.delete_button, self.case_button, self.edit_button):
            button.setEnabled(self.chosen is not None)

    def _go(self) -> None:
        if self.chosen is not None:
            self.go_requested.emit(self.chosen)
            self.accept()

    def _delete(self) -> None:
        if self.chosen is not None:
            self.delete_requested.emit(self.chosen)

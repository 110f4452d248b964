"""All cases, and what one of them gathers."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from wallclient.domain.case import Case, CaseItem, ItemKind
from wallclient.services.cases import Cases
from wallclient.ui.case_text import KIND_ICONS, count_text, file_text, kind_text, moment_text
from wallclient.ui.dialogs import PlainDialog
from wallclient.ui.elided_label import ElidedLabel
from wallclient.ui.icons import icon
from wallclient.ui.theme import Metrics

_WHAT, _MOMENT, _CAMERA, _TITLE, _FILE = range(5)
_ROLE = Qt.ItemDataRole.UserRole
CameraName = Callable[[str], str]


class CasesDialog(PlainDialog):
    """Shows cases on the left, the chosen one on the right. Everything it does is asked for by its signals."""

    new_requested = Signal()
    edit_requested = Signal(str)  # key of a case
    delete_requested = Signal(str)
    open_requested = Signal(object)  # CaseItem
    file_requested = Signal(object)  # CaseItem
    add_files_requested = Signal(str)
    package_requested = Signal(str)

    def __init__(
        self,
        cases: Cases,
        zone: ZoneInfo,
        camera_name: CameraName,
        metrics: Metrics,
        parent: QWidget | None = None,
    ) -> None:
        """`camera_name` names a camera by its global id; "" where it isn't known."""
        super().__init__(self.tr("Cases"), metrics, parent)
        self._cases, self._zone, self._camera_name, self._metrics = cases, zone, camera_name, metrics
        columns = QHBoxLayout()
        columns.setSpacing(metrics.space_px * 2)
        columns.addLayout(self._left(), 2)
        columns.addLayout(self._right(), 5)
        self.body.addLayout(columns)
        close = self.buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setAutoDefault(False)
        cases.changed.connect(self.fill)
        self.finished.connect(lambda _result: cases.changed.disconnect(self.fill))
        self.resize(metrics.text_px * 86, metrics.row_px * 22)
        self.fill()
        self.search.setFocus()

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Number, title or text"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _text: self.fill())
        self.list = QListWidget()
        self.list.setWordWrap(True)  # or the second line is not drawn
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumWidth(self._metrics.text_px * 16)
        self.list.currentItemChanged.connect(lambda *_items: self._show())
        self.new_button = QPushButton(self.tr("New case…"))
        self.new_button.clicked.connect(self.new_requested)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self.new_button)
        return column

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(self._metrics.space_px)
        self.heading = ElidedLabel()
        self.heading.setObjectName("DialogTitle")
        self.facts = ElidedLabel()
        self.facts.setObjectName("DialogHint")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setMaximumHeight(self._metrics.row_px * 3)
        self.items = QTreeWidget()
        self.items.setRootIsDecorated(False)
        self.items.setUniformRowHeights(True)
        self.items.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.items.setHeaderLabels(
            [self.tr("What"), self.tr("Moment"), self.tr("Camera"), self.tr("Title"), self.tr("File")]
        )
        self.items.setIconSize(QSize(self._metrics.icon_px, self._metrics.icon_px))
        self.items.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.items.header()
        for section in (_WHAT, _MOMENT):
            header.setSectionResizeMode(section, QHeaderView.ResizeMode.ResizeToContents)
        for section in (_CAMERA, _TITLE, _FILE):
            header.setSectionResizeMode(section, QHeaderView.ResizeMode.Stretch)
        self.items.itemActivated.connect(lambda _item, _column: self._open())
        self.items.itemSelectionChanged.connect(self._enable)
        self.empty = QLabel(
            self.tr(
                "Nothing yet. Bookmarks, snapshots and finished exports can be added, or gathered as they are made."
            )
        )
        self.empty.setObjectName("DialogHint")
        self.empty.setWordWrap(True)
        for widget in (self.heading, self.facts, self.text):
            column.addWidget(widget)
        column.addWidget(self.items, 1)
        column.addWidget(self.empty)
        column.addLayout(self._item_buttons())
        column.addLayout(self._case_buttons())
        return column

    def _item_buttons(self) -> QHBoxLayout:
        self.open_button = self._button(self.tr("Play back"), self._open)
        self.file_button = self._button(self.tr("Open file"), lambda: self._tell(self.file_requested))
        self.remove_button = self._button(self.tr("Take out"), self._remove)
        self.add_button = self._button(self.tr("Add files…"), lambda: self._for_case(self.add_files_requested))
        return _row((self.open_button, self.file_button, self.remove_button), (self.add_button,))

    def _case_buttons(self) -> QHBoxLayout:
        self.gather_button = self._button(self.tr("Gather here"), self._gather)
        self.gather_button.setCheckable(True)
        self.gather_button.setToolTip(
            self.tr("Bookmarks, snapshots of footage and exports go into this case as they are made")
        )
        self.edit_button = self._button(self.tr("Edit…"), lambda: self._for_case(self.edit_requested))
        self.close_button = self._button(self.tr("Close case"), self._toggle_closed)
        self.delete_button = self._button(self.tr("Delete…"), lambda: self._for_case(self.delete_requested))
        self.package_button = self._button(self.tr("Evidence package…"), lambda: self._for_case(self.package_requested))
        return _row(
            (self.gather_button, self.edit_button, self.close_button, self.delete_button), (self.package_button,)
        )

    def _button(self, text: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked: act())
        return button

    # -- what is shown -----------------------------------------------------------------------------

    @property
    def key(self) -> str:
        """Key of the chosen case; "" for none."""
        item = self.list.currentItem()
        return str(item.data(_ROLE)) if item is not None else ""

    @property
    def case(self) -> Case | None:
        """The chosen case."""
        return next((case for case in self._cases.all if case.key == self.key), None) if self.key else None

    @property
    def chosen(self) -> list[CaseItem]:
        """The chosen items."""
        return [item.data(0, _ROLE) for item in self.items.selectedItems()]

    def choose(self, key: str) -> None:
        """Choose a case."""
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item is not None and item.data(_ROLE) == key:
                self.list.setCurrentItem(item)

    def fill(self) -> None:
        """Show what there is now; what was chosen stays so."""
        key = self.key
        wanted = self.search.text().casefold().split()
        self.list.blockSignals(True)
        self.list.clear()
        for case in self._cases.all:
            fields = case.fields
            if all(word in f"{fields.number} {fields.title} {fields.text}".casefold() for word in wanted):
                self.list.addItem(self._row_of(case))
        self.list.blockSignals(False)
        self.choose(key)
        if self.list.currentItem() is None and self.list.count():
            self.list.setCurrentRow(0)
        self._show()

    def _row_of(self, case: Case) -> QListWidgetItem:
        name = case.fields.title
        state = self.tr("closed") if case.fields.is_closed else ""
        gathers = self.tr("gathers") if case.key == self._cases.gathering else ""
        second = " · ".join(part for part in (gathers, state, case.fields.number, count_text(len(case.items))) if part)
        width = self._metrics.text_px * 15
        lines = (
            self.list.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, width) for line in (name, second)
        )
        item = QListWidgetItem("\n".join(lines))
        item.setSizeHint(QSize(width, round(self._metrics.row_px * 1.9)))
        item.setData(_ROLE, case.key)
        item.setToolTip(f"{name}\n{second}")
        return item

    def _show(self) -> None:
        case = self.case
        chosen = {item.key for item in self.chosen}
        self.items.clear()
        self.heading.setText(case.fields.title if case else "")
        self.facts.setText(self._facts_of(case) if case else self.tr("No case is chosen."))
        self.text.setText(case.fields.text if case else "")
        self.text.setVisible(bool(case and case.fields.text))
        for item in case.items if case else ():
            row = self._item_row(item)
            self.items.addTopLevelItem(row)
            row.setSelected(item.key in chosen)
        self.empty.setVisible(case is not None and not case.items)
        self._enable()

    def _facts_of(self, case: Case) -> str:
        kept = self._cases.home_name(case) or self.tr("this computer")
        facts = [
            case.fields.number,
            case.by_name or case.by,
            case.changed_utc.astimezone(self._zone).strftime("%Y-%m-%d %H:%M"),
            self.tr("kept by {name}").format(name=kept),
            self.tr("shared") if case.fields.is_shared else self.tr("private"),
            self.tr("changes wait for the center") if self._cases.is_waiting(case.key) else "",
        ]
        return " · ".join(fact for fact in facts if fact)

    def _item_row(self, item: CaseItem) -> QTreeWidgetItem:
        camera = self._camera_name(item.channel_id) if item.channel_id else ""
        cells = [kind_text(item.kind), moment_text(item, self._zone), camera, item.title, file_text(item)]
        row = QTreeWidgetItem(cells)
        row.setData(0, _ROLE, item)
        name = KIND_ICONS.get(ItemKind(item.kind)) if item.kind in set(ItemKind) else None
        row.setIcon(0, icon(name or "info", size_px=self._metrics.icon_px))
        for column, text in enumerate(cells):
            row.setToolTip(column, text)
        if item.sha256:
            row.setToolTip(_FILE, f"{cells[_FILE]}\nSHA-256 {item.sha256}")
        return row

    def _enable(self) -> None:
        case, chosen = self.case, self.chosen
        one = chosen[0] if len(chosen) == 1 else None
        self.open_button.setEnabled(one is not None and bool(one.channel_id) and one.start_ms is not None)
        self.file_button.setEnabled(one is not None and bool(one.path))
        self.remove_button.setEnabled(bool(chosen))
        for button in (self.gather_button, self.edit_button, self.close_button, self.delete_button, self.add_button):
            button.setEnabled(case is not None)
        closed = case is not None and case.fields.is_closed
        self.gather_button.setEnabled(case is not None and not closed)
        self.gather_button.setChecked(case is not None and case.key == self._cases.gathering)
        self.close_button.setText(self.tr("Open case again") if closed else self.tr("Close case"))
        has_clips = case is not None and bool(case.clips)
        self.package_button.setEnabled(has_clips)
        self.package_button.setToolTip("" if has_clips else self.tr("Only exports made on this computer can be packed"))

    # -- what is asked for -------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take items out with Delete."""
        if event.key() == Qt.Key.Key_Delete and self.items.hasFocus() and self.chosen:
            self._remove()
            return
        super().keyPressEvent(event)

    def _open(self) -> None:
        if self.open_button.isEnabled():
            self._tell(self.open_requested)
        elif self.file_button.isEnabled():
            self._tell(self.file_requested)

    def _tell(self, signal: object) -> None:
        if self.chosen:
            signal.emit(self.chosen[0])  # type: ignore[attr-defined]  # a bound signal

    def _for_case(self, signal: object) -> None:
        if self.key:
            signal.emit(self.key)  # type: ignore[attr-defined]  # a bound signal

    def _remove(self) -> None:
        self._cases.remove(self.key, [item.key for item in self.chosen])

    def _gather(self) -> None:
        self._cases.gather_in(self.key if self.gather_button.isChecked() else "")

    def _toggle_closed(self) -> None:
        if (case := self.case) is not None:
            self._cases.edit(case.key, replace(case.fields, is_closed=not case.fields.is_closed))


def _row(left: Iterable[QWidget], right: Iterable[QWidget]) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in left:
        row.addWidget(widget)
    row.addStretch(1)
    for widget in right:
        row.addWidget(widget)
    return row

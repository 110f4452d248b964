"""The row of buttons that makes reports: language, PDF, XLSX, and a bar while one is being made."""

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QProgressBar, QPushButton, QWidget

from wallclient.services.reports import ReportKind
from wallclient.ui.patrol_export import languages
from wallclient.ui.theme import Metrics


class ExportBar(QWidget):
    """Asks for a report of what is shown."""

    export_requested = Signal(object, str)  # ReportKind, language

    def __init__(self, metrics: Metrics) -> None:
        super().__init__()
        self.language_box = QComboBox()
        for code, name in languages().items():
            self.language_box.addItem(name, code)
        own = "zh_CN" if QLocale().language() is QLocale.Language.Chinese else "en"
        self.language_box.setCurrentIndex(max(0, self.language_box.findData(own)))
        self.pdf_button = QPushButton(self.tr("PDF…"))
        self.xlsx_button = QPushButton(self.tr("Excel…"))
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(metrics.text_px * 6)
        self.progress.hide()
        self._possible = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(metrics.space_px)
        layout.addWidget(self.progress)
        layout.addStretch(1)
        for widget in (self.language_box, self.pdf_button, self.xlsx_button):
            layout.addWidget(widget)
        for button, kind in ((self.pdf_button, ReportKind.PDF), (self.xlsx_button, ReportKind.XLSX)):
            button.setAutoDefault(False)
            button.clicked.connect(
                lambda _checked=False, kind=kind: self.export_requested.emit(kind, self.language_box.currentData())
            )

    def set_possible(self, possible: bool) -> None:
        """Offer reports, or not."""
        self._possible = possible
        self.set_busy(busy=not self.progress.isHidden())

    def set_busy(self, busy: bool) -> None:
        """Show that a report is being made."""
        self.progress.setVisible(busy)
        for button in (self.pdf_button, self.xlsx_button):
            button.setEnabled(self._possible and not busy)

"""A label of one line that shortens what does not fit, so that long names never make a window wider."""

from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QStyle, QStyleOption, QWidget

_LEAST_CHARACTERS = 4


class ElidedLabel(QFrame):
    """Shows plain text; the whole of it is the tool tip where it is cut."""

    def __init__(self, text: str = "", name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._text = ""
        self.setText(text)

    def text(self) -> str:
        """The whole text."""
        return self._text

    def setText(self, text: str) -> None:
        """Show another text; line breaks become blanks."""
        plain = " ".join(text.split("\n"))
        if plain != self._text:
            self._text = plain
            self.setAccessibleName(plain)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the whole text."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        """Return the size of a few characters."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance("国") * _LEAST_CHARACTERS, metrics.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the text, cut where there is no room."""
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        rect = self.contentsRect()
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, rect.width())
        painter.setPen(option.palette.windowText().color())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        self.setToolTip(f"<qt>{escape(self._text)}</qt>" if shown != self._text else "")

"""Shows one round in full: what became of each step, and what was found, with pictures."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from wallclient.domain.patrol import Record, Round, RoundState
from wallclient.domain.patrol_round import RoundAccount, StepAccount, StepOutcome, account
from wallclient.ui.elided_label import ElidedLabel
from wallclient.ui.icons import pixmap
from wallclient.ui.patrol_text import (
    category_text,
    clock_text,
    outcome_text,
    round_state_text,
    step_text,
    why_text,
)
from wallclient.ui.text import local_time
from wallclient.ui.theme import COLORS, Metrics

OUTCOME_COLORS = {
    StepOutcome.OPEN: COLORS.text_dim,
    StepOutcome.SEEN: COLORS.ok,
    StepOutcome.MISSED: COLORS.bad,
    StepOutcome.UNAVAILABLE: COLORS.warning,
    StepOutcome.SKIPPED: COLORS.warning,
}
STATE_COLORS = {
    RoundState.RUNNING: COLORS.accent,
    RoundState.ENDED: COLORS.ok,
    RoundState.ABORTED: COLORS.warning,
    RoundState.INTERRUPTED: COLORS.bad,
}
THUMBNAIL_PX = (192, 108)  # at a text size of 14


class RoundView(QWidget):
    """Shows the round it is given; pictures come later by `set_picture`."""

    def __init__(self, metrics: Metrics) -> None:
        super().__init__()
        self._metrics = metrics
        self.title_label = ElidedLabel(name="FindingTitle")
        self.text_label = QLabel()
        self.text_label.setObjectName("DialogHint")
        self.text_label.setWordWrap(True)
        self.text_label.setTextFormat(Qt.TextFormat.PlainText)
        self.steps = QTreeWidget()
        self.steps.setHeaderLabels(
            ["", self.tr("Step"), self.tr("Outcome"), self.tr("At"), self.tr("By"), self.tr("Remark")]
        )
        self.steps.setRootIsDecorated(False)
        self.steps.setUniformRowHeights(True)
        self.steps.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.steps.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        header = self.steps.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.findings = QListWidget()
        self.findings.setViewMode(QListWidget.ViewMode.IconMode)
        self.findings.setMovement(QListWidget.Movement.Static)
        self.findings.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.findings.setWordWrap(True)
        scale = metrics.text_px / 14
        self.findings.setIconSize(QSize(round(THUMBNAIL_PX[0] * scale), round(THUMBNAIL_PX[1] * scale)))
        cell = QSize(round((THUMBNAIL_PX[0] + 16) * scale), round((THUMBNAIL_PX[1] + 64) * scale))
        self.findings.setGridSize(cell)
        self.findings.setMinimumHeight(cell.height() + metrics.space_px)
        self.findings.setStyleSheet(f"QListView::item {{ height: {cell.height() - 4}px; }}")  # not that of a line
        self.findings.setObjectName("Findings")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(metrics.space_px)
        for widget in (self.title_label, self.text_label):
            layout.addWidget(widget)
        layout.addWidget(self.steps, 3)
        layout.addWidget(self.findings, 2)
        self.clear("")

    def clear(self, text: str) -> None:
        """Show no round, but a sentence."""
        self.title_label.setText("")
        self.text_label.setText(text)
        self.steps.clear()
        self.steps.hide()
        self.findings.clear()
        self.findings.hide()

    def show_round(self, made: Round) -> None:
        """Show a round."""
        whole = account(made.id, made.plan, made.records)
        self.title_label.setText(made.plan.name)
        self.text_label.setText("   ".join(self._facts(whole)))
        self.steps.clear()
        for number, (step, result) in enumerate(zip(made.plan.steps, whole.steps, strict=True)):
            self.steps.addTopLevelItem(self._row(number, step_text(step), result))
        self.steps.show()
        self.findings.clear()
        for record in whole.findings:
            self._add_finding(made, record)
        self.findings.setVisible(bool(whole.findings))

    def _facts(self, whole: RoundAccount) -> list[str]:
        begun, ended = clock_text(whole.started_utc), local_time(whole.ended_utc) if whole.ended_utc else "…"
        facts = [f"{begun} – {ended}", round_state_text(whole.state)]
        if whole.reason:
            facts.append(why_text(whole.reason))
        facts.append(", ".join(dict.fromkeys(person.name for person in whole.operators)))
        return [fact for fact in facts if fact]

    def _row(self, number: int, title: str, result: StepAccount) -> QTreeWidgetItem:
        at = local_time(result.settled_utc) if result.settled_utc else ""
        remarks = [why_text(result.reason)] if result.reason else []
        if result.preset_reason:
            text = self.tr("preset not reached: {why}")
            remarks.append(text.format(why=why_text(result.preset_reason)))
        if result.findings:
            remarks.append(self.tr("findings: {count}").format(count=len(result.findings)))
        words = [str(number + 1), title, outcome_text(result.outcome), at, result.by.name if result.by else ""]
        item = QTreeWidgetItem([*words, ", ".join(remarks)])
        item.setIcon(2, dot(OUTCOME_COLORS[result.outcome], self._metrics))
        return item

    def _add_finding(self, made: Round, record: Record) -> None:
        title = step_text(made.plan.steps[record.step]) if record.step is not None else ""
        words = f"{category_text(record.category)}  {local_time(record.at_utc)}\n{title}"
        item = QListWidgetItem(words + (f"\n{record.text}" if record.text else ""))
        item.setToolTip(record.text)
        item.setData(Qt.ItemDataRole.UserRole, record.picture)
        item.setIcon(QIcon(_blank(self.findings.iconSize())))
        self.findings.addItem(item)

    def set_picture(self, digest: str, picture: bytes) -> None:
        """Show a finding's picture; one that can't be read stays blank."""
        image = QImage.fromData(picture)
        if image.isNull():
            return
        for row in range(self.findings.count()):
            item = self.findings.item(row)
            if item.data(Qt.ItemDataRole.UserRole) == digest:
                item.setIcon(QIcon(framed(image, self.findings.iconSize(), self.devicePixelRatioF())))


def dot(color: str, metrics: Metrics) -> QIcon:
    """Return a dot that tells how it stands; the style sheet gives the text of rows one colour."""
    return QIcon(pixmap("dot", color, max(8, metrics.small_px * 2 // 3)))


def framed(image: QImage, side: QSize, ratio: float) -> QPixmap:
    """Return a picture scaled into a box of `side` logical pixels."""
    scaled = image.scaled(side * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    scaled.setDevicePixelRatio(ratio)
    return QPixmap.fromImage(scaled)


def _blank(side: QSize) -> QPixmap:
    picture = QPixmap(side)
    picture.fill(QColor(COLORS.void))
    return picture

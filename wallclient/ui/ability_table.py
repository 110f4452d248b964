"""What a center can do, as a small table under the list of centers: a tick or a cross each, and why."""

from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QWidget

from wallclient.services.abilities import Ability, Standing, abilities_of
from wallclient.services.center_access import CenterAccess
from wallclient.ui.ability_text import ability_text, standing_text
from wallclient.ui.icons import pixmap
from wallclient.ui.theme import COLORS, Metrics

_COLUMNS = 3
_UNKNOWN, _LACKING = f"color: {COLORS.text_faint}", f"color: {COLORS.text_dim}"
_SIGNS = {
    Standing.CENTER: ("check", COLORS.ok),
    Standing.PROGRAM: ("check", COLORS.accent),
    Standing.NOBODY: ("close", COLORS.text_faint),
}


class AbilityTable(QFrame):
    """Shows `Ability` by `Ability`; keeps its height where there is nothing to show."""

    def __init__(self, metrics: Metrics, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("Framed")
        self._metrics = metrics
        self._signs: dict[Ability, QLabel] = {}
        self.labels: dict[Ability, QLabel] = {}
        self.title = QLabel()
        self.title.setObjectName("DialogHint")
        grid = QGridLayout(self)
        space = metrics.space_px
        grid.setContentsMargins(space * 3 // 2, space, space * 3 // 2, space)
        grid.setHorizontalSpacing(space * 2)
        grid.setVerticalSpacing(space // 2)
        grid.addWidget(self.title, 0, 0, 1, _COLUMNS)
        rows = -(-len(Ability) // _COLUMNS)
        for number, ability in enumerate(Ability):
            grid.addLayout(self._cell(ability), 1 + number % rows, number // rows)
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)

    def _cell(self, ability: Ability) -> QHBoxLayout:
        sign, label = QLabel(), QLabel(ability_text(ability))
        sign.setFixedWidth(self._metrics.icon_px)
        self._signs[ability], self.labels[ability] = sign, label
        cell = QHBoxLayout()
        cell.setSpacing(self._metrics.space_px // 2)
        cell.addWidget(sign)
        cell.addWidget(label, 1)
        return cell

    def show_center(self, access: CenterAccess | None) -> None:
        """Show what a center can do; what nobody is signed in to has not told yet."""
        known = access is not None and access.session.signed_in
        for ability, label in self.labels.items():
            sign = self._signs[ability]
            if not known or access is None:
                sign.clear()
                label.setToolTip("")
                label.setStyleSheet(_UNKNOWN)
                continue
            standing = abilities_of(access.session.center)[ability]
            sign.setPixmap(pixmap(*_SIGNS[standing], self._metrics.icon_px * 3 // 4))
            label.setStyleSheet(_LACKING if standing is Standing.NOBODY else "")
            for part in (sign, label):
                part.setToolTip(standing_text(ability, standing, access.title))
        self.title.setText(self._title(access))

    def _title(self, access: CenterAccess | None) -> str:
        if access is None:
            return self.tr("What a center can do stands here.")
        if not access.session.signed_in:
            return self.tr("What {center} can do is known after the log-in.").format(center=access.title)
        return self.tr("What can be done with the cameras of {center}").format(center=access.title)

"""PySide6 6.12.0 on CPython 3.11 loses references to None in QPainter's methods, until the interpreter aborts."""

import sys

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal")
def test_painting_ten_thousand_times_keeps_none_alive(qapp: QApplication):
    target = QImage(64, 64, QImage.Format.Format_RGB32)
    source = QImage(32, 32, QImage.Format.Format_RGB32)
    pixmap = QPixmap(16, 16)
    painter = QPainter(target)
    before = sys.getrefcount(None)
    for _ in range(10_000):
        painter.setClipRect(QRect(0, 0, 64, 64))
        painter.drawImage(QPoint(0, 0), source)
        painter.drawPixmap(QPoint(0, 0), pixmap)
        painter.fillRect(QRect(0, 0, 4, 4), QColor("#123456"))
    after = sys.getrefcount(None)
    painter.end()
    assert after > before - 500

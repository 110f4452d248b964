"""Stamps a snapshot: a strip below the picture with name, place and time, so that no pixel of the picture is covered.

Pure work on a QImage: may run on any thread, and does, because encoding takes longer than the UI may wait.
"""

from datetime import datetime

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QImageWriter, QPainter

from wallclient.domain.errors import SnapshotFailed
from wallclient.domain.node import Channel
from wallclient.domain.settings import SnapshotFormat
from wallclient.ui.theme import ui_font

_JPEG_QUALITY = 92


def stamped(png: bytes, channel: Channel, taken_utc: datetime, file_format: SnapshotFormat) -> bytes:
    """Return the picture with its strip, encoded. Raises SnapshotFailed."""
    picture = QImage.fromData(png)
    if picture.isNull():
        raise SnapshotFailed("the picture can't be read")
    result = QByteArray()
    buffer = QBuffer(result)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(file_format.value.encode()))
    writer.setQuality(_JPEG_QUALITY if file_format is SnapshotFormat.JPEG else -1)
    if not writer.write(with_strip(picture, channel, taken_utc)):
        raise SnapshotFailed(f"can't encode {file_format}")
    return bytes(result.data())


def with_strip(picture: QImage, channel: Channel, taken_utc: datetime) -> QImage:
    """Return the picture with a strip below it: name and path at the left, local time with its zone at the right."""
    text_px = max(13, round(picture.height() * 0.026))
    strip_px = round(text_px * 1.9)
    image = QImage(picture.width(), picture.height() + strip_px, QImage.Format.Format_RGB32)
    image.fill(QColor("#10161d"))
    painter = QPainter(image)
    painter.drawImage(0, 0, picture)
    font = ui_font(text_px)
    metrics = QFontMetrics(font)
    painter.setFont(font)
    painter.setPen(QColor("#e8eef5"))
    strip = QRect(text_px // 2, picture.height(), picture.width() - text_px, strip_px)
    local = taken_utc.astimezone()
    zone = f"{local:%z}"
    time = f"{local:%Y-%m-%d %H:%M:%S} {zone[:3]}:{zone[3:]}"
    painter.drawText(strip, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, time)
    room = strip.width() - metrics.horizontalAdvance(time) - text_px
    name = " · ".join((channel.name, *channel.path[-2:]))
    text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
    painter.drawText(strip, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    painter.end()
    return image

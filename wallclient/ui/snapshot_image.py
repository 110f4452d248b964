"""Stamps a snapshot: a strip below the picture with name, place and time, so that no pixel of the picture is covered.

Pure work on a QImage: may run on any thread, and does, because encoding takes longer than the UI may wait.
"""

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QImageWriter, QPainter

from wallclient.domain.errors import SnapshotFailed
from wallclient.domain.settings import SnapshotFormat
from wallclient.services.wall import Snapshot
from wallclient.ui.playback_text import signed_seconds
from wallclient.ui.theme import ui_font

_JPEG_QUALITY = 92


def stamped(shot: Snapshot, file_format: SnapshotFormat) -> bytes:
    """Return the picture with its strip, encoded; what the strip says is in the file's texts, too.

    Raises SnapshotFailed.
    """
    picture = QImage.fromData(shot.png)
    if picture.isNull():
        raise SnapshotFailed("the picture can't be read")
    result = QByteArray()
    buffer = QBuffer(result)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(file_format.value.encode()))
    writer.setQuality(_JPEG_QUALITY if file_format is SnapshotFormat.JPEG else -1)
    image = with_strip(picture, shot)
    for key, value in _texts(shot).items():
        image.setText(key, value)  # not the writer's: it takes no blanks in keys
    if not writer.write(image):
        raise SnapshotFailed(f"can't encode {file_format}")
    return bytes(result.data())


def _texts(shot: Snapshot) -> dict[str, str]:
    """Return what a program finds in the file: PNG, 11.3.3 (keywords of texts)."""
    moment = shot.taken_utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    texts = {
        "Title": shot.channel.name,
        "Description": " · ".join((*shot.channel.path, shot.channel.name, shot.channel.gb_code)),
        "Creation Time": moment,
        "Source": "recording" if shot.is_footage else "live",
    }
    return texts | ({"Camera Clock Offset": f"{shot.clock_offset_ms} ms"} if shot.is_footage else {})


def with_strip(picture: QImage, shot: Snapshot) -> QImage:
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
    time = _time_text(shot)
    painter.drawText(strip, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, time)
    room = strip.width() - metrics.horizontalAdvance(time) - text_px
    name = " · ".join((shot.channel.name, *shot.channel.path[-2:]))
    text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
    painter.drawText(strip, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    painter.end()
    return image


def _time_text(shot: Snapshot) -> str:
    """Say when the picture was made; of footage to the thousandth, with what the camera's own clock was ahead."""
    local = shot.taken_utc.astimezone()
    offset = f"{local:%z}"
    zone = f"{offset[:3]}:{offset[3:]}"
    if not shot.is_footage:
        return f"{local:%Y-%m-%d %H:%M:%S} {zone}"
    words = [QCoreApplication.translate("snapshot_image", "Recording")]
    if shot.clock_offset_ms:
        text = QCoreApplication.translate("snapshot_image", "camera clock {offset}")
        words.append(text.format(offset=signed_seconds(shot.clock_offset_ms)))
    words.append(f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03} {zone}")
    return "  ".join(words)

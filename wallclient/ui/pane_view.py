"""One pane as the wall paints it: its parts' places, its newest picture, and pixmaps of all that is not video."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QImage, QPixmap, QRegion

from wallclient.domain.pane import PaneState
from wallclient.ui import alarm_drawing, pane_drawing, ptz_drawing
from wallclient.ui.alarm_drawing import PaneAlarm
from wallclient.ui.footage_mark import FootageMark
from wallclient.ui.pane_geometry import NO_ZOOM, Zoom, fitted, title_height_px, title_text_px
from wallclient.ui.ptz_drawing import Marks, PanePtz

if TYPE_CHECKING:
    from wallclient.domain.picture import Picture
    from wallclient.services.wall_pane import WallPane

_FORMAT = QImage.Format.Format_RGB32
_SLOTS = 3
NO_PTZ = PanePtz()
_STANDING = (PaneState.STALLED, PaneState.RECONNECTING, PaneState.FAILED)


class PaneView:
    """Everything the wall keeps about one pane between two paint events. All lengths in device pixels."""

    def __init__(self, pane: "WallPane") -> None:
        self.pane = pane
        self.on_changed: Callable[[], None] = _nothing  # what the wall connected to the pane's signals
        self.on_info: Callable[[], None] = _nothing
        self.number = 0  # from 1, shown in an empty pane
        self.rect = QRect()
        self.title_rect = QRect()
        self.area = QRect()  # below the title
        self.video_rect = QRect()
        self.origin = QPoint()  # of `video_rect`
        self.bars: list[QRect] = []  # of `area`, not covered by the video
        self._wanted = QRect()
        self.fitted_aspect: float | None = None  # the source's shape the places are for
        self.text_px = 12
        self.scale = 1.0
        self.zoom = NO_ZOOM
        self.selected = False
        self.show_info = False
        self.ptz = NO_PTZ
        self.marks: Marks | None = None
        self.alarm: PaneAlarm | None = None  # of its camera, while nobody has acknowledged it
        self.footage: FootageMark | None = None  # of a pane in playback
        self.moment_us = 0  # of the picture on screen, if it was recorded
        self.sequence = 0  # of `image`
        self._stamp = self._picture_px = (0, 0)
        self.image: QImage | None = None
        self.exact = False  # `image` has the size of `video_rect`: no scaling
        self.plain = False  # live, and nothing but the video is painted
        self.live = False  # `image` may be painted as it is
        self.refitted = False  # the video got another place while a picture was claimed: all of `area` is to be painted
        self._images: dict[int, tuple[Picture, QImage]] = {}  # of the ring's slots, by the identity of their pictures
        self._channel_id: str | None = None
        self._frozen: QImage | None = None
        self._cache: dict[str, tuple[object, QPixmap]] = {}

    def place(self, rect: QRect, scale: float) -> None:
        """Give the pane its place on the wall; an empty `rect` hides it."""
        self.scale = scale
        self.rect = rect
        self.text_px = title_text_px(rect.width(), rect.height(), scale)
        height = min(rect.height(), title_height_px(self.text_px))
        self.title_rect = QRect(rect.x(), rect.y(), rect.width(), height)
        self.area = QRect(rect.x(), rect.y() + height, rect.width(), rect.height() - height)
        self.fit()

    def fit(self) -> None:
        """Place the video by the shape of the picture shown, or else of the source."""
        aspect = self.fitted_aspect = self.pane.aspect
        wanted = fitted(self.area, aspect)
        if aspect is None and self.image is not None and not _nearly(self.image.size(), wanted.size()):
            wanted = fitted(self.area, self.image.width() / self.image.height())
        self._wanted = self.video_rect = wanted
        if self.image is not None and not self.zoom.active and _nearly(self.image.size(), self._wanted.size()):
            # players round to even sizes: a row of ground at the edge is better than scaling every picture
            self.video_rect = QRect(self._wanted.topLeft(), self.image.size())
        self._measure()

    def wanted_px(self) -> tuple[int, int]:
        """Return the size the player should deliver: that of the video, times the zoom."""
        if self.rect.isEmpty():
            return 0, 0
        return round(self._wanted.width() * self.zoom.factor), round(self._wanted.height() * self.zoom.factor)

    def set_zoom(self, zoom: Zoom) -> None:
        """Show another part of the picture."""
        self.zoom = zoom
        self.fit()

    def refresh(self) -> None:
        """Look at the pane's state and channel again; pictures of another channel are dropped at once."""
        channel = self.pane.channel
        channel_id = channel.id if channel else None
        if channel_id != self._channel_id:
            self._channel_id = channel_id
            self.drop_picture()
            self.zoom = NO_ZOOM
            self.ptz, self.marks, self.alarm = NO_PTZ, None, None
        if self.pane.state is PaneState.GAP:
            self.drop_picture()  # what was shown before was not there at this moment
        standing = self.pane.state in _STANDING
        if standing and self._frozen is None and self.image is not None:
            self._frozen = pane_drawing.frozen(self.image)
        if not standing:
            self._frozen = None
        self.live = self.pane.state is PaneState.PLAYING and self.image is not None
        self._set_plain()
        self.fit()

    def show_figures(self, shown: bool) -> None:
        """Show or hide the stream's figures over the video."""
        self.show_info = shown
        self._set_plain()

    def set_ptz(self, ptz: PanePtz) -> None:
        """Show other things about the camera's PTZ."""
        self.ptz = ptz
        self._set_plain()

    def set_alarm(self, alarm: PaneAlarm | None) -> None:
        """Show an alarm, or none any more."""
        self.alarm = alarm
        self._set_plain()

    def set_marks(self, marks: Marks | None) -> None:
        """Show what the mouse draws, or nothing any more."""
        self.marks = marks
        self._set_plain()

    @property
    def channel_id(self) -> str | None:
        """The camera the pane showed when it was last looked at."""
        return self._channel_id

    @property
    def ptz_rect(self) -> QRect:
        """Where PTZ lines lie: on the picture, which is painted anew each time, else on what stands for it."""
        return self.video_rect if self.live else self.area

    def _set_plain(self) -> None:
        covered = self.show_info or bool(self.ptz.lines) or self.marks is not None or self.alarm is not None
        self.plain = self.pane.state is PaneState.PLAYING and not covered

    def drop_picture(self) -> None:
        """Forget the picture and what was made of it."""
        self.image = self._frozen = None
        self._images.clear()
        self.sequence = 0
        self._stamp = self._picture_px = (0, 0)
        self.live = False

    def claim(self) -> bool:
        """Take the newest picture from the ring. Return whether it is one that was not painted yet."""
        picture = self.pane.picture()
        if picture is None:
            return False
        stamp = (picture.sequence, picture.monotonic_ns)  # each ring counts from 1
        if stamp == self._stamp:
            return False
        width, height = picture.width, picture.height
        self.image = self._image(picture)
        self._stamp = stamp
        self.sequence = picture.sequence
        self.moment_us = picture.moment_us
        self.live = True
        if self._picture_px != (width, height):
            self._picture_px = (width, height)
            self.fit()
            self.refitted = True
        return True

    def _image(self, picture: "Picture") -> QImage:
        """Return the image over a picture's pixels; a ring has three slots, and wrapping them is dear."""
        known = self._images.get(id(picture))
        if known is not None and known[0] is picture:
            return known[1]
        if len(self._images) >= _SLOTS:
            self._images.clear()  # another ring, or another size
        image = QImage(picture.pixels, picture.width, picture.height, picture.stride_bytes, _FORMAT)
        self._images[id(picture)] = picture, image
        return image

    def _measure(self) -> None:
        image, rect = self.image, self.video_rect
        self.origin = rect.topLeft()
        self.bars = rects(QRegion(self.area).subtracted(QRegion(rect)))
        self.exact = (
            image is not None
            and not self.zoom.active
            and image.width() == rect.width()
            and image.height() == rect.height()
        )

    # What is drawn once and painted often. Each key holds all that its pixmap depends on.

    def title(self) -> QPixmap:
        """Return the title strip."""
        pane = self.pane
        key = (self.title_rect.size(), pane.channel, pane.state, pane.stopped_at_utc, self.selected, pane.audible)
        extra = (self.text_px, self.zoom.factor, self.number, self.ptz.mode_speed, self.footage, pane.via)
        return self._cached("title", (*key, *extra), pane_drawing.title)

    def panel(self, next_try_s: int | None) -> QPixmap:
        """Return what stands in place of live video."""
        pane = self.pane
        frozen = self._frozen.cacheKey() if self._frozen else 0
        key = (self.area.size(), self.video_rect, pane.state, pane.reason, pane.stopped_at_utc, next_try_s, frozen)
        gap = self.footage.gap if self.footage else ""
        extra = (self.selected, self.number, pane.channel, gap)
        return self._cached("panel", (*key, *extra), pane_drawing.panel, next_try_s)

    def info(self) -> QPixmap:
        """Return the overlay with the stream's figures."""
        return self._cached("info", (self.pane.info, self.pane.stream_kind, self.area.size()), pane_drawing.info)

    def mini_map(self) -> QPixmap:
        """Return the small picture frame that shows which part is visible."""
        return self._cached("map", (self.zoom, self.video_rect.size()), pane_drawing.mini_map)

    def ptz_lines(self) -> QPixmap:
        """Return the lines about the camera's PTZ, as wide as the picture."""
        return self._cached("ptz", (self.ptz, self.ptz_rect.size()), ptz_drawing.lines)

    def alarm_band(self) -> QPixmap:
        """Return the band that tells of an alarm, as wide as the picture."""
        return self._cached("alarm", (self.alarm, self.ptz_rect.size()), alarm_drawing.band)

    @property
    def frozen(self) -> QImage | None:
        """The last picture, grey and dim, while the pane stands still."""
        return self._frozen

    @property
    def stopped_at_utc(self) -> datetime | None:
        """When the last picture came, while the pane stands still."""
        return self.pane.stopped_at_utc if self.pane.state in _STANDING else None

    def _cached(self, name: str, key: object, draw: "pane_drawing.Draw", *args: int | None) -> QPixmap:
        found = self._cache.get(name)
        if found is None or found[0] != key:
            found = self._cache[name] = (key, draw(self, *args))
        return found[1]


def _nearly(found: QSize, wanted: QSize) -> bool:
    return 0 <= wanted.width() - found.width() <= 2 and 0 <= wanted.height() - found.height() <= 2


def _nothing() -> None:
    return None


def rects(region: QRegion) -> list[QRect]:
    """Return the rectangles of a region."""
    return [QRect(rect) for rect in region]  # type: ignore[attr-defined]  # iterable, says Qt for Python's manual

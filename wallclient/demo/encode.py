"""Draws a scene and encodes it into a clip that loops.

A key picture on every full second, no B-pictures, room for the band on top.
"""

from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext
from PySide6.QtGui import QImage

from wallclient.demo import h264, h265, h265_pieces
from wallclient.demo.bits import split_nals
from wallclient.demo.clip_file import Clip, Picture
from wallclient.demo.glyphs import UNIT_PX
from wallclient.demo.scenes import LOOP_S, scene
from wallclient.demo.strip import CELLS

_H265_CRF = {1: "25", 2: "25"}
_RATE = {1: ("22", 600), 2: ("21", 2500), 3: ("22", 4000)}  # per scale: quality aimed at, and the most kbit/s


def make_clip(scene_name: str, codec: str, width: int, height: int, fps: int) -> Clip:
    """Draw and encode one loop.

    Raises KeyError for an unknown scene, ValueError for a size or codec that isn't made.
    """
    if width not in (640, 1280, 1920) or height != width * 9 // 16:
        raise ValueError(f"no clips of {width}x{height}")
    if codec == "h264":
        return _h264_clip(scene_name, width, height, fps)
    if codec == "h265" and width < 1920:  # a coding tree unit is one cell of the strip, which can't be 48 pixels
        return _h265_clip(scene_name, width, height, fps)
    raise ValueError(f"no clips of {width}x{height} in {codec}")


def scene_lines(width: int, height: int) -> tuple[int, int]:
    """Return the macroblock rows of the whole picture and the lines of the scene below the band."""
    rows = -(-height // 16)
    return rows, 16 * (rows - 2 * (width // 640))


def _h264_encoder(width: int, height: int, fps: int, options: dict[str, str]) -> VideoCodecContext:
    context = av.CodecContext.create("libx264", "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.framerate, context.time_base = Fraction(fps), Fraction(1, fps)
    context.thread_count = 1
    context.options = options
    return context


def to_frame(image: QImage, index: int) -> av.VideoFrame:
    """Return a drawn picture as the encoder takes it."""
    frame = av.VideoFrame(image.width(), image.height(), "bgr0")
    frame.planes[0].update(bytes(image.constBits()))
    frame = frame.reformat(format="yuv420p")
    frame.pts = index
    return frame


def _encode_scene(context: VideoCodecContext, scene_name: str, fps: int) -> list[bytes]:
    """Return the coded pictures of a loop, in order."""
    drawn, packets = scene(scene_name), []
    for index in range(LOOP_S * fps):
        packets += context.encode(to_frame(drawn.picture(context.width, context.height, index / fps), index))
    packets += context.encode(None)
    if len(packets) != LOOP_S * fps:
        raise ValueError("the encoder lost pictures")
    return [bytes(packet) for packet in packets]


def _h264_clip(scene_name: str, width: int, height: int, fps: int) -> Clip:
    rows, lines = scene_lines(width, height)
    scale = width // 640
    crf, kbps = _RATE[scale]
    parameters = {
        "cabac": 0,  # so that slices can be moved by shifting bits, and the band be written by hand
        "ref": 1,
        "bframes": 0,
        "weightp": 0,
        "keyint": fps,
        "min-keyint": fps,
        "scenecut": 0,
        "slices": 1,
        "rc-lookahead": 10,
        "vbv-maxrate": kbps,
        "vbv-bufsize": kbps,
    }
    options = {
        "preset": "veryfast",
        "profile": "high",
        "crf": crf,
        "x264-params": ":".join(f"{key}={value}" for key, value in parameters.items()),
    }
    packets = _encode_scene(_h264_encoder(width, lines, fps, options), scene_name, fps)
    first = split_nals(packets[0])
    sps, log2_max_frame_num = h264.rewrite_sps(_first_of(first, h264.NAL_SPS), rows, height)
    pps = _first_of(first, h264.NAL_PPS)
    sequence = h264.Sequence(log2_max_frame_num, h264.read_init_qp(pps))
    pictures = [_h264_picture(packet, sequence, 2 * scale * scale * CELLS) for packet in packets]
    if any(picture.is_key != (index % fps == 0) for index, picture in enumerate(pictures)):
        raise ValueError("key pictures are not on full seconds")
    return Clip("h264", width, height, fps, (sps, pps), tuple(pictures), (log2_max_frame_num, sequence.init_qp))


def _first_of(nals: list[bytes], nal_type: int) -> bytes:
    return next(nal for nal in nals if nal[0] & 31 == nal_type)


def _h264_picture(packet: bytes, sequence: h264.Sequence, first_mb: int) -> Picture:
    slices = [nal for nal in split_nals(packet) if nal[0] & 31 in (h264.NAL_SLICE, h264.NAL_IDR)]
    if len(slices) != 1:
        raise ValueError(f"{len(slices)} slices in a picture")
    moved = h264.move_slice(slices[0], sequence, first_mb)
    return Picture(moved.is_idr, (moved.nal,), (moved.ref_idc, moved.frame_num, moved.idr_pic_id))


def _h265_clip(scene_name: str, width: int, height: int, fps: int) -> Clip:
    scale = width // 640
    unit = UNIT_PX * scale
    context = h265_pieces.encoder(width, height - 2 * unit, fps, scale, _H265_CRF[scale], fps)
    packets = _encode_scene(context, scene_name, fps)
    first = split_nals(packets[0])
    vps, sps, pps = (
        next(nal for nal in first if h265.nal_type(nal) == kind) for kind in (h265.VPS, h265.SPS, h265.PPS)
    )
    sps, log2_max_poc, address_bits = h265.rewrite_sps(sps, height, unit)
    headers = h265.read_headers(pps, log2_max_poc, address_bits)
    pictures = []
    for index, packet in enumerate(packets):
        slices = [nal for nal in split_nals(packet) if h265.nal_type(nal) < h265.VPS]
        if len(slices) != 1:
            raise ValueError(f"{len(slices)} slices in a picture")
        part = h265.take_apart(slices[0], headers)
        nal = h265.put_together(part, 2 * CELLS, address_bits, part.nal_type, part.order)
        pictures.append(Picture(index % fps == 0, (nal,), (part.nal_type, *part.order)))
        if (part.order[1] == 0) != (index % fps == 0):
            raise ValueError("key pictures are not on full seconds")
    return Clip("h265", width, height, fps, (vps, sps, pps), tuple(pictures), (address_bits,))

"""MPEG-TS and FLV, as far as one camera needs them: one video track and perhaps AAC.

Sections are those of ISO/IEC 13818-1.

Muxed once per camera, sent to any number of viewers. Standard library only.
"""

import struct
from collections.abc import Sequence

VIDEO_PID, AUDIO_PID, _PMT_PID = 0x100, 0x101, 0x1000
_STREAM_TYPE = {"h264": 0x1B, "h265": 0x24}
_DELIMITER = {"h264": b"\x09\xf0", "h265": b"\x46\x01\x50"}  # access unit delimiter: any slice type
_START = b"\x00\x00\x00\x01"
_PCR_LEAD = 1800  # 90 kHz: a picture is due 20 ms after the clock reference it travels with
_CLOCK_MODULO = 1 << 33
_PACKET, _BODY = 188, 184


def _crc32(data: bytes) -> int:
    """Return the CRC of a table section (annex A)."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return crc


def _table(pid: int, table_id: int, body: bytes) -> bytes:
    section = bytes([table_id]) + struct.pack(">H", 0xB000 | len(body) + 9) + b"\x00\x01\xc1\x00\x00" + body
    payload = b"\x00" + section + struct.pack(">I", _crc32(section))
    return struct.pack(">BHB", 0x47, 0x4000 | pid, 0x10) + payload.ljust(_BODY, b"\xff")


def _headers(pid: int) -> list[bytes]:
    return [struct.pack(">BHB", 0x47, pid, 0x10 | counter) for counter in range(16)]


_HEADERS = {pid: _headers(pid) for pid in (VIDEO_PID, AUDIO_PID)}


def _timestamp(prefix: int, clock: int) -> bytes:
    """Return a PTS field (2.4.3.7)."""
    return struct.pack(
        ">BHH", prefix << 4 | (clock >> 29 & 0xE) | 1, (clock >> 14 & 0xFFFE) | 1, (clock << 1 & 0xFFFE) | 1
    )


class TsMuxer:
    """One program with its continuity counters."""

    def __init__(self, codec: str, has_audio: bool) -> None:
        self._delimiter = _START + _DELIMITER[codec]
        streams = struct.pack(">BHH", _STREAM_TYPE[codec], 0xE000 | VIDEO_PID, 0xF000)
        if has_audio:
            streams += struct.pack(">BHH", 0x0F, 0xE000 | AUDIO_PID, 0xF000)
        self._tables = (
            _table(0, 0, struct.pack(">HH", 1, 0xE000 | _PMT_PID)),
            _table(_PMT_PID, 2, struct.pack(">HH", 0xE000 | VIDEO_PID, 0xF000) + streams),
        )
        self.counters = {0: 0, _PMT_PID: 0, VIDEO_PID: 0, AUDIO_PID: 0}  # of the next packet

    def tables(self) -> bytes:
        """Return the program tables, due before each key picture."""
        packets = []
        for pid, table in zip((0, _PMT_PID), self._tables, strict=True):
            packets.append(table[:3] + bytes([0x10 | self.counters[pid]]) + table[4:])
            self.counters[pid] = self.counters[pid] + 1 & 15
        return b"".join(packets)

    def picture(self, nals: Sequence[bytes], time_s: float, is_key: bool) -> bytes:
        """Return a picture due at `time_s` as packets, with tables before a key picture."""
        clock = int(time_s * 90_000)
        pcr = (clock - _PCR_LEAD) % _CLOCK_MODULO
        adaptation = bytes([0x50 if is_key else 0x10]) + struct.pack(">IH", pcr >> 1, (pcr & 1) << 15 | 0x7E00)
        pes = b"\x00\x00\x01\xe0\x00\x00\x84\x80\x05" + _timestamp(2, clock % _CLOCK_MODULO)
        data = pes + self._delimiter + _START + _START.join(nals)
        packets = self._packets(VIDEO_PID, data, adaptation)
        return self.tables() + packets if is_key else packets

    def sound(self, frame: bytes, time_s: float) -> bytes:
        """Return an ADTS frame due at `time_s` as packets."""
        pes = struct.pack(">IHBBB", 0x1C0, len(frame) + 8, 0x84, 0x80, 5)
        return self._packets(AUDIO_PID, pes + _timestamp(2, int(time_s * 90_000) % _CLOCK_MODULO) + frame, b"")

    def _packets(self, pid: int, data: bytes, adaptation: bytes) -> bytes:
        """Cut `data` into packets; `adaptation` (without its length byte) goes into the first."""
        headers, counter = _HEADERS[pid], self.counters[pid]
        first_size = _BODY - len(adaptation) - 1 if adaptation else _BODY
        if len(data) < first_size:
            adaptation = (adaptation or b"\x00").ljust(_BODY - 1 - len(data), b"\xff")
            if len(data) == _BODY - 1:
                adaptation = b""  # a length byte of zero is all the stuffing there is room for
            first_size = len(data)
        head = headers[counter]
        if adaptation or first_size < _BODY:
            start = head[:1] + bytes([head[1] | 0x40, head[2], head[3] | 0x20, len(adaptation)]) + adaptation
        else:
            start = head[:1] + bytes([head[1] | 0x40]) + head[2:]
        parts = [start, data[:first_size]]
        position, last = first_size, len(data) - (len(data) - first_size) % _BODY
        while position < last:
            counter += 1
            parts.append(headers[counter & 15])
            parts.append(data[position : position + _BODY])
            position += _BODY
        if left := len(data) - last:
            counter += 1
            head, stuffing = headers[counter & 15], _BODY - left
            filler = bytes([stuffing - 1]) + (b"\x00".ljust(stuffing - 1, b"\xff") if stuffing > 1 else b"")
            parts += [head[:3], bytes([head[3] | 0x20]), filler, data[last:]]
        self.counters[pid] = counter + 1 & 15
        return b"".join(parts)

    def ending_at(self, stream: bytes, counters: dict[int, int]) -> bytes:
        """Return what this muxer has written, renumbered so that another muxer can go on with `counters`."""
        shift = {pid: counters[pid] - self.counters[pid] for pid in counters}
        renumbered = bytearray(stream)
        for start in range(0, len(renumbered), _PACKET):
            pid = (renumbered[start + 1] & 0x1F) << 8 | renumbered[start + 2]
            byte = renumbered[start + 3]
            renumbered[start + 3] = byte & 0xF0 | byte + shift[pid] & 0x0F
        return bytes(renumbered)


FLV_HEADER = b"FLV\x01\x01\x00\x00\x00\x09\x00\x00\x00\x00"
FLV_HEADER_WITH_SOUND = b"FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00"
_FLV_VIDEO, _FLV_AUDIO = 9, 8
AAC_CONFIG = b"\x14\x08"  # AudioSpecificConfig: AAC-LC, 16 kHz, one channel


def _flv_tag(kind: int, time_s: float, body: bytes) -> bytes:
    stamp = int(time_s * 1000) & 0x7FFFFFFF
    header = struct.pack(">IIHB", kind << 24 | len(body), (stamp & 0xFFFFFF) << 8 | stamp >> 24, 0, 0)
    return header + body + struct.pack(">I", 11 + len(body))


def flv_config(parameter_sets: Sequence[bytes], time_s: float) -> bytes:
    """Return the decoder configuration of H.264 (AVCDecoderConfigurationRecord) as a tag."""
    sps, pps = parameter_sets
    record = (
        b"\x01"
        + sps[1:4]
        + b"\xff\xe1"
        + struct.pack(">H", len(sps))
        + sps
        + b"\x01"
        + struct.pack(">H", len(pps))
        + pps
    )
    if sps[1] >= 100:
        record += b"\xfd\xf8\xf8\x00"  # 4:2:0, eight bits, no extensions
    return _flv_tag(_FLV_VIDEO, time_s, b"\x17\x00\x00\x00\x00" + record)


def flv_picture(nals: Sequence[bytes], time_s: float, is_key: bool) -> bytes:
    """Return an H.264 picture as a tag."""
    parts = [b"\x17\x01\x00\x00\x00" if is_key else b"\x27\x01\x00\x00\x00"]
    for nal in nals:
        parts += [struct.pack(">I", len(nal)), nal]
    return _flv_tag(_FLV_VIDEO, time_s, b"".join(parts))


def flv_sound_config(time_s: float) -> bytes:
    """Return the decoder configuration of AAC as a tag."""
    return _flv_tag(_FLV_AUDIO, time_s, b"\xae\x00" + AAC_CONFIG)


def flv_sound(frame: bytes, time_s: float) -> bytes:
    """Return an ADTS frame as a tag."""
    return _flv_tag(_FLV_AUDIO, time_s, b"\xae\x01" + frame[7:])

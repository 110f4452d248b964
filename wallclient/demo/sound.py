"""The quiet street sound some demo cameras carry: drawn by lot once, kept as A-law for RTSP and as AAC for HTTP."""

import array
import base64
import json
import math
import random
import struct
from dataclasses import dataclass
from pathlib import Path

ALAW_HZ, AAC_HZ, AAC_SAMPLES = 8000, 16000, 1024
_LOOP_FRAMES = 160  # 10.24 s: whole AAC frames and whole A-law samples
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Sound:
    """A loop in both codings. `aac` are ADTS frames of 1024 samples at 16 kHz, `alaw` samples at 8 kHz."""

    alaw: bytes
    aac: tuple[bytes, ...]

    def alaw_between(self, start: int, end: int) -> bytes:
        """Return the samples numbered `start` … `end` since the epoch."""
        first, count = start % len(self.alaw), end - start
        return (self.alaw[first : first + count] + self.alaw)[:count]

    def aac_frame(self, index: int) -> bytes:
        """Return the frame numbered `index` since the epoch."""
        return self.aac[index % len(self.aac)]


def load(path: Path) -> Sound:
    """Read a sound file. Raises OSError, ValueError and KeyError."""
    raw = json.loads(path.read_text("ascii"))
    return Sound(base64.b64decode(raw["alaw"]), tuple(base64.b64decode(frame) for frame in raw["aac"]))


def prepare(directory: Path) -> Path:
    """Make the sound file if it isn't there, and return where it is. Needs PyAV."""
    path = directory / f"sound-v{_VERSION}.json"
    if not path.exists():
        samples = _street()
        raw = {
            "alaw": base64.b64encode(bytes(_alaw(sample) for sample in samples[::2])).decode("ascii"),
            "aac": [base64.b64encode(frame).decode("ascii") for frame in _aac(samples)],
        }
        part = path.with_name(f"{path.name}.{random.SystemRandom().getrandbits(48):x}.part")
        part.write_text(json.dumps(raw), "ascii")
        part.replace(path)
    return path


def _street() -> list[int]:
    """Return a loop of a hum of traffic with cars passing, 16-bit samples at 16 kHz."""
    rng, count = random.Random("street"), _LOOP_FRAMES * AAC_SAMPLES
    low = hiss = 0.0
    samples = []
    for i in range(count):
        noise = rng.uniform(-1, 1)
        low += 0.02 * (noise - low)
        hiss += 0.3 * (noise - hiss)
        passing = 0.5 - 0.5 * math.cos(6 * math.pi * i / count)  # three cars a loop
        edge = min(1.0, i / 800, (count - 1 - i) / 800)  # both ends silent, so that the loop does not click
        samples.append(int(edge * (9000 * low * (0.5 + passing) + 700 * hiss * passing**3)))
    return samples


def _alaw(sample: int) -> int:
    """Return a 16-bit sample as G.711 A-law."""
    sign, magnitude = (0x80, sample >> 3) if sample >= 0 else (0, ~sample >> 3)
    magnitude = min(magnitude, 0xFFF)
    segment = max(0, magnitude.bit_length() - 5)
    code = segment << 4 | (magnitude >> max(1, segment)) & 0xF
    return (sign | code) ^ 0x55


def _aac(samples: list[int]) -> list[bytes]:
    import av
    from av.audio.codeccontext import AudioCodecContext

    encoder = av.CodecContext.create("aac", "w")
    assert isinstance(encoder, AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = AAC_HZ, "mono", av.AudioFormat("fltp")
    encoder.bit_rate = 32_000
    packets = []
    for index in range(0, len(samples), AAC_SAMPLES):
        frame = av.AudioFrame("fltp", "mono", AAC_SAMPLES)
        frame.sample_rate, frame.pts = AAC_HZ, index
        frame.planes[0].update(
            array.array("f", [one / 32768 for one in samples[index : index + AAC_SAMPLES]]).tobytes()
        )
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    return [_adts(packet.size) + bytes(packet) for packet in packets][-_LOOP_FRAMES:]


def _adts(payload_bytes: int) -> bytes:
    """Return the seven-byte header of an AAC-LC frame, 16 kHz, one channel (ISO/IEC 13818-7, 6.2)."""
    length = payload_bytes + 7
    return b"\xff\xf1" + struct.pack(">I", 1 << 30 | 8 << 26 | 1 << 22 | length << 5 | 0x1F)[0:4] + b"\xfc"

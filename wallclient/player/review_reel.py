"""The footage files of one track in order of time: which file has a moment, and where footage goes on."""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from wallclient.player.review_messages import STREAMED, File

_SEAM_US = 250_000  # files are cut by pictures and told in milliseconds: less than this between two is no gap


@dataclass(frozen=True, slots=True)
class Span:
    """[`start_us`, `end_us`) during which `file`, or no file, is the one to be shown."""

    file: File | None
    start_us: int | None  # None: since ever
    end_us: int | None  # None: for ever


class Reel:
    """Files that may overlap, as after a clock was set back: the one that began last is shown."""

    def __init__(self, files: Sequence[File] = ()) -> None:
        self.files = tuple(sorted(set(files), key=lambda file: (file.start_us, file.end_us)))
        self._spans = _spans(self.files)
        self.is_streamed = any(file.form == STREAMED for file in self.files)
        self._starts = [span.start_us for span in self._spans[1:]]

    def span(self, moment_us: int) -> Span:
        """Return what is to be shown at a moment, and for how long."""
        return self._spans[bisect.bisect_right(self._starts, moment_us)]  # type: ignore[type-var]

    def next_start_us(self, moment_us: int) -> int | None:
        """Return where footage goes on behind a moment that has none."""
        return next((f.start_us for f in self.files if f.start_us > moment_us), None)

    def previous_end_us(self, moment_us: int) -> int | None:
        """Return the end of the footage before a moment that has none."""
        return max((file.end_us for file in self.files if file.end_us <= moment_us), default=None)


def _spans(files: Sequence[File]) -> list[Span]:
    ends = [_end_us(file, files) for file in files]
    edges = sorted({file.start_us for file in files} | set(ends))
    spans = [Span(None, None, edges[0] if edges else None)]
    for index, edge in enumerate(edges):
        there = [file for file, end_us in zip(files, ends, strict=True) if file.start_us <= edge < end_us]
        file = there[-1] if there else None
        end_us = edges[index + 1] if index + 1 < len(edges) else None
        if spans[-1].file == file:
            spans[-1] = Span(file, spans[-1].start_us, end_us)
        else:
            spans.append(Span(file, edge, end_us))
    return spans


def _end_us(file: File, files: Sequence[File]) -> int:
    """Return a file's end, or the start of one that follows on its heels."""
    return next((f.start_us for f in files if 0 < f.start_us - file.end_us <= _SEAM_US), file.end_us)

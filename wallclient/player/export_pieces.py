"""From fetched files to an export's pieces and copies: the part of the worker that needs FFmpeg."""

import errno
from collections.abc import Callable, Iterator
from pathlib import Path

import av.error

from wallclient.player.export_fetch import Fetched, LineBroken, SourceGone, SourceRefused
from wallclient.player.export_messages import End, Ended, Lack, Order, Piece, Stage
from wallclient.player.export_mux import copy_pieces

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
Tell = Callable[[Stage, float], None]  # which part of a stage is done


def make(files: Iterator[Fetched], order: Order, lacks: list[Lack], tell: Tell) -> Ended:
    """Make what an order says of its files, while they still come; `lacks` grows as they do."""
    try:
        pieces, unreadable = copy_pieces(files, order)
        tell(Stage.WRITE, 1.0)
        if not pieces:
            return Ended(End.NO_FOOTAGE, [], lacks + unreadable)
        copies, not_burned = _burned(pieces, order, tell) if order.burn is not None else ([], [])
        return Ended(End.DONE, pieces + copies, lacks + unreadable + not_burned)
    except (SourceRefused, SourceGone) as err:
        return Ended(End.SOURCES, detail=str(err))
    except LineBroken as err:
        return Ended(End.NETWORK, detail=str(err))
    except OSError as err:  # FFmpeg's errors of the system, too
        end = End.DISK_FULL if err.errno in _NO_ROOM else End.FAILED
        return Ended(end, detail=errno.errorcode.get(err.errno or 0, type(err).__name__))
    except (av.error.FFmpegError, ValueError) as err:
        return Ended(End.FAILED, detail=type(err).__name__)


def _burned(pieces: list[Piece], order: Order, tell: Tell) -> tuple[list[Piece], list[Lack]]:
    """Return the copies; that one can't be made is no reason to withhold the originals."""
    from wallclient.player.export_burn import burn  # filters and an encoder: few exports want them

    assert order.burn
    copies: list[Piece] = []
    lacks: list[Lack] = []
    for number, piece in enumerate(pieces):

        def stepped(part: float, before: int = number) -> None:
            tell(Stage.BURN, (before + part) / len(pieces))

        try:
            copies.append(burn(piece, Path(order.folder), order.burn, stepped))
        except av.error.FFmpegError as err:
            if err.errno in _NO_ROOM:
                raise
            lacks.append(Lack(piece.start_ms, piece.end_ms, "not_burned"))
    return copies, lacks

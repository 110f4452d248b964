"""No secret leaves the program by accident: not in a log, a process title, an environment or a word to the operator."""

import asyncio
import logging
import os
import signal
from urllib.parse import parse_qs, urlsplit

import psutil

from tests.integration.rig import Stage, until
from tests.integration.test_failures import wrong_password
from wallclient.domain.pane import PaneReason, PaneState
from wallclient.domain.stream import Protocol, StreamKind
from wallclient.ui.text import error_text, reason_text

FOUR = (2, 3, 5, 8)


async def test_no_secret_is_told_while_everything_goes_wrong(stage: Stage, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    await stage.show(FOUR)
    secrets = {stage.center.password, *media_secrets(stage)}
    assert len(secrets) == 3
    told += words_about_processes(stage)
    await break_things(stage, told)
    told += words_about_processes(stage)
    told += [repr(source) for source in stage.offers.sources]
    told += [
        repr(thing) for thing in (stage.app.session, stage.app.session._center, stage.offers.sources[0].credentials)
    ]
    output = capfd.readouterr()
    told += [caplog.text, *(repr(record.args) for record in caplog.records), output.out, output.err]
    assert "reconnecting" in caplog.text, "the log tells of the failures"
    for secret in secrets:
        assert not [text for text in told if secret in text]


async def break_things(stage: Stage, told: list[str]) -> None:
    """Let every part fail that knows a secret, and collect what is said of it."""
    for pane in stage.panes:
        pane.changed.connect(lambda pane=pane: told.append(reason_text(pane.reason) if pane.reason else ""))
    os.kill(stage.app.pool.pids[0], signal.SIGKILL)
    await until(lambda: any(pane.state is not PaneState.PLAYING for pane in stage.panes))
    await stage.all_play()
    stage.offers.spoil = wrong_password
    stage.only(Protocol.RTSP)
    await asyncio.to_thread(stage.center.media_stop)
    await until(lambda: all(pane.reason is PaneReason.CONNECTION_REFUSED for pane in stage.panes), what=stage.describe)
    await asyncio.to_thread(stage.center.media_start)
    await until(lambda: all(pane.reason is PaneReason.WRONG_PASSWORD for pane in stage.panes), what=stage.describe)
    stage.offers.spoil = lambda source: source
    stage.only(Protocol.HTTP_TS)
    await asyncio.to_thread(stage.center.media_fault, 3, StreamKind.SUB, "kick")
    await asyncio.to_thread(stage.center.revoke_sessions)
    try:
        await stage.app.session.channel("c1")
    except Exception as err:
        told += [str(err), repr(err), error_text(err)]
    try:
        await stage.app.session.log_in(stage.center.user, "guessed")
    except Exception as err:
        told += [str(err), repr(err), error_text(err)]
    await stage.app.session.log_in(stage.center.user, stage.center.password)
    for pane in stage.panes:
        pane.retry()
    await stage.all_play()


def media_secrets(stage: Stage) -> set[str]:
    """Return the media server's password and the token of its HTTP addresses, as the center handed them out."""
    found = {source.credentials.password for source in stage.offers.sources if source.credentials}
    queries = [parse_qs(urlsplit(source.url).query) for source in stage.offers.sources]
    return found | {value for query in queries for values in query.values() for value in values}


def words_about_processes(stage: Stage) -> list[str]:
    """Return what any user of this machine can read about the program's processes, and their environments."""
    words = []
    for pid in (os.getpid(), *stage.app.pool.pids):
        process = psutil.Process(pid)
        words += [" ".join(process.cmdline()), process.name(), repr(process.environ())]
    return words

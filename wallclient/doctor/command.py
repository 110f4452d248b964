"""The command itself: runs the checks and prints them, for people or as JSON."""

import argparse
import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from wallclient.doctor import demo_needs, desktop, media, system, text
from wallclient.doctor.finding import Finding, Level

Check = Callable[[], Finding | None]

CHECKS: dict[str, Check] = {
    "python": system.check_python,
    "packages": system.check_packages,
    "cores": system.check_cores,
    "memory": system.check_memory,
    "files": system.check_open_files,
    "shared": system.check_shared_memory,
    "clock": system.check_clock,
    "vlc": media.check_libvlc,
    "rtsp": media.check_rtsp,
    "av": media.check_av,
    "gpu": media.check_gpu,
    "qt": desktop.check_qt,
    "display": desktop.check_display,
    "monitors": desktop.check_monitors,
    "fonts": desktop.check_fonts,
    "keyring": desktop.check_keyring,
    "media_server": demo_needs.check_media_server,
    "encoder": demo_needs.check_encoder,
    "xvfb": demo_needs.check_xvfb,
}
_COLOURS = {Level.OK: "32", Level.NOTE: "33", Level.PROBLEM: "31"}


def main(argv: Sequence[str] | None = None) -> int:
    """Check this machine; return 0 if the wall can run here, 1 if not. `argv` without the program's name."""
    parser = argparse.ArgumentParser(
        prog="wallclient doctor", description="Tell what this machine has and what the wall lacks."
    )
    parser.add_argument("--json", action="store_true", help="print the findings as one JSON object")
    wants_json = parser.parse_args(argv).json
    findings = examine(CHECKS)
    lang = text.language()
    print(as_json(findings, lang) if wants_json else as_table(findings, lang, colour=_colour_wanted()))
    return 0 if can_run(findings) else 1


def examine(checks: dict[str, Check]) -> list[Finding]:
    """Run the checks; one that fails is a problem of its own topic and stops no other."""
    return [finding for topic, check in checks.items() if (finding := _checked(topic, check))]


def _checked(topic: str, check: Check) -> Finding | None:
    try:
        return check()
    except Exception as err:  # the edge: whatever a broken machine throws belongs into the report
        return Finding(topic, Level.PROBLEM, "check_failed", {"error": f"{type(err).__name__}: {err}"})


def can_run(findings: Iterable[Finding]) -> bool:
    """Tell whether nothing stands in the way of the wall."""
    return all(finding.level is not Level.PROBLEM for finding in findings)


def as_json(findings: Sequence[Finding], lang: str) -> str:
    """Return {can_run, findings: [{topic, level, text, summary, values, remedy}]}; topic and text are stable keys."""
    rows = [
        {
            "topic": finding.topic,
            "level": finding.level,
            "text": finding.text,
            "summary": text.summary(finding, lang),
            "values": {name: str(value) for name, value in finding.values.items()},
            "remedy": text.remedy(finding, lang),
        }
        for finding in findings
    ]
    return json.dumps({"can_run": can_run(findings), "findings": rows}, ensure_ascii=False, indent=2)


def as_table(findings: Sequence[Finding], lang: str, *, colour: bool) -> str:
    """Return the report for a terminal: level, topic and sentence in columns, remedies below."""
    column = text.LANGUAGES.index(lang)
    level_width = max(_width(names[column]) for names in text.LEVELS.values())
    topic_width = max(_width(names[column]) for names in text.TOPICS.values())
    lines: list[str] = []
    for finding in findings:
        level = _padded(text.LEVELS[finding.level][column], level_width)
        level = f"\033[{_COLOURS[finding.level]}m{level}\033[0m" if colour else level
        topic = _padded(text.TOPICS[finding.topic][column], topic_width)
        lines.append(f"{level}  {topic}  {text.summary(finding, lang)}")
        lines += [f"{' ' * (level_width + topic_width + 4)}→ {line}" for line in text.remedy(finding, lang)]
    return "\n".join([*lines, "", text.say(_verdict(findings), lang)])


def _verdict(findings: Sequence[Finding]) -> str:
    if not can_run(findings):
        return "can_not_run"
    return "can_run_notes" if any(finding.level is Level.NOTE for finding in findings) else "can_run"


def _width(words: str) -> int:
    """Return the columns a terminal needs; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in words)


def _padded(words: str, width: int) -> str:
    return words + " " * (width - _width(words))


def _colour_wanted() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"

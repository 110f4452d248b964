"""What a check found: a level, a sentence (by key) and a remedy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """OK: as it should be. NOTE: the wall runs, something is missing or slower. PROBLEM: the wall can't run."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `text` and `remedy_text` are keys of `text.SENTENCES`; `command` is for a shell."""

    topic: str  # key of `text.TOPICS`
    level: Level
    text: str
    values: Mapping[str, object] = field(default_factory=dict)
    command: str = ""
    remedy_text: str = ""


def apt(*packages: str) -> str:
    """Return the line that installs Debian packages."""
    return "sudo apt-get install " + " ".join(packages)

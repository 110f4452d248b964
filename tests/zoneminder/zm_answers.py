"""What the real server answered (recorded.json), and its refusals."""

import json
from pathlib import Path

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text("utf-8"))


class Refusal(Exception):  # noqa: N818
    """An error as the API tells it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def as_text(body: object) -> object:
    """Return a document with all numbers as text, as older PHP has it."""
    if isinstance(body, dict):
        return {key: as_text(value) for key, value in body.items()}
    if isinstance(body, list):
        return [as_text(value) for value in body]
    return str(body) if isinstance(body, int | float) and not isinstance(body, bool) else body

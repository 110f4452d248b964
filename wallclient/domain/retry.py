"""How long to wait before trying again."""

import random

LONGEST_S = 30.0


def retry_delay_s(attempt: int) -> float:
    """Return the wait before try `attempt` (from 1): 1, 2, 4 … 30 s, and noise: a wall must not return in one wave."""
    return min(LONGEST_S, 2.0 ** min(attempt - 1, 10)) + random.random()

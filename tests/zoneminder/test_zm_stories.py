"""The double does what the real ZoneMinder does (tests/integration/zoneminder/test_real_zoneminder.py)."""

from zm_stories import *  # noqa: F403

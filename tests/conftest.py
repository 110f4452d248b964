"""For all tests: Qt draws offscreen; no window opens on a desktop, and none is needed where there is no display."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

"""Child of the doctor: opens Qt on the display there is and prints platform, monitors and fonts as JSON."""

import json
import sys


def main() -> None:
    """Print versions, platform, screens and the families with simplified Chinese, or fail as Qt does."""
    import PySide6
    from PySide6.QtCore import qVersion
    from PySide6.QtGui import QFontDatabase, QGuiApplication

    app = QGuiApplication(sys.argv)
    families = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    screens = [
        {
            "name": screen.name(),
            "width": round(screen.size().width() * screen.devicePixelRatio()),
            "height": round(screen.size().height() * screen.devicePixelRatio()),
            "scale": screen.devicePixelRatio(),
            "hz": round(screen.refreshRate()),
        }
        for screen in app.screens()
    ]
    answer = {"pyside": PySide6.__version__, "qt": qVersion(), "platform": app.platformName(), "screens": screens}
    print(json.dumps({**answer, "families": sorted(families)}))


if __name__ == "__main__":
    main()

"""The program's language: which one, and the translators that make it so. Source strings are English."""

import os

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from wallclient.ui.resources import resource_path

LANGUAGES = {"zh_CN": "简体中文", "en": "English"}


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:
    """Mark `text` for `lupdate`, which knows this name; Qt's own function says it returns any object."""
    return text


def chosen_language(setting: str = "") -> str:
    """Return the language to use: the environment's WALLCLIENT_LANG, else the setting, else by locale."""
    for wish in (os.environ.get("WALLCLIENT_LANG", ""), setting):
        if wish:
            return "zh_CN" if wish.lower().startswith("zh") else "en"
    system = QLocale.system()
    names = [*system.uiLanguages(), system.name()]
    return "zh_CN" if names and names[0].lower().startswith("zh") else "en"


def install_translators(app: QCoreApplication, language: str) -> list[QTranslator]:
    """Make `app` speak `language`; the translators returned must be kept, and can be removed again."""
    QLocale.setDefault(QLocale(language))
    if language == "en":
        return []
    translators = []
    for folder, name in (
        (QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath), f"qtbase_{language}"),
        (str(resource_path("i18n")), f"wallclient_{language}"),
    ):
        translator = QTranslator(app)
        if translator.load(name, folder):
            app.installTranslator(translator)
            translators.append(translator)
    return translators

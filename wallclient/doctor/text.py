"""The doctor's sentences in English and Chinese.

Not in Qt's catalogue: the doctor must still speak where Qt itself is what is broken. The language follows the locale,
as in the program.
"""

import os
from collections.abc import Mapping

from wallclient.doctor.finding import Finding, Level

LANGUAGES = ("en", "zh")

TOPICS = {
    "python": ("Python", "Python"),
    "packages": ("Python packages", "Python 软件包"),
    "cores": ("CPU", "处理器"),
    "memory": ("Memory", "内存"),
    "files": ("Open files", "文件句柄"),
    "shared": ("Shared memory", "共享内存"),
    "clock": ("Clock", "时钟"),
    "vlc": ("libVLC", "libVLC"),
    "rtsp": ("RTSP", "RTSP"),
    "av": ("PyAV", "PyAV"),
    "gpu": ("GPU decoding", "硬件解码"),
    "qt": ("Qt", "Qt"),
    "display": ("Display", "显示"),
    "monitors": ("Monitors", "显示器"),
    "fonts": ("Chinese fonts", "中文字体"),
    "keyring": ("Passwords", "密码保管"),
    "media_server": ("Demo: cameras", "演示: 摄像机"),
    "encoder": ("Demo: ffmpeg", "演示: ffmpeg"),
    "xvfb": ("Demo: Xvfb", "演示: Xvfb"),
}

LEVELS = {Level.OK: ("ok", "正常"), Level.NOTE: ("note", "提示"), Level.PROBLEM: ("problem", "故障")}

SENTENCES = {
    "check_failed": ("this could not be checked: {error}", "无法检查: {error}"),
    "python_ok": ("{version} ({path})", "{version}({path})"),
    "python_old": ("{version} is too old; 3.11 or newer is needed", "{version} 过旧, 需要 3.11 或更高版本"),
    "python_old_remedy": (
        "install Python 3.11 or newer and run `make setup` again",
        "安装 Python 3.11 或更高版本, 再运行 make setup",
    ),
    "packages_ok": ("all {count} there", "{count} 个均已安装"),
    "packages_missing": ("missing: {names}", "缺少: {names}"),
    "packages_remedy": ("run `make setup`, or install the program anew", "运行 make setup, 或重新安装本程序"),
    "cores_ok": ("{count} cores", "{count} 个核心"),
    "cores_few": ("{count} core: enough for about 16 panes", "{count} 个核心: 大约够 16 个画面"),
    "memory_ok": ("{total} GB, {free} GB free", "{total} GB, 可用 {free} GB"),
    "memory_low": (
        "{free} GB of {total} GB free; 64 panes need about 1.1 GB",
        "共 {total} GB, 仅 {free} GB 可用; 64 个画面约需 1.1 GB",
    ),
    "memory_remedy": ("end other programs, or show fewer panes", "关闭其他程序, 或减少画面数"),
    "files_ok": ("up to {soft}", "上限 {soft}"),
    "files_low": ("only {soft}; 64 panes need about {needed}", "上限仅 {soft}; 64 个画面约需 {needed}"),
    "files_any": ("no limit to check on this system", "本系统无需检查"),
    "shared_ok": ("anonymous (memfd), readable by its owner only", "匿名内存 (memfd), 仅所有者可读"),
    "shared_missing": ("the system offers no memfd: {error}", "系统不支持 memfd: {error}"),
    "shared_remedy": (
        "Linux 3.17 or newer is needed, and a container that allows memfd_create",
        "需要 Linux 3.17 或更高版本; 容器须允许 memfd_create",
    ),
    "clock_ok": ("kept in step with a time server", "已与时间服务器同步"),
    "clock_free": (
        "not kept in step with a time server; times on pictures and exports may be wrong",
        "未与时间服务器同步; 画面和导出文件的时间可能不准",
    ),
    "clock_unknown": ("can't be told on this system", "本系统无法判断"),
    "clock_remedy": (
        "in a virtual machine the host may keep the clock; else run the line above",
        "虚拟机的时钟可能由宿主机维护; 否则运行上面的命令",
    ),
    "vlc_ok": ("{version} ({path})", "{version}({path})"),
    "vlc_missing": ("not found, or it does not load: {error}", "未找到或无法加载: {error}"),
    "vlc_remedy": ("install VLC 3 (64 bit, like this Python)", "安装 VLC 3 (64 位, 与 Python 一致)"),
    "vlc_wrong": ("{version}: version 3 is needed", "{version}: 需要第 3 版"),
    "vlc_crashed": ("crashes when it starts: {error}", "启动即崩溃: {error}"),
    "vlc_plugins": ("{version}, but plug-ins are missing: {names}", "{version}, 但缺少插件: {names}"),
    "rtsp_direct": ("libVLC's own (live555)", "libVLC 自带 (live555)"),
    "rtsp_bridge": (
        "through the bridge; this libVLC has no live555 (usual on Debian, Ubuntu)",
        "经桥接; 此 libVLC 不带 live555 (Debian、Ubuntu 均如此)",
    ),
    "rtsp_none": (
        "no way to play it: libVLC has no live555 and PyAV does not load",
        "无法播放: libVLC 不带 live555, PyAV 也无法加载",
    ),
    "av_ok": (
        "{version}, libavcodec {codec}, libavformat {format}",
        "{version}, libavcodec {codec}, libavformat {format}",
    ),
    "av_broken": ("does not load: {error}", "无法加载: {error}"),
    "gpu_none": ("none found; pictures are decoded by the CPU", "未发现; 由处理器解码"),
    "gpu_va": (
        "{node} decodes {codecs}; the wall still decodes on the CPU",
        "{node} 可解码 {codecs}; 目前仍由处理器解码",
    ),
    "gpu_node": ("{node} found; the wall still decodes on the CPU", "发现 {node}; 目前仍由处理器解码"),
    "gpu_nvidia": ("NVIDIA found; the wall still decodes on the CPU", "发现 NVIDIA 显卡; 目前仍由处理器解码"),
    "qt_ok": ("{qt} (PySide6 {pyside})", "{qt}(PySide6 {pyside})"),
    "qt_broken": ("does not load: {error}", "无法加载: {error}"),
    "qt_leaks": (
        "PySide6 {pyside} on Python 3.11 loses references to None and aborts within minutes",
        "PySide6 {pyside} 在 Python 3.11 上会丢失 None 的引用, 数分钟后中止",
    ),
    "qt_leaks_remedy": (
        "run `make setup`: it installs the version pinned for this program",
        "运行 make setup, 安装本程序锁定的版本",
    ),
    "display_ok": ("{platform} ({name})", "{platform}({name})"),
    "display_none": (
        "none (neither DISPLAY nor WAYLAND_DISPLAY is set); demo and bench bring their own",
        "没有 (DISPLAY 和 WAYLAND_DISPLAY 均未设置); 演示和测速会自带显示",
    ),
    "display_none_at_all": ("none, and no Xvfb for the demo to bring its own", "没有, 也没有 Xvfb 供演示使用"),
    "display_remedy": ("to run the wall itself, start it in a desktop session", "运行大屏请在桌面会话中启动"),
    "display_refused": ("{name} can't be used: {error}", "无法使用 {name}: {error}"),
    "display_refused_remedy": (
        "check DISPLAY and that this user may use that display (xauth)",
        "检查 DISPLAY, 以及本用户是否有权使用 (xauth)",
    ),
    "display_library": ("Qt can't open {name}: {libraries} missing", "Qt 无法打开 {name}: 缺少 {libraries}"),
    "monitors_ok": ("{list}", "{list}"),
    "fonts_ok": ("{count} families, e.g. {name}", "{count} 种, 如 {name}"),
    "fonts_none": ("none; Chinese names will be boxes", "没有; 中文名称将显示为方框"),
    "fonts_unknown": ("can't be told while Qt does not load", "Qt 无法加载, 无法判断"),
    "fonts_remedy": (
        "install a font with Chinese characters, e.g. Noto Sans CJK",
        "安装含中文的字体, 如 Noto Sans CJK",
    ),
    "keyring_ok": ("kept by {backend}", "由 {backend} 保管"),
    "keyring_refused": (
        "{backend} is not used: {reason}; the program will ask at each start",
        "不使用 {backend}: {reason}; 每次启动都会询问密码",
    ),
    "keyring_fail": ("there is no secret service here", "本机没有密码服务"),
    "keyring_null": ("it keeps nothing", "它不保存任何内容"),
    "keyring_plain": (
        "it keeps passwords in a file anyone with the disk can read",
        "它把密码存于文件, 拿到磁盘即可读出",
    ),
    "keyring_prompt": (
        "it asks for a password on the terminal, which a desktop program does not have",
        "它要在终端询问密码, 桌面程序没有终端",
    ),
    "keyring_chain": ("it passes passwords on to whichever backend answers first", "它把密码交给最先应答的后端"),
    "keyring_unknown": ("it is not known to keep them encrypted", "不确定它是否加密保存"),
    "keyring_broken": ("keyring does not load: {error}", "keyring 无法加载: {error}"),
    "keyring_session": (
        "sign in to a desktop session whose secret service is unlocked",
        "登录桌面会话, 并解锁其密码服务",
    ),
    "media_server_ok": ("GStreamer {version} RTSP server under {python}", "GStreamer {version} RTSP 服务器 ({python})"),
    "media_server_missing": ("{python} can't load {what}", "{python} 无法加载 {what}"),
    "tool_ok": ("{version}", "{version}"),
    "tool_missing": ("{tool} not found", "未找到 {tool}"),
    "tool_needless": ("not needed: there is a display", "不需要: 已有显示"),
    "can_run": ("The wall can run here.", "本机可以运行电视墙。"),
    "can_run_notes": ("The wall can run here; see the notes.", "本机可以运行电视墙, 请留意提示。"),
    "can_not_run": ("The wall can't run here yet.", "本机暂时无法运行电视墙。"),
}


def language() -> str:
    """Return "zh" or "en", as the locale says."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def say(key: str, lang: str, values: Mapping[str, object] | None = None) -> str:
    """Return the sentence `key`; a value that is itself the key of a sentence is said in the same language."""
    spoken = {name: sentence(value, lang) for name, value in (values or {}).items()}
    return SENTENCES[key][LANGUAGES.index(lang)].format(**spoken)


def sentence(value: object, lang: str) -> object:
    """Return `value`, or what it says if it is the key of a sentence."""
    if isinstance(value, str) and value in SENTENCES:
        return SENTENCES[value][LANGUAGES.index(lang)]
    return value


def summary(finding: Finding, lang: str) -> str:
    """Return what was found, as a sentence."""
    return say(finding.text, lang, finding.values)


def remedy(finding: Finding, lang: str) -> list[str]:
    """Return what to do: a command line, a sentence, both or neither."""
    lines = [finding.command] if finding.command else []
    return lines + ([say(finding.remedy_text, lang)] if finding.remedy_text else [])

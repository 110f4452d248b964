"""The read-me of a package, Chinese and English, as HTML and as text: what this is, and how to check it by hand."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

from wallclient.evidence.content import Camera, Content, ItemKind

_MANUAL = """openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in statement.json -sigfile statement.sig
openssl pkey -pubin -in public-key.pem -outform DER | sha256sum
sha256sum manifest.json
sha256sum originals/*"""
_ZH = {
    "title": "视频证据包",
    "what": "本证据包内为监控中心导出的原始录像（未重新编码）、说明其来源的清单（manifest.json）以及数字签名。",
    "number": "案件编号",
    "name": "案件名称",
    "reason": "导出事由",
    "by": "导出人",
    "post": "岗位",
    "station": "工作站",
    "made": "制作时间",
    "zone": "时区",
    "signer": "签名公钥指纹",
    "cameras": "摄像机与时段",
    "offset": "摄像机时钟比中心快",
    "files": "文件",
    "original": "原始录像",
    "burned_in": "叠加字幕的副本（已重新编码，仅供观看）",
    "snapshot": "截图",
    "how": "如何核验",
    "tool": "在任一安装了本客户端的计算机上，使用通过其他可靠途径取得的签名人公钥文件运行：",
    "answer": "程序会逐字节核对整个证据包；如有改动，会指出第一处不符的文件、字节范围或字段。",
    "hand": "没有本客户端时，解压后可用 openssl（3.0 及以上）和 sha256sum 手工核验：",
    "hand_1": "1. 验证签名；2. 将公钥指纹与签名人提供的指纹比对；3. 与 statement.json 中的 manifest_sha256 比对；"
    "4. 与 manifest.json 中各文件的 sha256 比对。",
    "range": "录像按完整图像组导出，因此文件可能略早于所要求的时段开始、略晚结束；"
    "所要求的时段在清单和文件的章节中标明。",
}
_EN = {
    "title": "Evidence package",
    "what": "This package holds recordings as the center handed them out, not encoded anew, a list of what they are and"
    " where they come from (manifest.json), and a digital signature.",
    "number": "Case number",
    "name": "Case",
    "reason": "Reason",
    "by": "Exported by",
    "post": "Post",
    "station": "Workstation",
    "made": "Made",
    "zone": "Time zone",
    "signer": "Fingerprint of the signer's public key",
    "cameras": "Cameras and ranges",
    "offset": "the camera's clock was ahead of the center's by",
    "files": "Files",
    "original": "original recording",
    "burned_in": "copy with captions, encoded anew, for looking at only",
    "snapshot": "snapshot",
    "how": "How to verify",
    "tool": "On any computer with this client, with the signer's public key file, which you got from him on another"
    " way, run:",
    "answer": "Every byte of the package is checked; the first file, byte range or field that does not hold is named.",
    "hand": "Without the client: unpack, then check by hand with openssl (3.0 or newer) and sha256sum:",
    "hand_1": "1. verifies the signature; 2. compare with the fingerprint the signer tells you; 3. compare with"
    " manifest_sha256 in statement.json; 4. compare with the sha256 of each file in manifest.json.",
    "range": "Recordings are exported in whole groups of pictures, so a file may begin a little before the range that"
    " was asked for and end a little behind it. The range itself is told by the manifest and the file's chapters.",
}  # fmt: skip


def write(name: str, content: Content, signer: str) -> bytes:
    """Return README.html or README.txt."""
    parts = [_sections(content, signer, words) for words in (_ZH, _EN)]
    text = _html(parts) if name.endswith(".html") else _text(parts)
    return text.encode("utf-8")


_Section = tuple[str, list[str], str]  # heading, lines, commands
_Part = tuple[str, list[_Section]]


def _sections(content: Content, signer: str, words: dict[str, str]) -> _Part:
    zone = ZoneInfo(content.zone)
    about = [
        words["what"],
        f"{words['number']}: {content.case_number}",
        f"{words['name']}: {content.case_title}",
        f"{words['reason']}: {content.reason}",
        f"{words['by']}: {content.operator.name} ({content.operator.user})",
        f"{words['post']}: {content.operator.post}",
        f"{words['station']}: {content.workstation}",
        f"{words['made']}: {content.made_utc.astimezone(zone):%Y-%m-%d %H:%M:%S %z}",
        f"{words['zone']}: {content.zone}",
        f"{words['signer']}: {signer}",
    ]
    cameras = [_camera(camera, zone, words) for camera in content.cameras]
    files = [f"{item.name}: {words[item.kind]}" for item in content.items if item.kind in _shown_kinds()]
    command = "wallclient verify PACKAGE.zip --key SIGNER.pem"
    return words["title"], [
        ("", about, ""),
        (words["cameras"], [*cameras, words["range"]], ""),
        (words["files"], files, ""),
        (words["how"], [words["tool"]], command),
        ("", [words["answer"], words["hand"]], _MANUAL),
        ("", [words["hand_1"]], ""),
    ]


def _shown_kinds() -> Sequence[ItemKind]:
    return ItemKind.ORIGINAL, ItemKind.BURNED_IN, ItemKind.SNAPSHOT


def _camera(camera: Camera, zone: ZoneInfo, words: dict[str, str]) -> str:
    start, end = (
        datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
        for ms in (camera.start_ms, camera.end_ms)
    )
    line = f"{camera.name} ({camera.code}), {camera.center}: {start} – {end}"
    if camera.clock_offset_ms:
        line += f"; {words['offset']} {camera.clock_offset_ms / 1000:+.1f} s"
    return line


def _text(parts: Sequence[_Part]) -> str:
    lines: list[str] = []
    for title, sections in parts:
        lines += [title, "=" * 2 * len(title), ""]
        for heading, texts, commands in sections:
            lines += ([heading, "-" * 2 * len(heading)] if heading else []) + texts
            lines += [f"    {command}" for command in commands.splitlines()] + [""]
    return "\r\n".join(lines)  # for the simplest of editors


def _html(parts: Sequence[_Part]) -> str:
    body = []
    for title, sections in parts:
        body.append(f"<h1>{escape(title)}</h1>")
        for heading, texts, commands in sections:
            body += [f"<h2>{escape(heading)}</h2>"] if heading else []
            body += [f"<p>{escape(text)}</p>" for text in texts]
            body += [f"<pre>{escape(commands)}</pre>"] if commands else []
    style = (
        "body{font:16px/1.6 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}pre{background:#eee;padding:1em;"
    )
    style += "white-space:pre-wrap}p{margin:.3em 0}"
    head = f'<meta charset="utf-8"><title>{escape(parts[0][0])} · {escape(parts[1][0])}</title><style>{style}</style>'
    return f'<!DOCTYPE html>\n<html lang="zh-CN"><head>{head}</head>\n<body>\n' + "\n".join(body) + "\n</body></html>\n"

"""`wallclient verify PACKAGE [--key FILE]`: the check as a command, in English or Chinese.

Exit status: 0 the package holds, 1 it does not, 2 it could not be checked.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from wallclient.domain.names import display_name
from wallclient.evidence.content import ItemKind
from wallclient.evidence.signing import BadKey
from wallclient.evidence.verify import Fault, FaultKind, Verdict, verify

HOLDS, DOES_NOT_HOLD, NOT_CHECKED = 0, 1, 2
_WORDS: Mapping[str, tuple[str, str]] = {
    "holds": ("The package holds: every byte is as it was signed.", "证据包完整：每一个字节均与签名时一致。"),
    "fails": ("The package does NOT hold.", "证据包不可信：内容与签名不符。"),
    "signer": ("Signed with the key {signer}", "签名公钥指纹：{signer}"),
    "given": ("It is the key you gave.", "与您提供的公钥一致。"),
    "not_given": (
        "WARNING: the key came with the package, so this does not prove who signed it. Compare the fingerprint with the"
        " signer's, or check with --key.",
        "注意：公钥来自证据包本身，不能证明签名人身份。请与签名人核对指纹，或使用 --key 指定其公钥重新核验。",
    ),
    "not_given_here": (
        "WARNING: the key came with the package, so this does not prove who signed it. Compare the fingerprint with the"
        " signer's, or choose the signer's public key and verify again.",
        "注意：公钥来自证据包本身，不能证明签名人身份。请与签名人核对指纹，或选择签名人公钥后重新校验。",
    ),
    "case": ("Case {number} {title}", "案件 {number} {title}"),
    "made": ("Made {made} by {name} ({user}), {post}", "{made} 由 {name}（{user}，{post}）制作"),
    "camera": ("Camera {name} ({code}): {start} – {end}", "摄像机 {name}（{code}）：{start} – {end}"),
    "file": ("  {name}  {size} bytes", "  {name}  {size} 字节"),
    "no_package": ("{path} can't be read: {error}", "无法读取 {path}：{error}"),
    "no_key": ("{path} is no public key this program can use.", "{path} 不是本程序可用的公钥文件。"),
    FaultKind.CONTAINER: (
        "The ZIP container was changed: bytes {first}–{last} of the package{at}.",
        "ZIP 容器被改动：证据包第 {first}–{last} 字节{at}。",
    ),
    FaultKind.FIELD: ("{member} was changed{field}.", "{member} 被改动{field}。"),
    FaultKind.SIGNATURE: (
        "The signature is not that of the statement: statement.json or statement.sig was changed.",
        "签名与声明不符：statement.json 或 statement.sig 被改动。",
    ),
    FaultKind.KEY: (
        "public-key.pem is not the key of the signer: the package was signed by somebody else, or was changed.",
        "public-key.pem 不是该签名人的公钥：证据包由他人签名或已被改动。",
    ),
    FaultKind.ALGORITHM: (
        "statement.json, field algorithm: this program does not know it.",
        "statement.json 的字段 algorithm：本程序不支持该算法。",
    ),
    FaultKind.DATA: (
        "{member} was changed: within its bytes {first}–{last}.",
        "{member} 被改动：第 {first}–{last} 字节之间。",
    ),
    FaultKind.CUT: ("The package is cut off at byte {first}{at}.", "证据包在第 {first} 字节处被截断{at}。"),
    FaultKind.EXTRA: (
        "Something was added behind the package's end: bytes {first}–{last}.",
        "证据包末尾被追加数据：第 {first}–{last} 字节。",
    ),
    "at": (", at {member}", "，位于 {member}"),
    "field": (", field {field}", "，字段 {field}"),
}  # fmt: skip


def run(package: Path, key: Path | None, language: str) -> int:
    """Check a package, print what it came to in `language` ("en", "zh"), and return the exit status."""
    try:
        pem = key.read_bytes() if key else None
        verdict = verify(package, pem)
    except BadKey:
        print(_say("no_key", language, path=key), file=sys.stderr)
        return NOT_CHECKED
    except OSError as err:
        print(_say("no_package", language, path=err.filename or package, error=err.strerror), file=sys.stderr)
        return NOT_CHECKED
    print("\n".join(lines_of(verdict, language)))
    return HOLDS if verdict.fault is None else DOES_NOT_HOLD


def lines_of(verdict: Verdict, language: str, *, is_command: bool = True) -> list[str]:
    """Return what to tell of a check; in a window (`is_command` False) no options are spoken of."""
    if verdict.fault is not None:
        return [_say("fails", language), fault_text(verdict.fault, language)]
    assert verdict.manifest
    lines = [
        _say("holds", language),
        _say("signer", language, signer=verdict.signer),
        _say("given" if verdict.is_signer_given else "not_given" if is_command else "not_given_here", language),
        "",
        _say("case", language, **verdict.manifest["case"]),
        _say("made", language, made=verdict.manifest["made"]["local"], **verdict.manifest["operator"]),
    ]
    for camera in verdict.manifest["cameras"]:
        asked = camera["asked"]
        times = {"start": asked["start_local"], "end": asked["end_local"]}
        lines.append(_say("camera", language, name=camera["name"], code=camera["code"], **times))
    files = [entry for entry in verdict.manifest["files"] if entry["kind"] != ItemKind.READ_ME]
    return lines + [_say("file", language, name=entry["name"], size=entry["size"]) for entry in files]


def fault_text(fault: Fault, language: str) -> str:
    """Return a fault as a sentence; bytes are counted from 0, both ends included."""
    at = _WORDS["at"][language == "zh"].format(member=display_name(fault.member)) if fault.member else ""
    field = _WORDS["field"][language == "zh"].format(field=display_name(fault.field)) if fault.field else ""
    last = max(fault.first, fault.stop - 1)
    return _say(fault.kind, language, member=fault.member, first=fault.first, last=last, at=at, field=field)


def _say(key: str, language: str, **values: object) -> str:
    harmless = {name: display_name(value, 500) if isinstance(value, str) else value for name, value in values.items()}
    return _WORDS[key][1 if language == "zh" else 0].format(**harmless)

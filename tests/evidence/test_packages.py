"""Evidence packages: whole as they were made, and no byte of them can be another without `verify` naming it."""

import json
import os
import random
import subprocess
import sys
import zipfile
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wallclient.cli import main
from wallclient.domain.errors import DiskFull, FootageChanged
from wallclient.domain.patrol import Person
from wallclient.evidence.command import fault_text
from wallclient.evidence.content import CHUNK_BYTES, Camera, Content, Custody, Item, ItemKind
from wallclient.evidence.layout import Member, directory, local_header
from wallclient.evidence.package import HEAD, READ_ME, write_package
from wallclient.evidence.signing import BadKey, Ed25519Signer, fingerprint
from wallclient.evidence.verify import FaultKind, verify

WHO = Person("zhang", "张三", "一号台")
SIGNER = Ed25519Signer(bytes(range(32)))
OTHER = Ed25519Signer(bytes(range(1, 33)))
T0_MS = 1_800_000_000_000
MADE = datetime(2027, 1, 15, 8, 30, tzinfo=UTC)


def content(*files: Path, sha256: str = "") -> Content:
    camera = Camera("c/1", "解放北路 口", "44010600001320000001", "市中心", T0_MS, T0_MS + 60_000, 7000)
    items = [
        Item(path, f"originals/{path.name}", ItemKind.ORIGINAL, 0, T0_MS - 400, T0_MS + 60_200, sha256, {"codec": "x"})
        for path in files
    ]
    custody = [Custody(MADE, WHO, "exported", "from 市中心"), Custody(MADE, WHO, "packed")]
    case = "key-0001", "A2027-15", "路口事故", "交警支队调取"
    return Content(*case, WHO, "ws-7", "Asia/Shanghai", "0.1.0", MADE, [camera], items, custody)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    (folder / "路口.mp4").write_bytes(os.urandom(700))
    (folder / "b.mp4").write_bytes(b"")
    path = folder / "small.zip"
    write_package(path, content(folder / "路口.mp4", folder / "b.mp4"), SIGNER)
    return path


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    (folder / "a.mp4").write_bytes(random.Random(1).randbytes(5 * CHUNK_BYTES + 12345))
    path = folder / "large.zip"
    write_package(path, content(folder / "a.mp4"), SIGNER)
    return path


def test_a_package_holds_and_any_zip_program_reads_it(small):
    verdict = verify(small, SIGNER.public_pem)
    assert verdict.fault is None
    assert verdict.is_signer_given
    assert verdict.signer == fingerprint(SIGNER.public_pem)
    with zipfile.ZipFile(small) as package:
        assert package.testzip() is None
        names = package.namelist()
        assert names == [*HEAD, *READ_ME, "originals/路口.mp4", "originals/b.mp4"]
        assert package.read("originals/路口.mp4") == (small.parent / "路口.mp4").read_bytes()
        manifest = json.loads(package.read("manifest.json"))
        text = package.read("README.txt").decode()
        page = package.read("README.html").decode()
    assert manifest == verdict.manifest
    assert manifest["cameras"][0]["asked"]["start_utc"] == "2027-01-15T08:00:00.000Z"
    assert manifest["cameras"][0]["asked"]["start_local"] == "2027-01-15T16:00:00.000+08:00"
    assert manifest["cameras"][0]["code"] == "44010600001320000001"
    assert [entry["action"] for entry in manifest["custody"]] == ["exported", "packed"]
    for word in ("A2027-15", "路口事故", "如何核验", "How to verify", verdict.signer, "张三", "wallclient verify"):
        assert word in text
        assert word in page


def test_every_byte_of_a_package_counts(small, tmp_path):
    whole = small.read_bytes()
    copy = tmp_path / "copy.zip"
    copy.write_bytes(whole)
    kinds, unfound = set(), []
    with copy.open("r+b", buffering=0) as file:
        for at, byte in enumerate(whole):
            file.seek(at)
            file.write(bytes([byte ^ (1 << at % 8)]))
            fault = verify(copy, SIGNER.public_pem).fault
            unfound += [] if fault else [at]
            kinds.add(fault and fault.kind)
            file.seek(at)
            file.write(bytes([byte]))
    assert unfound == []
    assert {FaultKind.CONTAINER, FaultKind.FIELD, FaultKind.SIGNATURE, FaultKind.KEY, FaultKind.DATA} <= kinds
    assert verify(copy, SIGNER.public_pem).fault is None


def test_every_byte_counts_also_where_the_package_brings_the_key(small, tmp_path):
    whole = small.read_bytes()
    copy = tmp_path / "copy.zip"
    ends = [*range(600), *range(len(whole) - 600, len(whole)), *range(600, len(whole) - 600, 7)]
    for at in ends:
        copy.write_bytes(whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :])
        assert verify(copy).fault, at


def test_random_bytes_of_a_large_package_are_found_where_they_are(large, tmp_path):
    copy = tmp_path / "copy.zip"
    copy.write_bytes(large.read_bytes())
    with zipfile.ZipFile(large) as package:
        info = package.getinfo("originals/a.mp4")
    data_at = info.header_offset + 30 + len(info.filename.encode()) + 20
    dice = random.Random(2)
    for _ in range(25):
        offset = dice.randrange(info.file_size)
        with copy.open("r+b") as file:
            file.seek(data_at + offset)
            byte = file.read(1)
            file.seek(data_at + offset)
            file.write(bytes([byte[0] ^ dice.randrange(1, 256)]))
        fault = verify(copy, SIGNER.public_pem).fault
        assert fault
        assert (fault.kind, fault.member) == (FaultKind.DATA, "originals/a.mp4")
        assert fault.first <= offset < fault.stop <= fault.first + CHUNK_BYTES
        with copy.open("r+b") as file:
            file.seek(data_at + offset)
            file.write(byte)
    assert verify(copy, SIGNER.public_pem).fault is None


@pytest.mark.parametrize("change", ["cut", "longer", "comment", "between", "in_front", "doubled", "empty"])
def test_more_and_less_is_found(small, tmp_path, change):
    whole = small.read_bytes()
    with zipfile.ZipFile(small) as package:
        middle = package.getinfo("README.txt").header_offset
    changed = {
        "cut": whole[:-1],
        "longer": whole + b"\0",
        "comment": whole[:-2] + b"\5\0hello",
        "between": whole[:middle] + b"\0" * 8 + whole[middle:],
        "in_front": b"\0" + whole,
        "doubled": whole + whole,
        "empty": b"",
    }[change]
    copy = tmp_path / "copy.zip"
    copy.write_bytes(changed)
    assert verify(copy, SIGNER.public_pem).fault


def test_a_field_that_was_changed_is_named(small, tmp_path):
    whole = small.read_bytes()
    copy = tmp_path / "copy.zip"
    for old, new, field in ((b"ws-7", b"ws-8", "workstation"), ("张三".encode(), "李四".encode(), "custody")):
        assert old in whole
        copy.write_bytes(_with_manifest(small, lambda raw, a=old, b=new: raw.replace(a, b, 1)))
        fault = verify(copy, SIGNER.public_pem).fault
        assert fault
        assert (fault.kind, fault.member, fault.field) == (FaultKind.FIELD, "manifest.json", field)
        assert field in fault_text(fault, "en")
        assert field in fault_text(fault, "zh")


def _with_manifest(path, change):
    """Return a package with another manifest, its check sums put right."""
    members, parts = [], []
    with zipfile.ZipFile(path) as package:
        for info in package.infolist():
            data = package.read(info)
            data = change(data) if info.filename == "manifest.json" else data
            members.append(Member(info.filename, len(data), zlib.crc32(data)))
            parts += [local_header(members[-1]), data]
    return b"".join(parts) + directory(members)


def test_a_package_somebody_else_made_does_not_hold(tmp_path):
    file = tmp_path / "a.mp4"
    file.write_bytes(b"other footage")
    path = tmp_path / "forged.zip"
    write_package(path, content(file), OTHER)
    fault = verify(path, SIGNER.public_pem).fault
    assert fault
    assert fault.kind is FaultKind.KEY
    without = verify(path)
    assert without.fault is None
    assert not without.is_signer_given


def test_the_command_says_it_in_both_languages(small, tmp_path, capfd, monkeypatch):
    key = tmp_path / "key.pem"
    key.write_bytes(SIGNER.public_pem)
    monkeypatch.setenv("WALLCLIENT_LANG", "zh_CN")
    assert main(["verify", str(small), "--key", str(key)]) == 0
    said = capfd.readouterr().out
    assert "证据包完整" in said
    assert "与您提供的公钥一致" in said
    assert "解放北路 口" in said
    monkeypatch.setenv("WALLCLIENT_LANG", "en")
    assert main(["verify", str(small)]) == 0
    assert "WARNING" in capfd.readouterr().out
    broken = tmp_path / "broken.zip"
    whole = bytearray(small.read_bytes())
    whole[whole.index((small.parent / "路口.mp4").read_bytes()) + 5] ^= 1
    broken.write_bytes(whole)
    assert main(["verify", str(broken), "--key", str(key)]) == 1
    assert "originals/路口.mp4 was changed: within its bytes 0–699." in capfd.readouterr().out
    assert main(["verify", str(tmp_path / "missing.zip")]) == 2
    key.write_bytes(b"no key")
    assert main(["verify", str(small), "--key", str(key)]) == 2


def test_verify_needs_neither_qt_nor_a_player(small):
    script = "import sys; from wallclient.cli import main; main(['verify', sys.argv[1]]); "
    script += "print([n for n in sys.modules if n.split('.')[0] in ('PySide6', 'av', 'vlc', 'requests')])"
    done = subprocess.run([sys.executable, "-c", script, str(small)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_signature_can_be_checked_by_hand(small, tmp_path):
    with zipfile.ZipFile(small) as package:
        package.extractall(tmp_path)
    command = "openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in statement.json -sigfile statement.sig"
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Signature Verified Successfully" in done.stdout
    command = "openssl pkey -pubin -in public-key.pem -outform DER | sha256sum"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert f"SHA256:{done.stdout.split()[0]}" == fingerprint(SIGNER.public_pem)
    assert json.loads((tmp_path / "statement.json").read_bytes())["algorithm"] == "Ed25519"


def test_footage_that_changed_since_its_export_is_not_packed(tmp_path):
    file = tmp_path / "a.mp4"
    file.write_bytes(b"not what was exported")
    path = tmp_path / "new.zip"
    with pytest.raises(FootageChanged):
        write_package(path, content(file, sha256="0" * 64), SIGNER)
    assert not path.exists()


def test_footage_that_changes_while_it_is_packed_is_not_packed(tmp_path):
    file, path = tmp_path / "a.mp4", tmp_path / "new.zip"
    file.write_bytes(bytes(CHUNK_BYTES + 10))

    def meddle(done, total):
        if done == total // 2:  # all was hashed
            file.write_bytes(bytes(CHUNK_BYTES) + b"other data")

    with pytest.raises(FootageChanged):
        write_package(path, content(file), SIGNER, meddle)
    assert not path.exists()


def test_a_full_disk_leaves_no_package(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    file = tmp_path / "a.mp4"
    file.write_bytes(b"x")
    link = tmp_path / "package.zip"

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(DiskFull):
            write_package(link, content(file), SIGNER)
    assert not link.exists()


@pytest.mark.parametrize("name", ["../a", "/a", "a/../b", "a\\b", "manifest.json", "Readme.TXT", "", "a" * 2000])
def test_names_no_package_can_have_are_refused(tmp_path, name):
    file = tmp_path / "a.mp4"
    file.write_bytes(b"x")
    wanted = content(file)
    item = Item(file, name, ItemKind.ORIGINAL)
    with pytest.raises(ValueError, match="name"):
        write_package(tmp_path / "p.zip", replace(wanted, items=[item]), SIGNER)


def test_a_key_that_is_none_is_refused(small):
    for key in (b"", b"-----BEGIN PUBLIC KEY-----\n", Ed25519Signer.new_secret()):
        with pytest.raises(BadKey):
            verify(small, key)

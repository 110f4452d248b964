"""Lists as people have them, and a keyring in memory that can refuse."""

import csv
import io

from wallclient.domain.errors import KeyringFailed

HEADINGS = ("路径", "名称", "编码", "主码流", "子码流", "用户", "密码", "位置", "类别")
GOOD = (
    "渝中区/解放碑",
    "八一路口 枪机1",
    "50010301001320000001",
    "rtsp://10.0.0.1:554/main",
    "rtsp://10.0.0.1:554/sub",
    "admin",
    "s3cret!",
    "106.5772,29.5570",
    "道路",
)


def row(**more: str) -> tuple[str, ...]:
    """Return a good row with some cells of other content."""
    names = ("path", "name", "code", "main", "sub", "user", "password", "position", "kind")
    assert more.keys() <= set(names)
    return tuple(more.get(name, cell) for name, cell in zip(names, GOOD, strict=True))


def csv_text(*rows, headings=HEADINGS, separator=","):
    """Return a list as CSV text."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([headings, *rows])
    return text.getvalue()


def write_csv(folder, *rows, encoding="utf-8-sig", **more):
    """Write a list and return its path."""
    path = folder / "cameras.csv"
    path.write_bytes(csv_text(*rows, **more).encode(encoding))
    return path


class Keyring(dict):
    """Passwords by account; refuses to write once it holds `room`."""

    room = 10**9

    def read(self, account):
        return self.get(account)

    def write(self, account, password):
        if len(self) >= self.room:
            raise KeyringFailed("full")
        self[account] = password

    def forget(self, account):
        self.pop(account, None)

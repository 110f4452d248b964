"""The first process of ZoneMinder's own namespaces: lays out its directories, starts everything, obeys on stdin.

Started by `server.py` as root under `unshare`; needs nothing but Python. When stdin ends this process ends, and the
kernel ends all the others with it. One JSON object a line: settings come first, "ready" or "failed" goes out, then
commands and their replies.
"""

import contextlib
import glob
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

START_S = 60.0
WEB = "www-data"
DATABASE = "/run/mysqld/mysqld.sock"
SHARE = "/usr/share/zoneminder"
CGI = "/usr/lib/zoneminder/cgi-bin"
MODULES = [
    "mpm_prefork",
    "authn_core",
    "authz_core",
    "authz_host",
    "alias",
    "cgi",
    "rewrite",
    "headers",
    "expires",
    "dir",
    "mime",
    "env",
    "setenvif",
    "filter",
]


def main() -> None:
    """Start, tell, obey."""
    settings = json.loads(sys.stdin.readline())
    os.environ["TZ"] = settings["zone"]
    os.environ["LC_ALL"] = "C.UTF-8"
    try:
        started = Server(Path(settings["folder"]), settings)
        started.start()
    except (OSError, subprocess.SubprocessError, RuntimeError) as err:
        detail = getattr(err, "stderr", None) or ""
        say({"event": "failed", "error": f"{err} {detail}"[-2000:]})
        return
    say({"event": "ready", "took_s": started.took_s})
    for line in sys.stdin:
        try:
            say({"reply": started.obey(json.loads(line))})
        except (OSError, subprocess.SubprocessError, RuntimeError, KeyError) as err:
            say({"error": f"{err} {getattr(err, 'stderr', '')}"[-2000:]})


def say(message: dict[str, object]) -> None:
    """Write one line."""
    print(json.dumps(message), flush=True)


class Server:
    """MariaDB, Apache and ZoneMinder, in `folder` and on one port of 127.0.0.1."""

    def __init__(self, folder: Path, settings: dict[str, object]) -> None:
        self._folder = folder
        self._settings = settings
        self._port = int(str(settings["port"]))
        self.took_s: dict[str, float] = {}

    def start(self) -> None:
        """Start everything. Raises OSError, SubprocessError, RuntimeError."""
        began = time.monotonic()
        for step in (self._mount, self._start_database, self._configure, self._start_apache, self._start_zoneminder):
            step()
            self.took_s[step.__name__.strip("_")] = round(time.monotonic() - began, 1)

    def obey(self, command: dict[str, object]) -> object:
        """Do what is asked: `sql`, `daemon` (words for zmdc.pl) or `restart`."""
        if "sql" in command:
            return self._sql(str(command["sql"]))
        if "daemon" in command:
            return self._as_web("zmdc.pl", *[str(word) for word in command["daemon"]])  # type: ignore[attr-defined]
        if "restart" in command:
            return self._as_web("zmpkg.pl", "restart")
        raise KeyError("an unknown command")

    # --- steps ---

    def _mount(self) -> None:
        """Put directories of our own over those that are compiled into ZoneMinder; nobody outside sees them."""
        mount("-t", "tmpfs", "tmpfs", "/run")
        for name, owner in (("zm", WEB), ("zm/map", WEB), ("zm/swap", WEB), ("mysqld", "mysql"), ("php", WEB)):
            made(Path("/run") / name, owner)
        for place in ("/var/cache/zoneminder", "/var/log/zm", "/etc/zm"):
            ours = made(self._folder / place.strip("/").replace("/", "-"), WEB)
            if place == "/etc/zm":
                shutil.copytree(place, ours, dirs_exist_ok=True)
                (ours / "conf.d" / "99-tests.conf").write_text(
                    f"ZM_DB_HOST=localhost:{DATABASE}\nZM_PATH_MAP=/run/zm/map\nZM_PATH_SWAP=/run/zm/swap\n"
                    "ZM_DIR_EXPORTS=/run/zm/swap\n"
                )
                for path in [ours, *ours.rglob("*")]:
                    shutil.chown(path, WEB, WEB)
            Path(place).mkdir(parents=True, exist_ok=True)
            mount("--bind", str(ours), place)
        for name in ("events", "images", "temp"):
            made(Path("/var/cache/zoneminder") / name, WEB)

    def _start_database(self) -> None:
        data = made(self._folder / "mysql", "mysql")
        options = ["--no-defaults", f"--datadir={data}", "--user=mysql"]
        small = ["--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0"]
        small += ["--innodb-log-file-size=8M", "--performance-schema=0", "--skip-log-bin"]
        small += ["--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci"]  # as Debian sets it
        log = self._folder / "mariadb.log"
        run("mariadb-install-db", *options, *small, "--auth-root-authentication-method=normal", "--skip-test-db")
        spawn(["mariadbd", *options, *small, f"--socket={DATABASE}", "--skip-networking"], log)
        wait_for(lambda: can_connect(DATABASE), "MariaDB", log)
        with open(f"{SHARE}/db/zm_create.sql", "rb") as script:
            subprocess.run(["mariadb", f"--socket={DATABASE}"], stdin=script, check=True, capture_output=True)
        self._sql("CREATE USER 'zmuser'@'localhost' IDENTIFIED BY 'zmpass'; GRANT ALL ON zm.* TO 'zmuser'@'localhost'")

    def _configure(self) -> None:
        for statement in self._settings["sql"]:  # type: ignore[attr-defined]
            self._sql(statement)

    def _start_apache(self) -> None:
        modules = [f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in MODULES]
        (php,) = glob.glob("/usr/lib/apache2/modules/libphp*.so")
        conf, log = self._folder / "apache.conf", self._folder / "apache.log"
        words = {"folder": self._folder, "port": self._port, "php": php, "zone": self._settings["zone"]}
        conf.write_text("\n".join(modules) + APACHE.format(**words, web=WEB, share=SHARE, cgi=CGI))
        spawn(["apache2", "-f", str(conf), "-DFOREGROUND"], log)
        wait_for(lambda: can_connect(("127.0.0.1", self._port)), "Apache", log)

    def _start_zoneminder(self) -> None:
        self._as_web("zmpkg.pl", "start")

    # --- inside ---

    def _sql(self, statement: str) -> list[list[str]]:
        done = subprocess.run(
            ["mariadb", f"--socket={DATABASE}", "--default-character-set=utf8mb4", "-N", "-B", "zm"],
            input=f"SET SESSION sql_mode='';{statement}", check=True, capture_output=True, text=True,
        )  # fmt: skip
        return [line.split("\t") for line in done.stdout.splitlines()]

    def _as_web(self, *command: str) -> str:
        done = subprocess.run(
            command, user=WEB, group=WEB, extra_groups=[], cwd="/", check=False, text=True, timeout=START_S,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TZ": os.environ["TZ"], "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        return done.stdout


def made(path: Path, owner: str) -> Path:
    """Make a directory of somebody's."""
    path.mkdir(parents=True, exist_ok=True)
    entry = pwd.getpwnam(owner)
    os.chown(path, entry.pw_uid, entry.pw_gid)
    return path


def mount(*words: str) -> None:
    """Mount something in this namespace."""
    run("mount", *words)


def run(*words: str) -> None:
    """Run a command to its end. Raises CalledProcessError."""
    subprocess.run(words, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def spawn(command: list[str], log: Path) -> None:
    """Start what stays; it ends with the namespace."""
    with log.open("ab") as out:
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)


def can_connect(address: str | tuple[str, int]) -> bool:
    """Tell whether somebody listens."""
    kind = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(kind) as sock, contextlib.suppress(OSError):
        sock.connect(address)
        return True
    return False


def wait_for(condition: object, what: str, log: Path) -> None:
    """Wait until something answers. Raises RuntimeError with the end of its log."""
    until = time.monotonic() + START_S
    while not condition():  # type: ignore[operator]
        if time.monotonic() > until:
            raise RuntimeError(f"{what} did not start: {log.read_text(errors='replace')[-1000:]}")
        time.sleep(0.05)


APACHE = """
LoadModule php_module {php}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
ErrorLog {folder}/apache.log
Mutex file:/run default
User {web}
Group {web}
StartServers 4
MinSpareServers 2
MaxSpareServers 8
MaxRequestWorkers 60
KeepAlive On
TypesConfig /etc/mime.types
DocumentRoot {share}/www
<FilesMatch "\\.php$">
    SetHandler application/x-httpd-php
</FilesMatch>
php_admin_value session.save_path /run/php
php_admin_value date.timezone {zone}
<Directory />
    AllowOverride None
    Require all denied
</Directory>
ScriptAlias /zm/cgi-bin "{cgi}"
<Directory "{cgi}">
    Options +ExecCGI -MultiViews +SymLinksIfOwnerMatch
    Require all granted
</Directory>
Alias /zm {share}/www
<Directory {share}/www>
    Options -Indexes +FollowSymLinks
    DirectoryIndex index.php
    Require all granted
</Directory>
<Directory {share}/www/api>
    RewriteEngine on
    RewriteBase /zm/api
    RewriteCond %{{REQUEST_FILENAME}} !-d
    RewriteCond %{{REQUEST_FILENAME}} !-f
    RewriteRule ^ index.php [L]
</Directory>
"""

if __name__ == "__main__":
    main()

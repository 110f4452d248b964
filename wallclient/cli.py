"""The command `wallclient`: run, demo, doctor, verify, bench. Each part is imported only when asked for."""

import argparse
import faulthandler
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from wallclient import __version__


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    if sys.stderr is not None:
        faulthandler.enable()  # a crash below Python at least says where
    arguments = sys.argv[1:] if argv is None else list(argv)
    if arguments and arguments[0] == "doctor":
        from wallclient import doctor

        return doctor.main(arguments[1:])
    options = _parser().parse_args(arguments)
    run = getattr(options, "run", None)
    if run is None:
        from wallclient.app import run_client

        return run_client()
    return int(run(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wallclient", description="Desktop video-wall operator client.")
    parser.add_argument("--version", action="version", version=f"wallclient {__version__}")
    commands = parser.add_subparsers(metavar="command")

    run = commands.add_parser("run", help="open the client (also without a command)")
    run.add_argument("--center", metavar="URL", help="address of the center; else the last one")
    run.add_argument("--user", help="user name for the log-in dialog")
    run.add_argument("--log", default="warning", choices=("debug", "info", "warning", "error"), help="how much to log")
    run.set_defaults(run=_run)

    demo = commands.add_parser("demo", help="start the embedded center; with --wall, a wall in front of it")
    demo.add_argument("--cameras", type=_cameras, default=2000, metavar="N", help="size of the city, 16 … 497000")
    demo.add_argument("--fps", type=float, default=25.0, help="pictures a second of every camera")
    demo.add_argument("--port", type=int, default=0, help="port of the center; 0: a free one")
    demo.add_argument("--wall", action="store_true", help="log in and open a 4×4 wall")
    demo.add_argument("--seconds", type=float, help="end by itself after so long (20 without a display)")
    demo.add_argument("--out", type=Path, default=Path("build/demo"), help="folder for wall.png and report.json")
    demo.set_defaults(run=_demo)

    commands.add_parser("doctor", help="tell what this machine has and what to do about each lack", add_help=False)

    verify = commands.add_parser(
        "verify",
        help="check an evidence package, byte by byte",
        description="Check an evidence package. Exit status: 0 it holds, 1 it does not, 2 it could not be checked."
        " Without --key only the package itself is checked, not who signed it.",
    )
    verify.add_argument("package", type=Path, metavar="PACKAGE", help="the ZIP file")
    verify.add_argument("--key", type=Path, metavar="FILE", help="the signer's public key, PEM, got on another way")
    verify.set_defaults(run=_verify)

    bench = commands.add_parser("bench", help="measure the program on this machine")
    benches = bench.add_subparsers(metavar="what", required=True)
    live = benches.add_parser("live", help="a wall of live panes")
    live.add_argument("--panes", type=int, default=16, choices=(1, 4, 6, 8, 9, 10, 13, 16, 25, 36, 49, 64))
    live.add_argument("--fps", type=float, default=25.0)
    live.add_argument("--transport", choices=("rtsp", "ts"), default="rtsp")
    live.add_argument("--seconds", type=float, default=20.0, help="length of the measured part")
    live.add_argument("--json", type=Path, metavar="FILE", help="write the figures there; else to standard output")
    live.add_argument("--virtual", action="store_true", help="use an own virtual display even where there is one")
    live.set_defaults(run=_bench_live)
    catalog = benches.add_parser("catalog", help="the mirror of a city's camera tree: sync, search, changes")
    catalog.add_argument("--cameras", type=_cameras, default=497_000, metavar="N", help="size of the city, 16 … 497000")
    catalog.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    catalog.set_defaults(run=_bench_catalog)
    playback = benches.add_parser(
        "playback", help="recorded footage on one clock: drift, seeks, steps, speeds, exports"
    )
    playback.add_argument("--panes", type=int, default=16, choices=(4, 6, 8, 9, 10, 13, 16))
    playback.add_argument("--seconds", type=float, default=60.0, help="length of the part that measures the drift")
    playback.add_argument("--json", type=Path, metavar="FILE", help="write the figures there; else to standard output")
    playback.add_argument("--virtual", action="store_true", help="use an own virtual display even where there is one")
    playback.set_defaults(run=_bench_playback)
    ptz = benches.add_parser("ptz", help="steering: how fast a move and a stop reach the center, and whether it stops")
    ptz.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    ptz.add_argument("--panes", type=int, default=0, choices=(0, 1, 4, 9, 16, 25, 36), help="live panes meanwhile")
    ptz.add_argument("--kills", type=int, default=4, help="how many clients to kill in mid-move")
    ptz.add_argument("--virtual", action="store_true", help="use an own virtual display even where there is one")
    ptz.set_defaults(run=_bench_ptz)
    adapters = benches.add_parser("adapters", help="every kind of center through its adapter; needs a checkout")
    adapters.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    adapters.set_defaults(run=_bench_adapters)
    return parser


def _cameras(text: str) -> int:
    number = int(text)
    if not 16 <= number <= 497_000:
        raise argparse.ArgumentTypeError("must be 16 … 497000")
    return number


def _run(options: argparse.Namespace) -> int:
    from wallclient.app import run_client

    return run_client(options.center, options.user, log_level=options.log)


def _demo(options: argparse.Namespace) -> int:
    if options.wall:
        from wallclient.demo_wall import run_demo_wall

        return run_demo_wall(options.cameras, options.fps, options.seconds, options.out)
    from wallclient.demo.server import main as demo_main

    return int(demo_main(["--cameras", str(options.cameras), "--fps", str(options.fps), "--port", str(options.port)]))


def _verify(options: argparse.Namespace) -> int:
    from wallclient.doctor.text import language
    from wallclient.evidence.command import run

    wish = os.environ.get("WALLCLIENT_LANG", "")  # as in the program
    return run(options.package, options.key, ("zh" if wish.startswith("zh") else "en") if wish else language())


def _bench_live(options: argparse.Namespace) -> int:
    from wallclient.bench.live import run

    return run(options)


def _bench_catalog(options: argparse.Namespace) -> int:
    from wallclient.bench.catalog import run

    return run(options)


def _bench_playback(options: argparse.Namespace) -> int:
    from wallclient.bench.playback import run

    return run(options)


def _bench_adapters(options: argparse.Namespace) -> int:
    from wallclient.bench.adapters import run

    return run(options)


def _bench_ptz(options: argparse.Namespace) -> int:
    from wallclient.bench.ptz import run

    return run(options)


if __name__ == "__main__":
    sys.exit(main())

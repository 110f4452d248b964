"""A client that pans a camera until it is killed: `python -m wallclient.bench.ptz_victim URL USER FOLDER SPEED`."""

import os
import sys
from pathlib import Path

from wallclient.domain.global_id import global_id
from wallclient.domain.ptz import Velocity

PASSWORD_VARIABLE = "WALLCLIENT_BENCH_PASSWORD"
CHANNEL = "c3"


def main() -> int:
    """Move, for ever."""
    from wallclient.app import Application, run_application

    url, user, folder, speed = sys.argv[1:]
    password = os.environ[PASSWORD_VARIABLE]

    async def work(application: Application) -> int:
        await application.session.log_in(user, password)
        channel_id = global_id(application.centers.accesses[0].key, CHANNEL)
        await application.helm.reserve(channel_id, "bench", keep=False)  # from whoever was killed before
        application.helm.move(channel_id, Velocity(pan=float(speed)))
        await application.closed()
        return 0

    return run_application(url, work, folder=Path(folder))


if __name__ == "__main__":
    sys.exit(main())

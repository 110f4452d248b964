"""`python -m wallclient.demo`: the embedded center as a process of its own."""

import sys

from wallclient.demo.server import main

if __name__ == "__main__":
    sys.exit(main())

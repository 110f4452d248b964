"""`python -m wallclient.doctor`: the doctor where the command line itself does not start."""

import sys

from wallclient.doctor.command import main

sys.exit(main())

"""`wallclient doctor`: what this machine has, what the wall lacks, the remedy. Loads neither Qt nor libVLC itself."""

from wallclient.doctor.command import main

__all__ = ["main"]

"""`wallclient bench …`: measures the real application objects on this machine. A user's command as well as ours."""

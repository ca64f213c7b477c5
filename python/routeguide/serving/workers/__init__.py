"""Several processes on one port, and their supervisor."""

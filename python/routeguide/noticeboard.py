"""Notes by the place they were left at, seen by all who write there."""

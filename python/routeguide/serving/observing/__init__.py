"""Reports of a running server: logs, metrics, health."""

"""What a running server reports: logs, metrics, health."""

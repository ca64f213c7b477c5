"""Running the services for real: settings, life cycle, workers, reload, limits, TLS, metrics."""

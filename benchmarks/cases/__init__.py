"""One module per family of measurements, each with `run(settings) -> CaseResult`."""

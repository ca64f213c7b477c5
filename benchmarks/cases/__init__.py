"""One module for each family of measurements, each with `run(settings) -> CaseResult`."""

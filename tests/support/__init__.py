"""Helpers of tests: servers, commands, oracles, data. No tests in here."""

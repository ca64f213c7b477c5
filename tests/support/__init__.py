"""What tests are made with: servers, commands, oracles, data. No tests in here."""

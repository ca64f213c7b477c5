"""Long runs that show what the suite cannot show in seconds."""

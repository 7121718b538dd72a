"""What everything stands on: settings, database, clock, errors, opened resources. Knows nothing of Flask."""

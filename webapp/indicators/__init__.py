"""The digital index: sets of indicators, self-assessment, verification, results. A feature slice."""

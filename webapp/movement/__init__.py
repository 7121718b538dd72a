"""The movement: its plan as it stands, its criteria, who is covered; how a plan is read. A base slice."""

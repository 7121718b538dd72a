"""The movement and its plan: reading it in, its criteria, who is covered. A base slice."""

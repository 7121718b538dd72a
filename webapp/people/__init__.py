"""Units, clusters, people, what they are granted, and signing in. A base slice."""

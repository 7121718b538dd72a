"""The archive as a whole: its state, how long papers are kept, long work and what became of it."""

"""The movement's phases, each with its review: what must be there by then, what is, and what the office gives out for it."""

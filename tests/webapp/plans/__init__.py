"""Plans of many makers, written as office files, and what the reader makes of them."""

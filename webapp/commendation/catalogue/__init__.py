"""Titles and forms with dated values; what one is worth on a day."""

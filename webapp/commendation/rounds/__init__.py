"""Rounds of commendation and their rules; days on which offices work."""

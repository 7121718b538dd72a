"""Nominations: made from results, their dossier, checks with reasons, what the office does with them."""

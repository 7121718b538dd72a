"""Khen thưởng: the catalogue of titles and forms with dated values, and what a title is worth on a day."""

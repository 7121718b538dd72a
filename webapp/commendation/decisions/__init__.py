"""Proposal, the Chairman's word line by line, decisions, awards, registers and statistics."""

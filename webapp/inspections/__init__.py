"""Inspections: the council's yearly programme, teams founded by a decision, visits, findings, remedies."""

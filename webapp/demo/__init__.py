"""Demonstration data: a fictitious ward with units, people, a plan of its own wording and generated papers.

Everything goes through the same services as real work. Fixed seed; dates follow the day it is made.
"""

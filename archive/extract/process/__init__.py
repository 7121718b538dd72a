"""The two sides of a reading: the parent that stays alive, and the child in its box, limited in time and memory.

No room but this one starts a process. What is needed on both sides (`limits`, `sandbox`) loads no parser.
"""

"""Khen thưởng: from results to honours. A feature slice of four rooms; each imports only from those below it:

decisions    the Chairman's word, decisions, awards with all that happens to them, registers and statistics
nominations  who is put forward for what: dossier, checks, receiving, refusing
rounds       when, by whom, how many: rules of a round; working days
catalogue    titles and forms, and what each is worth on a day
"""

"""How units are scored in a year. A feature slice of four rooms; each imports only from those below it:

rounds     a cluster's round: opening, arranging, closing, moderation, publication, results
sheets     one unit's sheet: own scores, appraisal, opinions, evidence
rubrics    what is scored: made by the office, tried out, frozen when in force
points     the arithmetic: expressions, points, pooling, ranks, titles
"""

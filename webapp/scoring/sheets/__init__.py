"""One unit's sheet: own scores, appraisal, opinions, evidence, what it looks like to each viewer."""

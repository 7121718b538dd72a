"""A cluster's round: opening, arranging, closing, moderation, publication, results."""

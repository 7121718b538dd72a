"""Finding: the search page. A feature slice."""

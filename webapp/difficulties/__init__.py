"""Difficulties that units meet and changes of the plan they ask for (V.5): raised, gathered, decided. A feature slice."""

"""Rubrics: how units are scored, prepared by the office, tried out, frozen when in force. A feature slice."""

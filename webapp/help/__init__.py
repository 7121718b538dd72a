"""Trợ giúp: the guide in Vietnamese, and which part of it belongs to which page. A feature slice."""

"""PDF: its text, whether it would run something, who signed it."""

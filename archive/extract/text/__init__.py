"""Plain text and HTML, and the encoding of their bytes."""

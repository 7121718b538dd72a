"""Sáng kiến, giải pháp, mô hình: registering, judging, recognising, taking over. A feature slice."""

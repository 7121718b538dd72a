"""Numbers on scores, worked out exactly: expressions, points, pooling, ranks, titles. Pure."""

"""The standing office composes the movement's report from what units handed in. A feature slice."""

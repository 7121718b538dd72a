"""The home page, "Việc của tôi". A feature slice."""

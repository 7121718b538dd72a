"""The page that shows the audit log. A feature slice."""

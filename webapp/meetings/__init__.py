"""Meetings of clusters and of the council: invitations, attendance, ballots open and secret, minutes. A feature slice."""

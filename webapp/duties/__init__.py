"""Who owes what by when, who is missing, reminders, the calendar. A base slice: the home page builds on it."""

"""What the program tells people: messages, letters, the calendar's address. A base slice."""

"""Plans and reports that units write, hand in, correct; the office accepts or gives back. A feature slice."""

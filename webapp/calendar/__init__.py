"""Everything that has a day, in one calendar: month, list, the year on one sheet; as a file and as a private feed."""

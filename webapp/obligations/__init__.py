"""The plan point by point: what obliges whom, where it is done in the program, how it stands this year."""

"""What is read out of a paper's text: its number, day, place and kind, whom it goes to, which papers it names."""

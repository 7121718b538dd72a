"""The rubric: made, changed, frozen when in force; its files; trying it out."""

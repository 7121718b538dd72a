"""The ward's plan: reading one in, correcting what was read, applying it, its versions, who has which criteria."""

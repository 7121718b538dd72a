"""How far checklists are. A base slice, because the checklists' own pages and the home page both show it."""

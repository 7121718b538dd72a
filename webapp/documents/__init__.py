"""Papers, their versions, their text. A base slice: everything that keeps a file goes through it."""

"""What `kho` does, one file per family of commands; `webapp.cli` only reads the words and calls them."""

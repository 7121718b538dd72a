"""Changes of the schema, in order, each in both directions. Run by `kho init` and `kho serve`."""
